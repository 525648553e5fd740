//! What the flags turn off and ask for: told in the card, and held by every operation on every binding.

use a2a::frame::Update;
use a2a::metadata::IDEMPOTENCY;
use serde_json::{Value, json};
use tests::{Asking, Notified, Receiver, Wire, ask};

use crate::stage::{Stage, immediately, message, send, state, stream};

const EXTENSION: &str = "urn:a2a:tck:required-extension";
const HOOK: &str = "https://hooks.example/a";

/// The task that a webhook was told of.
fn of_task(told: &Notified) -> Option<&str> {
    match &told.event.update {
        Update::Status(update) => Some(&update.task_id),
        Update::Task(_) | Update::Artifact(_) | Update::Message(_) => None,
    }
}

async fn card(stage: &Stage) -> Value {
    ask(stage.address(), "GET", "/.well-known/agent-card.json", &[], "").await.whole().await.json()
}

fn hooked(message: Value, url: &str) -> Asking {
    let configuration = json!({"taskPushNotificationConfig": {"url": url, "token": "t0ken"}});
    Asking::new("SendMessage", json!({"message": message, "configuration": configuration}))
}

/// The operations on webhooks of a task.
fn of_webhooks(task: &Value, url: &str) -> [Asking; 4] {
    let one = json!({"taskId": task["id"], "id": "hook"});
    let create = json!({"taskId": task["id"], "id": "hook", "url": url});
    [
        Asking::new("CreateTaskPushNotificationConfig", create),
        Asking::new("GetTaskPushNotificationConfig", one.clone()),
        Asking::new("ListTaskPushNotificationConfigs", json!({"taskId": task["id"]})),
        Asking::new("DeleteTaskPushNotificationConfig", one),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn c130_without_flags_the_card_promises_streams_and_webhooks_and_they_are_there_over_every_binding() {
    let stage = Stage::start(&[]).await;
    let capabilities = card(&stage).await["capabilities"].clone();
    assert_eq!((&capabilities["streaming"], &capabilities["pushNotifications"]), (&json!(true), &json!(true)));
    // Nobody is asked who they are, so nobody can be told more.
    assert_eq!(capabilities["extendedAgentCard"], false);
    let task = stage.task(Wire::Grpc, message("tck-input-required", "hello")).await;
    for asking in of_webhooks(&task, HOOK) {
        for (wire, came) in asking.over_all(stage.address()).await {
            assert!(came.one().is_object(), "{wire:?} {asking:?}");
        }
    }
    // What has ended can still be told of.
    let ended = stage.task(Wire::Grpc, message("m-1", "hello")).await;
    for (wire, came) in of_webhooks(&ended, HOOK)[0].over_all(stage.address()).await {
        assert_eq!(came.one()["url"], HOOK, "{wire:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c131_without_streaming_nothing_streams_over_any_binding() {
    let stage = Stage::start(&["--no-streaming"]).await;
    assert_eq!(card(&stage).await["capabilities"]["streaming"], false);
    let task = stage.task(Wire::Grpc, message("tck-input-required", "hello")).await;
    for asking in [stream(message("m-1", "hello")), Asking::new("SubscribeToTask", json!({"id": task["id"]}))] {
        for (wire, came) in asking.over_all(stage.address()).await {
            assert_eq!(came.refused().reason, "UNSUPPORTED_OPERATION", "{wire:?} {asking:?}");
        }
    }
    assert_eq!(stage.ask(Wire::Rest, "ListTasks", json!({})).await.one()["totalSize"], 1, "nothing was begun");
}

#[tokio::test(flavor = "multi_thread")]
async fn c132_without_push_no_webhook_is_taken_over_any_binding() {
    let stage = Stage::start(&["--no-push"]).await;
    assert_eq!(card(&stage).await["capabilities"]["pushNotifications"], false);
    let task = stage.task(Wire::Grpc, message("tck-input-required", "hello")).await;
    for asking in of_webhooks(&task, HOOK).into_iter().chain([hooked(message("m-1", "hello"), HOOK)]) {
        for (wire, came) in asking.over_all(stage.address()).await {
            assert_eq!(came.refused().reason, "PUSH_NOTIFICATION_NOT_SUPPORTED", "{wire:?} {asking:?}");
        }
    }
    assert_eq!(stage.ask(Wire::Rest, "ListTasks", json!({})).await.one()["totalSize"], 1, "nothing was begun");
}

#[tokio::test(flavor = "multi_thread")]
async fn c133_a_known_caller_gets_the_extended_card_unless_there_is_none_over_every_binding() {
    let asking = || {
        let asking = Asking::new("GetExtendedAgentCard", json!({}));
        asking.with("authorization", "Bearer itk-valid-token")
    };
    let stage = Stage::start(&["--auth"]).await;
    let public = card(&stage).await;
    assert_eq!(public["capabilities"]["extendedAgentCard"], true);
    let skills =
        |card: &Value| card["skills"].as_array().unwrap().iter().map(|skill| skill["id"].clone()).collect::<Vec<_>>();
    for (wire, came) in asking().over_all(stage.address()).await {
        assert_eq!(skills(&came.one()), ["script", "private"], "{wire:?}");
    }
    assert_eq!(skills(&public), ["script"]);
    for flags in [&["--auth", "--no-extended-card"][..], &["--no-extended-card"], &[]] {
        let stage = Stage::start(flags).await;
        assert_eq!(card(&stage).await["capabilities"]["extendedAgentCard"], false, "{flags:?}");
        for (wire, came) in asking().over_all(stage.address()).await {
            assert_eq!(came.refused().reason, "UNSUPPORTED_OPERATION", "{wire:?} {flags:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c134_c09_a_required_extension_is_told_in_the_card_and_asked_for_by_every_operation_over_every_binding() {
    let stage = Stage::start(&["--require-extension", EXTENSION]).await;
    let extensions = card(&stage).await["capabilities"]["extensions"].clone();
    let required: Vec<&Value> = extensions.as_array().unwrap().iter().filter(|one| one["required"] == true).collect();
    assert_eq!(required.iter().map(|one| &one["uri"]).collect::<Vec<_>>(), [EXTENSION]);
    let begin = send(message("tck-input-required", "hello")).with("a2a-extensions", EXTENSION);
    let task = begin.over(Wire::Grpc, stage.address()).await.one()["task"].clone();
    let id = || json!({"id": task["id"]});
    let others = [
        send(message("m-1", "hello")),
        stream(message("m-1", "hello")),
        Asking::new("GetTask", id()),
        Asking::new("ListTasks", json!({})),
        Asking::new("SubscribeToTask", id()),
        Asking::new("GetExtendedAgentCard", json!({})),
        Asking::new("CancelTask", id()),
    ];
    for asking in others.into_iter().chain(of_webhooks(&task, HOOK)) {
        for (wire, came) in asking.over_all(stage.address()).await {
            assert_eq!(came.refused().reason, "EXTENSION_SUPPORT_REQUIRED", "{wire:?} {asking:?}");
        }
        for (wire, came) in asking.with("a2a-extensions", "urn:else").over_all(stage.address()).await {
            assert_eq!(came.refused().reason, "EXTENSION_SUPPORT_REQUIRED", "{wire:?}");
        }
    }
    let read = Asking::new("GetTask", id()).with("a2a-extensions", format!("urn:else,{EXTENSION}"));
    for (wire, came) in read.over_all(stage.address()).await {
        assert_eq!(came.one()["id"], task["id"], "{wire:?}");
    }
    let answer = read.open(Wire::Rest, stage.address()).await;
    assert_eq!(answer.header("a2a-extensions"), EXTENSION, "active ones are echoed, unknown ones are not");
}

#[tokio::test(flavor = "multi_thread")]
async fn c135_callers_are_let_in_by_their_token_alone_over_every_binding() {
    let stage = Stage::start(&["--auth"]).await;
    let task = send(message("tck-input-required", "hello")).with("authorization", "Bearer itk-valid-token");
    let task = task.over(Wire::Grpc, stage.address()).await.one()["task"].clone();
    let id = || json!({"id": task["id"]});
    let all = [
        send(message("m-1", "hello")),
        stream(message("m-1", "hello")),
        Asking::new("GetTask", id()),
        Asking::new("ListTasks", json!({})),
        Asking::new("SubscribeToTask", id()),
        Asking::new("CancelTask", id()),
        Asking::new("GetExtendedAgentCard", json!({})),
    ];
    for asking in all.into_iter().chain(of_webhooks(&task, HOOK)) {
        let with = |token: &str| asking.clone().with("authorization", format!("Bearer {token}"));
        let tries = [
            (asking.clone(), "UNAUTHENTICATED"),
            (with("nobodys-token"), "UNAUTHENTICATED"),
            (with("itk-insufficient-token"), "PERMISSION_DENIED"),
        ];
        for (asking, code) in tries {
            for (wire, came) in asking.over_all(stage.address()).await {
                assert_eq!(came.refused().code, code, "{wire:?} {asking:?}");
            }
        }
    }
    for wire in Wire::JSON {
        let refused = Asking::new("ListTasks", json!({})).open(wire, stage.address()).await;
        assert_eq!((refused.status, &refused.header("www-authenticate")[..7]), (401, "Bearer "), "{wire:?}");
        let forbidden = Asking::new("ListTasks", json!({})).with("authorization", "Bearer itk-insufficient-token");
        assert_eq!(forbidden.open(wire, stage.address()).await.status, 403, "{wire:?}");
    }
    let read = Asking::new("GetTask", id()).with("authorization", "Bearer itk-valid-token");
    for (wire, came) in read.over_all(stage.address()).await {
        assert_eq!(state(&came.one()), "INPUT_REQUIRED", "{wire:?}: nothing has happened to it");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c136_webhooks_on_this_machine_are_called_where_that_is_allowed_whichever_binding_named_them() {
    let closed = Stage::start(&[]).await;
    let open = Stage::start(&["--allow-loopback-webhooks"]).await;
    let (receiver, began) = (Receiver::start().await, "tck-delayed-complete");
    for wire in Wire::ALL {
        let refused = hooked(message("m-1", "hello"), &receiver.url()).over(wire, closed.address()).await.refused();
        assert_eq!(refused.fields, ["configuration.task_push_notification_config.url"], "{wire:?}");
        // With the message, and by an operation of its own.
        let task = hooked(message("m-1", "hello"), &receiver.url()).over(wire, open.address()).await.one();
        let later = immediately(message(began, "hello")).over(wire, open.address()).await.one();
        let create = of_webhooks(&later["task"], &receiver.url())[0].clone();
        assert_eq!(create.over(wire, open.address()).await.one()["url"], receiver.url(), "{wire:?}");
        for task in [&task["task"]["id"], &later["task"]["id"]] {
            tests::eventually("the end is told", async || {
                let told = receiver.told();
                let ends = told.iter().filter(|told| tests::finished(&told.event));
                ends.filter_map(of_task).any(|id| *task == *id).then_some(())
            })
            .await;
        }
    }
    let inline = receiver.told().into_iter().filter(|told| told.head.contains("x-a2a-notification-token: t0ken"));
    assert!(inline.count() >= Wire::ALL.len() * 2, "the token goes along");
}

#[tokio::test(flavor = "multi_thread")]
async fn c137_the_card_says_where_idempotency_has_to_be_activated() {
    let policy = |card: &Value| {
        let all = card["capabilities"]["extensions"].as_array().unwrap();
        all.iter().find(|one| one["uri"] == IDEMPOTENCY).unwrap().get("params").cloned()
    };
    assert_eq!(policy(&card(&Stage::start(&[]).await).await), Some(json!({"policy": "extension"})));
    assert_eq!(policy(&card(&Stage::start(&["--idempotency", "always"]).await).await), None);
}
