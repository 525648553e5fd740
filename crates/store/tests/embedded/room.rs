//! When the disk is full new work is refused, running work finishes what fits, and freed room is used again.

use std::sync::Arc;
use std::time::Duration;

use store::{Accept, Commit, Committed, EmbeddedStore, Options, Refusal, SeenReply, Store};
use types::{Head, Scope, TaskState, Timestamp};

use crate::suite::bed::{Bed, START, eventually};
use crate::suite::make::{CommitExt, Task, bare, key};

const BALLAST: u64 = 512 << 10;

#[tokio::test]
async fn a_full_disk_refuses_new_work_and_lets_running_work_finish() {
    let bed = Bed::embedded();
    let options = Options { max_bytes: Some(2 << 20), ballast_bytes: BALLAST, ..bed.options() };
    let ballast = options.dir.join("ballast");
    let store: Arc<dyn Store> = Arc::new(EmbeddedStore::open(options).unwrap());
    assert_eq!(std::fs::metadata(&ballast).unwrap().len(), BALLAST);
    let mut running = Task::new(&*store).await;
    running.step(&*store, TaskState::Working).await;
    let body = "x".repeat(50_000);
    let mut accepted = Vec::new();
    let refusal = loop {
        let mut task = Task::new(&*store).await;
        match store.commit(task.next(&*store, TaskState::Completed, &body)).await {
            Ok(Committed) => accepted.push(task.id),
            Err(refusal) => break refusal,
        }
    };
    assert_eq!(refusal, Refusal::NoSpace);
    assert!(accepted.len() > 10, "only {}", accepted.len());
    assert!(!ballast.exists());
    // There is room for the running task now, and none for another new one, however small.
    let mut small = Task::new(&*store).await;
    assert_eq!(store.commit(small.next(&*store, TaskState::Working, "")).await, Err(Refusal::NoSpace));
    assert_eq!(store.commit(running.next(&*store, TaskState::Working, &body)).await, Ok(Committed));
    running.step(&*store, TaskState::Completed).await;
    // Somebody else's work waits for a fence, which therefore is no new work.
    let fence = |message: &str| Accept::fence(key(message), store.now());
    let fenced = Commit { accept: Some(fence("m")), ..bare(&*store).await };
    assert_eq!(store.commit(fenced).await, Ok(Committed));
    let late = small.next(&*store, TaskState::Working, "").accepting("m", SeenReply::Task(small.id));
    let late = late.changing(|change| (change.generation, change.expected) = (2, Head::ZERO));
    assert!(matches!(store.commit(late).await, Err(Refusal::Seen(seen)) if seen.reply == SeenReply::Fence));
    for id in &accepted {
        assert!(store.load(Scope::Service, *id).await.unwrap().is_some());
    }
    // Retention makes room.
    bed.set_clock(Timestamp::from_millis(START).after(bed.retention + Duration::from_secs(1)));
    eventually("new work is taken again", async || {
        let mut task = Task::new(&*store).await;
        store.commit(task.next(&*store, TaskState::Working, &body)).await.is_ok()
    })
    .await;
    assert_eq!(std::fs::metadata(&ballast).unwrap().len(), BALLAST);
}

#[tokio::test]
async fn the_write_ahead_log_stays_small() {
    let bed = Bed::embedded();
    let options = Options { checkpoint_bytes: 256 << 10, ..bed.options() };
    let log = options.dir.join("store.db-wal");
    let store: Arc<dyn Store> = Arc::new(EmbeddedStore::open(options).unwrap());
    let body = "x".repeat(50_000);
    let mut task = Task::new(&*store).await;
    let mut largest = 0;
    for _ in 0..60 {
        let commit = task.next(&*store, TaskState::Working, &body);
        assert_eq!(store.commit(commit).await, Ok(Committed));
        largest = largest.max(std::fs::metadata(&log).unwrap().len());
    }
    // 3 MB went through it; it may grow by one commit, and what upkeep adds, beyond the bound.
    assert!(largest < 512 << 10, "{largest} bytes");
    store.close().await.unwrap();
    assert_eq!(std::fs::metadata(&log).unwrap().len(), 0);
}

#[tokio::test]
async fn a_full_lane_refuses_accepts_and_takes_continuations() {
    let bed = Bed::embedded();
    let options = Options { accept_lane: 0, ..bed.options() };
    let first = bed.store();
    let mut task = Task::new(&*first).await;
    task.step(&*first, TaskState::Working).await;
    first.close().await.unwrap();
    drop(first);
    let store: Arc<dyn Store> = Arc::new(EmbeddedStore::open(options).unwrap());
    task.epoch = store.own().await.unwrap().epoch;
    let mut new = Task::new(&*store).await;
    let outcome = store.commit(new.next(&*store, TaskState::Working, "")).await;
    assert!(matches!(outcome, Err(Refusal::Full { retry_after }) if !retry_after.is_zero()), "{outcome:?}");
    task.step(&*store, TaskState::Completed).await;
}

#[tokio::test]
async fn a_barrier_costs_the_disk_nothing() {
    let bed = Bed::embedded();
    let log = bed.options().dir.join("store.db-wal");
    let options = Options { sweep_every: Duration::from_hours(1), ..bed.options() };
    let store: Arc<dyn Store> = Arc::new(EmbeddedStore::open(options).unwrap());
    Task::new(&*store).await.step(&*store, TaskState::Working).await;
    let before = std::fs::metadata(&log).unwrap().len();
    bed.set_clock(Timestamp::from_millis(START).after(Duration::from_secs(1)));
    assert_eq!(store.commit(Commit::barrier(store.own().await.unwrap().epoch, store.now())).await, Ok(Committed));
    assert_eq!(std::fs::metadata(&log).unwrap().len(), before);
}

#[tokio::test]
async fn freed_room_is_found_soon_however_seldom_retention_looks() {
    let bed = Bed::embedded();
    let sweep_every = Duration::from_hours(1);
    let options = Options { max_bytes: Some(2 << 20), ballast_bytes: BALLAST, sweep_every, ..bed.options() };
    let store: Arc<dyn Store> = Arc::new(EmbeddedStore::open(options).unwrap());
    let body = "x".repeat(50_000);
    let row = async |number: i32, expected: u64, body: Option<&str>| {
        store.commit(bare(&*store).await.with_row("large", &number.to_string(), expected, body)).await
    };
    let mut rows = 0;
    while row(rows, 0, Some(&body)).await == Ok(Committed) {
        rows += 1;
    }
    let mut task = Task::new(&*store).await;
    assert_eq!(store.commit(task.next(&*store, TaskState::Working, "")).await, Err(Refusal::NoSpace));
    for number in 0..rows {
        assert_eq!(row(number, 1, None).await, Ok(Committed));
    }
    eventually("new work is taken again", async || {
        let mut task = Task::new(&*store).await;
        store.commit(task.next(&*store, TaskState::Working, "")).await.is_ok()
    })
    .await;
}
