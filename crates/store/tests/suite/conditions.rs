//! Conditions are checked before the first write, and a commit is written whole or not at all.

use std::time::Duration;

use store::{Commit, Committed, Refusal, Seen, SeenReply};
use types::{Epoch, Head, Scope, TaskState, Timestamp};

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
    a_fence_and_an_accept_exclude_each_other,
    what_a_message_supersedes_is_fenced_with_it,
    a_message_is_not_accepted_after_its_deadline,
    nothing_of_a_refused_commit_is_written,
    a_barrier_settles_after_what_was_queued_before_it,
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

async fn a_fence_and_an_accept_exclude_each_other(bed: Bed) {
    let store = bed.store();
    let mut task = Task::new(&*store).await;
    let accept = task.next(&*store, TaskState::Working, "").accepting("first", SeenReply::Task(task.id));
    let fence_first = bare(&*store).await.accepting("second", SeenReply::Fence);
    let mut other = Task::new(&*store).await;
    let late = other.next(&*store, TaskState::Working, "").accepting("second", SeenReply::Task(other.id));
    let late_fence = bare(&*store).await.accepting("first", SeenReply::Fence);
    let tickets = [accept, fence_first, late, late_fence].map(|commit| store.commit(commit));
    let [accepted, fenced, refused, answered] = tickets;
    assert_eq!((accepted.await, fenced.await), (Ok(Committed), Ok(Committed)));
    assert!(matches!(refused.await, Err(Refusal::Seen(seen)) if seen.reply == SeenReply::Fence));
    assert!(matches!(answered.await, Err(Refusal::Seen(seen)) if seen.reply == SeenReply::Task(task.id)));
    assert!(store.load(Scope::Service, other.id).await.unwrap().is_none());
}

async fn what_a_message_supersedes_is_fenced_with_it(bed: Bed) {
    let store = bed.store();
    let mut first = Task::new(&*store).await;
    let commit = first.next(&*store, TaskState::Working, "").accepting("1", SeenReply::Task(first.id));
    assert_eq!(store.commit(commit).await, Ok(Committed));
    let mut third = Task::new(&*store).await;
    let mut commit = third.next(&*store, TaskState::Working, "").accepting("3", SeenReply::Task(third.id));
    commit.accept.as_mut().unwrap().older = vec![key("1"), key("2")];
    assert_eq!(store.commit(commit).await, Ok(Committed));
    let reply = async |message| store.seen(key(message)).await.unwrap().map(|seen| seen.reply);
    assert_eq!(reply("1").await, Some(SeenReply::Task(first.id)));
    assert_eq!(reply("2").await, Some(SeenReply::Fence));
    assert_eq!(reply("3").await, Some(SeenReply::Task(third.id)));
}

async fn a_message_is_not_accepted_after_its_deadline(bed: Bed) {
    let store = bed.store();
    let mut task = Task::new(&*store).await;
    let mut commit = task.next(&*store, TaskState::Working, "").accepting("m", SeenReply::Task(task.id));
    let now = store.now();
    commit = commit.expiring(Timestamp::from_millis(now.as_millis() - 1));
    assert_eq!(store.commit(commit.clone()).await, Err(Refusal::Expired));
    assert!(store.load(Scope::Service, task.id).await.unwrap().is_none());
    let hour = Duration::from_secs(3600);
    let commit = commit.changing(|change| change.generation += 1).expiring(now.after(hour));
    assert_eq!(store.commit(commit.clone()).await, Ok(Committed));
    // A repetition is recognised, however late it is.
    let outcome = store.commit(commit.expiring(Timestamp::default())).await;
    assert!(matches!(outcome, Err(Refusal::Seen(_))), "{outcome:?}");
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

async fn a_barrier_settles_after_what_was_queued_before_it(bed: Bed) {
    let store = bed.store();
    let mut queued = Vec::new();
    for number in 0..1000 {
        let mut task = Task::new(&*store).await;
        let name = format!("m{number}");
        let commit = task.next(&*store, TaskState::Working, "").accepting(&name, SeenReply::Task(task.id));
        queued.push((name, task.id, store.commit(commit)));
    }
    assert_eq!(store.commit(Commit::barrier(store.own().await.unwrap().epoch, store.now())).await, Ok(Committed));
    for (name, id, _) in &queued {
        assert_eq!(store.seen(key(name)).await.unwrap().map(|seen| seen.reply), Some(SeenReply::Task(*id)));
    }
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
