//! The baseline of the JSON bindings: an HTTP server that reads a request and answers with bytes that were prepared.
//! What it costs is what HTTP costs; it parses nothing, and what it answers JSON-RPC with has the id of every request.

use std::convert::Infallible;
use std::net::Ipv4Addr;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use http::header::CONTENT_TYPE;
use prost::{Message, Name};
use proto::a2a::send_message_response::Payload;
use proto::a2a::{SendMessageResponse, StreamResponse, TaskState};
use tokio::net::TcpListener;

use super::wire::RPC;
use crate::args::ServeArgs;
use crate::error::Error;
use crate::raw::{announce, echoed, prepared_frames, prepared_task};

/// Serves until it is killed.
pub(crate) fn serve(args: &ServeArgs) -> Result<(), Error> {
    let runtime = tokio::runtime::Runtime::new().map_err(Error::io("start", "a runtime"))?;
    runtime.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(Error::io("bind", "a port"))?;
        announce("bare-json", args, listener.local_addr().map_err(Error::io("read", "the port"))?)?;
        // A socket that does not take the option is slow, and is not ours.
        let listener = listener.tap_io(|connection| drop(connection.set_nodelay(true)));
        axum::serve(listener, routes()).await.map_err(Error::io("serve", "HTTP"))
    })
}

/// What is answered, made once.
#[derive(Debug, Clone)]
struct Prepared {
    sent: Bytes,
    got: Bytes,
    events: Vec<Bytes>,
}

impl Prepared {
    /// Each answer as `wrap` has it.
    fn new(wrap: impl Fn(String) -> String) -> Self {
        let task = prepared_task(TaskState::Completed, vec![echoed()]);
        let sent = SendMessageResponse { payload: Some(Payload::Task(task.clone())) };
        let event = |frame: &StreamResponse| Bytes::from(format!("data: {}\n\n", wrap(json_of(frame))));
        Self {
            sent: wrap(json_of(&sent)).into(),
            got: wrap(json_of(&task)).into(),
            events: prepared_frames().iter().map(event).collect(),
        }
    }

    fn send(self) -> Response {
        json(self.sent)
    }

    fn get(self) -> Response {
        json(self.got)
    }

    /// Each event a chunk of its own, as a server has them.
    fn stream(self) -> Response {
        let body = Body::from_stream(futures::stream::iter(self.events.into_iter().map(Ok::<_, Infallible>)));
        ([(CONTENT_TYPE, "text/event-stream")], body).into_response()
    }
}

fn json_of<M: Message + Name>(message: &M) -> String {
    proto::to_json(message).expect("a message of ours has a descriptor")
}

fn json(body: Bytes) -> Response {
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}

fn routes() -> Router {
    let rpc = Prepared::new(|result| format!("{{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{result}}}"));
    let rest = Router::new()
        .route("/message:send", post(async |State(prepared): State<Prepared>, _: Bytes| prepared.send()))
        .route("/message:stream", post(async |State(prepared): State<Prepared>, _: Bytes| prepared.stream()))
        .route("/tasks/{id}", get(async |State(prepared): State<Prepared>| prepared.get()))
        .with_state(Prepared::new(|answer| answer));
    rest.merge(Router::new().route(RPC, post(call)).with_state(rpc))
}

async fn call(State(prepared): State<Prepared>, body: Bytes) -> Response {
    let asks = |method: &str| body.windows(method.len()).any(|part| part == method.as_bytes());
    if asks("\"GetTask\"") {
        return prepared.get();
    }
    if asks("\"SendStreamingMessage\"") { prepared.stream() } else { prepared.send() }
}
