//! Frames: one encoded `StreamResponse` each, written once and then stored, streamed and replayed as they are.
//! Everything is encoded from borrowed parts; only the bytes are allocated.

mod event;
mod mark;
mod write;

use bytes::Bytes;
use prost::Message as _;
use proto::Struct;
use proto::a2a::{Artifact, Message, Task, TaskStatus};
use types::Seq;

use self::mark::{Mark, Meta};
use self::write::{
    field_len, message_len, open_payload, put_bytes, put_flag, put_message, put_number, put_text, text_len, wrap,
};
use crate::backend::{Artifacts, History};
use crate::fold;
use crate::metadata::{CURSOR, Cursor};

pub use self::event::{BadFrame, Event, Update, open};

/// Which task a frame is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ids<'a> {
    /// The task.
    pub task: &'a str,
    /// Its conversation.
    pub context: &'a str,
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
    let mark = Mark::frame(seq);
    let metadata = Meta::new(metadata, &mark);
    let inner = text_len(ids.task) + text_len(ids.context) + message_len(status) + metadata.len();
    let mut out = open_payload(3, inner);
    put_text(&mut out, 1, ids.task);
    put_text(&mut out, 2, ids.context);
    put_message(&mut out, 3, status);
    metadata.put(&mut out, 4);
    out.into()
}

/// The frame of an artifact, or of a chunk of one.
pub fn artifact(ids: Ids<'_>, artifact: &Artifact, chunk: Chunk, metadata: Option<&Struct>, seq: Seq) -> Bytes {
    let mark = Mark::frame(seq);
    let metadata = Meta::new(metadata, &mark);
    let flags = 2 * (usize::from(chunk.appends()) + usize::from(chunk.is_last()));
    let inner = text_len(ids.task) + text_len(ids.context) + message_len(artifact) + flags + metadata.len();
    let mut out = open_payload(4, inner);
    put_text(&mut out, 1, ids.task);
    put_text(&mut out, 2, ids.context);
    put_message(&mut out, 3, artifact);
    put_flag(&mut out, 4, chunk.appends());
    put_flag(&mut out, 5, chunk.is_last());
    metadata.put(&mut out, 6);
    out.into()
}

/// The frame of a whole task, such as the first of its stream.
pub fn task(task: &Task, seq: Seq) -> Bytes {
    let (mark, all) = (Mark::frame(seq), Excerpt { history: &task.history, artifacts: &task.artifacts });
    let metadata = Meta::new(task.metadata.as_ref(), &mark);
    let mut out = open_payload(1, task_len(task, all, &metadata));
    put_task(&mut out, task, all, &metadata);
    out.into()
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
pub fn snapshot(task: &Task, history: History, artifacts: Artifacts, seq: Seq) -> Bytes {
    let excerpt = Excerpt {
        history: fold::newest(&task.history, history),
        artifacts: match artifacts {
            Artifacts::Include => &task.artifacts,
            Artifacts::Omit => &[],
        },
    };
    let mark = Mark::snapshot(seq);
    let metadata = Meta::new(task.metadata.as_ref(), &mark);
    let mut out = Vec::with_capacity(task_len(task, excerpt, &metadata));
    put_task(&mut out, task, excerpt, &metadata);
    out.into()
}

/// The encoded `Task` that begins a stream resumed after frame `seq`: ids and status, nothing else.
pub fn bare(ids: Ids<'_>, status: &TaskStatus, seq: Seq) -> Bytes {
    let mark = Mark::snapshot(seq);
    let metadata = Meta::new(None, &mark);
    let inner = text_len(ids.task) + text_len(ids.context) + message_len(status) + metadata.len();
    let mut out = Vec::with_capacity(inner);
    put_text(&mut out, 1, ids.task);
    put_text(&mut out, 2, ids.context);
    put_message(&mut out, 3, status);
    metadata.put(&mut out, 6);
    out.into()
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

/// The part of a task that an answer shows.
#[derive(Clone, Copy)]
struct Excerpt<'a> {
    history: &'a [Message],
    artifacts: &'a [Artifact],
}

fn task_len(task: &Task, excerpt: Excerpt<'_>, metadata: &Meta<'_>) -> usize {
    text_len(&task.id)
        + text_len(&task.context_id)
        + task.status.as_ref().map_or(0, message_len)
        + excerpt.artifacts.iter().map(message_len).sum::<usize>()
        + excerpt.history.iter().map(message_len).sum::<usize>()
        + metadata.len()
}

fn put_task(out: &mut Vec<u8>, task: &Task, excerpt: Excerpt<'_>, metadata: &Meta<'_>) {
    put_text(out, 1, &task.id);
    put_text(out, 2, &task.context_id);
    if let Some(status) = &task.status {
        put_message(out, 3, status);
    }
    for artifact in excerpt.artifacts {
        put_message(out, 4, artifact);
    }
    for message in excerpt.history {
        put_message(out, 5, message);
    }
    metadata.put(out, 6);
}
