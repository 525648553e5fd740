//! How much of a task is read.

use serde_json::{Value, json};
use tests::{Asking, Wire};

use crate::stage::{Stage, message, send, turn};

/// The ids of the messages in a task's history; `None` where there is no such field.
fn history(task: &Value) -> Option<Vec<&str>> {
    let history = task.get("history")?.as_array().unwrap();
    Some(
        history
            .iter()
            .filter(|said| said["role"] == "ROLE_USER")
            .map(|said| said["messageId"].as_str().unwrap())
            .collect(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn c101_history_is_as_long_as_it_was_asked_for_by_every_operation_over_every_binding() {
    let stage = Stage::start(&[]).await;
    let task = stage.task(Wire::Grpc, message("tck-input-required-1", "hello")).await;
    for number in 2..=3 {
        stage.task(Wire::Grpc, turn(&task, &format!("m-{number}"), "more")).await;
    }
    let all = stage.read(Wire::Grpc, &task).await["history"].as_array().unwrap().clone();
    for wire in Wire::ALL {
        for length in [0, 1, 2, 100] {
            let asked = json!({"id": task["id"], "historyLength": length});
            let read = stage.ask(wire, "GetTask", asked).await.one();
            let listed = stage.ask(wire, "ListTasks", json!({"historyLength": length})).await.one();
            let newest = &all[all.len().saturating_sub(length)..];
            let expected = (length > 0).then(|| json!(newest));
            assert_eq!(read.get("history"), expected.as_ref(), "{wire:?} {length}");
            assert_eq!(listed["tasks"][0].get("history"), expected.as_ref(), "{wire:?} {length}");
        }
        let everything = stage.read(wire, &task).await;
        assert_eq!(history(&everything).unwrap(), ["tck-input-required-1", "m-2", "m-3"], "{wire:?}");
        for method in ["GetTask", "ListTasks"] {
            let asked = json!({"id": task["id"], "historyLength": -1});
            let asked = if method == "GetTask" { asked } else { json!({"historyLength": -1}) };
            assert_eq!(stage.ask(wire, method, asked).await.refused().fields, ["history_length"], "{wire:?} {method}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c101_the_answer_to_a_message_has_as_much_history_as_it_asks_for_over_every_binding() {
    let stage = Stage::start(&[]).await;
    for wire in Wire::ALL {
        let sent = |length: i32| {
            let configuration = json!({"historyLength": length});
            Asking::new("SendMessage", json!({"message": message("m-1", "hello"), "configuration": configuration}))
        };
        let none = sent(0).over(wire, stage.address()).await.one();
        assert_eq!(none["task"].get("history"), None, "{wire:?}");
        let one = sent(1).over(wire, stage.address()).await.one();
        assert_eq!(one["task"]["history"].as_array().map(Vec::len), Some(1), "{wire:?}");
        let refused = sent(-1).over(wire, stage.address()).await.refused();
        assert_eq!(refused.fields, ["configuration.history_length"], "{wire:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c102_parts_of_other_media_are_refused_and_those_that_name_none_are_taken_over_every_binding() {
    let stage = Stage::start(&[]).await;
    let with = |part: Value| {
        let mut message = message("m-1", "hello");
        message["parts"] = json!([{"text": "hello"}, part]);
        message
    };
    for wire in Wire::ALL {
        let refused = send(with(json!({"raw": "AAAA", "mediaType": "video/mp4"}))).over(wire, stage.address()).await;
        let refused = refused.refused();
        assert_eq!(refused.reason, "CONTENT_TYPE_NOT_SUPPORTED", "{wire:?}");
        assert!(refused.message.contains("message.parts[1]"), "{wire:?} {refused:?}");
        for part in [
            json!({"raw": "AAAA"}),
            json!({"url": "https://example.com/a"}),
            json!({"data": null}),
            json!({"data": [1, "x", null], "mediaType": "application/json"}),
            json!({"text": "", "mediaType": "text/plain; charset=utf-8"}),
        ] {
            let task = stage.task(wire, with(part.clone())).await;
            let mut kept = task["history"][0]["parts"][1].clone();
            if part["data"].is_array() {
                // A number of a Struct is a double.
                kept["data"][0] = json!(1);
            }
            assert_eq!(kept, part, "{wire:?}");
        }
    }
}
