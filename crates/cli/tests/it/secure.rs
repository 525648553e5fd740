//! What is said of connections by TLS that do not come about, and of addresses that a binding cannot have.

use std::time::{Duration, Instant};

use tokio::net::TcpListener;

use crate::answers::Agent;
use crate::authority::{Authority, NOW, PAST};
use crate::frames::TASK;
use crate::support::{Ended, run};

/// Far less than a lost connection is waited for.
const AT_ONCE: Duration = Duration::from_secs(20);

/// An agent behind TLS, by host and port.
async fn secured(authority: &Authority, years: (i32, i32)) -> String {
    let (_, url) = Agent::start([]).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let upstream = url.trim_start_matches("http://").parse().unwrap();
    authority.front(listener, "localhost", years, upstream);
    format!("localhost:{port}")
}

async fn at_once(args: &[&str]) -> Ended {
    let since = Instant::now();
    let ended = run(args).await;
    assert!(since.elapsed() < AT_ONCE, "{args:?} took {:?}", since.elapsed());
    ended
}

#[tokio::test]
async fn a_connection_that_tls_forbids_is_told_at_once_with_what_to_do() {
    let (authority, other) = (Authority::new(), Authority::new());
    let (good, old) = (secured(&authority, NOW).await, secured(&authority, PAST).await);
    let itself = format!("localhost:{}", authority.serve_itself().await.port());
    let trusted = [authority.file(), other.file()];
    let [ca, strange] = [0, 1].map(|at| trusted[at].path().to_str().unwrap());
    let cases = [
        (format!("https://{good}"), strange, "signed by nobody", "next: if it is the right one, name the certificate"),
        (format!("https://{old}"), ca, "has expired", "next: it must be renewed there"),
        (format!("https://{itself}"), ca, "certificate of an authority as its own", "next: give the server a"),
        (format!("http://{good}"), ca, "TLS is spoken at that port", "next: begin the address with https://"),
        (format!("grpc://{good}"), ca, "TLS is spoken at that port", "next: begin the address with https://"),
    ];
    for (url, ca, problem, next) in cases {
        for command in [&["tasks"][..], &["send", "hello"], &["watch", TASK]] {
            let ended = at_once(&[command, &["--agent", &url, "--ca", ca]].concat()).await;
            assert_eq!(ended.code, Some(69), "{url} {command:?}: {ended:?}");
            for words in [problem, next] {
                assert!(ended.err.contains(words), "{url} {command:?}: {ended:?}");
            }
            assert!(!ended.err.contains("watchroom up"), "{url} {command:?}: {ended:?}");
        }
    }
    let ended = at_once(&["agents", "--registry", &format!("http://{good}"), "--json"]).await;
    let error = serde_json::from_str::<serde_json::Value>(&ended.err).unwrap()["error"].take();
    assert_eq!((&error["code"], &error["exit"]), (&"UNREACHABLE".into(), &69.into()), "{error}");
    assert!(error["next"].as_str().unwrap().contains("https://"), "{error}");
}

#[tokio::test]
async fn a_path_is_refused_for_grpc_and_said_what_it_means_for_http_json() {
    let (_agent, url) = Agent::start([]).await;
    let refused = run(&["tasks", "--agent", &format!("{url}/rpc"), "--binding", "grpc"]).await;
    assert!(refused.code == Some(64) && refused.err.contains("leave the path away"), "{refused:?}");
    let below = format!("{url}/acme");
    for args in [
        ["agents", "--registry", &below],
        ["tasks", "--operator", &below],
        ["incidents", "--operator", &below],
        ["push", "--service", &below],
    ] {
        let refused = run(&args).await;
        assert!(refused.code == Some(64) && refused.err.contains("leave the path away"), "{refused:?}");
    }
    let told = run(&["tasks", "--agent", &format!("{url}/acme"), "--binding", "http+json"]).await;
    assert!(told.err.contains("below /acme") && told.err.contains("takes that for a tenant"), "{told:?}");
    let told = run(&["tasks", "--agent", &format!("{url}/acme"), "--binding", "http+json", "--json"]).await;
    let lines: Vec<serde_json::Value> = told.err.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines[0]["note"].as_str().unwrap().contains("takes that for a tenant"), "{told:?}");
    let bare = run(&["tasks", "--agent", &url, "--binding", "http+json"]).await;
    assert!(!bare.err.contains("tenant"), "{bare:?}");
}
