//! Frames: one encoded `StreamResponse` each, written once and then stored, streamed and replayed as they are.
//! Nothing is measured before it is written, and nothing is written twice.

mod answered;
mod event;
mod made;
mod mark;
mod metadata;
mod piece;
mod work;
mod write;
mod written;

use bytes::Bytes;
use prost::Message as _;
use proto::Struct;
use proto::a2a::{Artifact, Message, SendMessageRequest, Task, TaskStatus};
use types::Seq;

use self::write::{field_len, put_bytes, put_number, put_text, text_len, wrap};
use self::written::Standing;
use crate::backend::{Artifacts, History};
use crate::fold;
use crate::metadata::{CURSOR, Cursor};

pub(crate) use self::answered::answered;
pub(crate) use self::event::position;
pub use self::event::{BadFrame, Event, Update, open};
pub use self::made::Made;
pub use self::metadata::Metadata;
pub use self::piece::{Held, Piece};
pub use self::work::Work;
pub use self::written::Written;

/// Which task a frame is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ids<'a> {
    /// The task.
    pub task: &'a str,
    /// Its conversation.
    pub context: &'a str,
}

impl Ids<'_> {
    /// Bytes that they take.
    fn len(self) -> usize {
        text_len(self.task) + text_len(self.context)
    }
}

/// How an artifact update relates to the artifact of the same id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chunk {
    /// It is the artifact, and replaces an earlier one.
    Whole,
    /// The first of several; it replaces an earlier artifact.
    First,
    /// More of it, with more to come.
    Append,
    /// The last of it.
    Last,
}

impl Chunk {
    /// The chunk that the two flags of an update event say.
    pub fn from_flags(append: bool, last: bool) -> Self {
        match (append, last) {
            (false, true) => Self::Whole,
            (false, false) => Self::First,
            (true, false) => Self::Append,
            (true, true) => Self::Last,
        }
    }

    /// Whether it adds to an earlier chunk.
    pub fn appends(self) -> bool {
        matches!(self, Self::Append | Self::Last)
    }

    /// Whether nothing follows.
    pub fn is_last(self) -> bool {
        matches!(self, Self::Whole | Self::Last)
    }
}

/// The frame of a new status.
pub fn status(ids: Ids<'_>, status: &TaskStatus, metadata: Option<&Struct>, seq: Seq) -> Bytes {
    Standing::of(status).frame(ids, written(metadata).as_ref(), seq)
}

/// The frame of an artifact, or of a chunk of one.
pub fn artifact(ids: Ids<'_>, artifact: &Artifact, chunk: Chunk, metadata: Option<&Struct>, seq: Seq) -> Bytes {
    Made::from(artifact.clone()).frame(ids, chunk, written(metadata).as_ref(), seq)
}

fn written(metadata: Option<&Struct>) -> Option<Metadata> {
    metadata.cloned().map(Metadata::from)
}

/// The frame of a whole task, such as the first of its stream.
pub fn task(task: &Task, seq: Seq) -> Bytes {
    Written::from(task.clone()).frame(seq)
}

/// The frame of a direct reply in a stream that counts.
pub fn message(message: &Message, seq: Seq) -> Bytes {
    // Rare, and a message's metadata is not its last field: a copy is simpler than writing around it.
    let mut marked = message.clone();
    let cursor = Cursor { seq, prev: Some(Seq(seq.0.saturating_sub(1))) };
    marked.metadata.get_or_insert_default().fields.insert(CURSOR.to_owned(), cursor.to_value());
    wrap_message(&marked.encode_to_vec())
}

/// The encoded `Task` as of frame `seq`, with as much of it as the caller asked for.
pub fn snapshot(mut task: Task, history: History, artifacts: Artifacts, seq: Seq) -> Bytes {
    fold::truncate(&mut task, history);
    if artifacts == Artifacts::Omit {
        task.artifacts.clear();
    }
    Written::from(task).snapshot(seq)
}

/// The encoded `Task` that begins a stream resumed after frame `seq`: ids and status, nothing else.
pub fn bare(ids: Ids<'_>, status: &TaskStatus, seq: Seq) -> Bytes {
    Standing::of(status).bare(ids, seq)
}

/// The encoded request.
pub(crate) fn request(request: &SendMessageRequest) -> Bytes {
    let mut out = Vec::with_capacity(1 << 10);
    put_text(&mut out, 1, &request.tenant);
    if let Some(message) = &request.message {
        put_bytes(&mut out, 2, &write::message(message));
    }
    if let Some(configuration) = &request.configuration {
        put_bytes(&mut out, 3, &configuration.encode_to_vec());
    }
    if let Some(metadata) = &request.metadata {
        put_bytes(&mut out, 4, &metadata.encode_to_vec());
    }
    out.into()
}

/// The encoded message.
pub(crate) fn message_bytes(message: &Message) -> Bytes {
    write::message(message).into()
}

/// An encoded `Task` as a `StreamResponse`, which is also the `SendMessageResponse` of the same bytes.
pub fn wrap_task(task: &[u8]) -> Bytes {
    wrap(1, task)
}

/// An encoded `Message` as a `StreamResponse`, which is also the `SendMessageResponse` of the same bytes.
pub fn wrap_message(message: &[u8]) -> Bytes {
    wrap(2, message)
}

/// An encoded `ListTasksResponse` of encoded tasks.
pub fn page(tasks: &[Bytes], next_token: &str, page_size: usize, total: u64) -> Bytes {
    // The field is an int32: a larger total is told as the largest.
    const MOST: usize = i32::MAX as usize;
    let each = |task: &Bytes| 1 + field_len(task.len());
    let mut out = Vec::with_capacity(tasks.iter().map(each).sum::<usize>() + text_len(next_token) + 24);
    for task in tasks {
        put_bytes(&mut out, 1, task);
    }
    put_text(&mut out, 2, next_token);
    put_number(&mut out, 3, page_size);
    put_number(&mut out, 4, usize::try_from(total).unwrap_or(MOST).min(MOST));
    out.into()
}

#[cfg(test)]
mod tests {
    use proto::a2a::{Part, SendMessageConfiguration, part::Content};

    use super::*;

    #[test]
    fn a_request_is_written_as_generated_code_writes_it() {
        let object = crate::metadata::structure([("k", crate::metadata::number(1))]);
        let part = Part { content: Some(Content::Text("help".into())), ..Part::default() };
        let message = Message { message_id: "m".into(), role: 1, parts: vec![part], ..Message::default() };
        let full = SendMessageRequest {
            tenant: "t".into(),
            message: Some(Message { metadata: Some(object.clone()), ..message }),
            configuration: Some(SendMessageConfiguration { return_immediately: true, ..Default::default() }),
            metadata: Some(object),
        };
        for asked in [full, SendMessageRequest::default()] {
            assert_eq!(request(&asked), asked.encode_to_vec());
        }
    }
}
