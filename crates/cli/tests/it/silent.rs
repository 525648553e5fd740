//! A port that takes connections and never answers: commands say for whom they wait, and how long at most.

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::frames::TASK;
use crate::support::{PATIENCE, watchroom};

/// The first line that the command writes to stderr; then it is stopped.
async fn first_word(args: &[&str]) -> String {
    let mut child = watchroom(args).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let line = timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap().unwrap_or_default();
    child.kill().await.unwrap();
    line
}

#[tokio::test]
async fn whoever_does_not_answer_is_named_after_a_while_and_how_long_it_is_waited_for() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("copy");
    let (unanswered, dead) = ("a connection without one", "a connection without a sign of life");
    let table: [(&[&str], &str, &str, u64); 8] = [
        (&["agents", "--registry", &url], "the registry", unanswered, 30),
        (&["drain", &url], "the service", unanswered, 30),
        (&["backup", &url, file.to_str().unwrap()], "the service", dead, 30),
        (&["incidents", "--watch", "--operator", &url], "the operator", dead, 30),
        (&["tasks", "--operator", &url], "the operator", unanswered, 30),
        (&["send", "smoke", "--operator", &url], "the operator", unanswered, 60),
        (&["send", "smoke", "--return-immediately", "--operator", &url], "the operator", unanswered, 60),
        (&["watch", TASK, "--operator", &url], "the operator", unanswered, 60),
    ];
    let waits = table.map(|(args, who, without, limit)| {
        let expected = format!("no answer from {who} at {url} yet; {without} is given up within {limit} s");
        async move { assert_eq!(first_word(args).await, expected, "{args:?}") }
    });
    futures::future::join_all(waits).await;
    let json = first_word(&["agents", "--registry", &url, "--json"]).await;
    let note: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(note["note"].as_str().unwrap().starts_with("no answer from the registry"), "{json}");
}

#[tokio::test]
async fn an_agent_whose_card_does_not_come_is_asked_again_for_as_long_as_is_said() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let mut child = watchroom(&["send", "smoke", "--agent", &url]).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut next = async || timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap().unwrap_or_default();
    assert!(next().await.contains("given up within 60 s"));
    let again = next().await;
    child.kill().await.unwrap();
    assert!(again.starts_with("no answer yet (the agent's card did not come in time); sending"), "{again}");
}
