//! A damaged row stops its task and no other; a failed disk stops the store.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::Connection;
use store::{EmbeddedStore, Error, Fatal, Options, Query, Refusal, Settle, Store};
use types::{Head, Scope, Seq, TaskState};

use crate::suite::bed::{Bed, eventually};
use crate::suite::make::{CommitExt, Task};

#[tokio::test]
async fn a_flipped_bit_in_a_log_row_stops_that_task_only() {
    let bed = Bed::embedded();
    let store = bed.store();
    let mut hurt = Task::new(&*store).await;
    let mut sound = Task::new(&*store).await;
    for task in [&mut hurt, &mut sound] {
        for _ in 0..3 {
            task.step(&*store, TaskState::Working).await;
        }
    }
    store.close().await.unwrap();
    drop(store);
    flip_a_bit(&bed, "log", "WHERE place = (SELECT min(place) + 1 FROM log)");
    let store = bed.store();
    let is_damaged = |error: Error| matches!(error, Error::Damaged { task, head: Head(2), .. } if task == hurt.id);
    assert!(is_damaged(store.load(Scope::Service, hurt.id).await.unwrap_err()));
    assert!(is_damaged(store.frames(Scope::Service, hurt.id, Seq(0), 9).await.unwrap_err()));
    assert!(is_damaged(store.log(Scope::Service, hurt.id, Head(0), 9).await.unwrap_err()));
    // What lies behind the damage can be read, and all of the others.
    assert_eq!(store.frames(Scope::Service, hurt.id, Seq(2), 9).await.unwrap().len(), 1);
    assert_eq!(store.load(Scope::Service, sound.id).await.unwrap().unwrap().tail.len(), 3);
    assert_eq!(store.list(Scope::Service, Query { limit: 9, ..Query::default() }).await.unwrap().tasks.len(), 2);
}

#[tokio::test]
async fn a_flipped_bit_in_a_snapshot_is_found() {
    let bed = Bed::embedded();
    let store = bed.store();
    let mut task = Task::new(&*store).await;
    let snapshot = store::Snapshot { task: "state".into(), records: Vec::new() };
    let commit = task.next(&*store, TaskState::Working, "").changing(|change| change.snapshot = Some(snapshot));
    assert!(store.commit(commit).await.is_ok());
    store.close().await.unwrap();
    drop(store);
    flip_a_bit(&bed, "snapshot", "");
    let error = bed.store().load(Scope::Service, task.id).await.unwrap_err();
    assert!(matches!(error, Error::Damaged { head: Head(1), .. }), "{error}");
}

fn flip_a_bit(bed: &Bed, table: &str, which: &str) {
    let conn = Connection::open(bed.options().dir.join("store.db")).unwrap();
    let select = format!("SELECT body FROM {table} {which}");
    let mut body: Vec<u8> = conn.query_row(&select, [], |row| row.get(0)).unwrap();
    let middle = body.len() / 2;
    body[middle] ^= 0x10;
    assert_eq!(conn.execute(&format!("UPDATE {table} SET body = ?1 {which}"), [body]).unwrap(), 1);
}

#[tokio::test]
async fn a_writer_that_panics_leaves_nobody_waiting() {
    let bed = Bed::embedded();
    let told = Arc::new(AtomicBool::new(false));
    let store: Arc<dyn Store> =
        Arc::new(EmbeddedStore::open(Options { fatal: telling(&told), ..bed.options() }).unwrap());
    let mut task = Task::new(&*store).await;
    store.submit(task.next(&*store, TaskState::Working, ""), Settle::new(|_| panic!("the test asked for it")));
    eventually("the process is told", async || told.load(Ordering::SeqCst)).await;
    assert_eq!(store.commit(task.next(&*store, TaskState::Working, "")).await, Err(Refusal::Closed));
    drop(store);
    assert!(bed.store().load(Scope::Service, task.id).await.unwrap().is_some());
}

fn telling(told: &Arc<AtomicBool>) -> Fatal {
    let told = Arc::clone(told);
    Fatal::new(move |_| told.store(true, Ordering::SeqCst))
}

#[tokio::test]
async fn a_failing_commit_ends_the_store() {
    let bed = Bed::embedded();
    let told = Arc::new(AtomicBool::new(false));
    let store: Arc<dyn Store> =
        Arc::new(EmbeddedStore::open(Options { fatal: telling(&told), ..bed.options() }).unwrap());
    let mut task = Task::new(&*store).await;
    task.step(&*store, TaskState::Working).await;
    // A table that is gone stands for a storage that answers with errors.
    Connection::open(bed.options().dir.join("store.db")).unwrap().execute("DROP TABLE log", []).unwrap();
    assert_eq!(store.commit(task.next(&*store, TaskState::Working, "")).await, Err(Refusal::Closed));
    eventually("the process is told", async || told.load(Ordering::SeqCst)).await;
    assert_eq!(store.commit(task.next(&*store, TaskState::Working, "")).await, Err(Refusal::Closed));
    assert!(store.close().await.is_err());
}
