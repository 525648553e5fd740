//! An agent with one scripted task behind a real socket, and connections that can be cut.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use a2a::frame::{self, Chunk, Ids};
use a2a::{Artifacts, Backend, Call, Card, Error, History, ListQuery, PushConfig, PushPage, SendRequest};
use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use prost::Message as _;
use proto::Struct;
use proto::a2a::{
    AgentCard, AgentSkill, Artifact, Message, Part, Role, SendMessageRequest, Task, TaskStatus, part::Content,
};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::service::Routes;
use tonic::transport::Server;
use types::{PushId, Seq, TaskId, TaskState, Timestamp};

pub(crate) const TASK: &str = "01980000-0000-7000-8000-000000000001";
pub(crate) const CONTEXT: &str = "ward-7";
pub(crate) const IDS: Ids<'_> = Ids { task: TASK, context: CONTEXT };

/// How one connection of the script goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// All that there is, then the stream's end.
    Whole,
    /// So many frames, then the stream's end.
    Close(usize),
    /// So many frames, then UNAVAILABLE.
    Fail(usize),
    /// So many frames, then silence, until the listener cuts the connection.
    Hang(usize),
    /// The connection dies without a word before the first frame.
    Kill,
    /// Everything but this frame.
    Without(u64),
    /// From the first frame on, whatever the cursor says.
    Again,
    /// No stream: the call fails with UNAVAILABLE.
    Refuse,
}

/// The agent.
pub(crate) struct Stage {
    pub(crate) card: AgentCard,
    /// What every operation answers instead of its work.
    pub(crate) error: Option<Error>,
    /// The frames of the one task, or of none.
    pub(crate) log: Vec<Bytes>,
    /// One act per connection, the last one for all that follow.
    pub(crate) acts: Mutex<VecDeque<Act>>,
    /// The act of the present connection.
    pub(crate) act: Mutex<Option<Act>>,
    /// Whether frames carry cursors; other agents have none.
    pub(crate) numbered: bool,
    /// What was asked.
    pub(crate) seen: Mutex<Vec<Asked>>,
    /// Ends the present connection.
    pub(crate) cut: Arc<tokio::sync::Notify>,
}

/// A call as the backend got it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Asked {
    Send(Call, Box<SendRequest>),
    Get(Call, TaskId, History),
    List(Call, ListQuery),
    Cancel(Call, TaskId),
    Subscribe(Call, TaskId),
    CreatePush(TaskId, Box<PushConfig>),
    GetPush(TaskId, PushId),
    ListPush(TaskId, PushPage),
    DeletePush(TaskId, PushId),
}

impl Stage {
    pub(crate) fn new() -> Self {
        let card = Card {
            name: "stage".into(),
            description: "plays one task".into(),
            version: "1".into(),
            url: "127.0.0.1:1".into(),
            skills: vec![skill()],
            extensions: vec![a2a::metadata::PROGRESS],
        };
        Self {
            card: card.build().unwrap(),
            error: None,
            log: script(4),
            acts: Mutex::new(VecDeque::from([Act::Whole])),
            act: Mutex::default(),
            numbered: true,
            seen: Mutex::new(Vec::new()),
            cut: Arc::default(),
        }
    }

    pub(crate) fn failing(error: Error) -> Self {
        Self { error: Some(error), ..Self::new() }
    }

    pub(crate) fn acting(chunks: usize, acts: impl IntoIterator<Item = Act>) -> Self {
        Self { log: script(chunks), acts: Mutex::new(acts.into_iter().collect()), ..Self::new() }
    }

    fn enter(&self, asked: Asked) -> Result<(), Error> {
        self.seen.lock().unwrap().push(asked);
        self.error.clone().map_or(Ok(()), Err)
    }

    fn next_act(&self) -> Act {
        let mut acts = self.acts.lock().unwrap();
        let act = *acts.front().unwrap();
        *self.act.lock().unwrap() = Some(act);
        if acts.len() > 1 {
            acts.pop_front();
        }
        act
    }

    /// The task as it ends.
    pub(crate) fn snapshot(&self) -> Bytes {
        let task = folded(&self.log);
        match self.numbered {
            true => frame::snapshot(task, History::All, Artifacts::Include, Seq(self.log.len() as u64)),
            false => task.encode_to_vec().into(),
        }
    }

    fn frames(&self, call: &Call) -> Result<BoxStream<'static, Result<Bytes, Error>>, Error> {
        let act = self.next_act();
        if act == Act::Refuse {
            return Err(Error::Unavailable { retry_after: None, why: "not now".into() });
        }
        let (opening, after) = self.opening(call.cursor);
        let after = if act == Act::Again { 0 } else { after };
        let numbers = (after as u64 + 1..).zip(self.log.iter().skip(after).cloned());
        let rest: Vec<Bytes> = numbers.filter(|(seq, _)| act != Act::Without(*seq)).map(|(_, frame)| frame).collect();
        let limit = match act {
            Act::Close(limit) | Act::Fail(limit) | Act::Hang(limit) => limit,
            Act::Kill => 0,
            Act::Whole | Act::Without(_) | Act::Again | Act::Refuse => usize::MAX,
        };
        let frames = opening.into_iter().chain(rest.into_iter().take(limit).map(|frame| self.dressed(frame)));
        let frames = stream::iter(frames.map(Ok).collect::<Vec<_>>());
        Ok(match act {
            Act::Fail(_) => frames
                .chain(stream::iter([Err(Error::Unavailable { retry_after: None, why: "stopping".into() })]))
                .boxed(),
            Act::Hang(_) => frames.chain(stream::pending()).boxed(),
            Act::Kill => {
                self.cut.notify_one();
                frames.chain(stream::pending()).boxed()
            }
            Act::Whole | Act::Close(_) | Act::Without(_) | Act::Again | Act::Refuse => frames.boxed(),
        })
    }

    /// The first frame of a subscription, and the number of frames that it stands for.
    fn opening(&self, cursor: Option<Seq>) -> (Option<Bytes>, usize) {
        match cursor.map(|cursor| usize::try_from(cursor.0).unwrap()) {
            None if !self.numbered => (Some(frame::wrap_task(&folded(&self.log[..1]).encode_to_vec())), 1),
            None => (None, 0),
            Some(after) if after > self.log.len() => (Some(frame::wrap_task(&self.snapshot())), self.log.len()),
            Some(after) => {
                let status = if after == 0 { None } else { folded(&self.log[..after]).status };
                let bare = frame::bare(IDS, &status.unwrap_or_default(), Seq(after as u64));
                (Some(frame::wrap_task(&bare)), after)
            }
        }
    }

    /// A frame as this agent sends it.
    fn dressed(&self, frame: Bytes) -> Bytes {
        if self.numbered {
            return frame;
        }
        use proto::a2a::{StreamResponse, stream_response::Payload};
        let mut response = StreamResponse::decode(frame).unwrap();
        match response.payload.as_mut().unwrap() {
            Payload::Task(task) => task.metadata = None,
            Payload::Message(message) => message.metadata = None,
            Payload::StatusUpdate(status) => status.metadata = None,
            Payload::ArtifactUpdate(artifact) => artifact.metadata = None,
        }
        response.encode_to_vec().into()
    }
}

impl Backend for Stage {
    type Frames = BoxStream<'static, Result<Bytes, Error>>;

    async fn send(&self, call: Call, request: SendRequest) -> Result<Bytes, Error> {
        self.enter(Asked::Send(call, Box::new(request)))?;
        Ok(frame::wrap_task(&self.snapshot()))
    }

    async fn stream(&self, call: Call, request: SendRequest) -> Result<Self::Frames, Error> {
        self.enter(Asked::Send(call.clone(), Box::new(request)))?;
        self.frames(&call)
    }

    async fn get(&self, call: Call, task: TaskId, history: History) -> Result<Bytes, Error> {
        self.enter(Asked::Get(call, task, history))?;
        Ok(self.snapshot())
    }

    async fn list(&self, call: Call, query: ListQuery) -> Result<Bytes, Error> {
        self.enter(Asked::List(call, query.clone()))?;
        Ok(frame::page(&[self.snapshot()], "more", query.page_size, 7))
    }

    async fn cancel(&self, call: Call, task: TaskId, _metadata: Option<Struct>) -> Result<Bytes, Error> {
        self.enter(Asked::Cancel(call, task))?;
        Ok(self.snapshot())
    }

    async fn subscribe(&self, call: Call, task: TaskId) -> Result<Self::Frames, Error> {
        self.enter(Asked::Subscribe(call.clone(), task))?;
        self.frames(&call)
    }

    async fn create_push(&self, _: Call, task: TaskId, config: PushConfig) -> Result<Bytes, Error> {
        self.enter(Asked::CreatePush(task, Box::new(config)))?;
        Ok(Bytes::new())
    }

    async fn get_push(&self, _: Call, task: TaskId, id: PushId) -> Result<Bytes, Error> {
        self.enter(Asked::GetPush(task, id))?;
        Ok(Bytes::new())
    }

    async fn list_push(&self, _: Call, task: TaskId, page: PushPage) -> Result<Bytes, Error> {
        self.enter(Asked::ListPush(task, page))?;
        Ok(Bytes::new())
    }

    async fn delete_push(&self, _: Call, task: TaskId, id: PushId) -> Result<(), Error> {
        self.enter(Asked::DeletePush(task, id))
    }

    fn card(&self) -> Arc<AgentCard> {
        Arc::new(self.card.clone())
    }
}

/// A backend on a socket of its own; stops when dropped.
pub(crate) struct Served {
    pub(crate) address: SocketAddr,
    pub(crate) stage: Arc<Stage>,
    tasks: Vec<JoinHandle<()>>,
}

impl Served {
    pub(crate) async fn start(stage: Stage) -> Self {
        let stage = Arc::new(stage);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let inner = listener.local_addr().unwrap();
        let grpc = Routes::new(a2a::routes(stage.clone())).into_axum_router();
        let routes = Routes::from(grpc.merge(a2a::http_routes(stage.clone())));
        let serve = tokio::spawn(async move {
            let server = Server::builder().accept_http1(true);
            server.serve_with_incoming(routes, TcpListenerStream::new(listener)).await.unwrap();
        });
        let front = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = front.local_addr().unwrap();
        let relay = tokio::spawn(relay(front, inner, stage.cut.clone()));
        Self { address, stage, tasks: vec![serve, relay] }
    }

    pub(crate) fn client(&self) -> a2a::Client {
        a2a::Client::connect(&self.address.to_string()).unwrap()
    }

    /// A client over this binding alone.
    pub(crate) fn over(&self, binding: a2a::Binding) -> a2a::Client {
        let path = if binding == a2a::Binding::JsonRpc { "/rpc" } else { "" };
        a2a::Client::over(binding, &format!("http://{}{path}", self.address)).unwrap()
    }

    /// Cuts the connection if the present act leaves that to the listener.
    pub(crate) fn cut_if_hanging(&self) {
        if matches!(*self.stage.act.lock().unwrap(), Some(Act::Hang(_))) {
            self.stage.cut.notify_waiters();
        }
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.stage.seen.lock().unwrap().clone()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// Passes bytes on until it is told to cut: then the connection is gone without a word.
async fn relay(front: TcpListener, inner: SocketAddr, cut: Arc<tokio::sync::Notify>) {
    loop {
        let (mut outside, _) = front.accept().await.unwrap();
        let cut = cut.clone();
        tokio::spawn(async move {
            let mut inside = TcpStream::connect(inner).await.unwrap();
            outside.set_nodelay(true).unwrap();
            inside.set_nodelay(true).unwrap();
            tokio::select! {
                _ = tokio::io::copy_bidirectional(&mut outside, &mut inside) => {}
                () = cut.notified() => {}
            }
        });
    }
}

/// The frames of a task: created, working, so many chunks of an artifact, completed.
pub(crate) fn script(chunks: usize) -> Vec<Bytes> {
    let created = Task {
        id: TASK.into(),
        context_id: CONTEXT.into(),
        status: Some(status(TaskState::Submitted, None)),
        history: vec![message("hello")],
        ..Task::default()
    };
    let mut log = vec![frame::task(&created, Seq(1))];
    let progress = a2a::metadata::structure([(a2a::metadata::PROGRESS, a2a::metadata::text("begun"))]);
    log.push(frame::status(IDS, &status(TaskState::Working, Some("begun")), Some(&progress), Seq(2)));
    for index in 0..chunks {
        let chunk = match index {
            0 => Chunk::First,
            last if last + 1 == chunks => Chunk::Last,
            _ => Chunk::Append,
        };
        let artifact =
            Artifact { artifact_id: "a".into(), parts: vec![text(&index.to_string())], ..Artifact::default() };
        log.push(frame::artifact(IDS, &artifact, chunk, None, Seq(log.len() as u64 + 1)));
    }
    let seq = Seq(log.len() as u64 + 1);
    log.push(frame::status(IDS, &status(TaskState::Completed, Some("done")), None, seq));
    log
}

/// The task that these frames make.
pub(crate) fn folded(log: &[Bytes]) -> Task {
    let mut task = Task { id: TASK.into(), ..Task::default() };
    for frame in log {
        a2a::fold::apply(&mut task, frame::open(frame.clone()).unwrap().update).unwrap();
    }
    task
}

pub(crate) fn status(state: TaskState, words: Option<&str>) -> TaskStatus {
    let message = words.map(|words| Message { role: Role::Agent.into(), ..message(words) });
    TaskStatus { state: state.wire(), message, timestamp: Some(a2a::time::to_wire(Timestamp::from_millis(1_250))) }
}

pub(crate) fn text(text: &str) -> Part {
    Part { content: Some(Content::Text(text.into())), ..Part::default() }
}

pub(crate) fn message(words: &str) -> Message {
    Message {
        message_id: format!("m-{words}"),
        role: Role::User.into(),
        parts: vec![text(words)],
        ..Message::default()
    }
}

pub(crate) fn request(message: Message) -> SendMessageRequest {
    SendMessageRequest { message: Some(message), ..SendMessageRequest::default() }
}

fn skill() -> AgentSkill {
    AgentSkill {
        id: "play".into(),
        name: "Play".into(),
        description: "plays".into(),
        tags: vec!["test".into()],
        ..AgentSkill::default()
    }
}
