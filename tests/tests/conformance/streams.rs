//! Streams of tasks: how they begin, when they end, and that they go on after any frame.

use serde_json::{Value, json};
use tests::{Asking, Frames, Wire};

use crate::stage::{Stage, immediately, message, send, short, shorts, state, stream, turn};

fn subscribe(task: &Value) -> Asking {
    Asking::new("SubscribeToTask", json!({"id": task["id"]}))
}

/// The number of a frame.
fn seq(frame: &Value) -> u64 {
    let payload = frame.as_object().unwrap().values().next().unwrap();
    let seq = payload["metadata"][a2a::metadata::CURSOR]["seq"].as_f64();
    format!("{}", seq.unwrap_or_else(|| panic!("no number: {frame}"))).parse().unwrap()
}

fn seqs(frames: &[Value]) -> Vec<u64> {
    frames.iter().map(seq).collect()
}

/// The message of a client that counts on our idempotency.
fn counting(asking: Asking) -> Asking {
    asking.with("a2a-extensions", a2a::metadata::IDEMPOTENCY)
}

#[tokio::test(flavor = "multi_thread")]
async fn c110_a_subscription_to_an_interrupted_task_stays_open_until_its_end_over_every_binding() {
    let stage = Stage::start(&[]).await;
    for wire in Wire::ALL {
        for (prefix, asks) in [("tck-input-required", "INPUT_REQUIRED"), ("tck-auth-required", "AUTH_REQUIRED")] {
            let task = stage.task(wire, message(prefix, "hello")).await;
            let mut watching = Frames::open(&subscribe(&task), wire, stage.address()).await;
            let first = watching.next().await.unwrap();
            assert_eq!((short(&first), &first["task"]["id"]), (format!("task {asks}"), &task["id"]), "{wire:?}");
            if asks == "INPUT_REQUIRED" {
                stage.task(wire, turn(&task, "m-2", "more")).await;
                assert_eq!(shorts(&watching.until(|frame| short(frame) == asks).await), ["WORKING", asks], "{wire:?}");
            }
            stage.task(wire, turn(&task, "m-3", "done")).await;
            assert_eq!(shorts(&watching.rest().await), ["WORKING", "COMPLETED"], "{wire:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c110_a_task_that_has_ended_is_not_subscribed_to_over_every_binding() {
    let stage = Stage::start(&[]).await;
    for prefix in ["tck-complete-task", "tck-reject-task", "tck-task-failure"] {
        let task = stage.task(Wire::Grpc, message(prefix, "hello")).await;
        for (wire, came) in subscribe(&task).over_all(stage.address()).await {
            assert_eq!(came.refused().reason, "UNSUPPORTED_OPERATION", "{wire:?} {prefix}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c111_the_stream_of_a_message_ends_when_input_is_needed_and_stays_for_an_authorisation_over_every_binding() {
    let stage = Stage::start(&[]).await;
    for (wire, came) in stream(message("tck-input-required", "hello")).over_all(stage.address()).await {
        assert_eq!(shorts(&came.frames()), ["task SUBMITTED", "INPUT_REQUIRED"], "{wire:?}");
    }
    for wire in Wire::ALL {
        let mut open = Frames::open(&stream(message("tck-auth-required", "hello")), wire, stage.address()).await;
        let begun = open.until(|frame| short(frame) == "AUTH_REQUIRED").await;
        let task = &begun[0]["task"];
        stage.task(wire, turn(task, "m-2", "it is given")).await;
        assert_eq!(shorts(&open.rest().await), ["WORKING", "COMPLETED"], "{wire:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c112_all_streams_of_a_task_see_the_same_and_closing_one_changes_nothing_for_the_others() {
    let stage = Stage::start(&[]).await;
    let begun = immediately(message("tck-delayed-complete", "hello")).over(Wire::Grpc, stage.address()).await.one();
    let mut open = Vec::new();
    for wire in Wire::ALL {
        let from_the_start = subscribe(&begun["task"]).with("watchroom-cursor", "0");
        open.push(Frames::open(&from_the_start, wire, stage.address()).await);
        let mut closed = Frames::open(&from_the_start, wire, stage.address()).await;
        closed.next().await.unwrap();
    }
    let mut seen = Vec::new();
    for stream in &mut open {
        seen.push(stream.rest().await);
    }
    assert_eq!(shorts(&seen[0])[1..], ["task SUBMITTED", "WORKING", "COMPLETED"]);
    assert!(seen.iter().all(|frames| *frames == seen[0]), "{seen:?}");
    assert_eq!(state(&stage.read(Wire::Rest, &begun["task"]).await), "COMPLETED");
}

#[tokio::test(flavor = "multi_thread")]
async fn c113_a_stream_goes_on_after_any_frame_also_when_the_task_has_ended_over_every_binding() {
    let stage = Stage::start(&[]).await;
    let came = stream(message("tck-stream-001", "hello")).over(Wire::Grpc, stage.address()).await;
    let all = came.frames();
    assert_eq!(seqs(&all), [1, 2, 3, 4]);
    for after in 0..=4_u64 {
        let asking = subscribe(&all[0]["task"]).with("watchroom-cursor", after.to_string());
        for (wire, came) in asking.over_all(stage.address()).await {
            let frames = came.frames();
            let bare = &frames[0]["task"];
            assert_eq!((seq(&frames[0]), &bare["id"]), (after, &all[0]["task"]["id"]), "{wire:?} after {after}");
            assert!(bare.get("history").is_none() && bare.get("artifacts").is_none(), "{wire:?} {bare}");
            assert_eq!(frames[1..], all[usize::try_from(after).unwrap()..], "{wire:?} after {after}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c114_a_cut_stream_of_a_message_goes_on_by_the_same_message_and_a_cursor_over_every_binding() {
    let stage = Stage::start(&[]).await;
    for wire in Wire::ALL {
        let asked = counting(stream(message(&format!("tck-delayed-complete-{wire:?}"), "hello")));
        let mut cut = Frames::open(&asked, wire, stage.address()).await;
        let begun = cut.until(|frame| short(frame) == "WORKING").await;
        drop(cut);
        let again = asked.with("watchroom-cursor", seq(begun.last().unwrap()).to_string());
        let rest = again.over(wire, stage.address()).await.frames();
        assert_eq!(rest[0]["task"]["id"], begun[0]["task"]["id"], "{wire:?}");
        assert_eq!(
            (shorts(&rest), seqs(&rest)),
            (vec!["task WORKING".into(), "COMPLETED".into()], vec![2, 3]),
            "{wire:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c81_a_stream_cut_by_a_killed_agent_goes_on_after_its_last_frame_over_every_binding() {
    let mut stage = Stage::start(&[]).await;
    for wire in Wire::ALL {
        let mut cut = Frames::open(&stream(message("tck-delayed-complete", "hello")), wire, stage.address()).await;
        let begun = cut.until(|frame| short(frame) == "WORKING").await;
        stage.node.kill();
        drop(cut);
        stage.node.start().await;
        let again = subscribe(&begun[0]["task"]).with("watchroom-cursor", seq(begun.last().unwrap()).to_string());
        let rest = again.over(wire, stage.address()).await.frames();
        assert_eq!((short(&rest[0]), seqs(&rest)), ("task WORKING".to_owned(), vec![2, 3]), "{wire:?}");
        assert_eq!(short(&rest[1]), "COMPLETED", "{wire:?}");
        // The whole story, told again, is the same.
        let all = subscribe(&begun[0]["task"]).with("watchroom-cursor", "0");
        let all = all.over(wire, stage.address()).await.frames();
        assert_eq!(all[1..], [&begun[..], &rest[1..]].concat(), "{wire:?}");
    }
    // A further message finds everything as it was.
    let task = send(message("m-1", "hello")).over(Wire::Grpc, stage.address()).await.one();
    assert_eq!(state(&task["task"]), "COMPLETED");
}
