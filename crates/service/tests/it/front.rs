//! One port for gRPC, gRPC-Web and other HTTP.

use std::convert::Infallible;

use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get as on_get;
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use prost::Message as _;
use service::{Ended, LateEnd};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tonic::service::Routes;
use tonic::{Code, Request};
use tonic_health::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};

use crate::support::{exchange, get, process, serve, serve_with, within};

const CHECK: &str = "/grpc.health.v1.Health/Check";

/// A body of gRPC-Web: each frame has a flag and a length before it, the trailers are the last.
fn framed(flag: u8, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    [&[flag][..], &length, content].concat()
}

fn contains(answer: &[u8], part: &[u8]) -> bool {
    answer.windows(part.len()).any(|window| window == part)
}

#[tokio::test]
async fn c86_a_browser_calls_by_grpc_web_and_is_counted_as_any_call() {
    let process = process();
    let (addresses, _served) = serve(&process, Routes::default());
    within(process.serving()).await;
    let head = format!("POST {CHECK} HTTP/1.1\r\ncontent-type: application/grpc-web+proto\r\n");
    let body = framed(0, &HealthCheckRequest::default().encode_to_vec());
    let answer = exchange(addresses.protocol, &head, &body).await;
    assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
    let serving = HealthCheckResponse { status: ServingStatus::Serving as i32 };
    assert!(contains(&answer, &framed(0, &serving.encode_to_vec())));
    assert!(contains(&answer, b"grpc-status:0"), "{}", String::from_utf8_lossy(&answer));
    let refused = framed(0, &HealthCheckRequest { service: "no.Such".into() }.encode_to_vec());
    let answer = exchange(addresses.protocol, &head, &refused).await;
    assert!(contains(&answer, b"grpc-status: 5") || contains(&answer, b"grpc-status:5"));
    let metrics = get(addresses.admin, "/metrics").await;
    for code in ["OK", "NOT_FOUND"] {
        let line = format!(
            "watchroom_rpc_requests_total{{service=\"grpc.health.v1.Health\",method=\"Check\",code=\"{code}\"}} 1"
        );
        assert!(metrics.contains(&line), "{line} is not in\n{metrics}");
    }
}

/// Whatever the frames say of themselves, each body has an answer, none is the server's own fault, and the next is served.
#[tokio::test]
async fn any_framing_of_grpc_web_is_answered() {
    let process = process();
    let (addresses, _served) = serve(&process, Routes::default());
    within(process.serving()).await;
    let good = framed(0, &HealthCheckRequest::default().encode_to_vec());
    let mut bodies: Vec<Vec<u8>> = (0..=u8::MAX).map(|flag| framed(flag, b"\x0a\x00")).collect();
    bodies.extend((0..good.len()).map(|end| good[..end].to_vec()));
    bodies.extend([u32::MAX, 1 << 31, 5 << 20, 3].map(|length| [&[0][..], &length.to_be_bytes(), b"\x0a"].concat()));
    bodies.extend([
        framed(0, b"\xff\xff"),
        framed(0, b"\x0a\x02\xff\xfe"),
        [&good[..], b"more"].concat(),
        good.repeat(3),
    ]);
    bodies.extend([&b"AAAA"[..], b"AAAAAAA=", b"AAAAA", b"====", b"!", b"AAAAAAA=AAAAAAA="].map(<[u8]>::to_vec));
    for media in
        ["application/grpc-web+proto", "application/grpc-web-text", "application/grpc-web;x", "application/grpc-web\t"]
    {
        let head = format!("POST {CHECK} HTTP/1.1\r\ncontent-type: {media}\r\n");
        for body in &bodies {
            let answer = within(exchange(addresses.protocol, &head, body)).await;
            assert!(answer.starts_with(b"HTTP/1.1 "), "{media} {body:?}: {}", String::from_utf8_lossy(&answer));
            assert!(!answer.starts_with(b"HTTP/1.1 5"), "{media} {body:?}: {}", String::from_utf8_lossy(&answer));
        }
    }
    let head = format!("POST {CHECK} HTTP/1.1\r\ncontent-type: application/grpc-web+proto\r\n");
    assert!(contains(&exchange(addresses.protocol, &head, &good).await, b"grpc-status:0"));
}

#[tokio::test]
async fn other_http_has_its_own_routes_and_its_own_not_found() {
    let process = process();
    let marked = async || {
        let mut response = "hello".into_response();
        response.extensions_mut().insert(Ended { path: CHECK, code: Code::Unavailable });
        response
    };
    let http = Router::new().route("/hello", on_get(marked));
    let (addresses, _served) = serve_with(&process, Routes::default(), http);
    within(process.serving()).await;
    let hello = get(addresses.protocol, "/hello").await;
    assert!(hello.starts_with("HTTP/1.1 200") && hello.ends_with("hello"), "{hello}");
    let nothing = get(addresses.protocol, "/nothing").await;
    assert!(nothing.starts_with("HTTP/1.1 404") && nothing.contains("\"status\":\"NOT_FOUND\""), "{nothing}");
    // What the answer says it was is what it counts as.
    let metrics = get(addresses.admin, "/metrics").await;
    for line in [
        "watchroom_rpc_requests_total{service=\"grpc.health.v1.Health\",method=\"Check\",code=\"UNAVAILABLE\"} 1",
        "watchroom_rpc_requests_total{service=\"other\",method=\"other\",code=\"NOT_FOUND\"} 1",
    ] {
        assert!(metrics.contains(line), "{line} is not in\n{metrics}");
    }
}

#[tokio::test]
async fn grpc_to_an_unknown_service_is_unimplemented_as_before() {
    let process = process();
    let (addresses, _served) = serve(&process, Routes::default());
    within(process.serving()).await;
    let mut client = tonic::client::Grpc::new(crate::support::channel(&addresses.protocol.to_string()).unwrap());
    client.ready().await.unwrap();
    let codec = tonic_prost::ProstCodec::<HealthCheckRequest, HealthCheckResponse>::default();
    let path = http::uri::PathAndQuery::from_static("/no.Such/Method");
    let status = within(client.unary(Request::new(HealthCheckRequest::default()), path, codec)).await.unwrap_err();
    assert_eq!(status.code(), Code::Unimplemented);
    assert!(status.message().contains("/no.Such/Method"), "{status}");
    let mut health = HealthClient::new(crate::support::channel(&addresses.protocol.to_string()).unwrap());
    within(health.check(HealthCheckRequest::default())).await.unwrap();
}

#[tokio::test]
async fn c90_an_open_answer_of_other_http_just_ends_at_a_drain() {
    let process = process();
    let open = async || -> Response {
        let first = stream::iter([Ok::<_, Infallible>(Bytes::from_static(b"begun"))]);
        Response::new(Body::from_stream(first.chain(stream::pending())))
    };
    let (addresses, served) = serve_with(&process, Routes::default(), Router::new().route("/open", on_get(open)));
    within(process.serving()).await;
    let mut stream = TcpStream::connect(addresses.protocol).await.unwrap();
    stream.write_all(b"GET /open HTTP/1.1\r\nhost: test\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    while !contains(&answer, b"begun") {
        assert_ne!(within(stream.read_buf(&mut answer)).await.unwrap(), 0);
    }
    process.drain().begin();
    within(stream.read_to_end(&mut answer)).await.unwrap();
    assert!(answer.ends_with(b"0\r\n\r\n"), "the answer is whole: {}", String::from_utf8_lossy(&answer));
    within(served).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_stream_over_http_counts_as_it_ended_and_not_as_it_began() {
    let process = process();
    let streamed = |failed: Option<Code>, ends: bool| {
        let late = LateEnd::default();
        failed.into_iter().for_each(|code| late.failed(code));
        let first = stream::iter([Ok::<_, Infallible>(Bytes::from_static(b"begun"))]);
        let body = if ends { Body::from_stream(first) } else { Body::from_stream(first.chain(stream::pending())) };
        let mut response = Response::new(body);
        response.extensions_mut().insert(Ended { path: CHECK, code: Code::Ok });
        response.extensions_mut().insert(late);
        response
    };
    let http = Router::new()
        .route("/whole", on_get(async move || streamed(None, true)))
        .route("/failed", on_get(async move || streamed(Some(Code::Unavailable), true)))
        .route("/cut", on_get(async move || streamed(None, false)));
    let (addresses, _served) = serve_with(&process, Routes::default(), http);
    within(process.serving()).await;
    for path in ["/whole", "/failed"] {
        assert!(get(addresses.protocol, path).await.contains("begun"));
    }
    let mut stream = TcpStream::connect(addresses.protocol).await.unwrap();
    stream.write_all(b"GET /cut HTTP/1.1\r\nhost: test\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    while !contains(&answer, b"begun") {
        assert_ne!(within(stream.read_buf(&mut answer)).await.unwrap(), 0);
    }
    drop(stream);
    let line = |code: &str| {
        format!("watchroom_rpc_requests_total{{service=\"grpc.health.v1.Health\",method=\"Check\",code=\"{code}\"}} 1")
    };
    within(async {
        loop {
            let metrics = get(addresses.admin, "/metrics").await;
            if ["OK", "UNAVAILABLE", "CANCELLED"].iter().all(|code| metrics.contains(&line(code))) {
                return;
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
}
