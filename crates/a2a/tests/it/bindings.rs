//! What only an agent in a script shows of all bindings: that it is asked the same, errors and cards that no other has,
//! and a stream that fails. What every agent shows is the table of `tests/tests/conformance/bindings.rs`.

use std::time::Duration;

use a2a::Error;
use serde_json::{Value, json};
use tonic::Code;

use crate::codes::every_error;
use crate::stage::{Act, Stage, TASK};
use crate::wires::{Came, Codes, Refusal, Request, over_all};

const NO_PUSH: Codes = Codes(Code::FailedPrecondition, -32003, 400);
const UNSUPPORTED: Codes = Codes(Code::FailedPrecondition, -32004, 400);

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
        Error::TaskNotFound | Error::ForeignTenant => (-32001, 404),
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
