//! One task in memory: its summary, its log and its marks.

use types::{Head, Seq, Timestamp};

use crate::commit::TaskChange;
use crate::log::{Entry, Frame, LogRow, Snapshot};
use crate::read::{Loaded, Summary};

/// A task with all its commits.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) summary: Summary,
    log: Vec<Row>,
    snapshot: Option<(Head, Snapshot)>,
    pub(super) ready: Option<Timestamp>,
    pub(super) timer: Option<Timestamp>,
}

/// A commit and the last visible frame as of it.
#[derive(Debug)]
struct Row {
    seq: Seq,
    row: LogRow,
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
        self.log.push(Row { seq: self.summary.seq, row: LogRow { head, at, entries: change.entries } });
        if let Some(snapshot) = change.snapshot {
            self.snapshot = Some((head, snapshot));
        }
    }

    /// Whether retention may take it: it has ended and nothing is left to do for it.
    pub(super) const fn is_spent(&self) -> bool {
        self.summary.state.is_terminal() && self.ready.is_none() && self.timer.is_none()
    }

    pub(super) fn loaded(&self) -> Loaded {
        let (from, snapshot) =
            self.snapshot.as_ref().map_or((Head::ZERO, None), |(head, at)| (*head, Some(at.clone())));
        Loaded { summary: self.summary.clone(), snapshot, tail: self.rows_after(from, usize::MAX) }
    }

    pub(super) fn rows_after(&self, after: Head, limit: usize) -> Vec<LogRow> {
        let from = self.log.partition_point(|row| row.row.head <= after);
        self.log[from..].iter().take(limit).map(|row| row.row.clone()).collect()
    }

    pub(super) fn frames_after(&self, after: Seq, limit: usize) -> Vec<Frame> {
        let from = self.log.partition_point(|row| row.seq <= after);
        self.log[from..].iter().flat_map(|row| &row.row.entries).filter_map(visible_after(after)).take(limit).collect()
    }
}

fn visible_after(after: Seq) -> impl Fn(&Entry) -> Option<Frame> {
    move |entry| match entry {
        Entry::Frame(frame) => (frame.seq > after).then(|| frame.clone()),
        Entry::Record(_) => None,
    }
}
