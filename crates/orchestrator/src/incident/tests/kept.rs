//! The desk over a store: what is noted is kept, also over a restart, and shown to its owner alone.

use agent::Append;
use bytes::Bytes;
use futures::StreamExt as _;
use prost::Message as _;
use proto::watchroom::emergency::v1::watch_incidents_response::Event;
use proto::watchroom::emergency::v1::{self as wire, IncidentStatus, UnitStatus};
use store::{Commit, RowChange};
use types::{Head, Owner, StoreId, TaskId};

use super::office::{DEADLINE, Office, RUN, by, called, eventually, sent, store, unit};
use crate::duty::Subject;
use crate::incident::note::{self, Failed, Note, Notes, What};
use crate::incident::tell::told;
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

/// Earlier versions noted each decision under the number of a frame and something of chance, and wrote the time once.
#[tokio::test]
async fn notes_of_earlier_versions_come_before_those_of_this_one_at_their_own_times() {
    let (store, owner, run): (_, _, TaskId) = (store(), Owner::anonymous(), RUN.parse().unwrap());
    let of_earlier = |frame: u64, chance: u64, at: u64, what: What| {
        let notes = Notes {
            principal: owner.principal.as_str().to_owned(),
            context: "c-1".to_owned(),
            run: RUN.to_owned(),
            at,
            notes: vec![Note { what: Some(what), at: 0 }],
            ..Notes::default()
        };
        let key = [run.as_bytes().as_slice(), &frame.to_be_bytes(), &chance.to_be_bytes()].concat();
        (key.into(), notes.encode_to_vec())
    };
    let of_now = |commit: u64, notes: [(u64, What); 2]| {
        let subject = Subject { owner: &owner, run, context: &"c-1".parse().unwrap() };
        let notes = notes.map(|(at, what)| Note { what: Some(what), at });
        let Append { key, body, .. } = told(subject, Head(commit), notes.into());
        (key, body)
    };
    let failed = |service: &str| {
        let dispatch = format!("{RUN}/{service}");
        What::Failed(Failed { dispatch, service: service.to_owned(), cause: "nobody is free".to_owned() })
    };
    let rows: [(Bytes, Vec<u8>); 4] = [
        of_now(12, [(5_000, failed("e")), (6_000, failed("f"))]),
        of_now(3, [(3_000, failed("c")), (4_000, failed("d"))]),
        of_earlier(300, 1, 2_000, failed("b")),
        of_earlier(2, u64::MAX, 1_000, called()),
    ];
    let change =
        |(key, body): (Bytes, Vec<u8>)| RowChange { kind: note::KIND, key, expected: 0, body: Some(body.into()) };
    let (epoch, at) = (store.own().await.unwrap().epoch, store.now());
    store.commit(Commit::of_rows(epoch, at, rows.map(change).into())).await.unwrap();
    let office = Office::open(store).await;
    let last = |incident: &wire::Incident| incident.dispatches.iter().any(|dispatch| dispatch.service == "f");
    let incident = office.shown("all is taken", &owner, last).await;
    let seconds = |at: &Option<prost_types::Timestamp>| at.as_ref().unwrap().seconds;
    assert_eq!((seconds(&incident.opened_at), seconds(&incident.calls[0].received_at)), (1, 1));
    let services: Vec<&str> = incident.dispatches.iter().map(|dispatch| dispatch.service.as_str()).collect();
    assert_eq!(services, ["b", "c", "d", "e", "f"]);
    let said = incident.log.iter().filter(|entry| entry.text.contains("nobody is free"));
    assert_eq!(said.map(|entry| seconds(&entry.time)).collect::<Vec<_>>(), [2, 3, 4, 5, 6]);
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
