//! Browsers: what they are told before a call, and what a page may read of the answer.

use axum::Router;
use axum::routing::get as on_get;
use service::Args;
use tonic::service::Routes;

use crate::support::{exchange, process_with, serve_with, within};

const PAGE: &str = "https://panel.example";
const CHECK: &str = "/grpc.health.v1.Health/Check";

/// The head of an answer, in lower case.
fn head(answer: &[u8]) -> String {
    let text = String::from_utf8_lossy(answer).to_lowercase();
    text.split("\r\n\r\n").next().unwrap_or_default().to_owned()
}

fn allowing(origins: &[&str]) -> Args {
    Args { cors_origins: origins.iter().map(|origin| origin.parse().unwrap()).collect(), ..Args::default() }
}

async fn asked(args: Args, request: &str, body: &[u8]) -> String {
    let process = process_with(args);
    let http = Router::new().route("/message:send", on_get(async || "sent"));
    let (addresses, _served) = serve_with(&process, Routes::default(), http);
    within(process.serving()).await;
    head(&exchange(addresses.protocol, request, body).await)
}

fn preflight(path: &str, origin: &str) -> String {
    format!(
        "OPTIONS {path} HTTP/1.1\r\norigin: {origin}\r\naccess-control-request-method: POST\r\n\
         access-control-request-headers: authorization,content-type,x-grpc-web,a2a-version\r\n"
    )
}

#[tokio::test]
async fn a_page_of_a_named_origin_may_call_by_every_path_and_with_every_header() {
    let dir = tempfile::tempdir().unwrap();
    let tokens = dir.path().join("tokens.toml");
    std::fs::write(&tokens, "[[token]]\nprincipal = \"a\"\nroles = [\"caller\"]\nsecret = \"0123456789abcdef\"\n")
        .unwrap();
    for path in ["/message:send", CHECK, "/rpc"] {
        // Browsers ask without a token, so they are answered before the guard.
        let args = Args { tokens: Some(tokens.clone()), ..allowing(&["http://other.example", PAGE]) };
        let told = asked(args, &preflight(path, PAGE), b"").await;
        for line in [
            "http/1.1 200",
            "access-control-allow-origin: https://panel.example",
            "access-control-allow-methods: get,post,delete",
            "access-control-allow-headers: authorization,content-type,x-grpc-web,a2a-version",
        ] {
            assert!(told.contains(line), "{path}: {line} is not in\n{told}");
        }
    }
}

#[tokio::test]
async fn the_answers_of_both_kinds_say_what_a_page_may_read() {
    let web = format!(
        "POST {CHECK} HTTP/1.1\r\norigin: {PAGE}\r\ncontent-type: application/grpc-web+proto\r\nx-grpc-web: 1\r\n"
    );
    let plain = format!("GET /message:send HTTP/1.1\r\norigin: {PAGE}\r\n");
    for (request, body) in [(web.as_str(), &b"\0\0\0\0\0"[..]), (&plain, b"")] {
        let told = asked(allowing(&["*"]), request, body).await;
        assert!(told.starts_with("http/1.1 200") && told.contains("access-control-allow-origin: *"), "{told}");
        let exposed = told.lines().find(|line| line.starts_with("access-control-expose-headers: ")).unwrap();
        for name in ["grpc-status", "grpc-message", "a2a-version", "a2a-extensions", "watchroom-cursor"] {
            assert!(exposed.contains(name), "{exposed}");
        }
    }
}

#[tokio::test]
async fn other_pages_and_where_none_is_named_all_get_no_leave() {
    for args in [Args::default(), allowing(&["https://other.example"])] {
        let told = asked(args, &preflight("/message:send", PAGE), b"").await;
        assert!(!told.contains("access-control-allow-origin"), "{told}");
    }
}
