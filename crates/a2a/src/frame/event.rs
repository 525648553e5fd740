//! Frames as a reader meets them.

use bytes::Bytes;
use prost::Message as _;
use proto::Struct;
use proto::a2a::stream_response::Payload;
use proto::a2a::{Message, StreamResponse, Task, TaskArtifactUpdateEvent, TaskStatusUpdateEvent};

use crate::metadata::Cursor;

/// A frame, decoded, its position taken out of the metadata.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Where it stands in the stream; `None` from agents without the cursor extension.
    pub cursor: Option<Cursor>,
    /// What it says.
    pub update: Update,
}

/// What a frame says.
#[derive(Debug, Clone, PartialEq)]
pub enum Update {
    /// The task as it stands.
    Task(Task),
    /// A direct reply; there is no task.
    Message(Message),
    /// A new status.
    Status(TaskStatusUpdateEvent),
    /// An artifact, or a chunk of one.
    Artifact(TaskArtifactUpdateEvent),
}

/// Why bytes are no frame.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadFrame {
    /// They do not decode.
    #[error("the frame does not decode")]
    Wire(#[from] prost::DecodeError),
    /// There is nothing in it.
    #[error("the frame is empty")]
    Empty,
}

/// Decodes a frame.
pub fn open(bytes: Bytes) -> Result<Event, BadFrame> {
    Event::try_from(StreamResponse::decode(bytes)?)
}

/// A frame of which only the metadata is decoded; everything else is passed over.
#[derive(Clone, PartialEq, prost::Message)]
struct Marked {
    #[prost(message, optional, tag = "1")]
    task: Option<Sixth>,
    #[prost(message, optional, tag = "2")]
    message: Option<Sixth>,
    #[prost(message, optional, tag = "3")]
    status: Option<Fourth>,
    #[prost(message, optional, tag = "4")]
    artifact: Option<Sixth>,
}

/// What has its metadata in field 6.
#[derive(Clone, PartialEq, prost::Message)]
struct Sixth {
    #[prost(message, optional, tag = "6")]
    metadata: Option<Struct>,
}

/// What has its metadata in field 4.
#[derive(Clone, PartialEq, prost::Message)]
struct Fourth {
    #[prost(message, optional, tag = "4")]
    metadata: Option<Struct>,
}

/// Where a frame stands in its stream, as [`Event::cursor`] has it.
pub(crate) fn position(frame: &Bytes) -> Result<Option<Cursor>, prost::DecodeError> {
    let Marked { task, message, status, artifact } = Marked::decode(frame.clone())?;
    let metadata = task.or(message).or(artifact).and_then(|it| it.metadata);
    let metadata = metadata.or(status.and_then(|it| it.metadata));
    Ok(Cursor::from_metadata(metadata.as_ref()))
}

impl TryFrom<StreamResponse> for Event {
    type Error = BadFrame;

    fn try_from(response: StreamResponse) -> Result<Self, BadFrame> {
        let mut update = match response.payload.ok_or(BadFrame::Empty)? {
            Payload::Task(task) => Update::Task(task),
            Payload::Message(message) => Update::Message(message),
            Payload::StatusUpdate(status) => Update::Status(status),
            Payload::ArtifactUpdate(artifact) => Update::Artifact(artifact),
        };
        let cursor = Cursor::take(update.metadata());
        Ok(Self { cursor, update })
    }
}

impl Update {
    fn metadata(&mut self) -> &mut Option<Struct> {
        match self {
            Self::Task(task) => &mut task.metadata,
            Self::Message(message) => &mut message.metadata,
            Self::Status(status) => &mut status.metadata,
            Self::Artifact(artifact) => &mut artifact.metadata,
        }
    }
}
