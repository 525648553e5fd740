//! Ports where something else is: it is said what answers, at once, and what to do.

use axum::Router;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;

use crate::frames::TASK;
use crate::support::run;

/// Answers each connection with these words, whatever it says.
async fn parrot(words: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            stream.write_all(words.as_bytes()).await.ok();
        }
    });
    address
}

/// A server of pages, over HTTP/2 too.
pub(crate) async fn pages() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move { axum::serve(listener, Router::new()).await });
    address
}

#[tokio::test]
async fn what_answers_in_place_of_a_service_is_told_in_words_and_at_once() {
    let old = parrot("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await;
    let other = parrot("SSH-2.0-x\r\n").await;
    for (address, why) in
        [(&pages().await, "it answers 404 Not Found"), (&old, "it speaks HTTP/1.1"), (&other, "it speaks no HTTP/2")]
    {
        for (args, who, named_by) in [
            (&["push", "--service", address][..], "the service", "in its place"),
            (&["agents", "--registry", address], "the registry", "with --registry"),
            (&["send", "smoke", "--operator", address], "the operator", "with --operator"),
            (&["tasks", "--agent", address, "--binding", "grpc"], "the agent", "with --agent"),
            (&["watch", TASK, "--operator", address], "the operator", "with --operator"),
        ] {
            let ended = run(args).await;
            let said = format!("error: something else answers in place of {who} at {address}: {why}");
            assert!(ended.code == Some(69) && ended.err.starts_with(&said), "{args:?}: {ended:?}");
            let next = format!(
                "next: name the protocol port of a service, not its admin port or that of another program, {named_by}"
            );
            assert!(ended.err.contains(&next), "{args:?}: {ended:?}");
        }
    }
    let page = run(&["tasks", "--agent", &pages().await, "--binding", "http+json"]).await;
    assert!(page.err.contains("next: is that where an agent is, and what it speaks?"), "{page:?}");
}
