//! One table over all bindings: equal results, equal questions to the backend, and errors as the table of codes says.

use std::time::Duration;

use a2a::Error;
use proto::a2a::AgentExtension;
use serde_json::{Value, json};
use tonic::Code;

use crate::codes::every_error;
use crate::stage::{Act, Stage, TASK};
use crate::wires::{Came, Codes, Refusal, Request, over_all};

const INVALID: Codes = Codes(Code::InvalidArgument, -32602, 400);
const NO_PUSH: Codes = Codes(Code::FailedPrecondition, -32003, 400);
const UNSUPPORTED: Codes = Codes(Code::FailedPrecondition, -32004, 400);
const MEDIA: Codes = Codes(Code::InvalidArgument, -32005, 400);
const NOT_FOUND: Codes = Codes(Code::NotFound, -32001, 404);
const VERSION: Codes = Codes(Code::FailedPrecondition, -32009, 400);

fn message() -> Value {
    json!({"messageId": "m-1", "role": "ROLE_USER", "parts": [{"text": "hello"}]})
}

fn with(mut base: Value, key: &str, value: Value) -> Value {
    base[key] = value;
    base
}

async fn refusal(request: Request, stage: impl Fn() -> Stage) -> (Refusal, Codes) {
    match over_all(&request, stage).await {
        (Came::Refused(refusal), Some(codes)) => (refusal, codes),
        other => panic!("{request:?}: {other:?}"),
    }
}

/// The fields that a refusal names.
fn fields(refusal: &Refusal) -> Vec<&str> {
    let bad = refusal.details.iter().find_map(|one| one.get("fieldViolations")).and_then(Value::as_array);
    bad.into_iter().flatten().map(|one| one["field"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn c01_each_operation_has_the_same_result_over_every_binding() {
    let requests = [
        Request::new("SendMessage", json!({"message": message()})),
        Request::new(
            "SendMessage",
            json!({
                "tenant": "acme",
                "message": with(message(), "contextId", json!("ward-7")),
                "configuration": {"historyLength": 2, "returnImmediately": true, "acceptedOutputModes": ["text/plain"]},
                "metadata": {"urn:mine": {"nothing": null, "deep": [1, 2.5, "x", true]}},
            }),
        ),
        Request::new("GetTask", json!({"id": TASK})),
        Request::new("GetTask", json!({"id": TASK, "historyLength": 0, "tenant": "acme"})),
        Request::new("ListTasks", json!({})),
        Request::new(
            "ListTasks",
            json!({
                "contextId": "ward 7/ä", "status": "TASK_STATE_WORKING", "pageSize": 7, "pageToken": "p&q=1+2",
                "historyLength": 3, "statusTimestampAfter": "2025-11-09T10:30:00.250Z", "includeArtifacts": true,
            }),
        ),
        Request::new("ListTasks", json!({"includeArtifacts": false, "historyLength": 0})),
        Request::new("CancelTask", json!({"id": TASK})),
    ];
    for request in requests {
        let (came, codes) = over_all(&request, Stage::new).await;
        assert!(matches!(came, Came::One(_)) && codes.is_none(), "{request:?}: {came:?}");
    }
}

#[tokio::test]
async fn c87_configurations_of_push_notifications_are_taken_alike_over_every_binding() {
    let promising = || {
        let mut stage = Stage::new();
        stage.card.capabilities.as_mut().unwrap().push_notifications = Some(true);
        stage
    };
    let keys = json!({"scheme": "Bearer", "credentials": "w0rd"});
    let config = json!({"id": "c", "url": "https://hooks.example/a?b=c", "token": "t0ken", "authentication": keys});
    let mut of_task = config.clone();
    of_task["taskId"] = json!(TASK);
    let requests = [
        Request::new("CreateTaskPushNotificationConfig", of_task),
        Request::new("GetTaskPushNotificationConfig", json!({"taskId": TASK, "id": "c"})),
        Request::new("ListTaskPushNotificationConfigs", json!({"taskId": TASK})),
        Request::new("ListTaskPushNotificationConfigs", json!({"taskId": TASK, "pageSize": 7, "pageToken": "b"})),
        Request::new("DeleteTaskPushNotificationConfig", json!({"taskId": TASK, "id": "c", "tenant": "acme"})),
        Request::new(
            "SendMessage",
            json!({"message": message(), "configuration": {"taskPushNotificationConfig": config}}),
        ),
    ];
    for request in requests {
        let (came, codes) = over_all(&request, promising).await;
        assert!(matches!(came, Came::One(_)) && codes.is_none(), "{request:?}: {came:?}");
    }
}

#[tokio::test]
async fn c02_streams_bring_the_same_frames_over_every_binding() {
    let requests = [
        Request::new("SendStreamingMessage", json!({"message": message()})),
        Request::new("SubscribeToTask", json!({"id": TASK})),
        Request::new("SubscribeToTask", json!({"id": TASK})).with("watchroom-cursor", "3"),
        Request::new("SendStreamingMessage", json!({"message": message()})).with("watchroom-cursor", "0"),
    ];
    for request in requests {
        let (came, _) = over_all(&request, Stage::new).await;
        let Came::Frames(frames, None) = came else { panic!("{came:?}") };
        let seqs: Vec<u64> = frames.iter().map(seq).collect();
        let first = if request.headers.iter().any(|(name, value)| *name == "watchroom-cursor" && value == "3") {
            3
        } else {
            *seqs.first().unwrap()
        };
        assert_eq!(seqs, (first..=7).collect::<Vec<_>>(), "{request:?}");
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn seq(frame: &Value) -> u64 {
    let payload = frame.as_object().unwrap().values().next().unwrap();
    payload["metadata"][a2a::metadata::CURSOR]["seq"].as_f64().unwrap() as u64
}

#[tokio::test]
async fn c03_an_error_in_a_stream_is_its_last_event_and_the_same_over_every_binding() {
    let request = Request::new("SubscribeToTask", json!({"id": TASK}));
    let (came, _) = over_all(&request, || Stage::acting(4, [Act::Fail(3)])).await;
    let Came::Frames(frames, Some(refusal)) = came else { panic!("{came:?}") };
    assert_eq!((frames.len(), refusal.message.as_str()), (3, "stopping"));
}

#[tokio::test]
async fn c04_every_error_has_its_codes_and_the_same_details_over_every_binding() {
    for (error, code, reason) in every_error() {
        let request = Request::new("GetTask", json!({"id": TASK}));
        let (refusal, codes) = refusal(request, || Stage::failing(error.clone())).await;
        assert_eq!(refusal.message, error.to_string());
        assert_eq!(
            (&refusal.details[0]["reason"], &refusal.details[0]["domain"]),
            (&json!(reason), &json!("a2a-protocol.org"))
        );
        let Codes(grpc, rpc, http) = codes;
        assert_eq!(grpc, code, "{error:?}");
        assert_eq!((rpc, http), json_codes(&error), "{error:?}");
    }
}

/// The table of the specification, and of ours where that is silent.
fn json_codes(error: &Error) -> (i64, u16) {
    match error {
        Error::TaskNotFound => (-32001, 404),
        Error::TaskNotCancelable => (-32002, 400),
        Error::PushNotificationNotSupported => (-32003, 400),
        Error::UnsupportedOperation(_) => (-32004, 400),
        Error::ContentTypeNotSupported(_) => (-32005, 400),
        Error::InvalidAgentResponse(_) => (-32006, 500),
        Error::ExtendedAgentCardNotConfigured => (-32007, 400),
        Error::ExtensionSupportRequired(_) => (-32008, 400),
        Error::VersionNotSupported(_) => (-32009, 400),
        Error::Validation(_) => (-32602, 400),
        Error::WrongStore | Error::DispatchFenced | Error::DispatchExpired => (-32000, 400),
        Error::MessageIdReused(_) => (-32000, 409),
        Error::Overloaded { .. } | Error::TooLarge { .. } => (-32000, 429),
        Error::Unavailable { .. } => (-32603, 503),
        Error::TaskDamaged | Error::Internal => (-32603, 500),
        Error::Other { .. } => panic!("only clients meet it"),
    }
}

#[tokio::test]
async fn c05_a_pause_is_told_in_the_details_over_every_binding() {
    let pause = Duration::from_millis(2500);
    let request = Request::new("SendMessage", json!({"message": message()}));
    let (refusal, _) = refusal(request, || Stage::failing(Error::Overloaded { retry_after: pause })).await;
    let retry = refusal.details.iter().find(|one| one["@type"].as_str().unwrap().ends_with("RetryInfo")).unwrap();
    assert_eq!(retry["retryDelay"], "2.500s");
}

#[tokio::test]
async fn c06_validation_names_the_same_fields_over_every_binding() {
    let part = |part: Value| json!({"message": with(message(), "parts", json!([part]))});
    let cases: Vec<(&'static str, Value, Codes, Vec<&str>)> = vec![
        ("SendMessage", json!({}), INVALID, vec!["message"]),
        ("SendStreamingMessage", json!({}), INVALID, vec!["message"]),
        ("SendMessage", json!({"message": {}}), INVALID, vec!["message.message_id", "message.role", "message.parts"]),
        ("SendMessage", part(json!({})), INVALID, vec!["message.parts[0]"]),
        ("SendMessage", part(json!({"text": "x", "mediaType": "video/mp4"})), MEDIA, vec![]),
        (
            "SendMessage",
            json!({"message": message(), "configuration": {"historyLength": -1}}),
            INVALID,
            vec!["configuration.history_length"],
        ),
        ("SendMessage", json!({"message": with(message(), "taskId", json!("no-uuid"))}), NOT_FOUND, vec![]),
        ("SendMessage", json!({"message": message(), "tenant": "a\nb"}), INVALID, vec!["tenant"]),
        ("GetTask", json!({"id": "no-uuid"}), NOT_FOUND, vec![]),
        ("GetTask", json!({"id": TASK, "historyLength": -1}), INVALID, vec!["history_length"]),
        ("ListTasks", json!({"pageSize": 0}), INVALID, vec!["page_size"]),
        ("ListTasks", json!({"pageSize": 101}), INVALID, vec!["page_size"]),
        ("ListTasks", json!({"pageSize": -1, "historyLength": -1}), INVALID, vec!["page_size", "history_length"]),
        ("ListTasks", json!({"statusTimestampAfter": "1960-01-01T00:00:00Z"}), INVALID, vec!["status_timestamp_after"]),
        ("CancelTask", json!({"id": "no-uuid"}), NOT_FOUND, vec![]),
        ("SubscribeToTask", json!({"id": "no-uuid"}), NOT_FOUND, vec![]),
        ("CreateTaskPushNotificationConfig", json!({"taskId": TASK}), INVALID, vec!["url"]),
    ];
    for (method, params, expected, named) in cases {
        let request = Request::new(method, params.clone());
        let (refusal, codes) = refusal(request, Stage::new).await;
        assert_eq!(codes, expected, "{method} {params}");
        assert_eq!(fields(&refusal), named, "{method} {params}");
    }
}

#[tokio::test]
async fn c07_what_the_card_does_not_promise_is_refused_the_same_over_every_binding() {
    let config = json!({"taskId": TASK, "id": "c-1", "url": "http://x"});
    let silent = || {
        let mut stage = Stage::new();
        stage.card.capabilities.as_mut().unwrap().streaming = None;
        stage
    };
    let of_config = |method| (method, config.clone(), NO_PUSH);
    let cases = [
        of_config("CreateTaskPushNotificationConfig"),
        of_config("GetTaskPushNotificationConfig"),
        of_config("ListTaskPushNotificationConfigs"),
        of_config("DeleteTaskPushNotificationConfig"),
        (
            "SendMessage",
            json!({"message": message(), "configuration": {"taskPushNotificationConfig": {"url": "http://x"}}}),
            NO_PUSH,
        ),
        ("GetExtendedAgentCard", json!({}), UNSUPPORTED),
        ("SendStreamingMessage", json!({"message": message()}), UNSUPPORTED),
        ("SubscribeToTask", json!({"id": TASK}), UNSUPPORTED),
    ];
    for (method, params, expected) in cases {
        let (_, codes) = refusal(Request::new(method, params), silent).await;
        assert_eq!(codes, expected, "{method}");
    }
    let promised = || {
        let mut stage = Stage::new();
        stage.card.capabilities.as_mut().unwrap().extended_agent_card = Some(true);
        stage
    };
    let (_, codes) = refusal(Request::new("GetExtendedAgentCard", json!({})), promised).await;
    assert_eq!(codes, Codes(Code::FailedPrecondition, -32007, 400));
}

#[tokio::test]
async fn c08_only_version_one_nought_is_spoken_over_every_binding() {
    let request = || Request::new("GetTask", json!({"id": TASK}));
    let (refusal_, codes) = refusal(request().without("a2a-version"), Stage::new).await;
    assert_eq!(codes, VERSION);
    assert!(refusal_.message.contains("0.3") && refusal_.message.contains("-H 'a2a-version: 1.0'"), "{refusal_:?}");
    for version in ["", "0.3", "1", "1.7", "99.0"] {
        let (_, codes) = refusal(request().with("a2a-version", version), Stage::new).await;
        assert_eq!(codes, VERSION, "{version}");
    }
    let (came, _) = over_all(&request().with("a2a-version", "1.0.1"), Stage::new).await;
    assert!(matches!(came, Came::One(_)));
}

#[tokio::test]
async fn c09_a_required_extension_and_a_bad_cursor_are_refused_over_every_binding() {
    let demanding = || {
        let mut stage = Stage::new();
        let required = AgentExtension { uri: "urn:must".into(), required: true, ..AgentExtension::default() };
        stage.card.capabilities.as_mut().unwrap().extensions.push(required);
        stage
    };
    let request = Request::new("GetTask", json!({"id": TASK}));
    let (_, codes) = refusal(request.clone(), demanding).await;
    assert_eq!(codes, Codes(Code::FailedPrecondition, -32008, 400));
    let (came, _) = over_all(&request.clone().with("a2a-extensions", "urn:other, urn:must"), demanding).await;
    assert!(matches!(came, Came::One(_)));
    let (refusal, codes) = refusal(request.with("watchroom-cursor", "x"), Stage::new).await;
    assert_eq!((codes, fields(&refusal)), (INVALID, vec!["watchroom-cursor"]));
}
