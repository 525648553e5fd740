//! One table of operations and cases: over every binding of one agent each comes to the same, to the letter.

use serde_json::{Value, json};
use tests::{Asking, Came, Wire};

use crate::stage::{Stage, message, turn};

const UNKNOWN: &str = "019b0000-0000-7000-8000-00000000dead";

/// What a case comes to.
#[derive(Debug, Clone, Copy)]
enum End {
    /// A result.
    Done,
    /// Frames.
    Streamed,
    /// This reason.
    Refused(&'static str),
    /// A violation of this field.
    Invalid(&'static str),
}
use End::{Done, Invalid, Refused, Streamed};

/// Operation, what the case is about, parameters, how it ends.
type Case = (&'static str, &'static str, Value, End);

/// The tasks that cases are about.
struct Tasks {
    ended: Value,
    waiting: Value,
}

fn of(task: &Value, more: Value) -> Value {
    with(json!({"id": task["id"]}), more)
}

fn config(task: &Value, more: Value) -> Value {
    with(json!({"taskId": task["id"], "id": "hook"}), more)
}

fn with(mut base: Value, more: Value) -> Value {
    base.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    base
}

/// A message whose body is changed; none of these begins anything.
fn sent(more: Value) -> Value {
    json!({"message": with(message("m-1", "hello"), more)})
}

fn sending(method: &'static str, Tasks { ended, .. }: &Tasks) -> Vec<Case> {
    let part = |part: Value| sent(json!({"parts": [part]}));
    let configured =
        |member: &str, value: Value| json!({"message": message("m-1", "x"), "configuration": {member: value}});
    let pushed = |config| configured("taskPushNotificationConfig", config);
    const URL: &str = "configuration.task_push_notification_config.url";
    vec![
        (method, "nothing", json!({}), Invalid("message")),
        (method, "an empty message", json!({"message": {}}), Invalid("message.message_id")),
        (method, "the role of agents", sent(json!({"role": "ROLE_AGENT"})), Invalid("message.role")),
        (method, "no parts", sent(json!({"parts": []})), Invalid("message.parts")),
        (method, "a part without content", part(json!({})), Invalid("message.parts[0]")),
        (method, "an empty url", part(json!({"url": ""})), Invalid("message.parts[0].url")),
        (method, "video", part(json!({"raw": "", "mediaType": "video/mp4"})), Refused("CONTENT_TYPE_NOT_SUPPORTED")),
        (
            method,
            "an empty reference",
            sent(json!({"referenceTaskIds": [""]})),
            Invalid("message.reference_task_ids[0]"),
        ),
        (method, "an unknown task", sent(json!({"taskId": UNKNOWN})), Refused("TASK_NOT_FOUND")),
        (method, "a task that is no id", sent(json!({"taskId": "no-id"})), Refused("TASK_NOT_FOUND")),
        (method, "an ended task", json!({"message": turn(ended, "m-1", "x")}), Refused("UNSUPPORTED_OPERATION")),
        (method, "a negative history", configured("historyLength", json!(-1)), Invalid("configuration.history_length")),
        (method, "a webhook inside", pushed(json!({"url": "http://127.0.0.1/"})), Invalid(URL)),
        (method, "a webhook without url", pushed(json!({})), Invalid(URL)),
        (method, "a control character", with(sent(json!({})), json!({"tenant": "a\nb"})), Invalid("tenant")),
    ]
}

fn reading(Tasks { ended, waiting }: &Tasks) -> Vec<Case> {
    let unknown = || json!({"id": UNKNOWN});
    vec![
        ("GetTask", "one that has ended", of(ended, json!({})), Done),
        ("GetTask", "one that waits, without history", of(waiting, json!({"historyLength": 0})), Done),
        ("GetTask", "a negative history", of(ended, json!({"historyLength": -1})), Invalid("history_length")),
        ("GetTask", "an unknown one", unknown(), Refused("TASK_NOT_FOUND")),
        ("GetTask", "no id of ours", json!({"id": "no-id"}), Refused("TASK_NOT_FOUND")),
        ("GetTask", "another tenant's", of(ended, json!({"tenant": "acme"})), Refused("TASK_NOT_FOUND")),
        ("ListTasks", "all", json!({}), Done),
        ("ListTasks", "a page", json!({"pageSize": 1, "includeArtifacts": true, "historyLength": 1}), Done),
        ("ListTasks", "of a state", json!({"status": "TASK_STATE_COMPLETED"}), Done),
        ("ListTasks", "of a context", json!({"contextId": waiting["contextId"]}), Done),
        ("ListTasks", "another tenant's", json!({"tenant": "acme"}), Done),
        ("ListTasks", "too large a page", json!({"pageSize": 101}), Invalid("page_size")),
        ("ListTasks", "a token of nobody's", json!({"pageToken": "x"}), Invalid("page_token")),
        ("CancelTask", "one that has ended", of(ended, json!({})), Refused("TASK_NOT_CANCELABLE")),
        ("CancelTask", "an unknown one", unknown(), Refused("TASK_NOT_FOUND")),
        ("SubscribeToTask", "one that has ended", of(ended, json!({})), Refused("UNSUPPORTED_OPERATION")),
        ("SubscribeToTask", "an unknown one", unknown(), Refused("TASK_NOT_FOUND")),
        ("GetExtendedAgentCard", "where nobody is known", json!({}), Refused("UNSUPPORTED_OPERATION")),
    ]
}

fn pushing(Tasks { waiting, ended }: &Tasks) -> Vec<Case> {
    const CREATE: &str = "CreateTaskPushNotificationConfig";
    const GET: &str = "GetTaskPushNotificationConfig";
    const LIST: &str = "ListTaskPushNotificationConfigs";
    const DELETE: &str = "DeleteTaskPushNotificationConfig";
    let keys = json!({"scheme": "Bearer", "credentials": "w0rd"});
    let full = json!({"url": "https://hooks.example/a?b=c", "token": "t0ken", "authentication": keys});
    let unknown = |more| with(json!({"taskId": UNKNOWN}), more);
    vec![
        (CREATE, "all that there is", config(waiting, full.clone()), Done),
        (CREATE, "for one that has ended", config(ended, full.clone()), Done),
        (CREATE, "without url", config(waiting, json!({})), Invalid("url")),
        (CREATE, "no url", config(waiting, json!({"url": "hooks"})), Invalid("url")),
        (CREATE, "of this machine", config(waiting, json!({"url": "http://localhost/"})), Invalid("url")),
        (CREATE, "an unknown task", unknown(full), Refused("TASK_NOT_FOUND")),
        (GET, "one that is there", config(waiting, json!({})), Done),
        (GET, "one that is not", config(waiting, json!({"id": "other"})), Refused("TASK_NOT_FOUND")),
        (GET, "an unknown task", unknown(json!({"id": "hook"})), Refused("TASK_NOT_FOUND")),
        (LIST, "all", json!({"taskId": waiting["id"]}), Done),
        (LIST, "a page", json!({"taskId": waiting["id"], "pageSize": 1}), Done),
        (LIST, "too large a page", json!({"taskId": waiting["id"], "pageSize": 101}), Invalid("page_size")),
        (LIST, "an unknown task", unknown(json!({})), Refused("TASK_NOT_FOUND")),
        (DELETE, "one that is there or was", config(waiting, json!({})), Done),
        (DELETE, "an unknown task", unknown(json!({"id": "hook"})), Refused("TASK_NOT_FOUND")),
    ]
}

/// The versions and cursors of a read that otherwise succeeds.
fn headers(Tasks { ended, .. }: &Tasks) -> Vec<(Asking, End)> {
    let read = || Asking::new("GetTask", of(ended, json!({})));
    let watch = |cursor: &str| Asking::new("SubscribeToTask", of(ended, json!({}))).with("watchroom-cursor", cursor);
    vec![
        (read().without("a2a-version"), Refused("VERSION_NOT_SUPPORTED")),
        (read().with("a2a-version", "0.3"), Refused("VERSION_NOT_SUPPORTED")),
        (read().with("a2a-version", "1.7"), Refused("VERSION_NOT_SUPPORTED")),
        (read().with("a2a-version", "99.0"), Refused("VERSION_NOT_SUPPORTED")),
        (read().with("a2a-version", "1.0.1"), Done),
        (read().with("a2a-extensions", "urn:nobodys"), Done),
        (read().with("watchroom-cursor", "x"), Invalid("watchroom-cursor")),
        (read().with("watchroom-store", UNKNOWN), Refused("WRONG_STORE")),
        (watch("0"), Streamed),
        (watch("2"), Streamed),
        (watch("99"), Streamed),
    ]
}

fn check(case: &str, came: &Came, end: End) {
    match (came, end) {
        (Came::One(_), Done) => {}
        (Came::Frames(frames), Streamed) => assert!(!frames.is_empty(), "{case}"),
        (Came::Refused(refusal), Refused(reason)) => assert_eq!(refusal.reason, reason, "{case}"),
        (Came::Refused(refusal), Invalid(field)) => {
            assert_eq!((refusal.reason.as_str(), refusal.fields[0].as_str()), ("INVALID_PARAMS", field), "{case}");
        }
        (came, end) => panic!("{case}: {came:?} instead of {end:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c100_each_operation_comes_to_the_same_in_every_case_over_every_binding() {
    let stage = Stage::start(&[]).await;
    let tasks = Tasks {
        ended: stage.task(Wire::Grpc, message("tck-stream-001", "hello")).await,
        waiting: stage.task(Wire::Grpc, message("tck-input-required", "hello")).await,
    };
    let sends = ["SendMessage", "SendStreamingMessage"].into_iter().flat_map(|method| sending(method, &tasks));
    let cases = sends.chain(reading(&tasks)).chain(pushing(&tasks));
    let plain = cases.map(|(method, about, params, end)| (about, Asking::new(method, params), end));
    let dressed = headers(&tasks).into_iter().map(|(asking, end)| ("headers", asking, end));
    for (about, asking, end) in plain.chain(dressed) {
        let came = asking.over_all(stage.address()).await;
        let case = format!("{} of {about}: {asking:?}", asking.method);
        check(&case, &came[0].1, end);
        for (wire, other) in &came[1..] {
            // JSON-RPC has one code for what gRPC and HTTP have several of; the reason says which it is.
            let mut first = came[0].1.clone();
            if let (Came::Refused(first), Came::Refused(other), Wire::Rpc) = (&mut first, other, wire) {
                first.code.clone_from(&other.code);
            }
            assert_eq!(*other, first, "{wire:?} {case}");
        }
    }
    let all = stage.ask(Wire::Grpc, "ListTasks", json!({})).await.one();
    assert_eq!(all["totalSize"], 2, "none of these began anything");
}
