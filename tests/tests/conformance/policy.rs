//! Idempotency by extension, and the time that callers give.

use std::time::{Duration, Instant};

use a2a::metadata::IDEMPOTENCY;
use serde_json::json;
use tests::{Asking, Came, Wire, ask};

use crate::stage::{Stage, message, send, state};

#[tokio::test(flavor = "multi_thread")]
async fn c138_a_message_is_a_new_task_each_time_unless_its_client_counts_on_idempotency_over_every_binding() {
    let stage = Stage::start(&[]).await;
    let (mut anew, mut once) = (Vec::new(), Vec::new());
    for wire in [Wire::ALL, Wire::ALL].concat() {
        anew.push(stage.task(wire, message("m-1", "hello")).await["id"].clone());
        let counting = send(message("m-1", "hello")).with("a2a-extensions", IDEMPOTENCY);
        once.push(counting.over(wire, stage.address()).await.one()["task"]["id"].clone());
    }
    assert!(once.iter().all(|id| *id == once[0]), "{once:?}");
    anew.push(once[0].clone());
    anew.sort_by_key(ToString::to_string);
    anew.dedup();
    assert_eq!(anew.len(), 9);
    let reused = send(message("m-1", "another")).with("a2a-extensions", IDEMPOTENCY);
    for (wire, came) in reused.over_all(stage.address()).await {
        assert_eq!(came.refused().reason, "MESSAGE_ID_REUSED", "{wire:?}");
    }
    let echoed = send(message("m-1", "hello")).with("a2a-extensions", IDEMPOTENCY);
    assert_eq!(echoed.open(Wire::Rpc, stage.address()).await.header("a2a-extensions"), IDEMPOTENCY);
}

#[tokio::test(flavor = "multi_thread")]
async fn c49_another_version_of_an_extension_is_another_extension_over_every_binding() {
    let stage = Stage::start(&[]).await;
    let counting = send(message("m-1", "hello")).with("a2a-extensions", "urn:watchroom:ext:idempotency:v2");
    let mut tasks = Vec::new();
    for (wire, came) in counting.over_all(stage.address()).await {
        let task = came.one()["task"]["id"].to_string();
        assert!(!tasks.contains(&task), "{wire:?}: nothing falls back to v1");
        tasks.push(task);
    }
    assert_eq!(counting.open(Wire::Rest, stage.address()).await.header("a2a-extensions"), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn c138_by_default_a_message_is_one_task_whichever_binding_repeats_it() {
    let stage = Stage::start(&["--idempotency", "always"]).await;
    let first = stage.task(Wire::Grpc, message("m-1", "hello")).await;
    for wire in Wire::ALL {
        assert_eq!(stage.task(wire, message("m-1", "hello")).await, first, "{wire:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c139_a_call_that_takes_longer_than_its_caller_gives_is_refused_in_the_form_of_its_binding() {
    let stage = Stage::start(&[]).await;
    for wire in [Wire::Grpc, Wire::Rpc, Wire::Rest] {
        let asking = send(message("tck-long-running", "hello")).with("grpc-timeout", "300m");
        let begun = Instant::now();
        let Came::Refused(refused) = asking.over(wire, stage.address()).await else { panic!("{wire:?} waited") };
        assert!(begun.elapsed() < Duration::from_secs(4), "{wire:?}: {:?}", begun.elapsed());
        if wire == Wire::Rest {
            assert_eq!(refused.code, "DEADLINE_EXCEEDED");
        }
        if wire != Wire::Grpc {
            assert!(refused.message.contains("the time that the caller gave"), "{wire:?} {refused:?}");
        }
    }
    let late = send(message("tck-long-running", "hello")).with("grpc-timeout", "1n");
    assert_eq!(late.open(Wire::Rest, stage.address()).await.status, 504);
    // The id of the request is told as in every answer.
    let headers = [("a2a-version", "1.0"), ("content-type", "application/json"), ("grpc-timeout", "200m")];
    let body = json!({"jsonrpc": "2.0", "id": "r-7", "method": "SendMessage", "params": {"message": message("tck-cancel", "x")}});
    let answer = ask(stage.address(), "POST", "/rpc", &headers, body.to_string()).await.whole().await;
    assert_eq!((answer.status, &answer.json()["id"], answer.header("grpc-status")), (200, &json!("r-7"), ""));
    assert_eq!(answer.json()["error"]["code"], -32000);
    // What was begun goes on, and a time that suffices changes nothing.
    let quick = Asking::new("ListTasks", json!({})).with("grpc-timeout", "30S");
    for (wire, came) in quick.over_all(stage.address()).await {
        assert!(came.one()["totalSize"].as_u64().unwrap() >= 4, "{wire:?}");
    }
    let ended = send(message("m-1", "hello")).with("grpc-timeout", "30S").over(Wire::Rpc, stage.address()).await;
    assert_eq!(state(&ended.one()["task"]), "COMPLETED");
}
