//! D1: one assignment per unit. D10: nothing comes between a call and its units. D11: delivered again, nothing new.
//! Releases free once.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures::future::join_all;
use store::{MemoryStore, Store};
use tokio_util::sync::CancellationToken;
use types::{Head, Scope, TaskId, TaskState};

use crate::town::{Sent, Town, objects, release, said, send, start, told, units};

/// The engines of the built-in town.
const ENGINES: usize = 12;

fn memory() -> Arc<dyn Store> {
    Arc::new(MemoryStore::new())
}

async fn fresh() -> Town {
    start(&memory(), &CancellationToken::new()).await
}

fn state(task: &proto::a2a::Task) -> TaskState {
    TaskState::from_wire(task.status.as_ref().unwrap().state).unwrap()
}

/// A dispatch of one engine.
fn shed() -> Sent {
    Sent::words("My shed is burning, 170 London road SM6 7AN")
}

#[tokio::test]
async fn a_dispatch_names_its_units_in_words_and_data() {
    let task = send(&fresh().await, shed()).await;
    assert_eq!(state(&task), TaskState::Completed);
    assert_eq!(units(&task), ["E1"]);
    assert_eq!(said(&task), "1 unit dispatched to 170 London road SM6 7AN: engine E1 from Wallington, ETA 3 min");
    assert!(objects(&told(&task, "shortfall"), "type").is_empty());
}

#[tokio::test]
async fn d10_units_are_sent_by_the_commit_that_takes_the_call_and_a_release_is_one_commit_too() {
    let store = memory();
    let town = start(&store, &CancellationToken::new()).await;
    let sent = send(&town, shed()).await;
    let dispatch = told(&sent, "dispatch");
    let freed = send(&town, release(a2a::metadata::as_text(Some(&dispatch)))).await;
    for task in [sent, freed] {
        let log = store.log(Scope::Service, task.id.parse().unwrap(), Head::ZERO, 8).await.unwrap();
        assert_eq!(log.len(), 1, "{}", said(&task));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn d1_no_unit_is_sent_twice_however_many_call_at_once() {
    let town = fresh().await;
    let callers = (0..ENGINES).map(|call| ["anonymous", "another operator"][call % 2]);
    let tasks = join_all(callers.map(|principal| send(&town, Sent { principal, ..shed() }))).await;
    let sent: Vec<String> = tasks.iter().flat_map(units).collect();
    let distinct: BTreeSet<&String> = sent.iter().collect();
    assert_eq!((sent.len(), distinct.len()), (ENGINES, ENGINES));
}

#[tokio::test]
async fn d1_a_desk_that_is_opened_again_takes_no_unit_that_is_gone() {
    let store = memory();
    let closing = CancellationToken::new();
    let first = send(&start(&store, &closing).await, shed()).await;
    closing.cancel();
    let second = send(&start(&store, &CancellationToken::new()).await, shed()).await;
    assert_eq!((units(&first), units(&second)), (vec!["E1".to_owned()], vec!["E2".to_owned()]));
}

#[tokio::test]
async fn d11_a_message_delivered_again_assigns_nothing_new() {
    let store = memory();
    let closing = CancellationToken::new();
    let (town, message) = (start(&store, &closing).await, shed());
    let first = send(&town, message.clone()).await;
    assert_eq!(send(&town, message.clone()).await, first);
    closing.cancel();
    let restarted = start(&store, &CancellationToken::new()).await;
    assert_eq!(send(&restarted, message).await, first);
    assert_eq!(units(&send(&restarted, shed()).await), ["E2"]);
}

#[tokio::test]
async fn d11_another_attempt_of_a_step_gets_the_units_that_it_has() {
    let store = memory();
    let store_id = store.own().await.unwrap().store_id;
    let town = start(&store, &CancellationToken::new()).await;
    let run = TaskId::fresh();
    let in_context = |sent: Sent| Sent { context: Some("incident"), ..sent };
    let first = send(&town, in_context(shed().attempt(run, 1, store_id))).await;
    let second = send(&town, in_context(shed().attempt(run, 2, store_id))).await;
    assert_ne!(first.id, second.id);
    assert_eq!((units(&first), said(&first)), (units(&second), said(&second)));
    let other = send(&town, shed().attempt(TaskId::fresh(), 1, store_id)).await;
    assert_eq!(units(&other), ["E2"]);
}

#[tokio::test]
async fn a_release_frees_the_units_of_its_dispatch_once() {
    let town = fresh().await;
    let (first, _) = (send(&town, shed()).await, send(&town, shed()).await);
    let id = told(&first, "dispatch");
    let id = a2a::metadata::as_text(Some(&id)).unwrap();
    assert_eq!(said(&send(&town, release(Some(id))).await), "1 unit released: E1");
    assert_eq!(said(&send(&town, release(Some(id))).await), "no units are assigned");
    assert_eq!(units(&send(&town, shed()).await), ["E1"]);
}

#[tokio::test]
async fn a_release_without_a_dispatch_frees_what_the_conversation_has_and_nobody_elses() {
    let town = fresh().await;
    let there = |sent: Sent| Sent { context: Some("there"), ..sent };
    send(&town, there(shed())).await;
    send(&town, there(shed())).await;
    send(&town, Sent { context: Some("elsewhere"), ..shed() }).await;
    let stranger = Sent { principal: "mallory", ..there(release(None)) };
    assert_eq!(said(&send(&town, stranger).await), "no units are assigned");
    assert_eq!(said(&send(&town, there(release(None))).await), "2 units released: E1, E2");
}

#[tokio::test]
async fn what_cannot_be_understood_is_rejected_with_a_reason() {
    let task = send(&fresh().await, Sent::words("   ")).await;
    assert_eq!(
        (state(&task), said(&task).as_str()),
        (TaskState::Rejected, "the message has neither text nor an incident")
    );
}
