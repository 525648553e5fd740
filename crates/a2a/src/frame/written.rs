//! A task as it is written: every part of it encoded once, for its frame, and put together again for whoever asks for
//! the whole. It is folded by the rules of [`fold`](crate::fold).

use bytes::Bytes;
use prost_types::Timestamp;
use proto::Struct;
use proto::a2a::{Message, Task, TaskStatus};
use proto::value::nested;
use proto::wire::Wire;
use types::{Seq, TaskState};

use super::made::merge;
use super::mark::{Mark, put_metadata};
use super::write::{
    MESSAGE, buffer, field_len, heard_of, message, put_bytes, put_message, put_said, put_status, put_text, said_len,
    text_len,
};
use super::{Chunk, Ids, Made, Metadata};
use crate::heard::Heard;

/// The member of a `StreamResponse` that is an update of the status.
const EVENT: u8 = 3;
/// The field of such an update, and of a task, that is the status.
const STATUS: u8 = 3;

/// Bytes around a message at most that it may keep in memory with it, as it does while it is a part of its frame: once it
/// is history it stays as long as its task, and is all of the frame that counts into the task's size.
const SPARE: usize = 1 << 10;

/// A task whose parts are kept as the bytes that go out.
#[derive(Debug, Clone, Default)]
pub struct Written {
    id: String,
    context: String,
    status: Option<Standing>,
    artifacts: Vec<Made>,
    history: Vec<Bytes>,
    metadata: Option<Metadata>,
}

/// A status.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    bytes: Bytes,
    /// The message within it, which becomes history.
    message: Option<Bytes>,
}

impl Written {
    /// A task of which nothing is known but its ids.
    pub fn new(id: String, context: String) -> Self {
        Self { id, context, ..Self::default() }
    }

    /// The ids that its frames carry.
    pub fn ids(&self) -> Ids<'_> {
        Ids { task: &self.id, context: &self.context }
    }

    /// The metadata of its updates: of each key the newest.
    pub fn metadata(&self) -> Option<Struct> {
        self.metadata.as_ref().map(Struct::from)
    }

    /// The messages so far, but for that of the status, oldest first.
    pub fn history(&self) -> impl Iterator<Item = Heard> + '_ {
        self.history.iter().cloned().map(Heard::kept)
    }

    /// Whether it has that artifact.
    pub fn has(&self, artifact: &str) -> bool {
        self.artifacts.iter().any(|known| known.id() == artifact)
    }

    /// Takes a message into the history, as one of this task; it is encoded as the history has it.
    pub fn hear(&mut self, heard: &Heard) -> Bytes {
        let heard = Bytes::from(heard_of(self.ids(), heard));
        self.history.push(heard.clone());
        heard
    }

    /// The frame of the whole task, with this status.
    pub fn open(&mut self, status: &TaskStatus, seq: Seq) -> Bytes {
        self.status = Some(Standing::of(status));
        self.frame(seq)
    }

    /// The frame of the whole task.
    pub(super) fn frame(&self, seq: Seq) -> Bytes {
        let mut out = buffer(self.len());
        nested(&mut out, 1, |out| self.put(out, Some(&Mark::frame(seq))));
        out.into()
    }

    /// The frame of a new status with an agent's words, which is taken up. The words are the task's, and have the
    /// frame's number for an id where they have none of their own.
    pub fn tell(
        &mut self,
        state: TaskState,
        words: Option<&Message>,
        at: Timestamp,
        metadata: Option<Metadata>,
        seq: Seq,
    ) -> Bytes {
        let ids = self.ids();
        let said = words.map_or(0, |words| said_len(ids, words));
        let mut out = buffer(ids.len() + said + metadata.as_ref().map_or(0, Metadata::size));
        let put_words = |out: &mut Vec<u8>| {
            if let Some(words) = words {
                nested(out, MESSAGE, |out| put_said(out, ids, words, seq));
            }
        };
        nested(&mut out, EVENT, |out| {
            put_text(out, 1, ids.task);
            put_text(out, 2, ids.context);
            nested(out, STATUS, |out| put_status(out, state.wire(), put_words, Some(&at)));
            put_metadata(out, 4, metadata.as_ref(), &Mark::frame(seq));
        });
        let frame = Bytes::from(out);
        let replaced = std::mem::replace(&mut self.status, Standing::within(&frame));
        self.history.extend(replaced.and_then(|replaced| replaced.message));
        merge(&mut self.metadata, metadata);
        frame
    }

    /// The frame of an artifact or a chunk of one, which is taken up. One that is appended to nothing is not kept.
    pub fn make(&mut self, next: Made, chunk: Chunk, seq: Seq) -> Bytes {
        let frame = next.frame(self.ids(), chunk, None, seq);
        let known = self.artifacts.iter_mut().find(|known| known.id() == next.id());
        match (known, chunk.appends()) {
            (Some(known), true) => known.extend(next),
            (Some(known), false) => *known = next,
            (None, false) => self.artifacts.push(next),
            (None, true) => {}
        }
        frame
    }

    /// The encoded `Task` as of frame `seq`.
    pub fn snapshot(&self, seq: Seq) -> Bytes {
        // Kept long after by whoever asks, so with little room to spare.
        let mut out = Vec::with_capacity(self.len() + Mark::MOST);
        self.put(&mut out, Some(&Mark::snapshot(seq)));
        out.into()
    }

    /// The encoded `Task`, without a position.
    pub fn bytes(&self) -> Bytes {
        let mut out = buffer(self.len());
        self.put(&mut out, None);
        out.into()
    }

    /// As many bytes as [`Written::bytes`] has.
    pub fn len(&self) -> usize {
        let history = self.history.iter().map(|message| 1 + field_len(message.len())).sum::<usize>();
        let artifacts = self.artifacts.iter().map(|made| 1 + field_len(made.size())).sum::<usize>();
        let status = self.status.as_ref().map_or(0, |status| 1 + field_len(status.bytes.len()));
        let metadata = self.metadata.as_ref().map_or(0, Metadata::size);
        text_len(&self.id) + text_len(&self.context) + status + history + artifacts + metadata
    }

    /// Whether it says nothing at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn put(&self, out: &mut Vec<u8>, mark: Option<&Mark>) {
        put_text(out, 1, &self.id);
        put_text(out, 2, &self.context);
        if let Some(status) = &self.status {
            put_bytes(out, 3, &status.bytes);
        }
        for made in &self.artifacts {
            nested(out, 4, |out| made.put(out));
        }
        for message in &self.history {
            put_bytes(out, 5, message);
        }
        match (mark, &self.metadata) {
            (Some(mark), metadata) => put_metadata(out, 6, metadata.as_ref(), mark),
            (None, Some(metadata)) => nested(out, 6, |out| metadata.append(out)),
            (None, None) => {}
        }
    }
}

impl From<Task> for Written {
    fn from(task: Task) -> Self {
        Self {
            status: task.status.as_ref().map(Standing::of),
            artifacts: task.artifacts.into_iter().map(Made::from).collect(),
            history: task.history.iter().map(message).map(Bytes::from).collect(),
            id: task.id,
            context: task.context_id,
            metadata: task.metadata.map(Metadata::from),
        }
    }
}

impl Standing {
    pub(super) fn of(status: &TaskStatus) -> Self {
        let mut bytes = Vec::with_capacity(32);
        let put_words = |out: &mut Vec<u8>| {
            if let Some(message) = &status.message {
                nested(out, MESSAGE, |out| put_message(out, message));
            }
        };
        put_status(&mut bytes, status.state, put_words, status.timestamp.as_ref());
        Self::written(bytes.into())
    }

    /// That of a frame of ours, as a part of it.
    fn within(frame: &Bytes) -> Option<Self> {
        let status = field(field(frame, EVENT)?, STATUS)?;
        let Self { bytes, message } = Self::written(frame.slice_ref(status));
        let kept =
            |words: Bytes| if frame.len() - words.len() > SPARE { Bytes::copy_from_slice(&words) } else { words };
        Some(Self { bytes, message: message.map(kept) })
    }

    fn written(bytes: Bytes) -> Self {
        let message = field(&bytes, MESSAGE).map(|message| bytes.slice_ref(message));
        Self { bytes, message }
    }

    pub(super) fn frame(&self, ids: Ids<'_>, metadata: Option<&Metadata>, seq: Seq) -> Bytes {
        let mut out = buffer(ids.len() + self.bytes.len() + metadata.map_or(0, Metadata::size));
        nested(&mut out, EVENT, |out| {
            self.put(out, ids);
            put_metadata(out, 4, metadata, &Mark::frame(seq));
        });
        out.into()
    }

    /// The encoded `Task` that has this status and nothing else.
    pub(super) fn bare(&self, ids: Ids<'_>, seq: Seq) -> Bytes {
        let mut out = buffer(ids.len() + self.bytes.len());
        self.put(&mut out, ids);
        put_metadata(&mut out, 6, None, &Mark::snapshot(seq));
        out.into()
    }

    fn put(&self, out: &mut Vec<u8>, ids: Ids<'_>) {
        put_text(out, 1, ids.task);
        put_text(out, 2, ids.context);
        put_bytes(out, STATUS, &self.bytes);
    }
}

/// The first field with this number that has a length.
fn field(bytes: &[u8], tag: u8) -> Option<&[u8]> {
    let mut wire = Wire(bytes);
    while let Some(Some(key)) = wire.key() {
        match wire.bytes(key) {
            Some(bytes) if key.tag == u32::from(tag) => return Some(bytes),
            Some(_) => {}
            None => drop(wire.number(key)),
        }
    }
    None
}
