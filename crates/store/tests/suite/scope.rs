//! Out of scope is as if it did not exist.

use store::{Query, Store};
use types::{Head, Owner, Scope, Seq, TaskId, TaskState};

use super::bed::Bed;
use super::make::{Task, owner};

on_every_store!(a_caller_sees_its_own_and_nothing_else, a_list_holds_what_is_in_scope);

async fn tasks_of(store: &dyn Store, owners: &[Owner]) -> Vec<TaskId> {
    let mut ids = Vec::new();
    for owner in owners {
        let mut task = Task::of(store, owner.clone()).await;
        task.step(store, TaskState::Working).await;
        ids.push(task.id);
    }
    ids
}

async fn a_caller_sees_its_own_and_nothing_else(bed: Bed) {
    let store = bed.store();
    let owners = [owner("t", "a"), owner("t", "b"), owner("u", "a")];
    let ids = tasks_of(&*store, &owners).await;
    for (owner, id) in owners.iter().zip(&ids) {
        for other in &owners {
            let scopes = [
                (Scope::Owner(other.clone()), other == owner),
                (Scope::Tenant(other.tenant.clone()), other.tenant == owner.tenant),
                (Scope::Service, true),
            ];
            for (scope, sees) in scopes {
                assert_eq!(store.load(scope.clone(), *id).await.unwrap().is_some(), sees);
                assert_eq!(store.frames(scope.clone(), *id, Seq(0), 9).await.unwrap().is_empty(), !sees);
                assert_eq!(store.log(scope, *id, Head(0), 9).await.unwrap().is_empty(), !sees);
            }
        }
    }
}

async fn a_list_holds_what_is_in_scope(bed: Bed) {
    let store = bed.store();
    let owners = [owner("t", "a"), owner("t", "b"), owner("u", "a"), owner("", "")];
    let ids = tasks_of(&*store, &owners).await;
    let cases = [
        (Scope::Owner(owners[1].clone()), vec![ids[1]]),
        (Scope::Tenant(owners[0].tenant.clone()), vec![ids[0], ids[1]]),
        (Scope::Tenant(owners[3].tenant.clone()), vec![ids[3]]),
        (Scope::Owner(owner("u", "b")), vec![]),
        (Scope::Service, ids.clone()),
    ];
    for (scope, expected) in cases {
        let listing = store.list(scope, Query { limit: 10, ..Query::default() }).await.unwrap();
        let mut found: Vec<_> = listing.tasks.iter().map(|task| task.id).collect();
        found.sort_unstable();
        assert_eq!((found, listing.total), (expected.clone(), expected.len() as u64));
    }
}
