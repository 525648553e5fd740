//! What is checked before anything is done.

use a2a::{Artifacts, Error, History, Wait};
use bytes::Bytes;
use prost::Message as _;
use proto::a2a::{
    CancelTaskRequest, GetTaskRequest, ListTasksRequest, Message, Part, Role, SendMessageConfiguration,
    SendMessageRequest, TaskPushNotificationConfig, part::Content,
};
use tonic::Code;
use types::{TaskState, Timestamp};

use crate::raw::{VERSION, accepted, call_with, refused};
use crate::stage::{Asked, CONTEXT, Served, Stage, TASK, message, request, text};

fn with(change: impl FnOnce(&mut Message)) -> SendMessageRequest {
    let mut message = message("hello");
    change(&mut message);
    request(message)
}

fn configured(configuration: SendMessageConfiguration) -> SendMessageRequest {
    SendMessageRequest { configuration: Some(configuration), ..request(message("hello")) }
}

fn media(media_type: &str) -> SendMessageRequest {
    with(|message| message.parts[0].media_type = media_type.into())
}

#[tokio::test]
async fn a_malformed_message_names_its_field_and_reaches_nobody() {
    let negative = SendMessageConfiguration { history_length: Some(-1), ..SendMessageConfiguration::default() };
    let cases: Vec<(&str, SendMessageRequest)> = vec![
        ("message", SendMessageRequest::default()),
        ("message.message_id", with(|message| message.message_id.clear())),
        ("message.message_id", with(|message| message.message_id = "x".repeat(300))),
        ("message.context_id", with(|message| message.context_id = "a\u{7}".into())),
        ("message.role", with(|message| message.role = Role::Unspecified.into())),
        ("message.role", with(|message| message.role = Role::Agent.into())),
        ("message.role", with(|message| message.role = 77)),
        ("message.parts", with(|message| message.parts.clear())),
        ("message.parts[1]", with(|message| message.parts.push(Part::default()))),
        ("message.parts[0].url", with(|message| message.parts[0].content = Some(Content::Url(String::new())))),
        ("message.reference_task_ids[0]", with(|message| message.reference_task_ids.push(String::new()))),
        ("configuration.history_length", configured(negative)),
    ];
    let served = Served::start(Stage::new()).await;
    for (field, request) in cases {
        let status = refused(&served, "SendMessage", &request).await;
        assert_eq!(status.code(), Code::InvalidArgument);
        let Error::Validation(violations) = Error::from_status(&status) else { panic!("{field}: {status}") };
        assert_eq!(violations[0].field, field);
    }
    assert_eq!(served.asked(), []);
}

/// It goes out in trailers, which nobody takes at any length.
#[tokio::test]
async fn a_refusal_is_as_short_as_a_header_whatever_was_sent() {
    let long = "é".repeat(100_000);
    let many = || vec![Part { media_type: "x".repeat(1_000), ..Part::default() }; 1_000];
    let cases = [
        (media(&long), "is not supported"),
        (with(|message| message.parts = many()), "message.parts[0]: "),
        (with(|message| message.message_id.clone_from(&long)), "message.message_id: "),
    ];
    let served = Served::start(Stage::new()).await;
    for (request, words) in cases {
        let status = refused(&served, "SendMessage", &request).await;
        assert_eq!(status.code(), Code::InvalidArgument, "{status}");
        assert!(status.message().contains(words) && status.message().len() < 4_096, "{}", status.message());
        assert!(status.details().len() < 8_192, "{}", status.details().len());
    }
    let about = Error::invalid(&long, &long);
    let Error::Validation(violations) = &about else { panic!("{about:?}") };
    assert_eq!((violations[0].field.len(), violations[0].description.len()), (511, 511));
}

/// Protobuf can say it and JSON cannot; a task that held it could not be read by every binding.
#[tokio::test]
async fn a_value_that_json_does_not_have_is_refused_by_its_field() {
    let number = || a2a::metadata::number(f64::NAN);
    let deep = (0..45).fold(a2a::metadata::null(), |inner, _| a2a::metadata::list([inner]));
    let object = |value| Some(a2a::metadata::structure([("a", value)]));
    let part = |value| with(|message| message.parts[0].content = Some(Content::Data(value)));
    let cases: Vec<(&str, SendMessageRequest)> = vec![
        ("message.parts[0].data", part(a2a::metadata::list([number()]))),
        ("message.parts[0].data", part(deep.clone())),
        ("message.parts[0].metadata", with(|message| message.parts[0].metadata = object(number()))),
        ("message.metadata", with(|message| message.metadata = object(deep.clone()))),
        ("metadata", SendMessageRequest { metadata: object(number()), ..with(|_| {}) }),
    ];
    let served = Served::start(Stage::new()).await;
    for (field, request) in cases {
        let status = refused(&served, "SendMessage", &request).await;
        let Error::Validation(violations) = Error::from_status(&status) else { panic!("{field}: {status}") };
        assert_eq!(violations[0].field, field);
    }
    assert_eq!(served.asked(), []);
}

#[tokio::test]
async fn all_violations_of_a_message_are_told_at_once() {
    let served = Served::start(Stage::new()).await;
    let status = refused(&served, "SendMessage", &request(Message::default())).await;
    let Error::Validation(violations) = Error::from_status(&status) else { panic!("{status}") };
    let fields: Vec<&str> = violations.iter().map(|violation| violation.field.as_str()).collect();
    assert_eq!(fields, ["message.message_id", "message.role", "message.parts"]);
}

#[tokio::test]
async fn a_task_id_that_is_no_id_of_ours_names_no_task() {
    let served = Served::start(Stage::new()).await;
    let sent = refused(&served, "SendMessage", &with(|message| message.task_id = "no-uuid".into())).await;
    let get = GetTaskRequest { id: "no-uuid".into(), ..GetTaskRequest::default() };
    let got = refused(&served, "GetTask", &get).await;
    let cancel = CancelTaskRequest { id: "no-uuid".into(), ..CancelTaskRequest::default() };
    let canceled = refused(&served, "CancelTask", &cancel).await;
    for status in [sent, got, canceled] {
        assert_eq!(Error::from_status(&status), Error::TaskNotFound);
    }
    let status = refused(&served, "GetTask", &GetTaskRequest::default()).await;
    assert_eq!(Error::from_status(&status), Error::invalid("id", "is required"));
}

#[tokio::test]
async fn parts_of_a_media_type_that_the_card_does_not_name_are_refused() {
    let served = Served::start(Stage::new()).await;
    for good in ["", "text/plain", "Text/Plain; charset=utf-8", "application/json"] {
        accepted(&served, "SendMessage", &media(good), &[VERSION]).await;
    }
    let status = refused(&served, "SendMessage", &media("image/png")).await;
    let Error::ContentTypeNotSupported(text) = Error::from_status(&status) else { panic!("{status}") };
    assert!(text.contains("message.parts[0].media_type") && text.contains("text/plain"), "{text}");
    let mut stage = Stage::new();
    stage.card.default_input_modes = vec!["image/*".into()];
    let served = Served::start(stage).await;
    accepted(&served, "SendMessage", &media("image/png"), &[VERSION]).await;
    refused(&served, "SendMessage", &media("text/plain")).await;
}

#[tokio::test]
async fn an_inline_push_configuration_is_refused_before_any_effect() {
    let push = Some(TaskPushNotificationConfig { url: "http://x".into(), ..TaskPushNotificationConfig::default() });
    let configuration =
        SendMessageConfiguration { task_push_notification_config: push, ..SendMessageConfiguration::default() };
    let served = Served::start(Stage::new()).await;
    let status = refused(&served, "SendMessage", &configured(configuration)).await;
    assert_eq!(Error::from_status(&status), Error::PushNotificationNotSupported);
    assert_eq!(served.asked(), []);
}

#[tokio::test]
async fn a_message_reaches_the_backend_in_our_words() {
    let served = Served::start(Stage::new()).await;
    let mut sent = with(|message| {
        message.task_id = TASK.into();
        message.context_id = CONTEXT.into();
    });
    sent.configuration = Some(SendMessageConfiguration {
        accepted_output_modes: vec!["text/plain".into()],
        history_length: Some(3),
        return_immediately: true,
        task_push_notification_config: None,
    });
    accepted(&served, "SendMessage", &sent, &[VERSION]).await;
    accepted(&served, "SendMessage", &request(message("hello")), &[VERSION]).await;
    let asked = served.asked();
    let [Asked::Send(_, full), Asked::Send(_, plain)] = &asked[..] else { panic!("{asked:?}") };
    assert_eq!(full.task, Some(TASK.parse().unwrap()));
    assert_eq!(full.context, Some(CONTEXT.parse().unwrap()));
    assert_eq!((full.wait, full.history), (Wait::Immediately, History::Last(3)));
    assert_eq!(full.accepted_output_modes, ["text/plain"]);
    assert_eq!((plain.wait, plain.history), (Wait::Blocking, History::All));
    assert_eq!((plain.task, &plain.context), (None, &None));
    assert_eq!(plain.message, message("hello").into());
}

#[tokio::test]
async fn lists_are_asked_for_in_bounds() {
    let served = Served::start(Stage::new()).await;
    let since = |seconds| Some(prost_types::Timestamp { seconds, nanos: 5_000_000 });
    let cases = [
        ("page_size", ListTasksRequest { page_size: Some(0), ..ListTasksRequest::default() }),
        ("page_size", ListTasksRequest { page_size: Some(101), ..ListTasksRequest::default() }),
        ("page_size", ListTasksRequest { page_size: Some(-1), ..ListTasksRequest::default() }),
        ("history_length", ListTasksRequest { history_length: Some(-2), ..ListTasksRequest::default() }),
        ("status", ListTasksRequest { status: 99, ..ListTasksRequest::default() }),
        ("context_id", ListTasksRequest { context_id: "a\nb".into(), ..ListTasksRequest::default() }),
        (
            "status_timestamp_after",
            ListTasksRequest { status_timestamp_after: since(-5), ..ListTasksRequest::default() },
        ),
    ];
    for (field, query) in cases {
        let status = refused(&served, "ListTasks", &query).await;
        let Error::Validation(violations) = Error::from_status(&status) else { panic!("{field}: {status}") };
        assert_eq!(violations[0].field, field);
    }
    served.client().list(ListTasksRequest::default()).await.unwrap();
    let full = ListTasksRequest {
        status: TaskState::Working.wire(),
        page_size: Some(100),
        page_token: "t".into(),
        history_length: Some(0),
        include_artifacts: Some(true),
        status_timestamp_after: since(1),
        ..ListTasksRequest::default()
    };
    served.client().list(full).await.unwrap();
    let asked = served.asked();
    let [Asked::List(_, plain), Asked::List(_, full)] = &asked[..] else { panic!("{asked:?}") };
    assert_eq!((plain.page_size, plain.artifacts, plain.history), (50, Artifacts::Omit, History::All));
    assert_eq!((full.page_size, full.artifacts, full.history), (100, Artifacts::Include, History::None));
    assert_eq!((full.state, full.page_token.as_deref()), (Some(TaskState::Working), Some("t")));
    assert_eq!(full.since, Some(Timestamp::from_millis(1005)));
}

#[tokio::test]
async fn bytes_that_are_no_message_are_the_callers_mistake() {
    let served = Served::start(Stage::new()).await;
    let valid = with(|message| message.message_id = "mmmm".into()).encode_to_vec();
    let at = valid.windows(4).position(|window| window == b"mmmm").unwrap();
    let mut invalid = valid.clone();
    invalid[at + 1] = 0xff;
    for bytes in [Bytes::from(invalid), Bytes::from_static(&[0x12, 0x7f, 0x01])] {
        let status = call_with(&served, "SendMessage", bytes, &[VERSION]).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{status}");
        let Error::Validation(violations) = Error::from_status(&status) else { panic!("{status}") };
        assert_eq!(violations[0].field, "request");
    }
    assert_eq!(served.asked(), []);
}

#[tokio::test]
async fn an_oversize_request_is_refused_with_its_size_and_the_limit() {
    let served = Served::start(Stage::new()).await;
    for megabytes in [5, 40] {
        let content = "x".repeat(megabytes << 20);
        let large = with(|message| message.parts[0] = text(&content)).encode_to_vec();
        let size = large.len();
        let status = call_with(&served, "SendMessage", large.into(), &[VERSION]).await.unwrap_err();
        let refusal = Error::TooLarge { field: "request".into(), size, limit: 4 << 20 };
        assert_eq!((status.code(), Error::from_status(&status)), (Code::ResourceExhausted, refusal));
    }
    assert_eq!(served.asked(), []);
}
