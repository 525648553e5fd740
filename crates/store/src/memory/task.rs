//! One task in memory: its summary, its log and its marks.

use bytes::Bytes;
use types::{Head, Seq, Timestamp};

use crate::commit::TaskChange;
use crate::entries::{get_entries, put_entries};
use crate::log::{Entry, Frame, LogRow, Snapshot};
use crate::read::{Loaded, Summary};

/// Bytes around what an entry holds, most often: its kind, its numbers, its length.
const AROUND: usize = 12;

/// A task with all its commits.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) summary: Summary,
    log: Vec<Row>,
    snapshot: Option<Box<(Head, Snapshot)>>,
    pub(super) ready: Option<Timestamp>,
    pub(super) timer: Option<Timestamp>,
}

/// A commit in one piece of memory, and the last visible frame as of it. Frames come in buffers of their own, each with
/// room to spare, and tasks are kept long after.
#[derive(Debug)]
struct Row {
    head: Head,
    seq: Seq,
    bytes: Bytes,
}

impl Row {
    fn new(head: Head, seq: Seq, at: Timestamp, entries: &[Entry]) -> Self {
        let mut bytes = Vec::with_capacity(AROUND + entries.iter().map(size).sum::<usize>());
        put_entries(&mut bytes, at, entries);
        Self { head, seq, bytes: bytes.into_boxed_slice().into() }
    }

    fn read(&self) -> LogRow {
        let (at, entries) = get_entries(&mut self.bytes.clone()).expect("what was written here can be read");
        LogRow { head: self.head, at, entries }
    }
}

/// About as many bytes as an entry takes.
fn size(entry: &Entry) -> usize {
    AROUND
        + match entry {
            Entry::Frame(frame) => frame.bytes.len(),
            Entry::Record(record) => record.bytes.len(),
        }
}

impl Task {
    pub(super) fn new(summary: Summary) -> Self {
        // Most tasks end in the commit that opens them.
        Self { summary, log: Vec::with_capacity(1), snapshot: None, ready: None, timer: None }
    }

    /// Appends a checked change that was decided at `at`.
    pub(super) fn append(&mut self, change: TaskChange, at: Timestamp) {
        let head = change.expected.next();
        self.summary.head = head;
        self.summary.state = change.state;
        self.summary.seq = change.seq.max(self.summary.seq);
        self.summary.changed_at = at.max(self.summary.changed_at);
        self.ready = change.ready.applied(self.ready, at);
        self.timer = change.timer.applied(self.timer);
        self.log.push(Row::new(head, self.summary.seq, at, &change.entries));
        if let Some(snapshot) = change.snapshot {
            self.snapshot = Some(Box::new((head, snapshot)));
        }
    }

    /// Whether retention may take it: it has ended and nothing is left to do for it.
    pub(super) const fn is_spent(&self) -> bool {
        self.summary.state.is_terminal() && self.ready.is_none() && self.timer.is_none()
    }

    pub(super) fn loaded(&self) -> Loaded {
        let (from, snapshot) =
            self.snapshot.as_deref().cloned().map_or((Head::ZERO, None), |(head, at)| (head, Some(at)));
        Loaded { summary: self.summary.clone(), snapshot, tail: self.rows_after(from, usize::MAX) }
    }

    pub(super) fn rows_after(&self, after: Head, limit: usize) -> Vec<LogRow> {
        let from = self.log.partition_point(|row| row.head <= after);
        self.log[from..].iter().take(limit).map(Row::read).collect()
    }

    pub(super) fn frames_after(&self, after: Seq, limit: usize) -> Vec<Frame> {
        let from = self.log.partition_point(|row| row.seq <= after);
        self.log[from..]
            .iter()
            .flat_map(|row| row.read().entries)
            .filter_map(visible_after(after))
            .take(limit)
            .collect()
    }
}

fn visible_after(after: Seq) -> impl Fn(Entry) -> Option<Frame> {
    move |entry| match entry {
        Entry::Frame(frame) => Some(frame).filter(|frame| frame.seq > after),
        Entry::Record(_) => None,
    }
}
