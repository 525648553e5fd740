//! Store time never goes back, not even across a restart.

use store::{Committed, Store};
use types::{TaskState, Timestamp};

use super::bed::{Bed, START};
use super::make::{CommitExt, Task, bare};

on_every_store!(
    time_does_not_go_back,
    time_goes_on_slowly_until_a_clock_that_was_set_back_has_caught_up,
    stored_time_outlives_a_restart,
    time_stored_without_a_task_outlives_a_restart,
);

async fn time_does_not_go_back(bed: Bed) {
    let store = bed.store();
    assert_eq!(store.now(), Timestamp::from_millis(START));
    bed.set_clock(Timestamp::from_millis(START - 1000));
    assert_eq!(store.now(), Timestamp::from_millis(START));
    bed.set_clock(Timestamp::from_millis(START + 1));
    assert_eq!(store.now(), Timestamp::from_millis(START + 1));
}

async fn time_goes_on_slowly_until_a_clock_that_was_set_back_has_caught_up(bed: Bed) {
    let store = bed.store();
    let shows = |after: u64| assert_eq!(store.now(), Timestamp::from_millis(START + after));
    shows(0);
    bed.set_clock(Timestamp::from_millis(START - 3_600_000));
    for passed in 1..=1000 {
        bed.pass(1);
        shows(passed / 2);
    }
    bed.set_clock(Timestamp::from_millis(START + 499));
    shows(500);
    bed.set_clock(Timestamp::from_millis(START + 501));
    shows(501);
    // What passes while nothing is wrong is not counted twice.
    bed.pass(1000);
    bed.set_clock(Timestamp::from_millis(START + 1501));
    shows(1501);
}

async fn stored_time_outlives_a_restart(bed: Bed) {
    let store = bed.store();
    Task::new(&*store).await.step(&*store, TaskState::Working).await;
    steps_back_over_a_restart(&bed, store).await;
}

async fn time_stored_without_a_task_outlives_a_restart(bed: Bed) {
    let store = bed.store();
    let commit = bare(&*store).await.with_row("unit", "a", 0, Some("x"));
    assert_eq!(store.commit(commit).await, Ok(Committed));
    steps_back_over_a_restart(&bed, store).await;
}

async fn steps_back_over_a_restart(bed: &Bed, store: std::sync::Arc<dyn Store>) {
    drop(store);
    bed.set_clock(Timestamp::from_millis(START - 1000));
    let stored = if bed.is_durable() { START } else { START - 1000 };
    assert_eq!(bed.store().now(), Timestamp::from_millis(stored));
}
