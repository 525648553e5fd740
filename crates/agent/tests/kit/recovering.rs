//! What a process that dies leaves in hand, the next one takes up; and a commit that fails, fails alone.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use a2a::Backend;
use futures::future::join_all;
use store::{EmbeddedStore, MemoryStore, Options, Store};
use tokio_util::sync::CancellationToken;
use types::{Scope, Seq, TaskState};

use crate::bed::yielding_until;
use crate::script::{
    Scripted, Stage, after, call, fold, get, id, immediately, message, read, script, send, seqs, start, start_on,
    state, to,
};

/// Waits until the task has so many durable frames.
async fn frames(kit: &Scripted<false>, task: types::TaskId, count: u64) {
    use futures::StreamExt;
    let mut stream = kit.subscribe(after(0), task).await.unwrap();
    for _ in 0..=count {
        stream.next().await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_restart_goes_on_and_emits_nothing_twice() {
    let (before, store) = (Stage::new(), Arc::new(MemoryStore::new()));
    let closing = CancellationToken::new();
    let kit = start_on::<false>(&before, store.clone(), closing.clone()).await;
    let task = send(&kit, immediately(script("work artifact once wait work"))).await.unwrap();
    frames(&kit, id(&task), 3).await;
    closing.cancel();
    let stage = Stage { effects: before.effects.clone(), ..Stage::new() };
    stage.open();
    let kit = start_on::<false>(&stage, store, CancellationToken::new()).await;
    let events = read(kit.subscribe(after(0), id(&task)).await.unwrap()).await;
    assert_eq!(seqs(&events), [1, 2, 3, 4, 5]);
    let task = fold(&events[1..]);
    assert_eq!((state(&task), task.artifacts.len()), (TaskState::Completed, 1));
    assert_eq!(stage.runs.load(Ordering::SeqCst), 1);
    assert_eq!(stage.effects.load(Ordering::SeqCst), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_on_disk_gives_the_next_process_everything() {
    let dir = tempfile::tempdir().unwrap();
    let (stage, closing) = (Stage::new(), CancellationToken::new());
    let store: Arc<dyn Store> = Arc::new(EmbeddedStore::open(Options::at(dir.path())).unwrap());
    let kit = start_on::<false>(&stage, store.clone(), closing.clone()).await;
    let done = send(&kit, message("m1", "work artifact")).await.unwrap();
    let asked = send(&kit, script("work ask artifact")).await.unwrap();
    let busy = send(&kit, immediately(script("work artifact wait work"))).await.unwrap();
    frames(&kit, id(&busy), 3).await;
    closing.cancel();
    store.close().await.unwrap();
    drop(kit);
    // What the kit had spawned lets go of it.
    yielding_until(|| Arc::strong_count(&store) == 1).await;
    drop(store);
    stage.open();
    let store = Arc::new(EmbeddedStore::open(Options::at(dir.path())).unwrap());
    let kit = start_on::<false>(&stage, store, CancellationToken::new()).await;
    assert_eq!(get(&kit, id(&done)).await.unwrap(), done);
    assert_eq!(send(&kit, message("m1", "work artifact")).await.unwrap(), done);
    assert_eq!(get(&kit, id(&asked)).await.unwrap(), asked);
    assert_eq!(state(&send(&kit, to(&asked, script("there"))).await.unwrap()), TaskState::Completed);
    let events = read(kit.subscribe(after(0), id(&busy)).await.unwrap()).await;
    assert_eq!(seqs(&events), [1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn a_cancel_under_way_survives_a_restart() {
    let (stage, store) = (Stage::new(), Arc::new(MemoryStore::new()));
    let kit = start_on::<false>(&stage, store.clone(), CancellationToken::new()).await;
    let asked = send(&kit, script("ask wait")).await.unwrap();
    let closing = CancellationToken::new();
    let kit = start_on::<false>(&stage, store.clone(), closing.clone()).await;
    drop(send(&kit, immediately(to(&asked, script("there")))).await.unwrap());
    closing.cancel();
    let kit = start_on::<false>(&stage, store, CancellationToken::new()).await;
    kit.cancel(call(), id(&asked), None).await.unwrap();
    assert_eq!(state(&get(&kit, id(&asked)).await.unwrap()), TaskState::Canceled);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_under_contention_count_every_task_once() {
    let kit = start::<false>(&Stage::new()).await;
    let sends = (0..50).map(|n| send(&kit, message(&format!("m{n}"), "work count artifact")));
    let tasks = join_all(sends).await;
    for task in tasks {
        let task = task.unwrap();
        assert_eq!(state(&task), TaskState::Completed);
        let frames = kit.store().frames(Scope::Service, id(&task), Seq::ZERO, 100).await.unwrap();
        assert_eq!(frames.len(), 5);
    }
    let row = kit.store().rows("count", b"n").await.unwrap().pop().unwrap();
    assert_eq!((row.version, row.body[0]), (50, 50));
}
