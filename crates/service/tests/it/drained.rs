//! The stop: what is told, what is waited for, and for how long.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::post;
use tokio::sync::Notify;
use tonic::service::Routes;
use tonic::{Code, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

use crate::support::{get, process, process_with, serve, within};

/// A call that answers OK once it is let go.
fn slow(entered: Arc<Notify>, go: Arc<Notify>) -> Routes {
    let handler = async move || {
        entered.notify_one();
        go.notified().await;
        Status::new(Code::Ok, "").into_http::<axum::body::Body>()
    };
    Routes::from(Router::new().route("/test.Slow/Call", post(handler)))
}

async fn call_slow(address: std::net::SocketAddr) -> Result<(), Status> {
    let mut client = tonic::client::Grpc::new(crate::support::channel(&address.to_string()).unwrap());
    client.ready().await.unwrap();
    let codec = tonic_prost::ProstCodec::<HealthCheckRequest, HealthCheckRequest>::default();
    let path = http::uri::PathAndQuery::from_static("/test.Slow/Call");
    let request = tonic::Request::new(HealthCheckRequest::default());
    client.server_streaming(request, path, codec).await.map(drop)
}

#[tokio::test]
async fn an_open_stream_ends_unavailable_and_the_hooks_run() {
    let process = process();
    let order = Arc::new(AtomicU32::new(0));
    let (first, second) = (order.clone(), order.clone());
    process.on_stop("store", async move { first.store(first.load(Ordering::SeqCst) * 10 + 1, Ordering::SeqCst) });
    process.on_stop("driver", async move { second.store(second.load(Ordering::SeqCst) * 10 + 2, Ordering::SeqCst) });
    let (addresses, served) = serve(&process, Routes::default());
    let mut client = HealthClient::new(crate::support::channel(&addresses.protocol.to_string()).unwrap());
    let mut watch = client.watch(HealthCheckRequest::default()).await.unwrap().into_inner();
    watch.message().await.unwrap();
    assert!(!process.drain().is_draining());
    process.drain().begin();
    assert!(process.drain().is_draining());
    let end = within(async {
        loop {
            if let Err(status) = watch.message().await {
                return status;
            }
        }
    });
    assert_eq!(end.await.code(), Code::Unavailable);
    within(served).await.unwrap().unwrap();
    assert_eq!(order.load(Ordering::SeqCst), 21, "the last hook runs first");
    assert!(tokio::net::TcpStream::connect(addresses.protocol).await.is_err());
}

#[tokio::test]
async fn readyz_says_draining_during_the_pause() {
    let args = service::Args { drain_pause: Duration::from_secs(2), ..service::Args::default() };
    let process = process_with(args);
    let (addresses, served) = serve(&process, Routes::default());
    within(process.serving()).await;
    process.drain().begin();
    let answer = within(async {
        loop {
            let answer = get(addresses.admin, "/readyz").await;
            if answer.starts_with("HTTP/1.1 503") {
                return answer;
            }
        }
    });
    assert!(answer.await.contains("draining"));
    process.drain().begin();
    within(served).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_call_in_flight_is_waited_for() {
    let process = process();
    let (entered, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (addresses, served) = serve(&process, slow(entered.clone(), go.clone()));
    let call = tokio::spawn(call_slow(addresses.protocol));
    within(entered.notified()).await;
    process.drain().begin();
    within(process.drain().streams_end().cancelled()).await;
    assert!(!served.is_finished());
    go.notify_one();
    within(call).await.unwrap().unwrap();
    within(served).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_call_that_never_ends_is_cut_at_the_limit() {
    let limit = Duration::from_millis(300);
    let process = process_with(service::Args { drain_limit: limit, ..service::Args::default() });
    let entered = Arc::new(Notify::new());
    let (addresses, served) = serve(&process, slow(entered.clone(), Arc::new(Notify::new())));
    let _call = tokio::spawn(call_slow(addresses.protocol));
    within(entered.notified()).await;
    let began = Instant::now();
    process.drain().begin();
    within(served).await.unwrap().unwrap();
    assert!(began.elapsed() >= limit);
}

#[tokio::test]
async fn asking_twice_waits_for_nobody() {
    let hour = Duration::from_secs(3600);
    let process = process_with(service::Args { drain_pause: hour, drain_limit: hour, ..service::Args::default() });
    let entered = Arc::new(Notify::new());
    let (addresses, served) = serve(&process, slow(entered.clone(), Arc::new(Notify::new())));
    let _call = tokio::spawn(call_slow(addresses.protocol));
    within(entered.notified()).await;
    process.drain().begin();
    process.drain().begin();
    within(served).await.unwrap().unwrap();
}
