//! One table of operations and cases: over every binding of one agent each comes to the same, to the letter, and
//! refusals have the codes of the specification.

use a2a::metadata::CURSOR;
use serde_json::{Value, json};
use tests::{Asking, Came, Wire};
use tonic::Code;

use crate::stage::{Stage, message, turn};

const UNKNOWN: &str = "019b0000-0000-7000-8000-00000000dead";
const LONG_AGO: &str = "1960-01-01T00:00:00Z";

/// By what number each binding knows a reason: gRPC, JSON-RPC, HTTP+JSON.
const NUMBERS: [(&str, Code, i64, i64); 8] = [
    ("INVALID_PARAMS", Code::InvalidArgument, -32602, 400),
    ("TASK_NOT_FOUND", Code::NotFound, -32001, 404),
    ("TASK_NOT_CANCELABLE", Code::FailedPrecondition, -32002, 400),
    ("PUSH_NOTIFICATION_NOT_SUPPORTED", Code::FailedPrecondition, -32003, 400),
    ("UNSUPPORTED_OPERATION", Code::FailedPrecondition, -32004, 400),
    ("CONTENT_TYPE_NOT_SUPPORTED", Code::InvalidArgument, -32005, 400),
    ("VERSION_NOT_SUPPORTED", Code::FailedPrecondition, -32009, 400),
    ("WRONG_STORE", Code::FailedPrecondition, -32000, 400),
];

/// What a case comes to.
#[derive(Debug, Clone, Copy)]
enum End {
    /// A result.
    Done,
    /// Frames.
    Streamed,
    /// This reason.
    Refused(&'static str),
    /// A violation of these fields.
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
        (
            method,
            "an empty message",
            json!({"message": {}}),
            Invalid("message.message_id, message.role, message.parts"),
        ),
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
        ("ListTasks", "an empty page", json!({"pageSize": 0}), Invalid("page_size")),
        (
            "ListTasks",
            "two mistakes",
            json!({"pageSize": -1, "historyLength": -1}),
            Invalid("page_size, history_length"),
        ),
        ("ListTasks", "before all time", json!({"statusTimestampAfter": LONG_AGO}), Invalid("status_timestamp_after")),
        ("ListTasks", "a token of nobody's", json!({"pageToken": "x"}), Invalid("page_token")),
        ("CancelTask", "one that has ended", of(ended, json!({})), Refused("TASK_NOT_CANCELABLE")),
        ("CancelTask", "an unknown one", unknown(), Refused("TASK_NOT_FOUND")),
        ("CancelTask", "no id of ours", json!({"id": "no-id"}), Refused("TASK_NOT_FOUND")),
        ("SubscribeToTask", "one that has ended", of(ended, json!({})), Refused("UNSUPPORTED_OPERATION")),
        ("SubscribeToTask", "an unknown one", unknown(), Refused("TASK_NOT_FOUND")),
        ("SubscribeToTask", "no id of ours", json!({"id": "no-id"}), Refused("TASK_NOT_FOUND")),
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
        (read().with("a2a-version", ""), Refused("VERSION_NOT_SUPPORTED")),
        (read().with("a2a-version", "1"), Refused("VERSION_NOT_SUPPORTED")),
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
        (Came::Refused(refusal), Invalid(fields)) => {
            let named = (refusal.reason.as_str(), refusal.fields.join(", "));
            assert_eq!(named, ("INVALID_PARAMS", fields.to_owned()), "{case}");
        }
        (came, end) => panic!("{case}: {came:?} instead of {end:?}"),
    }
}

/// What came over another binding, as the first one says it: its codes are those of the table.
fn alike(case: &str, wire: Wire, mut came: Came, first: &Came) -> Came {
    if let (Came::Refused(refusal), Came::Refused(first)) = (&mut came, first) {
        assert_eq!(refusal.number, number(&refusal.reason, wire), "{wire:?} {case}");
        refusal.number = first.number;
        // JSON-RPC has one code for what gRPC and HTTP have several of; the reason says which it is.
        if wire == Wire::Rpc {
            refusal.code.clone_from(&first.code);
        }
    }
    came
}

fn number(reason: &str, wire: Wire) -> i64 {
    let known = NUMBERS.iter().find(|(known, ..)| *known == reason);
    let (_, grpc, rpc, http) = known.unwrap_or_else(|| panic!("{reason} is not in the table"));
    match wire {
        Wire::Grpc | Wire::Web => *grpc as i64,
        Wire::Rpc => *rpc,
        Wire::Rest => *http,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c100_c06_c08_c09_each_operation_comes_to_the_same_in_every_case_over_every_binding() {
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
        let first = came[0].1.clone();
        check(&case, &first, end);
        for (wire, came) in came {
            assert_eq!(alike(&case, wire, came, &first), first, "{wire:?} {case}");
        }
    }
    let all = stage.ask(Wire::Grpc, "ListTasks", json!({})).await.one();
    assert_eq!(all["totalSize"], 2, "none of these began anything");
}

#[tokio::test(flavor = "multi_thread")]
async fn c14_extensions_that_are_asked_for_are_echoed_and_others_are_not_over_every_binding() {
    let stage = Stage::start(&[]).await;
    let task = stage.task(Wire::Grpc, message("tck-complete-task", "hello")).await;
    let read = Asking::new("GetTask", of(&task, json!({})));
    // Over gRPC itself the kit's own tests look at the metadata of answers.
    for wire in [Wire::Web, Wire::Rpc, Wire::Rest] {
        for (asked, echoed) in [("", ""), ("urn:nobodys", ""), ("urn:nobodys, urn:watchroom:ext:cursor:v1", CURSOR)] {
            let answer = read.clone().with("a2a-extensions", asked).open(wire, stage.address()).await;
            assert_eq!((answer.status, answer.header("a2a-extensions")), (200, echoed), "{wire:?} {asked}");
        }
    }
}
