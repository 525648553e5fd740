//! Who is woken by what, and what is heard by whom reads too slowly or comes too late.

use bytes::Bytes;
use futures::FutureExt as _;
use store::Row;
use triage::Service;

use super::sim::{Sim, key};
use crate::dispatch::board::{Board, Stored};
use crate::dispatch::ears::{Listener, is_worth_telling};
use crate::dispatch::history::BEGINNING;
use crate::dispatch::orders::Order;
use crate::dispatch::row;
use crate::dispatch::scenario::{Need, Scenario};

const ENGINE: &[(&str, u16)] = &[("engine", 1)];
/// The engines of the built-in town, the neighbour's included.
const ENGINES: usize = 14;

/// The built-in town without a free engine.
fn drained() -> Sim {
    let mut sim = Sim::of(Scenario::sample(), Service::Fire);
    for call in 0..ENGINES {
        sim.dispatch(&format!("gone-{call}"), 1, "London Road", ENGINE);
    }
    sim
}

fn listen<'s>(sim: &'s Sim, id: &str) -> Listener<'s> {
    Listener::start(sim.board(), &key(id), sim.board().look(|inner| inner.history.current()))
}

fn rings(listener: &Listener<'_>) -> bool {
    listener.rung().now_or_never().is_some()
}

fn order(id: &str) -> Order {
    super::sim::order(id, "London Road")
}

#[test]
fn a_change_wakes_those_whom_it_concerns_and_nobody_else() {
    let mut sim = drained();
    sim.dispatch("waits", 2, "London Road", ENGINE);
    let waits = listen(&sim, "waits");
    let sent = listen(&sim, "gone-0");
    let rescue = Order { needs: vec![Need { kind: "rescue".to_owned(), count: 1 }], ..order("rescue") };
    sim.apply(|draft| drop(draft.dispatch(&rescue)));
    assert!(!rings(&waits) && !rings(&sent), "a unit of another type for another dispatch");
    sim.apply(|draft| drop(draft.release(|it| *it == key("gone-0"))));
    sim.apply(|draft| draft.serve());
    assert!(rings(&waits) && rings(&sent), "one has lost its unit, the other has it");
    let heard = |listener: &Listener<'_>| listener.look(|heard, _| heard.news.len());
    assert_eq!((heard(&waits), heard(&sent)), (1, 1), "who was called off, and who goes now");
    assert!(!rings(&waits) && !rings(&sent), "once");
}

#[test]
fn a_place_in_the_queue_wakes_those_to_whom_it_is_worth_telling() {
    let mut sim = drained();
    for call in 1..=30 {
        sim.secs(1);
        sim.dispatch(&format!("waits-{call}"), 2, "London Road", ENGINE);
    }
    let listeners: Vec<_> = (1..=30_u32).map(|call| (call, listen(&sim, &format!("waits-{call}")))).collect();
    listeners.iter().for_each(|(call, listener)| listener.told(*call));
    sim.apply(|draft| drop(draft.release(|it| *it == key("waits-1"))));
    let woken: Vec<u32> = listeners.iter().filter(|(_, listener)| rings(listener)).map(|(call, _)| *call).collect();
    assert_eq!(woken, (1..=11).collect::<Vec<_>>(), "up to the tenth place each step counts");
    assert!(is_worth_telling(30, 15) && !is_worth_telling(30, 16) && is_worth_telling(11, 22));
}

#[test]
fn who_does_not_listen_is_behind_and_who_has_gone_is_forgotten() {
    let sim = Sim::of(Scenario::sample(), Service::Fire);
    let (slow, other) = (listen(&sim, "a"), listen(&sim, "b"));
    for _ in 0..200 {
        sim.apply(|draft| drop(draft.dispatch(&order("a"))));
        sim.apply(|draft| drop(draft.release(|it| *it == key("a"))));
    }
    assert!(slow.look(|heard, _| heard.behind && heard.news.is_empty()));
    assert!(slow.look(|heard, _| !heard.behind && heard.news.is_empty()), "from then on nothing is missing");
    assert!(!rings(&other) && rings(&slow));
    drop((slow, other));
    assert!(sim.board().look(|inner| inner.ears.is_empty()));
}

#[test]
fn what_is_no_longer_kept_is_missed_also_after_a_restart() {
    let changes = row::encode_changes(&[]);
    let row = Row { key: Bytes::copy_from_slice(&5000_u64.to_be_bytes()), version: 1, body: changes };
    let stored = Stored { changes: vec![row], ..Stored::default() };
    let board = Board::new(std::sync::Arc::new(Scenario::sample()), Service::Fire, &stored);
    let behind = |from| Listener::start(&board, &key("a"), from).look(|heard, _| heard.behind);
    assert!(behind(BEGINNING) && behind(4998) && !behind(4999));
}

#[tokio::test]
async fn what_is_decided_is_seen_once_all_that_was_decided_before_is_known() {
    let board = Board::new(std::sync::Arc::new(Scenario::sample()), Service::Fire, &Stored::default());
    let (_, first) = board.decide(super::sim::START, |draft| draft.dispatch(&order("first")));
    let (_, second) = board.decide(super::sim::START, |draft| draft.dispatch(&order("second")));
    second.unwrap().settle(true);
    let seen = || board.look(|inner| inner.draft().sent(&key("second")).units.len());
    assert_eq!(seen(), 0);
    let mut caught_up = Box::pin(board.caught_up());
    assert!(futures::poll!(caught_up.as_mut()).is_pending());
    first.unwrap().settle(true);
    caught_up.await;
    assert_eq!(seen(), 1);
}
