//! Ended tasks go when their time is over, live ones never; what a message id was used for stays longer.

use std::time::Duration;

use store::{Committed, Query, Ready, SeenReply, Store};
use types::{Owner, Scope, Seq, TaskState, Timestamp};

use super::bed::{Bed, START, eventually};
use super::make::{CommitExt, Task, key};

on_every_store!(ended_tasks_go_and_live_ones_stay, a_message_is_remembered_after_its_task_is_gone);

/// Looks until retention has had its way; an in-memory store sweeps when it commits.
async fn is_gone(store: &dyn Store, task: &Task) {
    eventually("the task is deleted", async || {
        Task::of(store, Owner::anonymous()).await.step(store, TaskState::Working).await;
        store.load(Scope::Service, task.id).await.unwrap().is_none()
    })
    .await;
}

async fn ended_tasks_go_and_live_ones_stay(bed: Bed) {
    let store = bed.store();
    let mut ended = Task::new(&*store).await;
    for _ in 0..1200 {
        drop(store.commit(ended.next(&*store, TaskState::Working, "")));
    }
    ended.step(&*store, TaskState::Completed).await;
    let mut live = Task::new(&*store).await;
    live.step(&*store, TaskState::InputRequired).await;
    let mut busy = Task::new(&*store).await;
    let commit = busy.next(&*store, TaskState::Failed, "").changing(|change| change.ready = Ready::Set);
    assert_eq!(store.commit(commit).await, Ok(Committed));
    bed.set_clock(Timestamp::from_millis(START).after(bed.retention / 2));
    let mut young = Task::new(&*store).await;
    young.step(&*store, TaskState::Completed).await;
    bed.set_clock(Timestamp::from_millis(START).after(bed.retention + Duration::from_millis(2)));
    is_gone(&*store, &ended).await;
    assert_eq!(store.frames(Scope::Service, ended.id, Seq(0), 9).await.unwrap(), []);
    for kept in [&live, &busy, &young] {
        assert!(store.load(Scope::Service, kept.id).await.unwrap().is_some());
    }
    let terminal = Query { limit: 9, state: Some(TaskState::Completed), ..Query::default() };
    assert_eq!(store.list(Scope::Service, terminal).await.unwrap().total, 1);
    live.step(&*store, TaskState::Working).await;
}

async fn a_message_is_remembered_after_its_task_is_gone(bed: Bed) {
    let store = bed.store();
    let mut task = Task::new(&*store).await;
    let reply = SeenReply::Task(task.id);
    let commit = task.next(&*store, TaskState::Completed, "").accepting("m", reply.clone());
    assert_eq!(store.commit(commit).await, Ok(Committed));
    bed.set_clock(Timestamp::from_millis(START).after(bed.retention * 2));
    is_gone(&*store, &task).await;
    assert_eq!(store.seen(key("m")).await.unwrap().map(|seen| seen.reply), Some(reply));
}
