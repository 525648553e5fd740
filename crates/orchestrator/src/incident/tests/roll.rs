//! Stores that come and go: whose place is kept, and for how long.

use std::time::Duration;

use tokio::time::Instant;
use types::StoreId;

use super::office::{Office, called, eventually, sent, store, unit};
use crate::incident::desk::{News, What};
use crate::incident::feed::Roll;

fn id(number: u16) -> StoreId {
    let [high, low] = number.to_be_bytes();
    StoreId::from_bytes([7, high, low, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7])
}

#[test]
fn a_store_is_watched_once_and_given_up_a_day_after_its_last_agent() {
    let (mut roll, start) = (Roll::default(), Instant::now());
    let day = Duration::from_secs(24 * 60 * 60);
    let stop = roll.call(id(1)).unwrap();
    assert!(roll.call(id(1)).is_none(), "one watch is enough");
    assert!(roll.gone(&[], start).is_empty());
    assert!(roll.gone(&[id(1)], start + day / 2).is_empty());
    assert!(roll.call(id(1)).is_none(), "it is back");
    assert!(roll.gone(&[], start + day).is_empty(), "it was there in between");
    assert!(!stop.is_cancelled());
    assert_eq!(roll.gone(&[], start + day * 2), [id(1)]);
    assert!(stop.is_cancelled(), "nobody watches for it any more");
    assert!(roll.gone(&[], start + day * 3).is_empty());
    assert!(roll.call(id(1)).is_some(), "it may come back and is watched anew");
}

#[test]
fn too_many_stores_that_are_gone_are_given_up_oldest_first_also_those_of_earlier_processes() {
    let (mut roll, start) = (Roll::default(), Instant::now());
    roll.remember(id(0));
    assert!(roll.gone(&[], start).is_empty());
    for number in 1..=1_001 {
        roll.call(id(number));
    }
    let later = start + Duration::from_secs(1);
    let mut gone = roll.gone(&[], later);
    assert_eq!((gone.remove(0), gone.len()), (id(0), 1));
}

#[tokio::test]
async fn the_place_of_a_store_that_is_gone_is_no_longer_kept_also_after_a_restart() {
    let (mut office, owner) = (Office::open(store()).await, types::Owner::anonymous());
    office.note(&owner, called()).await;
    office.note(&owner, sent()).await;
    office.noted.notify_one();
    let en_route = proto::watchroom::emergency::v1::UnitStatus::EnRoute;
    office.tx.send(unit(41, en_route)).await.unwrap();
    let of = unit(41, en_route).store;
    eventually("it is kept", || office.shared.cursors.read().get(&of).copied()).await;
    office.tx.send(News { store: of, version: 0, what: What::Gone }).await.unwrap();
    eventually("it is given up", || office.shared.cursors.read().is_empty().then_some(())).await;
    let mut office = office.reopened().await;
    assert!(office.shared.cursors.read().is_empty());
    // It comes back, and its place is kept again.
    office.tx.send(unit(42, en_route)).await.unwrap();
    eventually("it is kept", || (office.shared.cursors.read().get(&of) == Some(&42)).then_some(())).await;
    office.note(&owner, called()).await;
    let office = office.reopened().await;
    assert_eq!(office.shared.cursors.read().get(&of), Some(&42));
}
