//! Frames: one encoded `StreamResponse` each, written once and then stored, streamed and replayed as they are.
//! Everything is encoded from borrowed parts; only the bytes are allocated.
//!
//! The cursor is written by hand as the last entry of the metadata, so no Struct is built for it.

use bytes::{BufMut, Bytes};
use prost::Message as _;
use prost_types::Struct;
use proto::a2a::stream_response::Payload;
use proto::a2a::{Artifact, Message, StreamResponse, Task, TaskArtifactUpdateEvent, TaskStatus, TaskStatusUpdateEvent};
use types::Seq;

use crate::backend::{Artifacts, History};
use crate::fold;
use crate::metadata::{CURSOR, Cursor};

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

/// Decodes a frame.
pub fn open(bytes: Bytes) -> Result<Event, BadFrame> {
    Event::try_from(StreamResponse::decode(bytes)?)
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

/// The encoded map entry `CURSOR: {seq, prev}` of a Struct.
struct Mark {
    bytes: [u8; Mark::MOST],
    len: usize,
}

impl Mark {
    /// Key and tags, and two numbers of nine bytes with their names.
    const MOST: usize = 80;

    fn frame(seq: Seq) -> Self {
        Self::new(seq, Some(Seq(seq.0.saturating_sub(1))))
    }

    fn snapshot(seq: Seq) -> Self {
        Self::new(seq, None)
    }

    fn new(seq: Seq, prev: Option<Seq>) -> Self {
        const SEQ: usize = 18;
        const PREV: usize = 19;
        let inner = if prev.is_some() { PREV + SEQ } else { SEQ };
        let mut bytes = [0; Self::MOST];
        let mut out = &mut bytes[..];
        // Struct.fields entry { key, Value { struct_value: Struct } }; every length fits one byte.
        out.put_slice(&[0x0a, byte(2 + CURSOR.len() + 4 + inner), 0x0a, byte(CURSOR.len())]);
        out.put_slice(CURSOR.as_bytes());
        out.put_slice(&[0x12, byte(2 + inner), 0x2a, byte(inner)]);
        if let Some(prev) = prev {
            put_member(&mut out, "prev", prev);
        }
        put_member(&mut out, "seq", seq);
        let len = Self::MOST - out.len();
        Self { bytes, len }
    }
}

fn put_member(out: &mut &mut [u8], name: &str, value: Seq) {
    out.put_slice(&[0x0a, byte(2 + name.len() + 11), 0x0a, byte(name.len())]);
    out.put_slice(name.as_bytes());
    out.put_slice(&[0x12, 9, 0x11]);
    #[allow(clippy::cast_precision_loss)] // A task has far fewer than 2^53 frames.
    out.put_f64_le(value.0 as f64);
}

#[allow(clippy::cast_possible_truncation)]
const fn byte(length: usize) -> u8 {
    assert!(length < 0x80, "lengths inside a mark fit one byte");
    length as u8
}

/// The metadata of an event: its own, then the mark. Of two entries with one key the later counts.
struct Meta<'a> {
    own: Option<&'a Struct>,
    own_len: usize,
    mark: &'a Mark,
}

impl<'a> Meta<'a> {
    fn new(own: Option<&'a Struct>, mark: &'a Mark) -> Self {
        Self { own, own_len: own.map_or(0, Struct::encoded_len), mark }
    }

    fn len(&self) -> usize {
        1 + field_len(self.own_len + self.mark.len)
    }

    fn put(&self, out: &mut Vec<u8>, tag: u8) {
        put_tag(out, tag);
        put_length(out, self.own_len + self.mark.len);
        if let Some(own) = self.own {
            append(out, own);
        }
        out.put_slice(&self.mark.bytes[..self.mark.len]);
    }
}

/// A buffer for a `StreamResponse` whose payload has this tag and length.
fn open_payload(tag: u8, length: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(1 + field_len(length));
    put_tag(&mut out, tag);
    put_length(&mut out, length);
    out
}

fn wrap(tag: u8, payload: &[u8]) -> Bytes {
    let mut out = open_payload(tag, payload.len());
    out.put_slice(payload);
    out.into()
}

/// Bytes of a length and what it counts.
fn field_len(length: usize) -> usize {
    prost::length_delimiter_len(length) + length
}

fn text_len(text: &str) -> usize {
    if text.is_empty() { 0 } else { 1 + field_len(text.len()) }
}

fn message_len<M: prost::Message>(message: &M) -> usize {
    1 + field_len(message.encoded_len())
}

/// Tags here are below 16, and all but numbers are length-delimited.
fn put_tag(out: &mut Vec<u8>, tag: u8) {
    out.put_u8(tag << 3 | 2);
}

fn put_length(out: &mut Vec<u8>, length: usize) {
    prost::encode_length_delimiter(length, out).expect("a Vec grows");
}

fn put_bytes(out: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    put_tag(out, tag);
    put_length(out, bytes.len());
    out.put_slice(bytes);
}

fn put_text(out: &mut Vec<u8>, tag: u8, text: &str) {
    if !text.is_empty() {
        put_bytes(out, tag, text.as_bytes());
    }
}

fn put_message<M: prost::Message>(out: &mut Vec<u8>, tag: u8, message: &M) {
    put_tag(out, tag);
    message.encode_length_delimited(out).expect("a Vec grows");
}

fn append<M: prost::Message>(out: &mut Vec<u8>, message: &M) {
    message.encode(out).expect("a Vec grows");
}

fn put_flag(out: &mut Vec<u8>, tag: u8, flag: bool) {
    if flag {
        out.put_slice(&[tag << 3, 1]);
    }
}

fn put_number(out: &mut Vec<u8>, tag: u8, number: usize) {
    if number > 0 {
        out.put_u8(tag << 3);
        put_length(out, number);
    }
}
