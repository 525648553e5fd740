//! What needs driving: ready marks and timers, by due time.

use store::{Committed, Due, Ready, Store, Timer, Wake};
use types::{TaskState, Timestamp};

use super::bed::{Bed, START};
use super::make::{CommitExt, Task};

on_every_store!(
    ready_work_is_due_until_it_is_cleared,
    a_timer_is_due_when_its_time_has_come,
    due_work_comes_by_time_and_in_pages,
);

async fn mark(store: &dyn Store, task: &mut Task, ready: Ready, timer: Timer) {
    let commit = task.next(store, TaskState::Working, "").changing(|change| {
        change.ready = ready;
        change.timer = timer;
    });
    assert_eq!(store.commit(commit).await, Ok(Committed));
}

async fn due(store: &dyn Store, now: u64) -> Vec<(u64, Wake)> {
    let due = store.due(Timestamp::from_millis(now), None, 100).await.unwrap();
    due.iter().map(|due| (due.at.as_millis(), due.wake)).collect()
}

async fn ready_work_is_due_until_it_is_cleared(bed: Bed) {
    let store = bed.store();
    let mut task = Task::new(&*store).await;
    mark(&*store, &mut task, Ready::Set, Timer::Keep).await;
    assert_eq!(due(&*store, START).await, [(START, Wake::Ready)]);
    bed.set_clock(Timestamp::from_millis(START + 5));
    // A mark that is set again keeps its place in the order.
    mark(&*store, &mut task, Ready::Set, Timer::Keep).await;
    mark(&*store, &mut task, Ready::Keep, Timer::Keep).await;
    assert_eq!(due(&*store, START + 5).await, [(START, Wake::Ready)]);
    mark(&*store, &mut task, Ready::Clear, Timer::Keep).await;
    assert_eq!(due(&*store, START + 5).await, []);
    mark(&*store, &mut task, Ready::Clear, Timer::Clear).await;
    mark(&*store, &mut task, Ready::Set, Timer::Keep).await;
    assert_eq!(due(&*store, START + 5).await, [(START + 5, Wake::Ready)]);
}

async fn a_timer_is_due_when_its_time_has_come(bed: Bed) {
    let store = bed.store();
    let mut task = Task::new(&*store).await;
    let at = |offset| Timer::Set(Timestamp::from_millis(START + offset));
    mark(&*store, &mut task, Ready::Keep, at(50)).await;
    assert_eq!(due(&*store, START + 49).await, []);
    assert_eq!(due(&*store, START + 50).await, [(START + 50, Wake::Timer)]);
    mark(&*store, &mut task, Ready::Set, at(20)).await;
    assert_eq!(due(&*store, START + 90).await, [(START, Wake::Ready), (START + 20, Wake::Timer)]);
    mark(&*store, &mut task, Ready::Clear, at(80)).await;
    assert_eq!(due(&*store, START + 79).await, []);
    mark(&*store, &mut task, Ready::Keep, Timer::Clear).await;
    assert_eq!(due(&*store, START + 90).await, []);
}

async fn due_work_comes_by_time_and_in_pages(bed: Bed) {
    let store = bed.store();
    let mut expected = Vec::new();
    for at in 0..20_u64 {
        let mut task = Task::new(&*store).await;
        let time = Timestamp::from_millis(START + at * 7 % 10);
        mark(&*store, &mut task, if at % 3 == 0 { Ready::Set } else { Ready::Keep }, Timer::Set(time)).await;
        expected.push(Due { at: time, task: task.id, wake: Wake::Timer });
        if at % 3 == 0 {
            expected.push(Due { at: Timestamp::from_millis(START), task: task.id, wake: Wake::Ready });
        }
    }
    expected.sort_unstable_by_key(|due| (due.at, due.task, due.wake));
    let now = Timestamp::from_millis(START + 8);
    expected.retain(|due| due.at <= now);
    for limit in [1, 3, 100] {
        let mut found: Vec<Due> = Vec::new();
        loop {
            let page = store.due(now, found.last().copied(), limit).await.unwrap();
            assert!(page.len() <= limit);
            if page.is_empty() {
                break;
            }
            found.extend(page);
        }
        assert_eq!(found, expected);
    }
}
