//! Frames as an agent of ours sends them.

use std::collections::BTreeMap;

use a2a::metadata::{self, CURSOR, PLAN, PROGRESS};
use proto::a2a::stream_response::Payload;
use proto::a2a::{
    Artifact, Message, Part, Role, StreamResponse, Task, TaskArtifactUpdateEvent, TaskState, TaskStatus,
    TaskStatusUpdateEvent, part,
};
use proto::{Struct, Value};

pub(crate) const TASK: &str = "0196f7a0-0000-7000-8000-000000000001";
pub(crate) const CONTEXT: &str = "conversation-1";

pub(crate) fn text(text: &str) -> Part {
    Part { content: Some(part::Content::Text(text.to_owned())), ..Part::default() }
}

pub(crate) fn data(json: Value) -> Part {
    Part { content: Some(part::Content::Data(json)), ..Part::default() }
}

pub(crate) fn said(words: &str) -> Message {
    Message { message_id: "m".to_owned(), role: Role::Agent.into(), parts: vec![text(words)], ..Message::default() }
}

fn status_of(state: TaskState, words: &str) -> TaskStatus {
    let message = (!words.is_empty()).then(|| said(words));
    let timestamp = Some(prost_types::Timestamp { seconds: 1_700_000_000, nanos: 123_000_000 });
    TaskStatus { state: state.into(), message, timestamp }
}

/// The task as it stands.
pub(crate) fn task(state: TaskState, words: &str) -> Task {
    Task {
        id: TASK.to_owned(),
        context_id: CONTEXT.to_owned(),
        status: Some(status_of(state, words)),
        ..Task::default()
    }
}

pub(crate) fn cursor(seq: u32, prev: Option<u32>) -> Struct {
    let mut fields = BTreeMap::from([("seq".to_owned(), metadata::number(seq))]);
    fields.extend(prev.map(|prev| ("prev".to_owned(), metadata::number(prev))));
    metadata::structure([(CURSOR, metadata::object(fields))])
}

/// The bare task with which a resumed stream begins.
pub(crate) fn resumed(seq: u32, state: TaskState) -> StreamResponse {
    let task = Task { metadata: Some(cursor(seq, None)), ..task(state, "") };
    StreamResponse { payload: Some(Payload::Task(task)) }
}

/// The frame without its cursor, as agents without the extension send it.
pub(crate) fn plain(mut frame: StreamResponse) -> StreamResponse {
    let metadata = match frame.payload.as_mut().unwrap() {
        Payload::Task(task) => &mut task.metadata,
        Payload::Message(message) => &mut message.metadata,
        Payload::StatusUpdate(update) => &mut update.metadata,
        Payload::ArtifactUpdate(update) => &mut update.metadata,
    };
    if let Some(metadata) = metadata {
        metadata.fields.remove(CURSOR);
    }
    frame
}

pub(crate) fn begun(seq: u32) -> StreamResponse {
    let task = Task { metadata: Some(cursor(seq, Some(seq - 1))), ..task(TaskState::Submitted, "") };
    StreamResponse { payload: Some(Payload::Task(task)) }
}

pub(crate) fn status(seq: u32, state: TaskState, words: &str) -> StreamResponse {
    update(seq, state, words, None)
}

/// A status update of a run about one step.
pub(crate) fn step(seq: u32, id: &str, state: &str, words: &str) -> StreamResponse {
    let fields = [("step", metadata::text(id)), ("state", metadata::text(state)), ("k", metadata::number(1))];
    let fields = fields.map(|(key, value)| (key.to_owned(), value)).into();
    update(seq, TaskState::Working, words, Some(metadata::object(fields)))
}

fn update(seq: u32, state: TaskState, words: &str, progress: Option<Value>) -> StreamResponse {
    let mut metadata = cursor(seq, Some(seq - 1));
    metadata.fields.extend(progress.map(|progress| (PROGRESS.to_owned(), progress)));
    StreamResponse {
        payload: Some(Payload::StatusUpdate(TaskStatusUpdateEvent {
            task_id: TASK.to_owned(),
            context_id: CONTEXT.to_owned(),
            status: Some(status_of(state, words)),
            metadata: Some(metadata),
        })),
    }
}

pub(crate) fn artifact(seq: u32, name: &str, parts: Vec<Part>) -> StreamResponse {
    let about = (name == "plan").then(|| metadata::structure([(PLAN, metadata::object(BTreeMap::new()))]));
    let artifact =
        Artifact { artifact_id: name.to_owned(), name: name.to_owned(), parts, metadata: about, ..Artifact::default() };
    StreamResponse {
        payload: Some(Payload::ArtifactUpdate(TaskArtifactUpdateEvent {
            task_id: TASK.to_owned(),
            context_id: CONTEXT.to_owned(),
            artifact: Some(artifact),
            append: false,
            last_chunk: true,
            metadata: Some(cursor(seq, Some(seq - 1))),
        })),
    }
}

/// A plan, and what its question is about.
pub(crate) fn plan(seq: u32, question: Option<&str>) -> StreamResponse {
    let mut frame = artifact(seq, "plan", vec![text("1. Fire")]);
    let about = question.map(|question| ("question".to_owned(), metadata::text(question)));
    if let Some(Payload::ArtifactUpdate(update)) = frame.payload.as_mut() {
        let plan = metadata::object(about.into_iter().collect());
        update.artifact.as_mut().unwrap().metadata = Some(metadata::structure([(PLAN, plan)]));
    }
    frame
}

/// A whole dispatch of two services, of which the second may fail.
pub(crate) fn dispatch(second: &str) -> Vec<StreamResponse> {
    let end = if second == "completed" { "2/2 dispatched" } else { "1 successful, 1 failed" };
    vec![
        begun(1),
        artifact(2, "plan", vec![text("1. Fire\n2. Police"), data(metadata::null())]),
        step(3, "fire", "dispatching", "[1/2] Dispatching Fire Brigade Agent"),
        step(4, "fire", "completed", "[1/2] Fire Brigade Agent dispatched successfully"),
        step(5, "police", "dispatching", "[2/2] Dispatching Police Agent"),
        step(6, "police", second, &format!("[2/2] Police Agent {second}")),
        artifact(7, "report", vec![text("# Report\nall said")]),
        status(8, TaskState::Completed, end),
    ]
}
