//! What an in-memory store forgets when it holds many messages, and what it must not forget.

use std::time::Duration;

use store::{Accept, Commit, Committed, MemoryOptions, MemoryStore, Refusal, SeenReply, Store};
use types::{Scope, TaskState, Timestamp};

use crate::suite::bed::{Bed, START};
use crate::suite::make::{CommitExt, Task, bare, key};

const MOST: usize = 512;
const DAY: Duration = Duration::from_hours(24);

fn store(bed: &Bed) -> Box<dyn Store> {
    let options = MemoryOptions { most_seen: MOST, most_ended: 1, clock: bed.clock(), ..MemoryOptions::default() };
    Box::new(MemoryStore::with(options))
}

/// A dispatched message that became a task, which has ended at once.
async fn dispatch(store: &dyn Store, message: &str) -> Result<Committed, Refusal> {
    let mut task = Task::new(store).await;
    let mut commit = task.next(store, TaskState::Completed, "").accepting(message, SeenReply::Task(task.id));
    let accept = commit.accept.as_mut().unwrap();
    (accept.not_after, accept.keep_until) = (Some(store.now()), store.now().after(DAY));
    store.commit(commit).await
}

async fn fence(store: &dyn Store, message: &str) -> Result<Committed, Refusal> {
    let accept = Some(Accept::fence(key(message), store.now().after(DAY)));
    store.commit(Commit { accept, ..bare(store).await }).await
}

#[tokio::test]
async fn what_a_fence_may_ask_about_is_not_forgotten_and_no_more_of_it_is_taken() {
    let bed = Bed::memory();
    let store = store(&bed);
    let mut taken = Vec::new();
    let refusal = loop {
        let name = format!("dispatch {}", taken.len());
        match dispatch(&*store, &name).await {
            Ok(Committed) => taken.push(name),
            Err(refusal) => break refusal,
        }
        assert!(taken.len() <= MOST, "it takes any number");
    };
    assert!(matches!(refusal, Refusal::Full { retry_after } if !retry_after.is_zero()), "{refusal:?}");
    // Fences are taken still, and crowd nothing out; nor do other messages.
    for number in 0..4 * MOST {
        assert_eq!(fence(&*store, &format!("fence {number}")).await, Ok(Committed));
        let mut task = Task::new(&*store).await;
        let name = format!("message {number}");
        let commit = task.next(&*store, TaskState::Completed, "").accepting(&name, SeenReply::Task(task.id));
        assert_eq!(store.commit(commit).await, Ok(Committed));
    }
    for name in &taken {
        assert!(store.seen(key(name)).await.unwrap().is_some(), "{name}");
    }
    for number in 0..4 * MOST {
        assert!(store.seen(key(&format!("fence {number}"))).await.unwrap().is_some());
    }
    let mut forgotten = 0;
    for number in 0..4 * MOST {
        forgotten += usize::from(store.seen(key(&format!("message {number}"))).await.unwrap().is_none());
    }
    assert!(forgotten > 0, "other messages are bounded as before");
    // When their time is over there is room again.
    bed.set_clock(Timestamp::from_millis(START).after(Duration::from_hours(24 * 30)));
    let mut later = 0;
    for number in 0..20 * MOST {
        later += usize::from(dispatch(&*store, &format!("later {number}")).await.is_ok());
    }
    assert!(later > MOST / 2, "only {later}");
}

#[tokio::test]
async fn a_task_that_changes_after_its_end_crowds_no_other_out() {
    let bed = Bed::memory();
    let options = MemoryOptions { most_ended: 4096, clock: bed.clock(), ..MemoryOptions::default() };
    let store = MemoryStore::with(options);
    let mut ended = Vec::new();
    for _ in 0..1_000 {
        let mut task = Task::new(&store).await;
        task.step(&store, TaskState::Completed).await;
        ended.push(task);
    }
    for _ in 0..10_000 {
        ended[0].step(&store, TaskState::Failed).await;
    }
    for task in &ended {
        assert!(store.load(Scope::Service, task.id).await.unwrap().is_some());
    }
}
