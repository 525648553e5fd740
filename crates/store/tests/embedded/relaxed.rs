//! Relaxed durability changes when a continuation settles, not what is there after a restart of the process.

use std::sync::Arc;

use store::{Durability, EmbeddedStore, Options, Store};
use types::{Head, Scope, TaskState};

use crate::suite::bed::Bed;
use crate::suite::make::Task;

#[tokio::test]
async fn relaxed_commits_are_there_after_a_restart() {
    let bed = Bed::embedded();
    let open = || -> Arc<dyn Store> {
        Arc::new(EmbeddedStore::open(Options { durability: Durability::Relaxed, ..bed.options() }).unwrap())
    };
    let store = open();
    let mut task = Task::new(&*store).await;
    for _ in 0..50 {
        task.step(&*store, TaskState::Working).await;
    }
    drop(store);
    let store = open();
    let loaded = store.load(Scope::Service, task.id).await.unwrap().unwrap();
    assert_eq!(loaded.summary.head, Head(50));
}
