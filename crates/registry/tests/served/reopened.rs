//! A store in memory that outlives the process over it, as a disk does.

use std::sync::Arc;

use store::{
    Commit, Due, Frame, Listing, Loaded, LogRow, MemoryStore, Ownership, Pending, Query, Row, Seen, SeenKey, Settle,
    Store,
};
use types::{Head, Scope, Seq, TaskId, Timestamp};

/// All is passed on but the end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reopened(Arc<MemoryStore>);

impl Store for Reopened {
    fn submit(&self, commit: Commit, settle: Settle) {
        self.0.submit(commit, settle);
    }

    fn load(&self, scope: Scope, task: TaskId) -> Pending<Option<Loaded>> {
        self.0.load(scope, task)
    }

    fn frames(&self, scope: Scope, task: TaskId, after: Seq, limit: usize) -> Pending<Vec<Frame>> {
        self.0.frames(scope, task, after, limit)
    }

    fn log(&self, scope: Scope, task: TaskId, after: Head, limit: usize) -> Pending<Vec<LogRow>> {
        self.0.log(scope, task, after, limit)
    }

    fn list(&self, scope: Scope, query: Query) -> Pending<Listing> {
        self.0.list(scope, query)
    }

    fn rows(&self, kind: &'static str, prefix: &[u8]) -> Pending<Vec<Row>> {
        self.0.rows(kind, prefix)
    }

    fn seen(&self, key: SeenKey) -> Pending<Option<Seen>> {
        self.0.seen(key)
    }

    fn due(&self, now: Timestamp, after: Option<Due>, limit: usize) -> Pending<Vec<Due>> {
        self.0.due(now, after, limit)
    }

    fn own(&self) -> Pending<Ownership> {
        self.0.own()
    }

    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn close(&self) -> Pending<()> {
        Pending::ready(Ok(()))
    }
}
