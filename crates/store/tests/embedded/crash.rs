//! The commit loop dies at every point; the next open shows whole commits, all that were confirmed, in order.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::{Condvar, Mutex};
use store::{Committed, CrashPoint, EmbeddedStore, Faults, Options, Query, Refusal, SeenReply, Store};
use types::{Scope, TaskId, TaskState};

use crate::suite::bed::{Bed, eventually};
use crate::suite::make::{CommitExt, Task, key};

/// Commits of a round; the first makes a batch of its own, the others share one.
const COMMITS: usize = 20;

/// Holds the first batch until all are queued, and crashes at the `nth` time that the point is passed after it.
#[derive(Debug)]
struct Script {
    point: CrashPoint,
    nth: usize,
    open: Mutex<bool>,
    opened: Condvar,
    batches: AtomicUsize,
    passed: AtomicUsize,
}

impl Script {
    fn new(point: CrashPoint, nth: usize) -> Arc<Self> {
        let (open, opened) = (Mutex::new(false), Condvar::new());
        Arc::new(Self { point, nth, open, opened, batches: AtomicUsize::new(0), passed: AtomicUsize::new(0) })
    }

    fn let_go(&self) {
        *self.open.lock() = true;
        self.opened.notify_all();
    }
}

impl Faults for Script {
    fn crash(&self, point: CrashPoint) -> bool {
        if point == CrashPoint::BeforeWrite && self.batches.fetch_add(1, Ordering::SeqCst) == 0 {
            let mut open = self.open.lock();
            while !*open {
                self.opened.wait(&mut open);
            }
        }
        let counts = self.batches.load(Ordering::SeqCst) > 1 && point == self.point;
        counts && self.passed.fetch_add(1, Ordering::SeqCst) + 1 == self.nth
    }
}

/// Queues a round of commits on a store that crashes; returns each task and whether it was confirmed.
async fn crashed_round(bed: &Bed, point: CrashPoint, nth: usize) -> Vec<(TaskId, bool)> {
    let script = Script::new(point, nth);
    let options = Options { faults: Some(Arc::clone(&script) as Arc<dyn Faults>), ..bed.options() };
    let store: Arc<dyn Store> = Arc::new(EmbeddedStore::open(options).unwrap());
    let mut tickets = Vec::new();
    for _ in 0..COMMITS {
        let mut task = Task::new(&*store).await;
        let name = task.id.to_string();
        let commit = task.next(&*store, TaskState::Working, &name);
        let commit = commit.accepting(&name, SeenReply::Task(task.id)).with_row("unit", &name, 0, Some("x"));
        tickets.push((task.id, store.commit(commit)));
        eventually("the first batch is held", async || script.batches.load(Ordering::SeqCst) > 0).await;
    }
    script.let_go();
    let mut round = Vec::new();
    for (id, ticket) in tickets {
        let outcome = ticket.await;
        assert!(matches!(outcome, Ok(Committed) | Err(Refusal::Closed)), "{outcome:?}");
        round.push((id, outcome.is_ok()));
    }
    assert!(store.close().await.is_err(), "a crashed store cannot say that all is on disk");
    let mut late = Task::new(&*store).await;
    assert_eq!(store.commit(late.next(&*store, TaskState::Working, "")).await, Err(Refusal::Closed));
    round
}

/// How many of a round are there; each must be there whole.
async fn durable_prefix(store: &dyn Store, round: &[(TaskId, bool)]) -> usize {
    let mut present = Vec::new();
    for (id, confirmed) in round {
        let name = id.to_string();
        let task = store.load(Scope::Service, *id).await.unwrap();
        let message = store.seen(key(&name)).await.unwrap();
        let rows = store.rows("unit", name.as_bytes()).await.unwrap();
        assert_eq!((task.is_some(), task.is_some()), (message.is_some(), rows.len() == 1), "a commit is half there");
        assert!(task.is_some() || !confirmed, "a confirmed commit is gone");
        present.push(task.is_some());
    }
    assert!(present.is_sorted_by(|before, after| before >= after), "a gap in {present:?}");
    present.iter().filter(|there| **there).count()
}

async fn survives(point: CrashPoint, nth: usize, confirmed: usize, durable: usize) {
    let bed = Bed::embedded();
    let round = crashed_round(&bed, point, nth).await;
    assert_eq!(round.iter().filter(|(_, confirmed)| *confirmed).count(), confirmed);
    let store: Arc<dyn Store> = Arc::new(bed.open());
    assert_eq!(durable_prefix(&*store, &round).await, durable);
    let listing = store.list(Scope::Service, Query { limit: 1, ..Query::default() }).await.unwrap();
    assert_eq!(listing.total, durable as u64);
    let mut task = Task::new(&*store).await;
    task.step(&*store, TaskState::Completed).await;
    // And once more, on what the crash left behind.
    drop(store);
    let store: Arc<dyn Store> = Arc::new(bed.open());
    assert_eq!(durable_prefix(&*store, &round).await, durable);
}

#[tokio::test]
async fn a_crash_before_the_first_write_loses_what_was_queued() {
    survives(CrashPoint::BeforeWrite, 1, 1, 1).await;
}

#[tokio::test]
async fn a_crash_within_a_batch_leaves_nothing_of_it() {
    for nth in [1, 9, 18] {
        survives(CrashPoint::MidBatch, nth, 1, 1).await;
    }
}

#[tokio::test]
async fn a_crash_before_the_commit_leaves_nothing_of_the_batch() {
    survives(CrashPoint::BeforeCommit, 1, 1, 1).await;
}

#[tokio::test]
async fn a_crash_after_the_commit_keeps_what_nobody_was_told() {
    survives(CrashPoint::AfterCommit, 1, 1, COMMITS).await;
}

#[tokio::test]
async fn a_crash_between_settles_keeps_all_of_the_batch() {
    for nth in [1, 7, 18] {
        survives(CrashPoint::BetweenSettles, nth, 1 + nth, COMMITS).await;
    }
}
