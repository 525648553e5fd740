//! Every error as it crosses the wire, and back.

use std::time::Duration;

use a2a::{Client, ClientError, Error, History, Violation};
use proto::a2a::{
    DeleteTaskPushNotificationConfigRequest, GetExtendedAgentCardRequest, GetTaskPushNotificationConfigRequest,
    GetTaskRequest, ListTaskPushNotificationConfigsRequest, SubscribeToTaskRequest, TaskPushNotificationConfig,
};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;
use types::RemoteTask;

use crate::raw::{VERSION, accepted, refused};
use crate::stage::{Served, Stage, TASK};

pub(crate) fn every_error() -> Vec<(Error, Code, &'static str)> {
    let second = Duration::from_secs(1);
    vec![
        (Error::TaskNotFound, Code::NotFound, "TASK_NOT_FOUND"),
        (Error::ForeignTenant, Code::NotFound, "TASK_NOT_FOUND"),
        (Error::TaskNotCancelable, Code::FailedPrecondition, "TASK_NOT_CANCELABLE"),
        (Error::PushNotificationNotSupported, Code::FailedPrecondition, "PUSH_NOTIFICATION_NOT_SUPPORTED"),
        (Error::UnsupportedOperation("why".into()), Code::FailedPrecondition, "UNSUPPORTED_OPERATION"),
        (Error::ContentTypeNotSupported("which".into()), Code::InvalidArgument, "CONTENT_TYPE_NOT_SUPPORTED"),
        (Error::InvalidAgentResponse("what".into()), Code::Internal, "INVALID_AGENT_RESPONSE"),
        (Error::ExtendedAgentCardNotConfigured, Code::FailedPrecondition, "EXTENDED_AGENT_CARD_NOT_CONFIGURED"),
        (Error::ExtensionSupportRequired("urn:x".into()), Code::FailedPrecondition, "EXTENSION_SUPPORT_REQUIRED"),
        (Error::VersionNotSupported("which".into()), Code::FailedPrecondition, "VERSION_NOT_SUPPORTED"),
        (Error::WrongStore, Code::FailedPrecondition, "WRONG_STORE"),
        (Error::DispatchFenced, Code::FailedPrecondition, "DISPATCH_FENCED"),
        (Error::DispatchExpired, Code::FailedPrecondition, "DISPATCH_EXPIRED"),
        (Error::MessageIdReused("m-1".into()), Code::AlreadyExists, "MESSAGE_ID_REUSED"),
        (Error::Overloaded { retry_after: second }, Code::ResourceExhausted, "OVERLOADED"),
        (Error::TooLarge { field: "message".into(), size: 9, limit: 8 }, Code::ResourceExhausted, "TOO_LARGE"),
        (Error::Unavailable { retry_after: Some(second), why: "stopping".into() }, Code::Unavailable, "UNAVAILABLE"),
        (Error::Unavailable { retry_after: None, why: "stopping".into() }, Code::Unavailable, "UNAVAILABLE"),
        (Error::Internal, Code::Internal, "INTERNAL_ERROR"),
        (
            Error::Validation(vec![
                Violation { field: "a.b".into(), description: "is bad".into() },
                Violation { field: "c[0]".into(), description: "is worse".into() },
            ]),
            Code::InvalidArgument,
            "INVALID_PARAMS",
        ),
    ]
}

#[tokio::test]
async fn every_error_has_its_code_reason_and_details_and_comes_back_as_itself() {
    for (error, code, reason) in every_error() {
        let served = Served::start(Stage::failing(error.clone())).await;
        let request = GetTaskRequest { id: TASK.into(), ..GetTaskRequest::default() };
        let status = refused(&served, "GetTask", &request).await;
        assert_eq!(status.code(), code, "{error:?}");
        assert_eq!(status.message(), error.to_string());
        let details = status.get_error_details();
        let info = details.error_info().unwrap();
        assert_eq!((info.domain.as_str(), info.reason.as_str()), ("a2a-protocol.org", reason));
        assert_eq!(Error::from_status(&status), error);
        let again = served.client().get(&TASK.parse().unwrap(), History::All).await;
        assert!(matches!(again, Err(ClientError::Refused(back)) if back == error));
    }
}

#[tokio::test]
async fn violations_and_pauses_travel_as_the_standard_details() {
    let status = Status::from(Error::invalid("message.parts[0]", "is empty"));
    let details = status.get_error_details();
    let violation = &details.bad_request().unwrap().field_violations[0];
    assert_eq!((violation.field.as_str(), violation.description.as_str()), ("message.parts[0]", "is empty"));
    let status = Status::from(Error::Overloaded { retry_after: Duration::from_millis(250) });
    assert_eq!(status.get_details_retry_info().unwrap().retry_delay, Some(Duration::from_millis(250)));
}

#[test]
fn a_status_of_an_unknown_kind_keeps_code_reason_and_message() {
    let mut details = tonic_types::ErrorDetails::new();
    details.set_error_info("TASK_NOT_FOUND", "example.com", std::collections::HashMap::new());
    let status = Status::with_error_details(Code::DataLoss, "gone", details);
    let other = Error::Other { code: Code::DataLoss, reason: Some("TASK_NOT_FOUND".into()), message: "gone".into() };
    assert_eq!(Error::from_status(&status), other);
    let status = Status::unauthenticated("who are you");
    let other = Error::Other { code: Code::Unauthenticated, reason: None, message: "who are you".into() };
    assert_eq!(Error::from_status(&status), other);
}

#[tokio::test]
async fn push_operations_and_the_extended_card_are_refused_after_version_and_validation() {
    let served = Served::start(Stage::new()).await;
    let (task_id, id, url) = (TASK.to_owned(), "c".to_owned(), "http://x".to_owned());
    let create = TaskPushNotificationConfig { task_id: task_id.clone(), url, ..TaskPushNotificationConfig::default() };
    let get = GetTaskPushNotificationConfigRequest { task_id: task_id.clone(), id: id.clone(), tenant: String::new() };
    let list = ListTaskPushNotificationConfigsRequest { task_id: task_id.clone(), ..Default::default() };
    let delete = DeleteTaskPushNotificationConfigRequest { task_id, id, tenant: String::new() };
    let statuses = [
        refused(&served, "CreateTaskPushNotificationConfig", &create).await,
        refused(&served, "GetTaskPushNotificationConfig", &get).await,
        refused(&served, "ListTaskPushNotificationConfigs", &list).await,
        refused(&served, "DeleteTaskPushNotificationConfig", &delete).await,
    ];
    for status in statuses {
        assert_eq!(Error::from_status(&status), Error::PushNotificationNotSupported);
    }
    let empty = TaskPushNotificationConfig::default();
    let status = refused(&served, "CreateTaskPushNotificationConfig", &empty).await;
    assert_eq!(Error::from_status(&status), Error::invalid("task_id", "is required"));
    let status = refused(&served, "GetExtendedAgentCard", &GetExtendedAgentCardRequest::default()).await;
    assert!(matches!(Error::from_status(&status), Error::UnsupportedOperation(_)));
}

#[tokio::test]
async fn a_card_that_promises_an_extended_card_without_one_says_so() {
    let mut stage = Stage::new();
    stage.card.capabilities.as_mut().unwrap().extended_agent_card = Some(true);
    let served = Served::start(stage).await;
    let status = refused(&served, "GetExtendedAgentCard", &GetExtendedAgentCardRequest::default()).await;
    assert_eq!(Error::from_status(&status), Error::ExtendedAgentCardNotConfigured);
}

#[tokio::test]
async fn an_agent_that_does_not_stream_refuses_streams_and_nothing_else() {
    let mut stage = Stage::new();
    stage.card.capabilities.as_mut().unwrap().streaming = Some(false);
    let served = Served::start(stage).await;
    let subscribe = SubscribeToTaskRequest { id: TASK.into(), ..SubscribeToTaskRequest::default() };
    let status = refused(&served, "SubscribeToTask", &subscribe).await;
    assert!(matches!(Error::from_status(&status), Error::UnsupportedOperation(_)));
    let get = GetTaskRequest { id: TASK.into(), ..GetTaskRequest::default() };
    accepted(&served, "GetTask", &get, &[VERSION]).await;
}

#[tokio::test]
async fn only_an_agent_that_was_never_reached_surely_did_nothing() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let client = Client::connect(&closed.to_string()).unwrap();
    let task: RemoteTask = TASK.parse().unwrap();
    let error = client.get(&task, History::All).await.unwrap_err();
    assert!(matches!(error, ClientError::Unreachable(_)), "{error:?}");
    assert!(error.is_transient() && !error.outcome_unknown());
    let known = ClientError::Refused(Error::TaskNotFound);
    assert!(!known.is_transient() && !known.outcome_unknown());
    let drained = ClientError::Refused(Error::Unavailable { retry_after: None, why: "stopping".into() });
    assert!(drained.is_transient() && drained.outcome_unknown());
    assert!(ClientError::Timeout.is_transient() && ClientError::Timeout.outcome_unknown());
}

#[test]
fn a_refusal_for_size_is_none_that_passes_in_whichever_words_it_comes() {
    let too_large = |size, limit| Error::TooLarge { field: "request".into(), size, limit };
    let table = [
        (Code::OutOfRange, "Error, decoded message length too large: found 9 bytes, the limit is: 8 bytes"),
        (Code::ResourceExhausted, "grpc: received message larger than max (9 vs. 8)"),
        (Code::ResourceExhausted, "SERVER: Received message larger than max (9 vs. 8)"),
        (Code::ResourceExhausted, "gRPC message exceeds maximum size 8: 9"),
    ];
    for (code, words) in table {
        assert_eq!(Error::from_status(&Status::new(code, words)), too_large(9, 8), "{words}");
    }
    let vague = ClientError::from(Status::resource_exhausted("the request is too large: try a smaller one"));
    for error in [vague, ClientError::Refused(too_large(9, 8))] {
        let for_size = matches!(&error, ClientError::Refused(refused) if refused.is_for_size());
        assert!(for_size && !error.is_transient() && !error.outcome_unknown(), "{error:?}");
    }
    let busy = ClientError::from(Status::resource_exhausted("100 requests at once, the limit is 99"));
    assert!(busy.is_transient() && !busy.outcome_unknown(), "{busy:?}");
}

#[test]
fn an_answer_that_is_too_large_says_nothing_of_what_was_done() {
    let words = ["Error, encoded message length too large: found 9 bytes, the limit is: 8 bytes"];
    let words = words.into_iter().chain(["grpc: trying to send message larger than max (9 vs. 8)"]);
    for status in words.map(Status::out_of_range).chain([Status::out_of_range(
        "Error, decoded message length too large: found 67108865 bytes, the limit is: 67108864 bytes",
    )]) {
        let error = ClientError::from(status);
        assert!(error.outcome_unknown() && !error.is_transient(), "{error:?}");
    }
}
