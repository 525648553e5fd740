//! Accepted messages beyond what memory holds: found in sealed runs, dropped when old, carried forward when needed.

use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;
use store::{Commit, Committed, Refusal, SeenReply, Store};
use types::{TaskState, Timestamp};

use crate::suite::bed::{Bed, START, eventually};
use crate::suite::make::{CommitExt, Task, bare, key};

/// Two sealed runs of 32,768 and some.
const MESSAGES: usize = 70_000;

fn name(number: usize) -> String {
    format!("message {number}")
}

/// Accepts many messages, the first of them for a task that goes on.
async fn accept_many(store: &dyn Store, template: &Commit) -> Task {
    let mut task = Task::new(store).await;
    let commit = task.next(store, TaskState::Working, "").accepting(&name(0), SeenReply::Task(task.id));
    assert_eq!(store.commit(commit).await, Ok(Committed));
    let mut tickets = Vec::new();
    for number in 1..MESSAGES {
        tickets.push(store.commit(template.clone().accepting(&name(number), SeenReply::Fence)));
    }
    for ticket in tickets {
        assert_eq!(ticket.await, Ok(Committed));
    }
    task
}

async fn all_are_known(store: &dyn Store, template: &Commit) {
    for number in (1..MESSAGES).step_by(331) {
        let outcome = store.commit(template.clone().accepting(&name(number), SeenReply::Fence)).await;
        assert!(matches!(outcome, Err(Refusal::Seen(_))), "{number}: {outcome:?}");
        assert!(store.seen(key(&name(number))).await.unwrap().is_some());
        assert!(store.seen(key(&name(number + MESSAGES))).await.unwrap().is_none());
    }
}

pub(super) fn count(bed: &Bed, table: &str) -> u64 {
    let conn = Connection::open(bed.options().dir.join("store.db")).unwrap();
    conn.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get::<_, u32>(0)).unwrap().into()
}

#[tokio::test]
async fn many_messages_are_known_and_old_ones_are_dropped() {
    let bed = Bed::embedded();
    let store: Arc<dyn Store> = bed.store();
    let mut template = bare(&*store).await;
    let mut task = accept_many(&*store, &template).await;
    all_are_known(&*store, &template).await;
    eventually("two runs are sealed", async || count(&bed, "seen_run") == 2).await;
    drop(store);
    let store: Arc<dyn Store> = bed.store();
    template.epoch = store.own().await.unwrap().epoch;
    all_are_known(&*store, &template).await;
    bed.set_clock(Timestamp::from_millis(START).after(Duration::from_hours(25)));
    eventually("old runs are dropped", async || {
        // Nobody may miss it while it is carried forward.
        assert!(store.seen(key(&name(0))).await.unwrap().is_some());
        count(&bed, "seen_run") == 0
    })
    .await;
    assert_eq!(store.seen(key(&name(1))).await.unwrap(), None);
    let kept = store.seen(key(&name(0))).await.unwrap().map(|seen| seen.reply);
    assert_eq!(kept, Some(SeenReply::Task(task.id)), "the message of a live task was forgotten");
    task.epoch = template.epoch;
    task.step(&*store, TaskState::Completed).await;
    drop(store);
    let kept = bed.store().seen(key(&name(0))).await.unwrap();
    assert!(kept.is_some());
    assert!(count(&bed, "seen") < 10_000);
}
