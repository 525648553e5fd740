//! A run's frames as events with their place and time.

use a2a::Error;
use a2a::metadata::Cursor;
use agent::Frames;
use bytes::Bytes;
use futures::StreamExt as _;
use prost::Message as _;
use proto::a2a::StreamResponse;
use proto::a2a::stream_response::Payload;
use proto::watchroom::orchestrator::v1::RunEvent;
use tonic::Status;

use super::{Events, fault};

/// The events after `after` of a stream that was opened with that cursor.
pub(super) fn events(frames: Frames, after: u64) -> Events {
    let mut last = None;
    let events = frames.map(move |frame| frame.map_err(fault::status).and_then(|bytes| event(bytes, after, &mut last)));
    // The stream's opening says where it stands; that is no event of the run.
    let events = events.filter_map(|event| std::future::ready(event.transpose()));
    Box::pin(events)
}

/// One event; artifacts have no time of their own and take that of the update before them, which was decided with them.
fn event(bytes: Bytes, after: u64, last: &mut Option<prost_types::Timestamp>) -> Result<Option<RunEvent>, Status> {
    let update = StreamResponse::decode(bytes).map_err(|_| Status::from(Error::Internal))?;
    let (metadata, time) = match &update.payload {
        Some(Payload::Task(task)) => (&task.metadata, task.status.as_ref().and_then(|status| status.timestamp)),
        Some(Payload::StatusUpdate(it)) => (&it.metadata, it.status.as_ref().and_then(|status| status.timestamp)),
        Some(Payload::ArtifactUpdate(it)) => (&it.metadata, None),
        Some(Payload::Message(message)) => (&message.metadata, None),
        None => return Ok(None),
    };
    *last = time.or(*last);
    match Cursor::from_metadata(metadata.as_ref()) {
        Some(Cursor { seq, prev: Some(prev) }) => {
            Ok(Some(RunEvent { seq: seq.0, prev: prev.0, time: *last, update: Some(update) }))
        }
        Some(Cursor { seq, prev: None }) if seq.0 == after => Ok(None),
        Some(Cursor { seq, prev: None }) => Err(fault::beyond(after, seq.0)),
        None => Ok(None),
    }
}
