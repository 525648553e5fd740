//! Conditions are checked before the first write, and a commit is written whole or not at all.

use store::{Committed, Refusal, Seen, SeenReply};
use types::{Epoch, Head, Scope, TaskState};

use super::bed::Bed;
use super::make::{CommitExt, Task, bare, digest, key};

on_every_store!(
    a_head_that_moved_on_is_refused,
    a_task_is_created_once,
    a_creation_needs_an_owner,
    an_unknown_task_cannot_go_on,
    a_stale_epoch_is_fenced,
    a_message_is_accepted_once,
    a_message_is_accepted_once_within_a_batch,
    every_reply_comes_back,
    nothing_of_a_refused_commit_is_written,
    a_closed_store_refuses,
);

async fn a_head_that_moved_on_is_refused(bed: Bed) {
    let store = bed.store();
    let mut task = Task::new(&*store).await;
    task.step(&*store, TaskState::Working).await;
    let mut late = task.clone();
    task.step(&*store, TaskState::Working).await;
    let outcome = store.commit(late.next(&*store, TaskState::Failed, "late")).await;
    assert_eq!(outcome, Err(Refusal::Head { expected: Head(1), found: Head(2) }));
}

async fn a_task_is_created_once(bed: Bed) {
    let store = bed.store();
    let mut task = Task::new(&*store).await;
    let mut again = task.clone();
    task.step(&*store, TaskState::Working).await;
    let outcome = store.commit(again.next(&*store, TaskState::Working, "again")).await;
    assert_eq!(outcome, Err(Refusal::Head { expected: Head(0), found: Head(1) }));
}

async fn a_creation_needs_an_owner(bed: Bed) {
    let store = bed.store();
    let mut task = Task::new(&*store).await;
    let commit = task.next(&*store, TaskState::Working, "").changing(|change| change.created = None);
    assert_eq!(store.commit(commit).await, Err(Refusal::Head { expected: Head(0), found: Head(0) }));
}

async fn an_unknown_task_cannot_go_on(bed: Bed) {
    let store = bed.store();
    let mut task = Task::new(&*store).await;
    task.head = Head(7);
    let outcome = store.commit(task.next(&*store, TaskState::Working, "")).await;
    assert_eq!(outcome, Err(Refusal::Head { expected: Head(7), found: Head(0) }));
}

async fn a_stale_epoch_is_fenced(bed: Bed) {
    let store = bed.store();
    let mut task = Task::new(&*store).await;
    let found = task.epoch;
    task.epoch = Epoch(found.0 - 1);
    let outcome = store.commit(task.next(&*store, TaskState::Working, "")).await;
    assert_eq!(outcome, Err(Refusal::Fenced { expected: task.epoch, found }));
}

async fn a_message_is_accepted_once(bed: Bed) {
    let store = bed.store();
    let mut first = Task::new(&*store).await;
    let mut second = Task::new(&*store).await;
    let reply = SeenReply::Task(first.id);
    let commit = first.next(&*store, TaskState::Working, "").accepting("m", reply.clone());
    assert_eq!(store.commit(commit).await, Ok(Committed));
    let seen = Seen { digest: digest("m"), reply };
    let commit = second.next(&*store, TaskState::Working, "").accepting("m", SeenReply::Task(second.id));
    assert_eq!(store.commit(commit).await, Err(Refusal::Seen(seen.clone())));
    assert_eq!(store.seen(key("m")).await.unwrap(), Some(seen));
    assert_eq!(store.seen(key("n")).await.unwrap(), None);
    assert!(store.load(Scope::Service, second.id).await.unwrap().is_none());
}

async fn a_message_is_accepted_once_within_a_batch(bed: Bed) {
    let store = bed.store();
    let mut tickets = Vec::new();
    for _ in 0..100 {
        let mut task = Task::new(&*store).await;
        let commit = task.next(&*store, TaskState::Working, "").accepting("m", SeenReply::Task(task.id));
        tickets.push((task.id, store.commit(commit)));
    }
    let mut accepted = Vec::new();
    let mut repeated = Vec::new();
    for (id, ticket) in tickets {
        match ticket.await {
            Ok(Committed) => accepted.push(id),
            Err(Refusal::Seen(seen)) => repeated.push(seen.reply),
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(accepted.len(), 1);
    assert!(repeated.iter().all(|reply| *reply == SeenReply::Task(accepted[0])));
    assert_eq!(repeated.len(), 99);
}

async fn every_reply_comes_back(bed: Bed) {
    let store = bed.store();
    for (message, reply) in [("fence", SeenReply::Fence), ("message", SeenReply::Message(vec![0, 1, 255].into()))] {
        let commit = bare(&*store).await.accepting(message, reply.clone());
        assert_eq!(store.commit(commit).await, Ok(Committed));
        let seen = Seen { digest: digest(message), reply };
        assert_eq!(store.seen(key(message)).await.unwrap(), Some(seen));
    }
}

async fn nothing_of_a_refused_commit_is_written(bed: Bed) {
    let store = bed.store();
    let mut task = Task::new(&*store).await;
    let commit = task
        .next(&*store, TaskState::Working, "")
        .accepting("m", SeenReply::Task(task.id))
        .with_row("unit", "a", 0, Some("1"))
        .with_row("unit", "b", 3, Some("1"));
    let outcome = store.commit(commit).await;
    assert_eq!(outcome, Err(Refusal::Row { kind: "unit", key: "b".into(), found: 0 }));
    assert!(store.load(Scope::Service, task.id).await.unwrap().is_none());
    assert_eq!(store.seen(key("m")).await.unwrap(), None);
    assert_eq!(store.rows("unit", b"").await.unwrap(), []);
}

async fn a_closed_store_refuses(bed: Bed) {
    let store = bed.store();
    let mut task = Task::new(&*store).await;
    let ticket = store.commit(task.next(&*store, TaskState::Working, ""));
    store.close().await.unwrap();
    assert_eq!(ticket.await, Ok(Committed));
    assert_eq!(store.commit(task.next(&*store, TaskState::Working, "")).await, Err(Refusal::Closed));
    assert!(store.load(Scope::Service, task.id).await.unwrap().is_some());
    store.close().await.unwrap();
}
