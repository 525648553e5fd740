//! The task log: one trait, and the implementations that all pass one suite.
//! Knows tasks, frames and rows as bytes; what they mean is the kit's business.

mod backup;
mod clock;
mod commit;
mod embedded;
mod entries;
mod generation;
mod log;
mod memory;
mod read;
mod seen;
mod ticket;

use std::fmt;
use std::sync::Arc;

use types::{Epoch, Scope, Seq, StoreId, TaskId, Timestamp};

pub use backup::{Backup, RestoreError, Seal};
pub use clock::Clock;
pub use commit::{Accept, Commit, Committed, Created, Lane, Outcome, Ready, Refusal, RowChange, TaskChange, Timer};
pub use embedded::{CrashPoint, Durability, EmbeddedStore, Fatal, Faults, OpenError, Options, restore};
pub use log::{Entry, Frame, FrameKind, LogRow, Record, Snapshot};
pub use memory::{MemoryOptions, MemoryStore};
pub use read::{Due, Listing, Loaded, PageKey, Query, QueryPlan, Row, Summary, Wake};
pub use seen::{BodyDigest, Seen, SeenKey, SeenReply};
pub use ticket::{Pending, Settle, Ticket};

/// Who owns the store: the epoch that every commit carries, and the id that dispatches are followed up by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ownership {
    /// Rises with each owner.
    pub epoch: Epoch,
    /// Stays with the data.
    pub store_id: StoreId,
}

/// A read that failed, or a store that cannot go on.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// A row fails its checksum or does not decode; that task is quarantined, the others go on.
    #[error("the log of task {task} is damaged at commit {head}: {reason}")]
    Damaged {
        /// Whose log.
        task: TaskId,
        /// Which commit.
        head: types::Head,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The storage engine failed.
    #[error("the store failed")]
    Storage(#[source] Arc<dyn std::error::Error + Send + Sync>),
    /// The store has been closed.
    #[error("the store is closed")]
    Closed,
}

/// The durable log of one service.
///
/// Writes go through [`Store::submit`] only. Reads see what is durable, never what is queued.
/// Reads on a caller's behalf carry the caller's scope; out of scope is as if it did not exist.
pub trait Store: fmt::Debug + Send + Sync + 'static {
    /// Queues one atomic change. `settle` is called exactly once, in commit order of each task, as soon as the change
    /// is durable or a condition of it failed. It must not block, nor wait for a lock that the caller of `submit`
    /// holds: it runs on the store's own thread, or, for a refusal at the door and for any commit of the in-memory
    /// store, on the caller's before `submit` returns. The commits of one task are submitted one after the other.
    fn submit(&self, commit: Commit, settle: Settle);

    /// A task from its newest snapshot on. `None` when it does not exist in `scope`.
    fn load(&self, scope: Scope, task: TaskId) -> Pending<Option<Loaded>>;

    /// Visible frames after `after`, oldest first, at most `limit`; empty when there are none in `scope`.
    fn frames(&self, scope: Scope, task: TaskId, after: Seq, limit: usize) -> Pending<Vec<Frame>>;

    /// Whole log rows after the commit `after`, oldest first, at most `limit`.
    fn log(&self, scope: Scope, task: TaskId, after: types::Head, limit: usize) -> Pending<Vec<LogRow>>;

    /// One page of tasks, newest change first, then by id.
    fn list(&self, scope: Scope, query: Query) -> Pending<Listing>;

    /// The service's own rows of `kind` whose key starts with `prefix`, in key order.
    fn rows(&self, kind: &'static str, prefix: &[u8]) -> Pending<Vec<Row>>;

    /// What a message id was used for.
    fn seen(&self, key: SeenKey) -> Pending<Option<Seen>>;

    /// Tasks that need driving at `now`: those marked ready and those whose timer is due, by due time, at most `limit`.
    /// After a restart this is all that has to be read.
    fn due(&self, now: Timestamp, after: Option<Due>, limit: usize) -> Pending<Vec<Due>>;

    /// Who owns this store.
    fn own(&self) -> Pending<Ownership>;

    /// The store's clock: the system's, but never earlier than anything it has stored.
    fn now(&self) -> Timestamp;

    /// A copy of everything that is durable now, taken while the store works; `None` when there is nothing on disk.
    /// The copy takes as much room on the store's disk as the store, for as long as it lives.
    fn backup(&self) -> Option<Pending<Backup>> {
        None
    }

    /// Takes no more commits, writes what is queued, and resolves when all of it is on disk. Reads go on.
    fn close(&self) -> Pending<()>;
}

impl dyn Store {
    /// [`Store::submit`] for callers that wait.
    pub fn commit(&self, commit: Commit) -> Ticket {
        let (settle, ticket) = Ticket::pair();
        self.submit(commit, settle);
        ticket
    }
}
