//! A store that can hold commits back or refuse them, over one in memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use store::{
    Commit, Due, Frame, Lane, Listing, Loaded, LogRow, MemoryStore, Ownership, Pending, Query, Refusal, Row, Seen,
    SeenKey, Settle, Store,
};
use tokio_util::sync::CancellationToken;
use types::{Head, Scope, Seq, TaskId, Timestamp};

use crate::script::{Scripted, Stage, start_on};

/// Passes everything on but what it is told to refuse or to hold.
#[derive(Debug, Default)]
pub(crate) struct Moody {
    inner: MemoryStore,
    full: AtomicBool,
    hold: AtomicBool,
    snare: AtomicBool,
    damaged: Mutex<Option<TaskId>>,
    held: Mutex<Vec<(Commit, Settle)>>,
}

impl Moody {
    /// Refuses the next accept as a full queue would.
    pub(crate) fn fill(&self) {
        self.full.store(true, Ordering::SeqCst);
    }

    /// Holds commits back from now on, as a slow disk would.
    pub(crate) fn hold(&self) {
        self.hold.store(true, Ordering::SeqCst);
    }

    /// Holds back the next commit of work that has been accepted.
    pub(crate) fn snare(&self) {
        self.snare.store(true, Ordering::SeqCst);
    }

    /// Cannot read this task any more, as after a flipped bit.
    pub(crate) fn damage(&self, task: TaskId) {
        *self.damaged.lock() = Some(task);
    }

    /// Refuses what it held, as a disk that is full would.
    pub(crate) fn refuse(&self) {
        for (_, settle) in std::mem::take(&mut *self.held.lock()) {
            settle.settle(Err(Refusal::NoSpace));
        }
    }

    /// Takes up what it held, and holds no more.
    pub(crate) fn release(&self) {
        self.hold.store(false, Ordering::SeqCst);
        for (commit, settle) in std::mem::take(&mut *self.held.lock()) {
            self.inner.submit(commit, settle);
        }
    }

    /// How many commits it holds.
    pub(crate) fn held(&self) -> usize {
        self.held.lock().len()
    }
}

impl Store for Moody {
    fn submit(&self, commit: Commit, settle: Settle) {
        if commit.lane == Lane::Accept && self.full.swap(false, Ordering::SeqCst) {
            return settle.settle(Err(Refusal::Full { retry_after: Duration::from_millis(10) }));
        }
        let snared = commit.lane == Lane::Continue && self.snare.swap(false, Ordering::SeqCst);
        if snared || self.hold.load(Ordering::SeqCst) {
            return self.held.lock().push((commit, settle));
        }
        self.inner.submit(commit, settle);
    }

    fn load(&self, scope: Scope, task: TaskId) -> Pending<Option<Loaded>> {
        if *self.damaged.lock() == Some(task) {
            let damaged = store::Error::Damaged { task, head: Head::ZERO, reason: "the test says so" };
            return Pending::ready(Err(damaged));
        }
        self.inner.load(scope, task)
    }

    fn frames(&self, scope: Scope, task: TaskId, after: Seq, limit: usize) -> Pending<Vec<Frame>> {
        self.inner.frames(scope, task, after, limit)
    }

    fn log(&self, scope: Scope, task: TaskId, after: Head, limit: usize) -> Pending<Vec<LogRow>> {
        self.inner.log(scope, task, after, limit)
    }

    fn list(&self, scope: Scope, query: Query) -> Pending<Listing> {
        self.inner.list(scope, query)
    }

    fn rows(&self, kind: &'static str, prefix: &[u8]) -> Pending<Vec<Row>> {
        self.inner.rows(kind, prefix)
    }

    fn seen(&self, key: SeenKey) -> Pending<Option<Seen>> {
        self.inner.seen(key)
    }

    fn due(&self, now: Timestamp, after: Option<Due>, limit: usize) -> Pending<Vec<Due>> {
        self.inner.due(now, after, limit)
    }

    fn own(&self) -> Pending<Ownership> {
        self.inner.own()
    }

    fn now(&self) -> Timestamp {
        self.inner.now()
    }

    fn close(&self) -> Pending<()> {
        self.inner.close()
    }
}

/// A kit over a moody store.
pub(crate) async fn moody(stage: &Stage) -> (Arc<Moody>, Scripted<false>) {
    let store = Arc::new(Moody::default());
    let kit = start_on::<false>(stage, store.clone(), CancellationToken::new()).await;
    (store, kit)
}
