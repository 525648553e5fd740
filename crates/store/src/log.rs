//! What a task's log holds.

use bytes::Bytes;
use types::{Head, Seq, Timestamp};

/// One entry of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// What clients see.
    Frame(Frame),
    /// What only the service sees.
    Record(Record),
}

/// One encoded A2A `StreamResponse` with its place in the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Its number; the frame before it has one less.
    pub seq: Seq,
    /// When it was decided.
    pub time: Timestamp,
    /// What it carries.
    pub kind: FrameKind,
    /// The encoded `StreamResponse`, as it goes out.
    pub bytes: Bytes,
}

/// Which member of `StreamResponse` a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum FrameKind {
    /// A whole task.
    Task = 1,
    /// A direct message.
    Message = 2,
    /// A status update.
    Status = 3,
    /// An artifact, or a chunk of one.
    Artifact = 4,
}

/// A private entry in the service's own encoding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The service's own number for what it is.
    pub kind: u16,
    /// The encoded body.
    pub bytes: Bytes,
}

/// A task's state at one position: what a load starts from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The encoded A2A `Task`.
    pub task: Bytes,
    /// The shortest list of records that rebuilds the service's own state.
    pub records: Vec<Record>,
}

/// One commit of a task, as read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRow {
    /// Its number.
    pub head: Head,
    /// When it was decided.
    pub at: Timestamp,
    /// What it holds.
    pub entries: Vec<Entry>,
}
