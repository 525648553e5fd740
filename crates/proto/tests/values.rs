//! ProtoJSON as values: what is there although it is empty, and what names its place when it is wrong.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may unwrap as tests do")]

use proto::a2a::{
    AgentCapabilities, AgentCard, Artifact, ListTasksRequest, ListTasksResponse, SendMessageRequest, StreamResponse,
    Task, TaskArtifactUpdateEvent, TaskState, TaskStatus, stream_response::Payload,
};
use proto::{JsonError, Members, from_value, to_value};
use serde_json::{Value, json};

fn written<M: Members>(message: &M) -> Value {
    to_value::<M>(&message.encode_to_vec()).unwrap()
}

/// The path of the member that is refused.
fn refused<M: Members + std::fmt::Debug>(value: Value) -> String {
    match from_value::<M>(value) {
        Err(JsonError::Member { path, .. }) => path,
        other => panic!("{other:?}"),
    }
}

#[test]
fn c71_required_fields_are_there_when_they_are_empty_and_others_are_not() {
    let page = json!({"tasks": [], "nextPageToken": "", "pageSize": 0, "totalSize": 0});
    assert_eq!(written(&ListTasksResponse::default()), page);
    let update = TaskArtifactUpdateEvent { artifact: Some(Artifact::default()), ..TaskArtifactUpdateEvent::default() };
    let frame = StreamResponse { payload: Some(Payload::ArtifactUpdate(update)) };
    let artifact = json!({"taskId": "", "contextId": "", "artifact": {"artifactId": "", "parts": []}});
    assert_eq!(written(&frame), json!({"artifactUpdate": artifact}));
    let task = Task { id: "t".into(), status: Some(TaskStatus::default()), ..Task::default() };
    assert_eq!(written(&task), json!({"id": "t", "status": {"state": "TASK_STATE_UNSPECIFIED"}}));
    // A message has nothing that could stand for it.
    let card = written(&AgentCard::default());
    assert_eq!((&card["skills"], card.get("capabilities"), card.get("provider")), (&json!([]), None, None));
}

#[test]
fn c72_times_have_milliseconds_and_enums_their_names() {
    for (nanos, expected) in [
        (0, "1970-01-01T00:00:01.000Z"),
        (250_000_000, "1970-01-01T00:00:01.250Z"),
        (1, "1970-01-01T00:00:01.000000001Z"),
    ] {
        let timestamp = Some(prost_types::Timestamp { seconds: 1, nanos });
        let status = TaskStatus { state: TaskState::Working.into(), timestamp, message: None };
        assert_eq!(written(&status), json!({"state": "TASK_STATE_WORKING", "timestamp": expected}));
    }
}

#[test]
fn c73_explicit_false_is_not_absent_and_null_is_data() {
    let capabilities = AgentCapabilities { streaming: Some(false), ..AgentCapabilities::default() };
    assert_eq!(written(&capabilities), json!({"streaming": false}));
    let text = json!({"message": {"messageId": "m", "role": "ROLE_USER", "parts": [{"data": null}, {"data": [null, 1.5, 3, -9007199254740992_i64]}]}});
    let request: SendMessageRequest = from_value(text.clone()).unwrap();
    assert_eq!(written(&request), text);
}

#[test]
fn c74_a_member_that_does_not_fit_is_named_by_its_path() {
    let message = |part: Value| json!({"message": {"messageId": "m", "parts": [{"text": "x"}, part]}});
    for (value, path) in [
        (message(json!({"text": 7})), "message.parts[1].text"),
        (json!({"message": {"role": "ROLE_BOSS"}}), "message.role"),
        (json!({"message": []}), "message"),
        (json!({"configuration": {"historyLength": "many"}}), "configuration.historyLength"),
        (json!([]), "."),
    ] {
        assert_eq!(refused::<SendMessageRequest>(value.clone()), path, "{value}");
    }
    assert_eq!(refused::<ListTasksRequest>(json!({"status": "BUSY"})), "status");
}

#[test]
fn c75_unknown_fields_are_ignored_and_both_spellings_of_a_name_are_read() {
    let request: ListTasksRequest =
        from_value(json!({"page_size": 3, "contextId": "c", "unknown": {"deep": "STATE"}})).unwrap();
    assert_eq!((request.page_size, request.context_id.as_str()), (Some(3), "c"));
}
