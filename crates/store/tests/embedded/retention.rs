//! What retention deletes is gone from the disk too, long logs and large rows included.

use std::time::Duration;

use store::Snapshot;
use types::{TaskState, Timestamp};

use super::seen::count;
use crate::suite::bed::{Bed, START, eventually};
use crate::suite::make::{CommitExt, Task, owner};

#[tokio::test]
async fn nothing_of_a_deleted_task_is_left() {
    let bed = Bed::embedded();
    let store = bed.store();
    let (large, small) = ("x".repeat(1_500_000), "x".to_owned());
    for (at, (commits, body)) in [(1, &small), (1, &large), (3, &large), (1500, &small)].into_iter().enumerate() {
        let mut task = Task::of(&*store, owner("t", &at.to_string())).await;
        for _ in 0..commits {
            drop(store.commit(task.next(&*store, TaskState::Working, body)));
        }
        let snapshot = Snapshot { task: "state".into(), records: Vec::new() };
        let commit = task.next(&*store, TaskState::Canceled, "");
        assert!(store.commit(commit.changing(|change| change.snapshot = Some(snapshot))).await.is_ok());
    }
    let mut live = Task::of(&*store, owner("t", "live")).await;
    live.step(&*store, TaskState::Working).await;
    bed.set_clock(Timestamp::from_millis(START).after(bed.retention + Duration::from_secs(1)));
    for (table, left) in [("task", 1), ("trash", 0), ("log", 1), ("snapshot", 0)] {
        eventually(table, async || count(&bed, table) == left).await;
    }
    live.step(&*store, TaskState::Completed).await;
}
