//! The baseline: a bare tonic service, generated from the same proto files, that keeps nothing and does nothing.
//! What it costs is what gRPC costs.

use std::future::Future;
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};

use futures::stream::Iter;
use proto::a2a::a2a_service_server::{A2aService, A2aServiceServer};
use proto::a2a::{
    AgentCard, Artifact, CancelTaskRequest, DeleteTaskPushNotificationConfigRequest, GetExtendedAgentCardRequest,
    GetTaskPushNotificationConfigRequest, GetTaskRequest, ListTaskPushNotificationConfigsRequest,
    ListTaskPushNotificationConfigsResponse, ListTasksRequest, ListTasksResponse, Message, Part, Role,
    SendMessageRequest, SendMessageResponse, StreamResponse, SubscribeToTaskRequest, Task, TaskArtifactUpdateEvent,
    TaskPushNotificationConfig, TaskState, TaskStatus, TaskStatusUpdateEvent, part, send_message_response,
    stream_response,
};
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

use crate::args::ServeArgs;
use crate::error::Error;
use crate::wire::{EVENTS, TEXT};

const TASK: &str = "019b0000-0000-7000-8000-000000000001";
const CONTEXT: &str = "019b0000-0000-7000-8000-000000000002";

/// Serves until it is killed.
pub(crate) fn serve(args: &ServeArgs) -> Result<(), Error> {
    let runtime = tokio::runtime::Runtime::new().map_err(Error::io("start", "a runtime"))?;
    runtime.block_on(answer("raw", args, Prepared(prepared_task(TaskState::Completed, vec![echoed()]))))
}

/// Serves messages as `work` answers them.
pub(crate) async fn answer(name: &str, args: &ServeArgs, work: impl Work) -> Result<(), Error> {
    let incoming = listen(name, args)?;
    let service = A2aServiceServer::new(Raw::new(work));
    Ok(Server::builder().add_service(service).serve_with_incoming(incoming).await?)
}

/// How a hand-written server answers a message.
pub(crate) trait Work: Send + Sync + 'static {
    /// The task that it becomes.
    fn task(&self, request: SendMessageRequest) -> impl Future<Output = Result<Task, Status>> + Send;
}

/// Answers everything with one task.
struct Prepared(Task);

impl Work for Prepared {
    async fn task(&self, _: SendMessageRequest) -> Result<Task, Status> {
        Ok(self.0.clone())
    }
}

/// A free port, announced as services announce theirs.
pub(crate) fn listen(name: &str, args: &ServeArgs) -> Result<TcpIncoming, Error> {
    let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let incoming = TcpIncoming::bind(free).map_err(Error::io("bind", "a port"))?.with_nodelay(Some(true));
    let address = incoming.local_addr().map_err(Error::io("read", "the port"))?;
    announce(name, args, address)?;
    Ok(incoming)
}

/// Under another name first, so that a reader never sees half a file.
pub(crate) fn announce(name: &str, args: &ServeArgs, address: SocketAddr) -> Result<(), Error> {
    let draft = args.announce.with_extension("draft");
    let json = serde_json::json!({ "name": name, "pid": std::process::id(), "protocol": address.to_string() });
    let write = || {
        let mut file = std::fs::File::create(&draft)?;
        file.write_all(json.to_string().as_bytes())?;
        std::fs::rename(&draft, &args.announce)
    };
    write().map_err(Error::io("write", &args.announce))
}

/// A server with what it streams and gets, made once.
struct Raw<W> {
    work: W,
    task: Task,
    frames: Vec<StreamResponse>,
}

impl<W> Raw<W> {
    fn new(work: W) -> Self {
        Self { work, task: prepared_task(TaskState::Completed, vec![echoed()]), frames: prepared_frames() }
    }
}

fn text(text: &str) -> Part {
    Part { content: Some(part::Content::Text(text.to_owned())), ..Part::default() }
}

fn artifact(parts: Vec<Part>) -> Artifact {
    Artifact { artifact_id: "echo".to_owned(), parts, ..Artifact::default() }
}

/// What an agent says that echoes.
pub(crate) fn echoed() -> Artifact {
    let (first, second) = TEXT.split_at(TEXT.len() / 2);
    artifact(vec![text(first), text(second)])
}

/// A task that was asked what every task is.
pub(crate) fn prepared_task(state: TaskState, artifacts: Vec<Artifact>) -> Task {
    let parts = vec![text(TEXT)];
    let asked = Message { message_id: "m".to_owned(), role: Role::User as i32, parts, ..Message::default() };
    Task {
        id: TASK.to_owned(),
        context_id: CONTEXT.to_owned(),
        status: Some(status(state)),
        artifacts,
        history: vec![asked],
        metadata: None,
    }
}

pub(crate) fn prepared_frames() -> Vec<StreamResponse> {
    use stream_response::Payload;
    let moved = |state| {
        Payload::StatusUpdate(TaskStatusUpdateEvent {
            task_id: TASK.to_owned(),
            context_id: CONTEXT.to_owned(),
            status: Some(status(state)),
            metadata: None,
        })
    };
    let chunk = |part: &str, last_chunk| {
        Payload::ArtifactUpdate(TaskArtifactUpdateEvent {
            task_id: TASK.to_owned(),
            context_id: CONTEXT.to_owned(),
            artifact: Some(artifact(vec![text(part)])),
            append: last_chunk,
            last_chunk,
            metadata: None,
        })
    };
    let (first, second) = TEXT.split_at(TEXT.len() / 2);
    let events: [Payload; EVENTS] = [
        Payload::Task(prepared_task(TaskState::Submitted, Vec::new())),
        moved(TaskState::Working),
        chunk(first, false),
        chunk(second, true),
        moved(TaskState::Completed),
    ];
    events.into_iter().map(|payload| StreamResponse { payload: Some(payload) }).collect()
}

fn status(state: TaskState) -> TaskStatus {
    TaskStatus { state: state as i32, message: None, timestamp: None }
}

type Answer<T> = Result<Response<T>, Status>;
type Frames = Iter<std::vec::IntoIter<Result<StreamResponse, Status>>>;

fn unused<T>() -> Answer<T> {
    Err(Status::unimplemented("the baseline only sends, streams and gets"))
}

#[tonic::async_trait]
impl<W: Work> A2aService for Raw<W> {
    type SendStreamingMessageStream = Frames;
    type SubscribeToTaskStream = Frames;

    async fn send_message(&self, request: Request<SendMessageRequest>) -> Answer<SendMessageResponse> {
        let task = self.work.task(request.into_inner()).await?;
        let payload = Some(send_message_response::Payload::Task(task));
        Ok(Response::new(SendMessageResponse { payload }))
    }

    async fn send_streaming_message(&self, _: Request<SendMessageRequest>) -> Answer<Frames> {
        let frames: Vec<_> = self.frames.iter().cloned().map(Ok).collect();
        Ok(Response::new(futures::stream::iter(frames)))
    }

    async fn get_task(&self, _: Request<GetTaskRequest>) -> Answer<Task> {
        Ok(Response::new(self.task.clone()))
    }

    async fn list_tasks(&self, _: Request<ListTasksRequest>) -> Answer<ListTasksResponse> {
        unused()
    }

    async fn cancel_task(&self, _: Request<CancelTaskRequest>) -> Answer<Task> {
        unused()
    }

    async fn subscribe_to_task(&self, _: Request<SubscribeToTaskRequest>) -> Answer<Frames> {
        unused()
    }

    async fn create_task_push_notification_config(
        &self,
        _: Request<TaskPushNotificationConfig>,
    ) -> Answer<TaskPushNotificationConfig> {
        unused()
    }

    async fn get_task_push_notification_config(
        &self,
        _: Request<GetTaskPushNotificationConfigRequest>,
    ) -> Answer<TaskPushNotificationConfig> {
        unused()
    }

    async fn list_task_push_notification_configs(
        &self,
        _: Request<ListTaskPushNotificationConfigsRequest>,
    ) -> Answer<ListTaskPushNotificationConfigsResponse> {
        unused()
    }

    async fn get_extended_agent_card(&self, _: Request<GetExtendedAgentCardRequest>) -> Answer<AgentCard> {
        unused()
    }

    async fn delete_task_push_notification_config(
        &self,
        _: Request<DeleteTaskPushNotificationConfigRequest>,
    ) -> Answer<()> {
        unused()
    }
}
