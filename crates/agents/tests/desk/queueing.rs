//! Dispatches that wait and that are called off: each through the real kit, over restarts.

use std::collections::BTreeMap;
use std::sync::Arc;

use a2a::Backend;
use a2a::metadata::{as_integer, as_text, list, number, object, text};
use proto::a2a::Task;
use proto::watchroom::emergency::v1::{UnitFilter, UnitStatus};
use store::{MemoryStore, Store};
use tokio_util::sync::CancellationToken;
use types::TaskState;

use crate::served::{client, list as units_of};
use crate::town::{
    Sent, Town, begin, call, ended, eventually, fire, followed, get, incident, progress, release, said, send, start,
    state, told, units,
};

/// The engines of the built-in town, the neighbour's included.
const ENGINES: usize = 14;

fn memory() -> Arc<dyn Store> {
    Arc::new(MemoryStore::new())
}

/// Two engines.
fn spill() -> Sent {
    Sent::new(vec![incident([("type", text("hazmat")), ("priority", number(2)), ("location", text("2 Mill Lane"))])])
}

/// The task once it waits at this place of the queue.
async fn at(town: &Town, id: &str, position: u64) -> Task {
    eventually("the task waits at its place", async || {
        let task = get(town, id).await;
        let waits = progress(&task, "waits");
        let queued = as_text(waits.as_ref()) == Some("queue");
        (queued && as_integer(progress(&task, "position").as_ref()) == Some(position)).then_some(task)
    })
    .await
}

async fn drained(store: &Arc<dyn Store>, closing: &CancellationToken) -> Town {
    let town = start(store, closing).await;
    for _ in 0..ENGINES {
        send(&town, fire(2)).await;
    }
    town
}

#[tokio::test]
async fn d3_d12_nobody_left_is_told_with_shortfall_and_place_and_the_task_goes_on() {
    let store = memory();
    let town = drained(&store, &CancellationToken::new()).await;
    let first = begin(&town, fire(2)).await;
    let second = begin(&town, fire(2)).await;
    let task = at(&town, &first.id, 1).await;
    assert_eq!(state(&task), TaskState::Working);
    assert_eq!(said(&task), "no fire unit is free for 170 London Road: 1 × engine needed, waiting at position 1");
    assert_eq!(
        progress(&task, "shortfall").unwrap(),
        list([object(BTreeMap::from([("type".to_owned(), text("engine")), ("count".to_owned(), number(1))]))])
    );
    at(&town, &second.id, 2).await;
    let mut units = client(&town).await;
    assert_eq!(units_of(&mut units, UnitFilter::default()).await.queued, 2);
}

#[tokio::test]
async fn d3_a_dispatch_that_is_partly_met_ends_with_a_typed_shortfall() {
    let town = start(&memory(), &CancellationToken::new()).await;
    for _ in 0..ENGINES - 1 {
        send(&town, fire(2)).await;
    }
    let partly = send(&town, spill()).await;
    assert_eq!((state(&partly), units(&partly).len()), (TaskState::Completed, 1));
    assert_eq!(crate::town::objects(&told(&partly, "shortfall"), "type"), ["engine"]);
    assert_eq!(as_integer(Some(&told(&partly, "queue_position"))), Some(1));
    assert!(
        said(&partly).ends_with("Short of 1 × engine: no more are free, waiting at position 1"),
        "{}",
        said(&partly)
    );
}

#[tokio::test]
async fn the_queue_survives_a_restart_and_freed_units_serve_it_in_order() {
    let store = memory();
    let closing = CancellationToken::new();
    let town = drained(&store, &closing).await;
    let (routine, urgent) = (begin(&town, fire(3)).await, begin(&town, fire(2)).await);
    at(&town, &routine.id, 2).await;
    at(&town, &urgent.id, 1).await;
    closing.cancel();
    let town = start(&store, &CancellationToken::new()).await;
    let other = send(&town, Sent { context: Some("other"), ..fire(2) });
    tokio::pin!(other);
    assert!(futures::poll!(other.as_mut()).is_pending());
    // Whatever was sent first is called off: its conversation has no other dispatch.
    let first =
        units_of(&mut client(&town).await, UnitFilter { ids: vec!["E1".into()], ..UnitFilter::default() }).await;
    let dispatch = first.units[0].assignment.as_ref().unwrap().dispatch.clone();
    send(&town, release(Some(&dispatch))).await;
    let task = ended(&town, &urgent.id).await;
    assert_eq!((state(&task), units(&task)), (TaskState::Completed, vec!["E1".to_owned()]));
    at(&town, &routine.id, 2).await;
}

#[tokio::test]
async fn d6_a_cancel_takes_a_dispatch_out_of_the_queue_and_gives_units_back_once() {
    let store = memory();
    let town = drained(&store, &CancellationToken::new()).await;
    let queued = begin(&town, fire(2)).await;
    at(&town, &queued.id, 1).await;
    town.cancel(call(), queued.id.parse().unwrap(), None).await.unwrap();
    assert_eq!(state(&ended(&town, &queued.id).await), TaskState::Canceled);
    let mut units = client(&town).await;
    assert_eq!(units_of(&mut units, UnitFilter::default()).await.queued, 0);
    let town = start(&memory(), &CancellationToken::new()).await;
    let task = begin(&town, followed()).await;
    let mut units = client(&town).await;
    let assigned =
        || UnitFilter { statuses: vec![UnitStatus::Available.into()], ids: vec!["E1".into()], ..UnitFilter::default() };
    assert_eq!(units_of(&mut units, assigned()).await.total_size, 0);
    town.cancel(call(), task.id.parse().unwrap(), None).await.unwrap();
    assert_eq!(state(&ended(&town, &task.id).await), TaskState::Canceled);
    let page = units_of(&mut units, assigned()).await;
    assert_eq!((page.total_size, page.units[0].epoch, page.version), (1, 1, 4));
    let again = send(&town, Sent { context: None, ..release(None) }).await;
    assert_eq!(said(&again), "no units are assigned");
}
