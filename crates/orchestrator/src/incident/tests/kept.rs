//! The desk over a store: what is noted is kept, also over a restart, and shown to its owner alone.

use futures::StreamExt as _;
use proto::watchroom::emergency::v1::watch_incidents_response::Event;
use proto::watchroom::emergency::v1::{self as wire, IncidentStatus, UnitStatus};
use types::{Owner, StoreId};

use super::office::{DEADLINE, Office, by, called, eventually, sent, store, unit};
use crate::incident::note;
use crate::incident::watch;

#[tokio::test]
async fn what_was_noted_before_a_crash_is_taken_after_it_and_only_once() {
    let (mut office, owner) = (Office::open(store()).await, Owner::anonymous());
    office.note(&owner, called()).await;
    let mut office = office.reopened().await;
    office.shown("the call is there", &owner, |incident| incident.calls.len() == 1).await;
    office.note(&owner, sent()).await;
    office.noted.notify_one();
    let assigned = |incident: &wire::Incident| incident.status() == IncidentStatus::ResourcesAssigned;
    office.shown("a unit is on it", &owner, assigned).await;
    assert!(office.store.rows(note::KIND, &[]).await.unwrap().is_empty(), "notes are taken away");
    let office = office.reopened().await;
    let kept = office.shown("it is kept", &owner, assigned).await;
    assert_eq!((kept.calls.len(), kept.dispatches.len()), (1, 1));
}

#[tokio::test]
async fn units_are_taken_up_from_where_they_were_after_a_restart() {
    let (mut office, owner) = (Office::open(store()).await, Owner::anonymous());
    office.note(&owner, called()).await;
    office.note(&owner, sent()).await;
    office.noted.notify_one();
    office.shown("a unit is on it", &owner, |incident| !incident.dispatches.is_empty()).await;
    office.tx.send(unit(41, UnitStatus::EnRoute)).await.unwrap();
    office.tx.send(unit(42, UnitStatus::OnScene)).await.unwrap();
    office.shown("it is there", &owner, |it| it.status() == IncidentStatus::ResourcesOnScene).await;
    let office = office.reopened().await;
    assert_eq!(office.shared.cursors.read().get(&StoreId::from_bytes([7; 16])), Some(&42));
}

#[tokio::test]
async fn a_dispatch_of_anothers_that_names_the_run_is_none_of_it() {
    let (mut office, owner) = (Office::open(store()).await, Owner::anonymous());
    office.note(&owner, called()).await;
    office.note(&owner, sent()).await;
    office.noted.notify_one();
    office.shown("a unit is on it", &owner, |incident| !incident.dispatches.is_empty()).await;
    for (version, tenant, principal) in [(41, "", "mallory"), (42, "south", "anonymous")] {
        office.tx.send(by(unit(version, UnitStatus::OnScene), tenant, principal)).await.unwrap();
    }
    office.tx.send(by(unit(43, UnitStatus::EnRoute), "", "anonymous")).await.unwrap();
    let units = |entry: &&wire::LogEntry| entry.text.starts_with("E1: ");
    let told = office.shown("it moves", &owner, |it| it.status() == IncidentStatus::ResourcesEnroute).await;
    let told: Vec<&str> = told.log.iter().filter(units).map(|entry| entry.text.as_str()).collect();
    assert_eq!(told, ["E1: en route"]);
}

#[tokio::test]
async fn callers_see_their_own_and_a_watch_goes_on_from_a_version() {
    let (mut office, owner) = (Office::open(store()).await, Owner::anonymous());
    let other = Owner { principal: types::Principal::new("somebody else"), ..Owner::anonymous() };
    office.note(&owner, called()).await;
    office.noted.notify_one();
    let first = office.shown("the call is there", &owner, |_| true).await;
    let here = StoreId::from_bytes([1; 16]);
    let request = |from_version| wire::WatchIncidentsRequest { from_version, ..wire::WatchIncidentsRequest::default() };
    let mut theirs = Box::pin(watch::start(&office.shared, here, other.clone(), request(0)).unwrap());
    let mut ours = Box::pin(watch::start(&office.shared, here, owner.clone(), request(first.version)).unwrap());
    for watch in [&mut ours as &mut (dyn futures::Stream<Item = _> + Unpin + Send), &mut theirs] {
        let synced: Result<wire::WatchIncidentsResponse, tonic::Status> = watch.next().await.unwrap();
        assert!(matches!(synced.unwrap().event, Some(Event::Synced(_))), "nothing was missed");
    }
    office.note(&owner, sent()).await;
    office.note(&other, called()).await;
    office.noted.notify_one();
    let next = tokio::time::timeout(DEADLINE, ours.next()).await.unwrap().unwrap().unwrap();
    assert!(next.version > first.version, "{next:?}");
    assert!(matches!(next.event, Some(Event::Upsert(incident)) if incident.dispatches.len() == 1));
    let next = tokio::time::timeout(DEADLINE, theirs.next()).await.unwrap().unwrap().unwrap();
    assert!(matches!(next.event, Some(Event::Upsert(incident)) if incident.dispatches.is_empty()));
    let beyond = watch::start(&office.shared, here, owner.clone(), request(next.version + 1_000)).map(|_| ());
    assert_eq!(tonic::Status::from(beyond.unwrap_err()).code(), tonic::Code::OutOfRange);
}

#[tokio::test]
async fn a_watch_that_reads_too_slowly_is_cut_and_says_so() {
    let (mut office, owner) = (Office::open(store()).await, Owner::anonymous());
    office.note(&owner, called()).await;
    office.note(&owner, sent()).await;
    office.noted.notify_one();
    office.shown("a unit is on it", &owner, |incident| !incident.dispatches.is_empty()).await;
    let request = wire::WatchIncidentsRequest::default();
    let mut slow =
        Box::pin(watch::start(&office.shared, StoreId::from_bytes([1; 16]), owner.clone(), request).unwrap());
    for round in 1..=600_u64 {
        let to = if round % 2 == 0 { UnitStatus::EnRoute } else { UnitStatus::Acknowledged };
        office.tx.send(unit(round, to)).await.unwrap();
        let seen = || office.shared.cursors.read().values().any(|seen| *seen >= round).then_some(());
        eventually("it is taken", seen).await;
    }
    let end = loop {
        match slow.next().await {
            Some(Ok(_)) => {}
            other => break other.unwrap().unwrap_err(),
        }
    };
    assert_eq!(end.code(), tonic::Code::Unavailable);
    assert!(slow.next().await.is_none());
}
