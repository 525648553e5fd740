//! Lists: order, filters, pages.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::time::Duration;

use store::{Query, Store, Summary};
use types::{Owner, Scope, TaskId, TaskState, Timestamp};

use super::bed::{Bed, START};
use super::make::{Task, context, owner};

on_every_store!(
    pages_show_every_task_once_in_order,
    a_changing_task_is_shown_once_and_disturbs_no_other,
    filters_and_totals_agree,
    pages_merge_the_owners_of_a_tenant,
    totals_follow_every_change_of_state,
);

/// Twelve tasks, several of which changed in the same millisecond.
async fn twelve(bed: &Bed, store: &dyn Store, owners: &[Owner]) -> Vec<Task> {
    let mut tasks = Vec::new();
    for at in 0..12_u64 {
        bed.set_clock(Timestamp::from_millis(START + at / 3));
        let mut task = Task::of(store, owners[at as usize % owners.len()].clone()).await;
        task.context = context(if at % 2 == 0 { "even" } else { "odd" });
        task.step(store, if at % 4 == 0 { TaskState::Completed } else { TaskState::Working }).await;
        tasks.push(task);
    }
    tasks
}

async fn pages(store: &dyn Store, scope: &Scope, filter: Query, limit: usize) -> Vec<Vec<Summary>> {
    let mut query = Query { limit, ..filter };
    let mut pages = Vec::new();
    loop {
        let listing = store.list(scope.clone(), query.clone()).await.unwrap();
        pages.push(listing.tasks);
        let Some(next) = listing.next else { return pages };
        query.after = Some(next);
    }
}

fn is_in_order(tasks: &[Summary]) -> bool {
    tasks.is_sorted_by_key(|task| (Reverse(task.changed_at), task.id))
}

async fn pages_show_every_task_once_in_order(bed: Bed) {
    let store = bed.store();
    let tasks = twelve(&bed, &*store, &[Owner::anonymous()]).await;
    for limit in 1..=13 {
        let pages = pages(&*store, &Scope::Owner(Owner::anonymous()), Query::default(), limit).await;
        assert!(pages.iter().rev().skip(1).all(|page| page.len() == limit), "only the last page is short");
        let shown = pages.concat();
        assert!(is_in_order(&shown));
        let mut ids: Vec<_> = shown.iter().map(|task| task.id).collect();
        ids.sort_unstable();
        assert_eq!(ids, tasks.iter().map(|task| task.id).collect::<Vec<_>>());
    }
}

async fn a_changing_task_is_shown_once_and_disturbs_no_other(bed: Bed) {
    let store = bed.store();
    let mut tasks = twelve(&bed, &*store, &[Owner::anonymous()]).await;
    let mut query = Query { limit: 2, ..Query::default() };
    let mut shown: HashMap<TaskId, u32> = HashMap::new();
    for round in 0.. {
        let listing = store.list(Scope::Service, query.clone()).await.unwrap();
        for task in listing.tasks {
            *shown.entry(task.id).or_default() += 1;
        }
        let Some(next) = listing.next else { break };
        query.after = Some(next);
        bed.set_clock(Timestamp::from_millis(START + 1000 + round));
        // The oldest and the newest: one was shown, one was not.
        tasks[0].step(&*store, TaskState::Working).await;
        tasks[11].step(&*store, TaskState::Working).await;
    }
    assert!(shown.values().all(|times| *times == 1));
    let unmodified = &tasks[1..11];
    assert!(unmodified.iter().all(|task| shown.contains_key(&task.id)));
}

async fn filters_and_totals_agree(bed: Bed) {
    let store = bed.store();
    let tasks = twelve(&bed, &*store, &[Owner::anonymous()]).await;
    let all = pages(&*store, &Scope::Service, Query::default(), 100).await.concat();
    assert_eq!(all.len(), tasks.len());
    for context in [None, Some(context("even")), Some(context("none"))] {
        for state in [None, Some(TaskState::Completed), Some(TaskState::Rejected)] {
            for since in [None, Some(Timestamp::from_millis(START + 2)), Some(Timestamp::from_millis(START + 9))] {
                let query = Query { context: context.clone(), state, changed_since: since, ..Query::default() };
                let expected: Vec<_> = all
                    .iter()
                    .filter(|task| context.as_ref().is_none_or(|context| task.context == *context))
                    .filter(|task| state.is_none_or(|state| task.state == state))
                    .filter(|task| since.is_none_or(|since| task.changed_at >= since))
                    .cloned()
                    .collect();
                for limit in [1, 4, 12] {
                    assert_eq!(pages(&*store, &Scope::Service, query.clone(), limit).await.concat(), expected);
                }
                let first = store.list(Scope::Service, Query { limit: 1, ..query.clone() }).await.unwrap();
                assert_eq!(first.total, expected.len() as u64);
                let told = Query { limit: 1, total: Some(first.total), after: first.next, ..query };
                assert_eq!(store.list(Scope::Service, told).await.unwrap().total, first.total);
            }
        }
    }
}

async fn pages_merge_the_owners_of_a_tenant(bed: Bed) {
    let store = bed.store();
    let owners = [owner("t", "a"), owner("t", "b"), owner("t", "c"), owner("u", "a")];
    let tasks = twelve(&bed, &*store, &owners).await;
    let scope = Scope::Tenant(owners[0].tenant.clone());
    bed.set_clock(Timestamp::from_millis(START).after(Duration::from_secs(1)));
    for limit in 1..=10 {
        let shown = pages(&*store, &scope, Query::default(), limit).await.concat();
        assert!(is_in_order(&shown));
        assert_eq!(shown.len(), tasks.len() - 3);
        assert!(shown.iter().all(|task| task.owner.tenant == owners[0].tenant));
    }
}

async fn totals_follow_every_change_of_state(bed: Bed) {
    let mut store = bed.store();
    let owners = [owner("t", "a"), owner("t", "b")];
    let mut tasks = twelve(&bed, &*store, &owners).await;
    for (at, state) in TaskState::ALL.into_iter().enumerate() {
        tasks[at].step(&*store, state).await;
        tasks[at + 1].step(&*store, state).await;
        if bed.is_durable() {
            drop(store);
            store = bed.store();
            let epoch = store.own().await.unwrap().epoch;
            tasks.iter_mut().for_each(|task| task.epoch = epoch);
        }
        for scope in [Scope::Service, Scope::Owner(owners[at % 2].clone())] {
            let all = pages(&*store, &scope, Query::default(), 100).await.concat();
            for wanted in TaskState::ALL {
                let query = Query { state: Some(wanted), limit: 1, ..Query::default() };
                let total = store.list(scope.clone(), query).await.unwrap().total;
                assert_eq!(total, all.iter().filter(|task| task.state == wanted).count() as u64);
            }
            assert_eq!(
                store.list(scope, Query { limit: 1, ..Query::default() }).await.unwrap().total,
                all.len() as u64
            );
        }
    }
}
