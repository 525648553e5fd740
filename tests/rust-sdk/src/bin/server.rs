//! An agent of the official Rust SDK, over each binding, its tasks in memory alone: `server DIRECTORY`.
//! The first word of a message says what becomes of it:
//! `work` a task that completes, `reply` a message and no task, `hang` a task that never ends and stops when it is told
//! to, `ask` a task that asks, and asks again, until it is told `done`.
//! DIRECTORY/published has the address of its card once it is served. Ends when its standard input does.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use a2a::{
    A2AError, AgentCapabilities, AgentCard, AgentInterface, AgentSkill, Artifact, Message, Part, Role, StreamResponse,
    Task, TaskArtifactUpdateEvent, TaskState, TaskStatus, TaskStatusUpdateEvent, new_artifact_id,
};
use a2a_grpc::GrpcHandler;
use a2a_pb::proto::a2a_service_server::A2aServiceServer;
use a2a_server::agent_card::agent_card_router;
use a2a_server::jsonrpc::jsonrpc_router;
use a2a_server::rest::rest_router;
use a2a_server::{
    AgentExecutor, DefaultRequestHandler, ExecutorContext, HttpPushSender, HttpPushSenderConfig,
    InMemoryPushConfigStore, InMemoryTaskStore, StaticAgentCard,
};
use axum::Router;
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;

struct Executor;

type Said = BoxStream<'static, Result<StreamResponse, A2AError>>;

impl AgentExecutor for Executor {
    fn execute(&self, of: ExecutorContext) -> Said {
        let words = of.message.as_ref().and_then(Message::text).unwrap_or_default();
        let mode = words.split(' ').next().unwrap_or_default().to_owned();
        let asked = of.stored_task.as_ref().is_some_and(|task| task.status.state == TaskState::InputRequired);
        let opening = StreamResponse::Task(opening(&of));
        match mode.as_str() {
            "reply" => all(vec![StreamResponse::Message(says(&of, "replied at once"))]),
            "hang" => stream::iter([Ok(opening)]).chain(stream::pending()).boxed(),
            other if other == "ask" || (asked && other != "done") => {
                all(vec![opening, status(&of, TaskState::InputRequired, "what else?")])
            }
            _ => all(vec![opening, artifact(&of, &mode), status(&of, TaskState::Completed, "done")]),
        }
    }

    fn cancel(&self, of: ExecutorContext) -> Said {
        all(vec![status(&of, TaskState::Canceled, "stopped")])
    }
}

fn all(events: Vec<StreamResponse>) -> Said {
    stream::iter(events.into_iter().map(Ok)).boxed()
}

/// The task of a turn, which its stream has to begin with: the SDK does not see to that.
fn opening(of: &ExecutorContext) -> Task {
    let (id, context_id) = of.task_info();
    let status = TaskStatus { state: TaskState::Working, message: Some(says(of, "at work")), timestamp: None };
    let kept = of.stored_task.clone();
    let (artifacts, history, metadata) = kept.map(|it| (it.artifacts, it.history, it.metadata)).unwrap_or_default();
    let mut history = history.unwrap_or_default();
    history.extend(of.message.clone().filter(|new| history.iter().all(|old| old.message_id != new.message_id)));
    Task { id, context_id, status, artifacts, history: Some(history), metadata }
}

fn says(of: &ExecutorContext, words: &str) -> Message {
    Message { context_id: Some(of.context_id.clone()), ..Message::new(Role::Agent, vec![Part::text(words)]) }
}

fn status(of: &ExecutorContext, state: TaskState, words: &str) -> StreamResponse {
    let (task_id, context_id) = of.task_info();
    let status = TaskStatus { state, message: Some(says(of, words)), timestamp: None };
    StreamResponse::StatusUpdate(TaskStatusUpdateEvent { task_id, context_id, status, metadata: None })
}

fn artifact(of: &ExecutorContext, mode: &str) -> StreamResponse {
    let (task_id, context_id) = of.task_info();
    let artifact = Artifact {
        artifact_id: new_artifact_id(),
        name: Some("result".into()),
        description: None,
        parts: vec![Part::text(format!("result of {mode}"))],
        metadata: None,
        extensions: None,
    };
    let (append, last_chunk, metadata) = (None, Some(true), None);
    StreamResponse::ArtifactUpdate(TaskArtifactUpdateEvent {
        task_id,
        context_id,
        artifact,
        append,
        last_chunk,
        metadata,
    })
}

fn card_of(grpc: &str, http: &str) -> AgentCard {
    let skill = AgentSkill {
        id: "anything".into(),
        name: "Anything".into(),
        description: "Whatever it is told".into(),
        tags: vec!["test".into()],
        examples: None,
        input_modes: None,
        output_modes: None,
        security_requirements: None,
    };
    AgentCard {
        name: "Rust Agent".into(),
        description: "Made with the official SDK".into(),
        version: "1".into(),
        supported_interfaces: vec![
            AgentInterface::new(grpc, "GRPC"),
            AgentInterface::new(format!("http://{http}/rpc"), "JSONRPC"),
            AgentInterface::new(format!("http://{http}/rest"), "HTTP+JSON"),
        ],
        capabilities: AgentCapabilities {
            streaming: Some(true),
            push_notifications: Some(true),
            extensions: None,
            extended_agent_card: Some(true),
        },
        default_input_modes: vec!["text/plain".into()],
        default_output_modes: vec!["text/plain".into()],
        skills: vec![skill],
        provider: None,
        documentation_url: None,
        icon_url: None,
        security_schemes: None,
        security_requirements: None,
        signatures: None,
    }
}

fn handler_of(card: &AgentCard) -> Arc<DefaultRequestHandler> {
    // The webhooks here are on this machine.
    let sender = HttpPushSender::new(Some(HttpPushSenderConfig { validate_urls: false, ..Default::default() }));
    let handler = DefaultRequestHandler::new(Executor, InMemoryTaskStore::new());
    let handler = handler.with_push_notifications(InMemoryPushConfigStore::new(), sender);
    Arc::new(handler.with_capabilities(card.capabilities.clone()).with_extended_agent_card(card.clone()))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let directory = std::env::args().nth(1).ok_or("server DIRECTORY")?;
    let (grpc, http) = (TcpListener::bind("127.0.0.1:0").await?, TcpListener::bind("127.0.0.1:0").await?);
    let published = http.local_addr()?.to_string();
    let card = card_of(&grpc.local_addr()?.to_string(), &published);
    let handler = handler_of(&card);
    let routes = Router::new()
        .nest("/rpc", jsonrpc_router(handler.clone()))
        .nest("/rest", rest_router(handler.clone()))
        .merge(agent_card_router(Arc::new(StaticAgentCard::new(card))));
    let service = A2aServiceServer::new(GrpcHandler::new(handler));
    let over_grpc = tonic::transport::Server::builder().add_service(service);
    tokio::spawn(over_grpc.serve_with_incoming(TcpListenerStream::new(grpc)));
    tokio::spawn(async move { axum::serve(http, routes).await });
    let beside = Path::new(&directory).join("published.new");
    std::fs::write(&beside, published)?;
    std::fs::rename(&beside, Path::new(&directory).join("published"))?;
    tokio::io::stdin().read_to_end(&mut Vec::new()).await?;
    Ok(())
}
