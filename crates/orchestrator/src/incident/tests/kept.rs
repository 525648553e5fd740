//! The desk over a store: what is noted is kept, also over a restart, and shown to its owner alone.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt as _;
use prost::Message as _;
use proto::watchroom::emergency::v1::watch_incidents_response::Event;
use proto::watchroom::emergency::v1::{self as wire, IncidentStatus, UnitChangeReason, UnitStatus};
use store::{Commit, Lane, MemoryStore, RowChange, Store};
use tokio::sync::{Notify, mpsc};
use types::{Owner, StoreId};

use crate::incident::desk::{Desk, News, Shared, What as Units};
use crate::incident::note::{self, Dispatched, Judged, Note, Notes, What};
use crate::incident::{book::Key, watch};

/// Longest wait of any test.
const DEADLINE: Duration = Duration::from_secs(20);

const RUN: &str = "019b0000-0000-7000-8000-000000000001";

/// A desk at work.
struct Office {
    store: Arc<dyn Store>,
    shared: Arc<Shared>,
    tx: mpsc::Sender<News>,
    noted: Arc<Notify>,
    desk: tokio::task::JoinHandle<()>,
    notes: u8,
}

impl Office {
    async fn open(store: Arc<dyn Store>) -> Self {
        let (own, noted) = (store.own().await.unwrap(), Arc::new(Notify::new()));
        let (desk, shared, tx) = Desk::open(store.clone(), own.epoch, noted.clone()).await.unwrap();
        let desk = tokio::spawn(desk.run());
        Self { store, shared, tx, noted, desk, notes: 0 }
    }

    /// As a process that is killed between two rounds.
    async fn reopened(self) -> Self {
        self.desk.abort();
        assert!(self.desk.await.unwrap_err().is_cancelled());
        let office = Self::open(self.store).await;
        Self { notes: self.notes, ..office }
    }

    /// As a commit of the run does.
    async fn note(&mut self, owner: &Owner, what: What) {
        let epoch = self.store.own().await.unwrap().epoch;
        let notes = Notes {
            tenant: owner.tenant.as_str().to_owned(),
            principal: owner.principal.as_str().to_owned(),
            context: "c-1".to_owned(),
            run: RUN.to_owned(),
            at: self.store.now().as_millis(),
            notes: vec![Note { what: Some(what) }],
        };
        self.notes += 1;
        let body = Some(Bytes::from(notes.encode_to_vec()));
        let row = RowChange { kind: note::KIND, key: Bytes::copy_from_slice(&[self.notes]), expected: 0, body };
        let at = self.store.now();
        let commit = Commit { epoch, lane: Lane::Continue, at, task: None, accept: None, rows: vec![row] };
        self.store.commit(commit).await.unwrap();
    }

    async fn shown(&self, what: &str, owner: &Owner, holds: impl Fn(&wire::Incident) -> bool) -> wire::Incident {
        let key = Key { owner: owner.clone(), context: "c-1".to_owned() };
        let look = || self.shared.book.read().get(&key).map(|held| held.record.shown.clone()).filter(&holds);
        eventually(what, look).await
    }
}

/// Looks until there is something to see.
async fn eventually<T>(what: &str, look: impl Fn() -> Option<T>) -> T {
    let found = async {
        loop {
            match look() {
                Some(found) => return found,
                None => tokio::time::sleep(Duration::from_millis(1)).await,
            }
        }
    };
    tokio::time::timeout(DEADLINE, found).await.unwrap_or_else(|_| panic!("{what}"))
}

fn called() -> What {
    What::Called(Judged { kind: "fire".to_owned(), priority: 2, ..Judged::default() })
}

fn sent() -> What {
    let dispatch = wire::Dispatch {
        id: format!("{RUN}/fire"),
        service: "fire".to_owned(),
        assigned: vec!["E1".to_owned()],
        status: wire::DispatchStatus::Assigned.into(),
        ..wire::Dispatch::default()
    };
    What::Dispatched(Box::new(Dispatched { dispatch: Some(dispatch), ..Dispatched::default() }))
}

fn unit(version: u64, to: UnitStatus) -> News {
    let change = wire::UnitChange {
        unit: "E1".to_owned(),
        dispatch: format!("{RUN}/fire"),
        to: to.into(),
        reason: UnitChangeReason::Progress.into(),
        ..wire::UnitChange::default()
    };
    News { store: StoreId::from_bytes([7; 16]), version, what: Units::Change(Box::new(change)) }
}

fn store() -> Arc<dyn Store> {
    Arc::new(MemoryStore::new())
}

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
