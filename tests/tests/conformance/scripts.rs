//! Every script, chosen by the id of a message and by its words.

use std::time::{Duration, Instant};

use futures::future::join_all;
use serde_json::{Value, json};
use tests::Wire;

use crate::stage::{Stage, immediately, message, send, shorts, state, stream, turn, words};

const HELLO: &str = "Hello from TCK";
/// `Generated text content` in base64.
const RAW: &str = "R2VuZXJhdGVkIHRleHQgY29udGVudA==";

/// The parts of the only artifact; null where there is none.
fn parts(task: &Value) -> Value {
    let artifacts = task["artifacts"].as_array().map(Vec::as_slice).unwrap_or_default();
    assert!(artifacts.len() <= 1, "{task}");
    let mut parts = artifacts.first().map(|artifact| artifact["parts"].clone()).unwrap_or_default();
    // However a whole number is written, it is a double.
    if let Some(count) = parts.pointer_mut("/0/data/count") {
        *count = json!(count.as_f64());
    }
    parts
}

fn file(member: &str, value: &str) -> Value {
    json!([{member: value, "filename": "output.txt", "mediaType": "text/plain"}])
}

fn text(words: &str) -> Value {
    json!([{"text": words, "mediaType": "text/plain"}])
}

/// Prefix, state, words of the status, parts of the artifact.
fn ends() -> Vec<(&'static str, &'static str, &'static str, Value)> {
    let data = json!([{"data": {"key": "value", "count": 42.0}, "mediaType": "application/json"}]);
    let chunks = json!([
        {"text": "chunk-1 ", "mediaType": "text/plain"},
        {"text": "chunk-2", "mediaType": "text/plain"},
    ]);
    vec![
        ("tck-complete-task", "COMPLETED", HELLO, Value::Null),
        ("tck-artifact-text", "COMPLETED", HELLO, text("Generated text content")),
        ("tck-artifact-file", "COMPLETED", HELLO, file("raw", RAW)),
        ("tck-artifact-file-url", "COMPLETED", HELLO, file("url", "https://example.com/output.txt")),
        ("tck-artifact-data", "COMPLETED", HELLO, data),
        ("tck-input-required", "INPUT_REQUIRED", "Input required; say done to end", Value::Null),
        ("tck-multi-turn", "INPUT_REQUIRED", "Input required; say done to end", Value::Null),
        ("tck-reject-task", "REJECTED", "rejected", Value::Null),
        ("tck-task-failure", "FAILED", "failed as asked", Value::Null),
        ("tck-auth-required", "AUTH_REQUIRED", "Authorisation required", Value::Null),
        ("tck-stream-001", "COMPLETED", HELLO, text("Stream hello from TCK")),
        ("tck-stream-002", "COMPLETED", HELLO, Value::Null),
        ("tck-stream-003", "COMPLETED", HELLO, text("Stream task lifecycle")),
        ("tck-stream-ordering-001", "COMPLETED", HELLO, text("Ordered output")),
        ("tck-stream-basic", "COMPLETED", HELLO, text("Streamed text content")),
        ("tck-stream-artifact-text", "COMPLETED", HELLO, text("Streamed text content")),
        ("tck-stream-artifact-file", "COMPLETED", HELLO, file("raw", RAW)),
        ("tck-stream-artifact-chunked", "COMPLETED", HELLO, chunks),
        ("anything-else", "COMPLETED", HELLO, Value::Null),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn c120_each_script_ends_alike_over_every_binding_by_id_and_by_words() {
    let stage = Stage::start(&[]).await;
    for (prefix, end, said, put_out) in ends() {
        let spoken = [message(&format!("{prefix}-001"), "hello"), message("m-1", &format!("{prefix} please"))];
        for (wire, message) in Wire::ALL.into_iter().flat_map(|wire| spoken.clone().map(|message| (wire, message))) {
            let task = stage.task(wire, message.clone()).await;
            let seen = (state(&task), words(&task["status"]["message"]), parts(&task));
            assert_eq!(seen, (end, said.to_owned(), put_out.clone()), "{wire:?} {message}");
            assert_eq!(stage.read(wire, &task).await, task, "{wire:?} {message}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c120_the_id_counts_before_the_words_and_the_longest_prefix_before_a_shorter_one() {
    let stage = Stage::start(&[]).await;
    let rejected = stage.task(Wire::Rest, message("tck-reject-task", "tck-task-failure")).await;
    assert_eq!(state(&rejected), "REJECTED");
    let url = stage.task(Wire::Rest, message("m-1", "tck-artifact-file-url-7")).await;
    assert!(parts(&url)[0].get("url").is_some(), "{url}");
}

#[tokio::test(flavor = "multi_thread")]
async fn c121_a_message_may_be_answered_with_a_message_over_every_binding() {
    let stage = Stage::start(&[]).await;
    let mut asked = message("tck-message-response-1", "hello");
    asked["contextId"] = json!("ward-7");
    for (wire, came) in send(asked.clone()).over_all(stage.address()).await {
        let answer = came.one();
        let reply = &answer["message"];
        let seen = (words(reply), reply["contextId"].as_str(), reply["role"].as_str(), answer.get("task"));
        assert_eq!(seen, ("Direct message response".to_owned(), Some("ward-7"), Some("ROLE_AGENT"), None), "{wire:?}");
    }
    // And a stream is that one message.
    for (wire, came) in stream(asked).over_all(stage.address()).await {
        assert_eq!(shorts(&came.frames()), ["message Direct message response"], "{wire:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c122_streams_of_scripts_bring_their_frames_in_order_over_every_binding() {
    let stage = Stage::start(&[]).await;
    let working = |words: &str| vec!["task SUBMITTED".to_owned(), "WORKING".to_owned(), format!("artifact {words}")];
    let cases = [
        ("tck-stream-001", working("Stream hello from TCK")),
        ("tck-stream-002", vec!["task SUBMITTED".to_owned()]),
        ("tck-stream-003", working("Stream task lifecycle")),
        ("tck-stream-ordering-001", working("Ordered output")),
        ("tck-stream-basic", working("Streamed text content")),
        ("tck-stream-artifact-text", working("Streamed text content")),
        ("tck-stream-artifact-file", working("")),
        ("tck-stream-artifact-chunked", [working("chunk-1 "), vec!["artifact chunk-2".to_owned()]].concat()),
    ];
    for (prefix, mut frames) in cases {
        frames.push("COMPLETED".to_owned());
        for (wire, came) in stream(message(prefix, "hello")).over_all(stage.address()).await {
            let came = came.frames();
            assert_eq!(shorts(&came), frames, "{wire:?} {prefix}");
            let chunks = came.iter().filter_map(|frame| frame.get("artifactUpdate"));
            let marks: Vec<_> = chunks.map(|chunk| (chunk["append"] == true, chunk["lastChunk"] == true)).collect();
            if prefix == "tck-stream-artifact-chunked" {
                assert_eq!(marks, [(false, false), (true, true)], "{wire:?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c123_scripts_that_take_their_time_work_for_so_long_over_every_binding() {
    let stage = &Stage::start(&[]).await;
    let scripts =
        [("tck-delayed-complete", 2), ("test-resubscribe-message-id", 4), ("tck-long-running", 5), ("tck-cancel", 5)];
    let runs = scripts.into_iter().flat_map(|script| Wire::ALL.map(|wire| (wire, script)));
    let run = async |(wire, (prefix, seconds)): (Wire, (&str, u64))| {
        let begun = Instant::now();
        let frames = stream(message(prefix, "hello")).over(wire, stage.address()).await.frames();
        assert_eq!(shorts(&frames), ["task SUBMITTED", "WORKING", "COMPLETED"], "{wire:?} {prefix}");
        assert!(begun.elapsed() >= Duration::from_secs(seconds), "{wire:?} {prefix}: {:?}", begun.elapsed());
    };
    join_all(runs.map(run)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c103_a_task_at_work_is_canceled_once_over_every_binding() {
    let stage = Stage::start(&[]).await;
    for wire in Wire::ALL {
        for prefix in ["tck-cancel", "tck-long-running", "tck-input-required", "tck-auth-required"] {
            let answer = immediately(message(prefix, "hello")).over(wire, stage.address()).await.one();
            let task = &answer["task"];
            let params = || json!({"id": task["id"]});
            let canceled = stage.ask(wire, "CancelTask", params()).await.one();
            assert_eq!((state(&canceled), &canceled["id"]), ("CANCELED", &task["id"]), "{wire:?} {prefix}");
            let again = stage.ask(wire, "CancelTask", params()).await.refused();
            assert_eq!(again.reason, "TASK_NOT_CANCELABLE", "{wire:?} {prefix}");
            let late = send(turn(task, "late", "done")).over(wire, stage.address()).await.refused();
            assert_eq!(late.reason, "UNSUPPORTED_OPERATION", "{wire:?} {prefix}");
        }
    }
}
