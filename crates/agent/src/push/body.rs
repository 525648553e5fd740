//! What a webhook is told: one frame of the log, as ProtoJSON.

use bytes::Bytes;
use prost::Message as _;
use proto::a2a::stream_response::Payload;
use proto::a2a::{Message, StreamResponse, TaskStatus};
use store::{Frame, FrameKind};
use types::{Seq, TaskState};

use super::row::Config;
use crate::words;

/// An event, ready to be sent.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) json: Bytes,
    /// Whether nothing follows it.
    pub(super) last: bool,
}

/// A frame that cannot be written as JSON.
#[derive(Debug, thiserror::Error)]
pub(super) enum BadBody {
    #[error("the frame does not decode")]
    Wire(#[from] prost::DecodeError),
    #[error("the frame cannot be written as JSON")]
    Json(#[from] proto::JsonError),
}

/// The event of a frame.
pub(super) fn of_frame(frame: &Frame) -> Result<Body, BadBody> {
    let last = match frame.kind {
        FrameKind::Task | FrameKind::Status => ends(&StreamResponse::decode(frame.bytes.clone())?),
        FrameKind::Artifact | FrameKind::Message => false,
    };
    Ok(Body { json: write(&frame.bytes)?, last })
}

/// In place of events that retention has taken: the task, marked as a gap as in every stream, by a number without the
/// number before it. Which way it ended is not known any more.
pub(super) fn gap(config: &Config) -> Result<Body, BadBody> {
    let task = config.task.to_string();
    let message = Message {
        message_id: format!("{task}:push:{}:gap", config.id),
        task_id: task.clone(),
        context_id: config.context.clone(),
        ..words::say("events of this task are missing: they were not delivered before they ceased to be kept")
    };
    let status = TaskStatus { message: Some(message), ..TaskStatus::default() };
    let ids = a2a::frame::Ids { task: &task, context: &config.context };
    let bare = a2a::frame::bare(ids, &status, Seq(config.cursor.0));
    Ok(Body { json: write(&a2a::frame::wrap_task(&bare))?, last: true })
}

fn write(frame: &[u8]) -> Result<Bytes, BadBody> {
    Ok(proto::to_text::<StreamResponse>(frame)?.into())
}

/// Whether the task has ended with this event.
fn ends(response: &StreamResponse) -> bool {
    let status = match &response.payload {
        Some(Payload::Task(task)) => task.status.as_ref(),
        Some(Payload::StatusUpdate(update)) => update.status.as_ref(),
        Some(Payload::ArtifactUpdate(_) | Payload::Message(_)) | None => None,
    };
    status.and_then(|status| TaskState::from_wire(status.state)).is_some_and(TaskState::is_terminal)
}
