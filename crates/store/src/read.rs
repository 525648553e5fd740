//! What reads ask for and get.

use std::cmp::Reverse;

use bytes::Bytes;
use types::{ContextId, Head, Owner, Seq, TaskId, TaskState, Timestamp};

use crate::log::{LogRow, Snapshot};

/// The index row of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Which task.
    pub id: TaskId,
    /// Whose.
    pub owner: Owner,
    /// Its conversation.
    pub context: ContextId,
    /// Its state.
    pub state: TaskState,
    /// Its number of commits.
    pub head: Head,
    /// Its last visible frame.
    pub seq: Seq,
    /// When it last changed.
    pub changed_at: Timestamp,
}

/// A task, ready to be rebuilt.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// Its index row.
    pub summary: Summary,
    /// Where to start, if it ever took a snapshot.
    pub snapshot: Option<Snapshot>,
    /// The commits after the snapshot, oldest first.
    pub tail: Vec<LogRow>,
}

/// A filter and a place to go on from.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// Only this conversation.
    pub context: Option<ContextId>,
    /// Only this state.
    pub state: Option<TaskState>,
    /// Only what changed at or after this.
    pub changed_since: Option<Timestamp>,
    /// Only what follows this in list order.
    pub after: Option<PageKey>,
    /// At most so many.
    pub limit: usize,
    /// How many match in all, as an earlier page told it: what would have to be counted is not counted for every page.
    pub total: Option<u64>,
}

impl Query {
    /// Whether every task in scope matches the filter.
    pub(crate) const fn is_open(&self) -> bool {
        self.context.is_none() && self.state.is_none() && self.changed_since.is_none()
    }

    /// Whether a task in scope matches the filter, wherever the page begins.
    pub(crate) fn admits(&self, task: &Summary) -> bool {
        self.context.as_ref().is_none_or(|context| *context == task.context)
            && self.state.is_none_or(|state| state == task.state)
            && self.changed_since.is_none_or(|since| task.changed_at >= since)
    }
}

/// A place in the list order: newest change first, then by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageKey {
    /// When the last task of the page changed.
    pub changed_at: Timestamp,
    /// Its id.
    pub id: TaskId,
}

/// How the storage engine goes about one statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryPlan {
    /// What the statement is for.
    pub what: &'static str,
    /// The steps, in the engine's own words.
    pub steps: Vec<String>,
}

/// One page.
#[derive(Debug, Clone)]
pub struct Listing {
    /// In list order.
    pub tasks: Vec<Summary>,
    /// Where the next page starts; `None` on the last.
    pub next: Option<PageKey>,
    /// How many match the filter in all.
    pub total: u64,
}

impl Summary {
    /// Where it stands in the list order.
    pub(crate) const fn place(&self) -> (Reverse<Timestamp>, TaskId) {
        (Reverse(self.changed_at), self.id)
    }
}

impl Listing {
    /// A page of `limit` of these tasks, which are in list order and at least one more than that if there are more.
    pub(crate) fn page(mut tasks: Vec<Summary>, limit: usize, total: u64) -> Self {
        let more = tasks.len() > limit;
        tasks.truncate(limit);
        let next = tasks.last().filter(|_| more).map(|last| PageKey { changed_at: last.changed_at, id: last.id });
        Self { tasks, next, total }
    }
}

/// A row of the service's own state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Which row.
    pub key: Bytes,
    /// How often it has been written.
    pub version: u64,
    /// Its body.
    pub body: Bytes,
}

/// A task that needs driving.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// Since when.
    pub at: Timestamp,
    /// Which task.
    pub task: TaskId,
    /// Why.
    pub wake: Wake,
}

/// Why a task needs driving.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wake {
    /// It has work in hand.
    Ready,
    /// Its timer is due.
    Timer,
}
