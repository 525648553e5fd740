//! Frames decode to what they were made of, and every encoding is the canonical one's equal.

use a2a::frame::{self, Chunk, Event, Ids, Update, Written};
use a2a::metadata::{self, Cursor};
use a2a::{Artifacts, History};
use bytes::Bytes;
use prost::Message as _;
use proto::a2a::{
    Artifact, ListTasksResponse, Message, Part, Role, SendMessageResponse, StreamResponse, Task,
    TaskArtifactUpdateEvent, TaskStatus, TaskStatusUpdateEvent, part::Content, send_message_response,
    stream_response::Payload,
};
use types::{Seq, TaskState};

use crate::stage::{CONTEXT, TASK, message, status, text};

const IDS: Ids<'_> = Ids { task: TASK, context: CONTEXT };

fn task() -> Task {
    Task {
        id: TASK.into(),
        context_id: CONTEXT.into(),
        status: Some(status(TaskState::Working, Some("busy"))),
        artifacts: vec![Artifact { artifact_id: "a".into(), parts: vec![text("one")], ..Artifact::default() }],
        history: ["first", "second", "third"].map(message).to_vec(),
        metadata: Some(metadata::structure([("own", metadata::truth(true))])),
    }
}

fn at(seq: u64) -> Option<Cursor> {
    Some(Cursor { seq: Seq(seq), prev: Some(Seq(seq - 1)) })
}

/// What any protobuf library makes of the cursor in a frame's metadata.
fn plain_cursor(seq: f64, prev: Option<f64>) -> proto::Value {
    let mut fields = std::collections::BTreeMap::from([("seq".to_owned(), metadata::number(seq))]);
    fields.extend(prev.map(|prev| ("prev".to_owned(), metadata::number(prev))));
    metadata::object(fields)
}

#[test]
fn each_kind_of_frame_opens_to_what_it_was_made_of() {
    let own = metadata::structure([("urn:own", metadata::text("x"))]);
    let status = status(TaskState::Working, Some("busy"));
    for metadata in [None, Some(own)] {
        let update = TaskStatusUpdateEvent {
            task_id: TASK.into(),
            context_id: CONTEXT.into(),
            status: Some(status.clone()),
            metadata: metadata.clone(),
        };
        let opened = frame::open(frame::status(IDS, &status, metadata.as_ref(), Seq(7))).unwrap();
        assert_eq!(opened, Event { cursor: at(7), update: Update::Status(update) });
    }
    let opened = frame::open(frame::task(&task(), Seq(1))).unwrap();
    assert_eq!(opened, Event { cursor: at(1), update: Update::Task(task()) });
    let opened = frame::open(frame::message(&message("hello"), Seq(1))).unwrap();
    assert_eq!(opened, Event { cursor: at(1), update: Update::Message(message("hello")) });
}

#[test]
fn artifact_frames_carry_the_flags_of_their_chunk() {
    let artifact = Artifact { artifact_id: "a".into(), parts: vec![text("one")], ..Artifact::default() };
    let flags = [
        (Chunk::Whole, false, true),
        (Chunk::First, false, false),
        (Chunk::Append, true, false),
        (Chunk::Last, true, true),
    ];
    for (chunk, append, last_chunk) in flags {
        let update = TaskArtifactUpdateEvent {
            task_id: TASK.into(),
            context_id: CONTEXT.into(),
            artifact: Some(artifact.clone()),
            append,
            last_chunk,
            metadata: None,
        };
        let opened = frame::open(frame::artifact(IDS, &artifact, chunk, None, Seq(300))).unwrap();
        assert_eq!(opened, Event { cursor: at(300), update: Update::Artifact(update) });
        assert_eq!(Chunk::from_flags(append, last_chunk), chunk);
    }
}

#[test]
fn frames_are_as_long_as_what_any_library_would_write() {
    let own = metadata::structure([("urn:own", metadata::text("x"))]);
    let status = status(TaskState::Working, Some("busy"));
    let written = frame::status(IDS, &status, Some(&own), Seq(70_000));
    let decoded = StreamResponse::decode(written.clone()).unwrap();
    let Some(Payload::StatusUpdate(update)) = &decoded.payload else { panic!("{decoded:?}") };
    let cursor = &update.metadata.as_ref().unwrap().fields[metadata::CURSOR];
    assert_eq!(*cursor, plain_cursor(70_000.0, Some(69_999.0)));
    assert_eq!(decoded.encoded_len(), written.len());
    let written = frame::task(&task(), Seq(3));
    assert_eq!(StreamResponse::decode(written.clone()).unwrap().encoded_len(), written.len());
}

#[test]
fn a_task_is_written_as_generated_code_writes_it() {
    let object = metadata::structure([("text", metadata::text("x".repeat(300))), ("", metadata::null())]);
    let part = |content| Part { content, metadata: Some(object.clone()), filename: "f".into(), media_type: "m".into() };
    let data = metadata::list([metadata::number(1), metadata::truth(false), metadata::object(object.fields.clone())]);
    let contents = [
        Content::Text(String::new()),
        Content::Raw(Bytes::from(vec![7; 20_000])),
        Content::Url("http://x".into()),
        Content::Data(data),
    ];
    let parts: Vec<Part> = contents.into_iter().map(Some).chain([None]).map(part).collect();
    let full = Message {
        message_id: "id".into(),
        context_id: CONTEXT.into(),
        task_id: TASK.into(),
        role: Role::Agent.into(),
        parts: parts.clone(),
        metadata: Some(object.clone()),
        extensions: vec!["e".into(), String::new()],
        reference_task_ids: vec!["r".into()],
    };
    let artifact = Artifact {
        artifact_id: "a".into(),
        name: "n".into(),
        description: "d".into(),
        parts,
        metadata: Some(object.clone()),
        extensions: vec!["e".into()],
    };
    let timestamp = Some(prost_types::Timestamp { seconds: 1, nanos: 2 });
    let task = Task {
        status: Some(TaskStatus { state: 3, message: Some(full.clone()), timestamp }),
        artifacts: vec![artifact, Artifact::default()],
        history: vec![full, Message::default()],
        metadata: Some(object),
        ..task()
    };
    assert_eq!(Written::from(task.clone()).bytes(), task.encode_to_vec());
    assert_eq!(Written::from(Task::default()).bytes(), Task::default().encode_to_vec());
}

#[test]
fn a_cursor_that_an_event_brings_along_is_replaced() {
    let stale = metadata::structure([(metadata::CURSOR, metadata::text("stale"))]);
    let status = status(TaskState::Working, None);
    assert_eq!(frame::open(frame::status(IDS, &status, Some(&stale), Seq(2))).unwrap().cursor, at(2));
}

#[test]
fn a_snapshot_shows_what_was_asked_for_and_its_position() {
    let cases = [
        (History::All, Artifacts::Include, vec!["first", "second", "third"], 1),
        (History::None, Artifacts::Include, vec![], 1),
        (History::Last(2), Artifacts::Omit, vec!["second", "third"], 0),
        (History::Last(9), Artifacts::Omit, vec!["first", "second", "third"], 0),
    ];
    for (history, artifacts, words, kept) in cases {
        let mut shown = Task::decode(frame::snapshot(task(), history, artifacts, Seq(5))).unwrap();
        let cursor = Cursor::take(&mut shown.metadata);
        assert_eq!(cursor, Some(Cursor { seq: Seq(5), prev: None }));
        assert_eq!(shown.history, words.iter().map(|words| message(words)).collect::<Vec<_>>());
        assert_eq!(shown.artifacts.len(), kept);
        assert_eq!((shown.status, shown.metadata), (task().status, task().metadata));
    }
}

#[test]
fn the_first_frame_of_a_resumption_has_ids_and_status_only() {
    let status = status(TaskState::Working, None);
    let opened = frame::open(frame::wrap_task(&frame::bare(IDS, &status, Seq(9)))).unwrap();
    let bare = Task { id: TASK.into(), context_id: CONTEXT.into(), status: Some(status), ..Task::default() };
    assert_eq!(opened, Event { cursor: Some(Cursor { seq: Seq(9), prev: None }), update: Update::Task(bare) });
}

#[test]
fn a_wrapped_task_or_message_is_a_stream_item_and_an_answer() {
    let wrapped = frame::wrap_task(&task().encode_to_vec());
    assert_eq!(StreamResponse::decode(wrapped.clone()).unwrap().payload, Some(Payload::Task(task())));
    let answer = SendMessageResponse::decode(wrapped).unwrap().payload;
    assert_eq!(answer, Some(send_message_response::Payload::Task(task())));
    let wrapped = frame::wrap_message(&message("x").encode_to_vec());
    let answer = SendMessageResponse::decode(wrapped).unwrap().payload;
    assert_eq!(answer, Some(send_message_response::Payload::Message(message("x"))));
}

#[test]
fn a_page_of_encoded_tasks_is_a_list_answer() {
    let tasks: Vec<Bytes> = vec![task().encode_to_vec().into(), Task::default().encode_to_vec().into()];
    let page = ListTasksResponse::decode(frame::page(&tasks, "next", 50, u64::MAX)).unwrap();
    let expected = ListTasksResponse {
        tasks: vec![task(), Task::default()],
        next_page_token: "next".into(),
        page_size: 50,
        total_size: i32::MAX,
    };
    assert_eq!(page, expected);
    let empty = ListTasksResponse::decode(frame::page(&[], "", 50, 0)).unwrap();
    assert_eq!(empty, ListTasksResponse { page_size: 50, ..ListTasksResponse::default() });
}

#[test]
fn bytes_that_are_no_frame_are_refused() {
    assert_eq!(frame::open(Bytes::new()), Err(frame::BadFrame::Empty));
    assert!(matches!(frame::open(Bytes::from_static(&[0xff])), Err(frame::BadFrame::Wire(_))));
}
