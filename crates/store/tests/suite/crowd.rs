//! Many writers and readers at once: nobody sees half a commit, and all is there in the end.

use std::sync::Arc;

use store::{Query, SeenReply, Store};
use types::{Head, Scope, Seq, TaskState};

use super::bed::Bed;
use super::make::{CommitExt, Task, key};

const WRITERS: usize = 8;
const TASKS: usize = 25;
const COMMITS: u64 = 5;

async fn write(store: Arc<dyn Store>, writer: usize) {
    for number in 0..TASKS {
        let mut task = Task::new(&*store).await;
        let name = format!("{writer}/{number}");
        let commit = task.next(&*store, TaskState::Working, "").accepting(&name, SeenReply::Task(task.id));
        store.commit(commit.with_row("unit", &name, 0, Some("x"))).await.unwrap();
        for _ in 1..COMMITS {
            task.step(&*store, TaskState::Working).await;
        }
        let loaded = store.load(Scope::Service, task.id).await.unwrap().unwrap();
        assert_eq!((loaded.summary.head, loaded.tail.len() as u64), (Head(COMMITS), COMMITS));
        assert!(store.seen(key(&name)).await.unwrap().is_some());
    }
}

async fn read(store: Arc<dyn Store>) {
    loop {
        let listing = store.list(Scope::Service, Query { limit: 20, ..Query::default() }).await.unwrap();
        for task in &listing.tasks {
            let loaded = store.load(Scope::Service, task.id).await.unwrap().unwrap();
            assert!(loaded.summary.head >= task.head);
            assert_eq!(loaded.tail.len() as u64, loaded.summary.head.0);
            let frames = store.frames(Scope::Service, task.id, Seq(0), 100).await.unwrap();
            assert!(frames.iter().map(|frame| frame.seq.0).eq(1..=frames.len() as u64));
        }
        if listing.total == (WRITERS * TASKS) as u64 {
            return;
        }
        tokio::task::yield_now().await;
    }
}

async fn writers_and_readers_do_not_disturb_each_other(bed: Bed) {
    let store = bed.store();
    let mut tasks = tokio::task::JoinSet::new();
    (0..WRITERS).for_each(|writer| drop(tasks.spawn(write(Arc::clone(&store), writer))));
    (0..3).for_each(|_| drop(tasks.spawn(read(Arc::clone(&store)))));
    while let Some(ended) = tasks.join_next().await {
        ended.unwrap();
    }
    assert_eq!(store.rows("unit", b"").await.unwrap().len(), WRITERS * TASKS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn memory() {
    writers_and_readers_do_not_disturb_each_other(Bed::memory()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn embedded() {
    writers_and_readers_do_not_disturb_each_other(Bed::embedded()).await;
}
