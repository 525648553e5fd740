//! One atomic change and what can become of it.

use std::time::Duration;

use bytes::Bytes;
use types::{ContextId, Epoch, Head, Owner, Seq, TaskId, TaskState, Timestamp};

use crate::log::{Entry, Snapshot};
use crate::seen::{BodyDigest, Seen, SeenKey, SeenReply};

/// Everything that becomes durable together. All conditions are checked before the first write.
#[derive(Debug, Clone)]
pub struct Commit {
    /// The owner's epoch; an older one is refused.
    pub epoch: Epoch,
    /// Which queue it waits in.
    pub lane: Lane,
    /// When it was decided, by [`crate::Store::now`].
    pub at: Timestamp,
    /// The change of one task, if it changes one.
    pub task: Option<TaskChange>,
    /// The message that this commit accepts; its key must be new.
    pub accept: Option<Accept>,
    /// The service's own rows, each compare-and-set, one after the other: a later change of a row sees the earlier one.
    pub rows: Vec<RowChange>,
}

impl Commit {
    /// Changes rows and no task.
    pub fn of_rows(epoch: Epoch, at: Timestamp, rows: Vec<RowChange>) -> Self {
        Self { epoch, lane: Lane::Continue, at, task: None, accept: None, rows }
    }

    /// Changes nothing and costs the disk nothing: settles when everything that was queued before it has.
    pub fn barrier(epoch: Epoch, at: Timestamp) -> Self {
        Self::of_rows(epoch, at, Vec::new())
    }

    /// Whether there is nothing to write.
    pub(crate) fn is_barrier(&self) -> bool {
        self.task.is_none() && self.accept.is_none() && self.rows.is_empty()
    }
}

/// How a commit is admitted to the commit loop; the order is one for both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// New work: refused when the queue is full. Always strict.
    Accept,
    /// Continuations of accepted work: never refused for want of room. Fences too, since somebody else's work waits for
    /// them. What bounds this queue is the number of live tasks times the commits that each has under way, and the number
    /// of fences that are asked for at once.
    Continue,
}

/// The next commit of one task.
#[derive(Debug, Clone)]
pub struct TaskChange {
    /// Which task.
    pub id: TaskId,
    /// Which loading of the task decided this; see [`Refusal::Superseded`].
    pub generation: u64,
    /// The task's head before this commit; zero creates it.
    pub expected: Head,
    /// Who it belongs to; needed when it is created, ignored after that.
    pub created: Option<Created>,
    /// The task's state after this commit.
    pub state: TaskState,
    /// The last visible frame's number after this commit.
    pub seq: Seq,
    /// Frames and private records, in order.
    pub entries: Vec<Entry>,
    /// The state after this commit, when the tail has grown too long.
    pub snapshot: Option<Snapshot>,
    /// Whether the task has work in hand that a restart must take up.
    pub ready: Ready,
    /// When the task wants to be woken.
    pub timer: Timer,
}

/// What is fixed when a task is created.
#[derive(Debug, Clone)]
pub struct Created {
    /// The owner; part of every later access.
    pub owner: Owner,
    /// The conversation.
    pub context: ContextId,
}

/// A change of the ready mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ready {
    /// As it was.
    Keep,
    /// There is work in hand.
    Set,
    /// There is none.
    Clear,
}

/// A change of the task's one timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timer {
    /// As it was.
    Keep,
    /// Wake at this time, instead of any earlier setting.
    Set(Timestamp),
    /// Do not wake.
    Clear,
}

impl Ready {
    /// The ready mark after this change, made at `at`; a mark that is set again keeps its time.
    pub(crate) const fn applied(self, before: Option<Timestamp>, at: Timestamp) -> Option<Timestamp> {
        match (self, before) {
            (Self::Keep, before) => before,
            (Self::Set, None) => Some(at),
            (Self::Set, before) => before,
            (Self::Clear, _) => None,
        }
    }
}

impl Timer {
    /// The timer after this change.
    pub(crate) const fn applied(self, before: Option<Timestamp>) -> Option<Timestamp> {
        match self {
            Self::Keep => before,
            Self::Set(at) => Some(at),
            Self::Clear => None,
        }
    }
}

/// The acceptance of one message.
#[derive(Debug, Clone)]
pub struct Accept {
    /// Which message, by whom, to what.
    pub key: SeenKey,
    /// Tells the same body from another.
    pub digest: BodyDigest,
    /// What a repetition gets.
    pub reply: SeenReply,
    /// Kept at least until then, and as long as the task.
    pub keep_until: Timestamp,
    /// Not accepted later than this, by the store's clock at the moment of writing.
    pub not_after: Option<Timestamp>,
    /// Messages that this one supersedes: those without a row are fenced off with it.
    pub older: Vec<SeenKey>,
}

impl Accept {
    /// Makes sure that a message is never accepted.
    pub fn fence(key: SeenKey, keep_until: Timestamp) -> Self {
        let digest = BodyDigest::of([]);
        Self { key, digest, reply: SeenReply::Fence, keep_until, not_after: None, older: Vec::new() }
    }

    /// Whether it may be asked about by a fence, so that its row must be there as long as that is possible.
    pub(crate) fn is_fenceable(&self) -> bool {
        self.not_after.is_some() || self.reply == SeenReply::Fence
    }

    /// Whether it comes too late at `now`, which is asked for only where there is such a time.
    pub(crate) fn expired(&self, now: impl FnOnce() -> Timestamp) -> bool {
        self.not_after.is_some_and(|until| now() > until)
    }

    /// The fences of what it supersedes.
    pub(crate) fn fences(&self) -> impl Iterator<Item = Self> {
        self.older.iter().map(|key| Self::fence(*key, self.keep_until))
    }
}

/// A compare-and-set of one row of the service's own state.
#[derive(Debug, Clone)]
pub struct RowChange {
    /// What sort of row; names the service's table.
    pub kind: &'static str,
    /// Which row.
    pub key: Bytes,
    /// The version that it must have; zero means that it must not exist. A write makes it one more.
    /// [`RowChange::ANY`] is not compared, and a write makes it the first: for rows that nobody else changes, of which
    /// looking costs as much as writing.
    pub expected: u64,
    /// The new body; `None` deletes.
    pub body: Option<Bytes>,
}

impl RowChange {
    /// Whatever version the row has, or none.
    pub const ANY: u64 = u64::MAX;

    /// The version that the row has after it; zero when it is gone.
    pub(crate) fn after(&self) -> u64 {
        match (&self.body, self.expected) {
            (None, _) => 0,
            (Some(_), Self::ANY) => 1,
            (Some(_), expected) => expected + 1,
        }
    }

    /// The version that a row has when its turn comes, if one of the changes before it has changed that row.
    pub(crate) fn left_by(&self, before: &[Self]) -> Option<u64> {
        let same = |other: &&Self| other.kind == self.kind && other.key == self.key;
        before.iter().rev().find(same).map(Self::after)
    }
}

/// What became of a commit.
pub type Outcome = Result<Committed, Refusal>;

/// It is durable (in relaxed mode and on the continue lane: written).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed;

/// Why nothing of a commit was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The message was accepted before.
    #[error("the message was accepted before")]
    Seen(Seen),
    /// The message was not accepted before its deadline.
    #[error("the message was not accepted before its deadline")]
    Expired,
    /// The task has moved on, or was never there.
    #[error("the task is at commit {found}, not {expected}")]
    Head {
        /// Where the writer thought it was.
        expected: Head,
        /// Where it is.
        found: Head,
    },
    /// An earlier commit of the same generation of this task failed; reload and decide again.
    #[error("an earlier commit of this task failed")]
    Superseded,
    /// Another process owns the store now.
    #[error("epoch {found} owns the store, not {expected}")]
    Fenced {
        /// The writer's epoch.
        expected: Epoch,
        /// The owner's epoch.
        found: Epoch,
    },
    /// A row has another version than expected.
    #[error("row of kind {kind} has version {found}")]
    Row {
        /// What sort of row.
        kind: &'static str,
        /// Which one.
        key: Bytes,
        /// Its version, zero when it does not exist.
        found: u64,
    },
    /// Too much new work is waiting.
    #[error("the accept queue is full")]
    Full {
        /// When to try again.
        retry_after: Duration,
    },
    /// The disk is full.
    #[error("the disk is full")]
    NoSpace,
    /// The store has been closed, or failed and will not take another commit.
    #[error("the store is closed")]
    Closed,
}
