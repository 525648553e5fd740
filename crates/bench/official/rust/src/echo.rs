//! The benchmarks' echo agent on the official Rust SDK, in memory, over its three bindings: what ours is measured against.
//! On the allocator that ours has too.

use std::error::Error;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;

use a2a::{
    A2AError, Artifact, Part, StreamResponse, Task, TaskArtifactUpdateEvent, TaskState, TaskStatus,
    TaskStatusUpdateEvent,
};
use a2a_grpc::GrpcHandler;
use a2a_pb::proto::a2a_service_server::A2aServiceServer;
use a2a_server::jsonrpc::jsonrpc_router;
use a2a_server::rest::rest_router;
use a2a_server::{AgentExecutor, DefaultRequestHandler, ExecutorContext, InMemoryTaskStore};
use axum::serve::ListenerExt as _;
use futures::stream::{self, BoxStream};
use tokio::net::TcpListener;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Says what it was told, in two chunks.
struct Echo;

impl AgentExecutor for Echo {
    fn execute(&self, context: ExecutorContext) -> BoxStream<'static, Result<StreamResponse, A2AError>> {
        let (task, conversation) = context.task_info();
        let message = context.message.clone();
        let text = message.as_ref().and_then(|message| message.parts.first()?.as_text().map(str::to_owned));
        let text = text.unwrap_or_default();
        let (first, second) = text.split_at(text.floor_char_boundary(text.len() / 2));
        let status = |state| TaskStatus { state, message: None, timestamp: None };
        let moved = |state| {
            let (task_id, context_id, status) = (task.clone(), conversation.clone(), status(state));
            StreamResponse::StatusUpdate(TaskStatusUpdateEvent { task_id, context_id, status, metadata: None })
        };
        let chunk = |part: &str, last: bool| {
            StreamResponse::ArtifactUpdate(TaskArtifactUpdateEvent {
                task_id: task.clone(),
                context_id: conversation.clone(),
                artifact: Artifact {
                    artifact_id: "echo".into(),
                    name: Some("echo".into()),
                    description: None,
                    parts: vec![Part::text(part)],
                    metadata: None,
                    extensions: None,
                },
                append: Some(last),
                last_chunk: Some(last),
                metadata: None,
            })
        };
        let opening = StreamResponse::Task(Task {
            id: task.clone(),
            context_id: conversation.clone(),
            status: status(TaskState::Submitted),
            artifacts: None,
            history: message.map(|message| vec![message]),
            metadata: None,
        });
        let events =
            [opening, moved(TaskState::Working), chunk(first, false), chunk(second, true), moved(TaskState::Completed)];
        Box::pin(stream::iter(events.map(Ok)))
    }

    fn cancel(&self, _: ExecutorContext) -> BoxStream<'static, Result<StreamResponse, A2AError>> {
        Box::pin(stream::empty())
    }
}

pub(crate) fn main() -> Result<(), Box<dyn Error>> {
    let announce = std::env::args().skip_while(|argument| argument != "--announce").nth(1);
    let announce = PathBuf::from(announce.ok_or("usage: official-echo --announce FILE")?);
    tokio::runtime::Runtime::new()?.block_on(serve(announce))
}

async fn serve(announce: PathBuf) -> Result<(), Box<dyn Error>> {
    let handler = Arc::new(DefaultRequestHandler::new(Echo, InMemoryTaskStore::new()));
    let grpc = TcpIncoming::bind((Ipv4Addr::LOCALHOST, 0).into())?.with_nodelay(Some(true));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let told = serde_json::json!({
        "name": "official Rust SDK",
        "pid": std::process::id(),
        "protocol": grpc.local_addr()?.to_string(),
        "http": listener.local_addr()?.to_string(),
    });
    let router = rest_router(handler.clone()).nest("/rpc", jsonrpc_router(handler.clone()));
    let listener = listener.tap_io(|connection| drop(connection.set_nodelay(true)));
    let http = tokio::spawn(async move { axum::serve(listener, router).await });
    let draft = announce.with_extension("draft");
    std::fs::write(&draft, told.to_string())?;
    std::fs::rename(&draft, &announce)?;
    let service = A2aServiceServer::new(GrpcHandler::new(handler));
    Server::builder().add_service(service).serve_with_incoming(grpc).await?;
    Ok(http.await??)
}
