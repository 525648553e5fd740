//! Tasks over several turns, and what a message may name.

use serde_json::json;
use tests::Wire;

use crate::stage::{Stage, immediately, message, send, state, turn, words};

#[tokio::test(flavor = "multi_thread")]
async fn c104_ten_turns_that_name_their_task_alone_stay_in_its_conversation_over_every_binding() {
    let stage = Stage::start(&[]).await;
    for (wire, prefix) in
        Wire::ALL.into_iter().flat_map(|wire| [(wire, "tck-input-required"), (wire, "tck-multi-turn")])
    {
        let task = stage.task(wire, message(prefix, "hello")).await;
        for number in 2..=10 {
            let next = stage.task(wire, turn(&task, &format!("turn-{number}"), "and more")).await;
            assert_eq!((&next["id"], &next["contextId"]), (&task["id"], &task["contextId"]), "{wire:?} turn {number}");
            assert_eq!(state(&next), "INPUT_REQUIRED", "{wire:?} turn {number}");
        }
        let last = if prefix == "tck-multi-turn" {
            turn(&task, "turn-11", "done")
        } else {
            turn(&task, "tck-complete-task-11", "enough")
        };
        let ended = stage.task(wire, last).await;
        assert_eq!((state(&ended), &ended["contextId"]), ("COMPLETED", &task["contextId"]), "{wire:?}");
        let said = ended["history"].as_array().unwrap().iter().filter(|said| said["role"] == "ROLE_USER");
        assert_eq!(said.count(), 11, "{wire:?} {ended}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c105_a_clients_context_is_taken_and_one_that_is_not_the_tasks_is_refused_over_every_binding() {
    let stage = Stage::start(&[]).await;
    for wire in Wire::ALL {
        let mut first = message("tck-input-required", "hello");
        first["contextId"] = json!("ward-7");
        let task = stage.task(wire, first.clone()).await;
        assert_eq!(task["contextId"], "ward-7", "{wire:?}");
        let mut other = turn(&task, "m-2", "more");
        other["contextId"] = json!("ward-8");
        let refused = send(other.clone()).over(wire, stage.address()).await.refused();
        assert_eq!(refused.fields, ["message.context_id"], "{wire:?}");
        other["contextId"] = json!("ward-7");
        assert_eq!(stage.task(wire, other).await["id"], task["id"], "{wire:?}");
        // Without a task it is another one of the same conversation.
        let second = stage.task(wire, first).await;
        assert!(second["id"] != task["id"] && second["contextId"] == "ward-7", "{wire:?}");
        let own = stage.task(wire, message("m-3", "hello")).await;
        assert!(own["contextId"].as_str().is_some_and(|context| !context.is_empty()), "{wire:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c106_a_message_to_a_task_that_has_ended_is_refused_and_a_new_one_may_refer_to_it_over_every_binding() {
    let stage = Stage::start(&[]).await;
    for wire in Wire::ALL {
        for prefix in ["tck-complete-task", "tck-reject-task", "tck-task-failure"] {
            let ended = stage.task(wire, message(prefix, "hello")).await;
            let refused = send(turn(&ended, "m-2", "more")).over(wire, stage.address()).await.refused();
            assert_eq!(refused.reason, "UNSUPPORTED_OPERATION", "{wire:?} {prefix}");
            let refused = stage.ask(wire, "CancelTask", json!({"id": ended["id"]})).await.refused();
            assert_eq!(refused.reason, "TASK_NOT_CANCELABLE", "{wire:?} {prefix}");
            let mut refined = message("m-3", "tck-artifact-text");
            (refined["contextId"], refined["referenceTaskIds"]) = (ended["contextId"].clone(), json!([ended["id"]]));
            let refined = stage.task(wire, refined).await;
            assert_eq!((state(&refined), &refined["contextId"]), ("COMPLETED", &ended["contextId"]), "{wire:?}");
            assert_ne!(refined["id"], ended["id"], "{wire:?}");
        }
        let unknown = turn(&json!({"id": "019b0000-0000-7000-8000-00000000dead"}), "m-4", "more");
        let refused = send(unknown).over(wire, stage.address()).await.refused();
        assert_eq!(refused.reason, "TASK_NOT_FOUND", "{wire:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c107_an_answer_waits_for_the_end_unless_it_is_wanted_at_once_over_every_binding() {
    let stage = Stage::start(&[]).await;
    for wire in Wire::ALL {
        let waited = stage.task(wire, message("tck-delayed-complete", "hello")).await;
        assert_eq!(state(&waited), "COMPLETED", "{wire:?}");
        let put_out = stage.task(wire, message("tck-artifact-text", "hello")).await;
        assert_eq!(put_out["artifacts"].as_array().map(Vec::len), Some(1), "{wire:?}");
        let begun = immediately(message("tck-delayed-complete", "hello")).over(wire, stage.address()).await.one();
        assert!(matches!(state(&begun["task"]), "SUBMITTED" | "WORKING"), "{wire:?} {begun}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c108_a_needed_authorisation_is_asked_for_in_words_and_the_next_turn_goes_on_over_every_binding() {
    let stage = Stage::start(&[]).await;
    for wire in Wire::ALL {
        let task = stage.task(wire, message("tck-auth-required", "hello")).await;
        let asked = (state(&task), words(&task["status"]["message"]));
        assert_eq!(asked, ("AUTH_REQUIRED", "Authorisation required".to_owned()), "{wire:?}");
        let ended = stage.task(wire, turn(&task, "m-2", "it is given")).await;
        assert_eq!((state(&ended), &ended["id"]), ("COMPLETED", &task["id"]), "{wire:?}");
    }
}
