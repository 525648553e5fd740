//! The trace context on its way through a service that exports nothing.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::post;
use service::TraceContext;
use tonic::service::Routes;
use tonic::{Code, Request, Status};
use tonic_health::pb::HealthCheckRequest;

use crate::support::{process, serve, within};

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

type Client = tonic::client::Grpc<service::client::Traced>;

fn ok() -> Response {
    Status::new(Code::Ok, "").into_http()
}

async fn call(address: SocketAddr, path: &'static str, parent: Option<&str>) {
    let mut client: Client = tonic::client::Grpc::new(crate::support::channel(&address.to_string()).unwrap());
    client.ready().await.unwrap();
    let mut request = Request::new(HealthCheckRequest::default());
    if let Some(parent) = parent {
        request.metadata_mut().insert("traceparent", parent.parse().unwrap());
    }
    let codec = tonic_prost::ProstCodec::<HealthCheckRequest, HealthCheckRequest>::default();
    let path = http::uri::PathAndQuery::from_static(path);
    within(client.server_streaming(request, path, codec)).await.unwrap();
}

/// Answers and remembers the `traceparent` of each call.
fn upstream(seen: Arc<Mutex<Vec<Option<String>>>>) -> Routes {
    let handler = async move |headers: HeaderMap| {
        let parent = headers.get("traceparent").map(|value| value.to_str().unwrap().to_owned());
        seen.lock().unwrap().push(parent);
        ok()
    };
    Routes::from(Router::new().route("/test.Upstream/Call", post(handler)))
}

/// Calls upstream three times: in the handler, in a task of its own, and in work that has a span of its own.
fn relay(upstream: SocketAddr) -> Routes {
    let handler = async move || {
        call(upstream, "/test.Upstream/Call", None).await;
        let later = TraceContext::current().scope(call(upstream, "/test.Upstream/Call", None));
        tokio::spawn(later).await.unwrap();
        let work = call(upstream, "/test.Upstream/Call", None);
        let work = TraceContext::current().instrument(|| tracing::info_span!("work"), work);
        tokio::spawn(work).await.unwrap();
        ok()
    };
    Routes::from(Router::new().route("/test.Relay/Call", post(handler)))
}

#[tokio::test]
async fn the_context_passes_through_handlers_and_tasks() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (far, near) = (process(), process());
    let (far, _far) = serve(&far, upstream(seen.clone()));
    let (near, _near) = serve(&near, relay(far.protocol));
    call(near.protocol, "/test.Relay/Call", Some(PARENT)).await;
    let parent = Some(PARENT.to_owned());
    assert_eq!(*seen.lock().unwrap(), [parent.clone(), parent.clone(), parent]);
}

#[tokio::test]
async fn without_a_caller_that_traces_nothing_is_sent() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (far, near) = (process(), process());
    let (far, _far) = serve(&far, upstream(seen.clone()));
    let (near, _near) = serve(&near, relay(far.protocol));
    call(near.protocol, "/test.Relay/Call", None).await;
    call(near.protocol, "/test.Relay/Call", Some("not-a-context")).await;
    assert_eq!(*seen.lock().unwrap(), [const { None }; 6]);
}
