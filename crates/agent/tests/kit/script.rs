//! An agent that does what its message says, and a caller's view of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use a2a::frame::{Event, Update};
use a2a::{Artifacts, Backend, Call, Card, Error, Extensions, Heard, History, SendRequest, Wait};
use agent::{
    Agent, Context, Failure, Finish, Frames, Idempotency, Kit, NotCommitted, Parts, Profile, Setup, Turns, words,
};
use bytes::Bytes;
use futures::StreamExt;
use prost::Message as _;
use proto::a2a::send_message_response::Payload;
use proto::a2a::{AgentSkill, Artifact, Message, Role, SendMessageResponse, Task};
use store::{MemoryStore, RowChange, Store};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use types::{MessageId, Owner, Seq, TaskId, TaskState};

/// What the scripted agents of one test share.
#[derive(Debug, Clone)]
pub(crate) struct Stage {
    /// `wait` goes on when this is true.
    pub(crate) gate: watch::Sender<bool>,
    /// How often a handler has begun.
    pub(crate) runs: Arc<AtomicU32>,
    /// How often an effect has been done.
    pub(crate) effects: Arc<AtomicU32>,
    /// How often a handler was told that its last commit is made.
    pub(crate) concluded: Arc<AtomicU32>,
}

impl Stage {
    pub(crate) fn new() -> Self {
        let gate = watch::Sender::new(false);
        Self { gate, runs: Arc::default(), effects: Arc::default(), concluded: Arc::default() }
    }

    pub(crate) fn open(&self) {
        self.gate.send_replace(true);
    }
}

/// Runs the words of a message as a script, one word a step. `EAGER` is the agent's.
#[derive(Debug)]
pub(crate) struct Script<const EAGER: bool>(pub(crate) Stage);

impl<const EAGER: bool> Script<EAGER> {
    /// An effect of which nobody hears that it is done.
    async fn endless(&self, task: &Context, word: &str) -> Result<(), Failure> {
        let effects = self.0.effects.clone();
        let effect = |_key| async move {
            effects.fetch_add(1, Ordering::SeqCst);
            std::future::pending().await
        };
        match word {
            // As an agent that does not care what became of it.
            "once-whatever" => drop(task.once("effect", effect).await),
            "once-or-stop" => tokio::select! {
                done = task.once("effect", effect) => drop(done?),
                () = task.canceled().cancelled_owned() => return Err(Failure("stopped".into())),
            },
            // As if the process died in the middle of it.
            _ => drop(task.once("effect", effect).await?),
        }
        Ok(())
    }

    /// More than fits into a task.
    async fn huge(&self, task: &mut Context, word: &str) {
        let id = format!("huge-{}", task.id());
        let artifacts = vec![huge(&id), huge("more")];
        let end = Finish::Completed(words::say("concluded"));
        let refused = match word {
            "commit-huge" => task.commit(artifacts, vec![last(0)]).await.map(drop),
            "conclude-huge" => task.conclude(artifacts, vec![last(0)], end).await,
            _ => return artifacts.into_iter().for_each(|artifact| task.artifact(artifact)),
        };
        assert!(matches!(refused, Err(NotCommitted::TooLarge { .. })), "{refused:?}");
    }

    async fn step(&self, task: &mut Context, word: &str) -> Result<Option<Finish>, Failure> {
        match word {
            "work" => task.working("at work"),
            "artifact" => task.artifact(words::artifact("out", "out", vec![words::text_part("result")])),
            "wait" => {
                let mut gate = self.0.gate.subscribe();
                let open = async move { gate.wait_for(|open| *open).await.map(drop) };
                tokio::select! {
                    opened = open => opened.map_err(|error| Failure(error.to_string()))?,
                    () = task.canceled().cancelled_owned() => return Err(Failure("stopped".into())),
                }
            }
            "once" => {
                let effects = self.0.effects.clone();
                let effect = |_key| async move {
                    effects.fetch_add(1, Ordering::SeqCst);
                    Ok(Bytes::from_static(b"done"))
                };
                task.once("effect", effect).await?;
            }
            word if word.starts_with("once-") => self.endless(task, word).await?,
            "count" => count(task).await?,
            "ask" if task.turn() == 1 => return Ok(Some(asking())),
            "ask-twice" if task.turn() <= 2 => return Ok(Some(asking())),
            // For tests whose time is paused: nothing else is runnable, so a second passes at once.
            "slow" => drop(tokio::time::timeout(Duration::from_secs(1), std::future::pending::<()>()).await),
            "yield" => tokio::task::yield_now().await,
            "swallow" => task.canceled().cancelled_owned().await,
            word if word.contains("huge") => self.huge(task, word).await,
            "block" => {
                self.0.effects.fetch_add(1, Ordering::SeqCst);
                while !*self.0.gate.borrow() {
                    std::thread::yield_now();
                }
            }
            "clash" => {
                let change = RowChange { kind: "count", key: Bytes::from_static(b"n"), expected: 99, body: None };
                assert_eq!(task.commit(Vec::new(), vec![change]).await, Err(NotCommitted::Conflict));
            }
            "conclude" => {
                let end = conclude(task, self.0.runs.load(Ordering::SeqCst)).await?;
                self.0.concluded.fetch_add(1, Ordering::SeqCst);
                return Ok(Some(end));
            }
            "fail" => return Err(Failure("it failed".into())),
            "panic" => panic!("scripted"),
            _ => {}
        }
        Ok(None)
    }
}

fn asking() -> Finish {
    Finish::InputRequired { message: words::say("where?"), reason: "location" }
}

/// Adds one to the row `n`, whatever it holds.
async fn count(task: &mut Context) -> Result<(), Failure> {
    loop {
        let row = task.rows("count", b"n").await?.pop();
        let (expected, value) = row.map_or((0, 0), |row| (row.version, row.body[0]));
        let body = Some(Bytes::copy_from_slice(&[value + 1]));
        let change = RowChange { kind: "count", key: Bytes::from_static(b"n"), expected, body };
        match task.commit(Vec::new(), vec![change]).await {
            Ok(_) => return Ok(()),
            Err(NotCommitted::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Two of these are more than a task holds.
fn huge(id: &str) -> Artifact {
    words::artifact(id, id, vec![words::text_part("x".repeat(2_000_000))])
}

fn last(expected: u64) -> RowChange {
    RowChange { kind: "count", key: Bytes::from_static(b"last"), expected, body: Some(Bytes::new()) }
}

/// Writes the row `last` and ends, in one commit. The first run ever takes it that there is none, as a handler with an
/// old view does; later ones look.
async fn conclude(task: &mut Context, runs: u32) -> Result<Finish, Failure> {
    let row = if runs == 1 { None } else { task.rows("count", b"last").await?.pop() };
    let expected = row.map_or(0, |row| row.version);
    let change = last(expected);
    let (out, end) = (words::artifact("out", "out", Vec::new()), Finish::Completed(words::say("concluded")));
    match task.conclude(vec![out], vec![change], end.clone()).await {
        Ok(()) => Ok(end),
        Err(error) => Err(error.into()),
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct NoArgs {}

impl<const EAGER: bool> Agent for Script<EAGER> {
    const NAME: &'static str = "script";
    const ABOUT: &'static str = "does what it is told";
    const PORT: u16 = 0;
    const ADMIN_PORT: u16 = 0;
    const EAGER: bool = EAGER;
    type Args = NoArgs;

    async fn open(_args: NoArgs, _setup: &Setup) -> Result<Self, service::Fatal> {
        Ok(Self(Stage::new()))
    }

    fn profile(&self) -> Profile {
        Profile { name: "Script".into(), description: "tests".into(), skills: vec![skill()], ..Profile::default() }
    }

    /// Answers `reply` directly, each time in other words.
    async fn reply(&self, _owner: &Owner, message: &Heard) -> Option<Message> {
        let asked = words::text_of(message).starts_with("reply").then(|| self.0.runs.fetch_add(1, Ordering::SeqCst));
        asked.map(|before| words::say(format!("answer {before}")))
    }

    async fn run(&self, task: &mut Context) -> Result<Finish, Failure> {
        self.0.runs.fetch_add(1, Ordering::SeqCst);
        let script = words::text_of(&task.history()[0]);
        for word in script.split_whitespace() {
            if let Some(finish) = self.step(task, word).await? {
                return Ok(finish);
            }
        }
        Ok(Finish::Completed(words::say("done")))
    }
}

pub(crate) fn skill() -> AgentSkill {
    let text = || "script".to_owned();
    AgentSkill { id: text(), name: text(), description: text(), tags: vec![text()], ..AgentSkill::default() }
}

pub(crate) type Scripted<const EAGER: bool> = Kit<Turns<Script<EAGER>>>;

/// A kit over a fresh in-memory store.
pub(crate) async fn start<const EAGER: bool>(stage: &Stage) -> Scripted<EAGER> {
    start_on(stage, Arc::new(MemoryStore::new()), CancellationToken::new()).await
}

/// A kit over `store`, which an earlier one may have used.
pub(crate) async fn start_on<const EAGER: bool>(
    stage: &Stage,
    store: Arc<dyn Store>,
    closing: CancellationToken,
) -> Scripted<EAGER> {
    start_remembering(stage, store, closing, Idempotency::Always).await
}

/// The same, with a policy of its own.
pub(crate) async fn start_remembering<const EAGER: bool>(
    stage: &Stage,
    store: Arc<dyn Store>,
    closing: CancellationToken,
    idempotency: Idempotency,
) -> Scripted<EAGER> {
    let card = Card {
        name: "Script".into(),
        description: "tests".into(),
        version: "1".into(),
        url: "localhost:1".into(),
        skills: vec![skill()],
        extensions: Vec::new(),
    };
    let card = card.build().unwrap();
    let driver = Turns::new(Script(stage.clone()));
    Kit::start(Parts { driver, store, card, idempotency, closing }).await.unwrap()
}

pub(crate) fn call() -> Call {
    Call { owner: Owner::anonymous(), extensions: Extensions::default(), cursor: None, store: None }
}

pub(crate) fn after(seq: u64) -> Call {
    Call { cursor: Some(Seq(seq)), ..call() }
}

/// The call of a client that counts on our idempotency.
pub(crate) fn counting() -> Call {
    Call { extensions: Extensions::activating([a2a::metadata::IDEMPOTENCY]), ..call() }
}

/// A message with this id and script.
pub(crate) fn message(id: &str, script: &str) -> SendRequest {
    let message = Message {
        message_id: id.into(),
        role: Role::User.into(),
        parts: vec![words::text_part(script)],
        ..Message::default()
    };
    SendRequest {
        message: message.into(),
        message_id: id.parse().unwrap(),
        task: None,
        context: None,
        wait: Wait::Blocking,
        history: History::All,
        push: None,
        accepted_output_modes: Vec::new(),
        metadata: None,
    }
}

pub(crate) fn script(script: &str) -> SendRequest {
    message(MessageId::fresh().as_str(), script)
}

pub(crate) fn immediately(request: SendRequest) -> SendRequest {
    SendRequest { wait: Wait::Immediately, ..request }
}

/// The same message as a turn of `task`.
pub(crate) fn to(task: &Task, request: SendRequest) -> SendRequest {
    SendRequest { task: Some(id(task)), ..request }
}

pub(crate) fn id(task: &Task) -> TaskId {
    task.id.parse().unwrap()
}

pub(crate) fn state(task: &Task) -> TaskState {
    TaskState::from_wire(task.status.as_ref().unwrap().state).unwrap()
}

pub(crate) async fn send<const EAGER: bool>(kit: &Scripted<EAGER>, request: SendRequest) -> Result<Task, Error> {
    send_by(kit, call(), request).await
}

/// The same, by a call of its own.
pub(crate) async fn send_by<const EAGER: bool>(
    kit: &Scripted<EAGER>,
    call: Call,
    request: SendRequest,
) -> Result<Task, Error> {
    let bytes = kit.send(call, request).await?;
    match SendMessageResponse::decode(bytes).unwrap().payload {
        Some(Payload::Task(task)) => Ok(task),
        other => panic!("no task but {other:?}"),
    }
}

/// Sends what is answered directly.
pub(crate) async fn ask<const EAGER: bool>(kit: &Scripted<EAGER>, request: SendRequest) -> Result<Message, Error> {
    ask_by(kit, call(), request).await
}

/// The same, by a call of its own.
pub(crate) async fn ask_by<const EAGER: bool>(
    kit: &Scripted<EAGER>,
    call: Call,
    request: SendRequest,
) -> Result<Message, Error> {
    let bytes = kit.send(call, request).await?;
    match SendMessageResponse::decode(bytes).unwrap().payload {
        Some(Payload::Message(message)) => Ok(message),
        other => panic!("no message but {other:?}"),
    }
}

pub(crate) async fn get<const EAGER: bool>(kit: &Scripted<EAGER>, task: TaskId) -> Result<Task, Error> {
    Ok(Task::decode(kit.get(call(), task, History::All).await?).unwrap())
}

/// Reads a stream to its end.
pub(crate) async fn read(frames: Frames) -> Vec<Event> {
    frames.map(|frame| a2a::frame::open(frame.unwrap()).unwrap()).collect().await
}

/// The numbers of a stream's frames after its first.
pub(crate) fn seqs(events: &[Event]) -> Vec<u64> {
    events.iter().skip(1).map(|event| event.cursor.unwrap().seq.0).collect()
}

/// The task that a stream's frames make.
pub(crate) fn fold(events: &[Event]) -> Task {
    let mut task = match &events[0].update {
        Update::Task(task) => task.clone(),
        other => panic!("the stream begins with {other:?}"),
    };
    for event in &events[1..] {
        a2a::fold::apply(&mut task, event.update.clone()).unwrap();
    }
    task
}

pub(crate) const WHOLE: Artifacts = Artifacts::Include;
