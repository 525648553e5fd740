//! A failed commit takes the later ones of its generation with it, and none of any other.

use std::sync::{Arc, Mutex};

use store::{Committed, Refusal, Settle};
use types::{Head, TaskState};

use super::bed::Bed;
use super::make::{CommitExt, Task};

on_every_store!(
    later_commits_of_a_failed_generation_fail_unchecked,
    another_task_is_not_affected,
    a_new_generation_goes_on_and_the_old_one_stays_dead,
    commits_settle_in_the_order_of_their_task,
);

async fn later_commits_of_a_failed_generation_fail_unchecked(bed: Bed) {
    let store = bed.store();
    let mut task = Task::new(&*store).await;
    task.step(&*store, TaskState::Working).await;
    let refused = task.next(&*store, TaskState::Working, "").with_row("k", "x", 9, None);
    let tickets = [
        store.commit(refused),
        store.commit(task.next(&*store, TaskState::Working, "")),
        store.commit(task.next(&*store, TaskState::Working, "")),
    ];
    let [first, second, third] = tickets;
    assert_eq!(first.await, Err(Refusal::Row { kind: "k", key: "x".into(), found: 0 }));
    assert_eq!(second.await, Err(Refusal::Superseded));
    assert_eq!(third.await, Err(Refusal::Superseded));
}

async fn another_task_is_not_affected(bed: Bed) {
    let store = bed.store();
    let mut broken = Task::new(&*store).await;
    let mut sound = Task::new(&*store).await;
    broken.head = Head(4);
    let first = store.commit(broken.next(&*store, TaskState::Working, ""));
    let second = store.commit(sound.next(&*store, TaskState::Working, ""));
    assert!(first.await.is_err());
    assert_eq!(second.await, Ok(Committed));
}

async fn a_new_generation_goes_on_and_the_old_one_stays_dead(bed: Bed) {
    let store = bed.store();
    let mut old = Task::new(&*store).await;
    old.step(&*store, TaskState::Working).await;
    let mut new = Task { generation: 2, ..old.clone() };
    let refused = old.next(&*store, TaskState::Working, "").with_row("k", "x", 9, None);
    assert!(store.commit(refused).await.is_err());
    new.step(&*store, TaskState::Working).await;
    // Its head fits by chance: the new generation is where the old one thought it would be.
    assert_eq!(store.commit(old.next(&*store, TaskState::Failed, "")).await, Err(Refusal::Superseded));
    new.step(&*store, TaskState::Completed).await;
}

async fn commits_settle_in_the_order_of_their_task(bed: Bed) {
    let store = bed.store();
    let mut task = Task::new(&*store).await;
    let order = Arc::new(Mutex::new(Vec::new()));
    for at in 0..500 {
        let order = Arc::clone(&order);
        let settle = Settle::new(move |outcome| order.lock().unwrap().push((at, outcome)));
        store.submit(task.next(&*store, TaskState::Working, ""), settle);
    }
    store.close().await.unwrap();
    let expected: Vec<_> = (0..500).map(|at| (at, Ok(Committed))).collect();
    assert_eq!(*order.lock().unwrap(), expected);
}
