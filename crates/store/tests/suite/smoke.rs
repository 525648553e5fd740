//! The shortest way through both stores.

use std::sync::Arc;

use store::{Committed, EmbeddedStore, MemoryStore, Options, Store};
use types::{Scope, Seq, TaskState};

use super::make::Task;

async fn a_task_is_written_and_read(store: Arc<dyn Store>) {
    let mut task = Task::new(&*store).await;
    assert_eq!(store.commit(task.next(&*store, TaskState::Working, "one")).await, Ok(Committed));
    assert_eq!(store.commit(task.next(&*store, TaskState::Completed, "two")).await, Ok(Committed));
    let loaded = store.load(Scope::Service, task.id).await.unwrap().unwrap();
    assert_eq!(loaded.tail.len(), 2);
    let frames = store.frames(Scope::Service, task.id, Seq(1), 10).await.unwrap();
    assert_eq!(frames.iter().map(|frame| &frame.bytes[..]).collect::<Vec<_>>(), [b"two"]);
    store.close().await.unwrap();
}

#[tokio::test]
async fn memory() {
    a_task_is_written_and_read(Arc::new(MemoryStore::new())).await;
}

#[tokio::test]
async fn embedded() {
    let dir = tempfile::tempdir().unwrap();
    a_task_is_written_and_read(Arc::new(EmbeddedStore::open(Options::at(dir.path())).unwrap())).await;
}
