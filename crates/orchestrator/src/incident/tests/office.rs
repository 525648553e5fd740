//! A desk at work over a store, and what runs and units tell it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use prost::Message as _;
use proto::watchroom::emergency::v1::{self as wire, UnitChangeReason, UnitStatus};
use store::{Commit, MemoryStore, RowChange, Store};
use tokio::sync::{Notify, mpsc};
use types::{Owner, StoreId};

use crate::incident::book::Key;
use crate::incident::desk::{Desk, News, Shared, What as Units};
use crate::incident::note::{self, Dispatched, Judged, Note, Notes, What};
use crate::settings::Keep;

/// Longest wait of any test.
pub(super) const DEADLINE: Duration = Duration::from_secs(20);

pub(super) const RUN: &str = "019b0000-0000-7000-8000-000000000001";

/// A desk at work.
pub(super) struct Office {
    pub(super) store: Arc<dyn Store>,
    pub(super) shared: Arc<Shared>,
    pub(super) tx: mpsc::Sender<News>,
    pub(super) noted: Arc<Notify>,
    desk: tokio::task::JoinHandle<()>,
    notes: u32,
}

impl Office {
    pub(super) async fn open(store: Arc<dyn Store>) -> Self {
        Self::keeping(store, Keep::default()).await
    }

    pub(super) async fn keeping(store: Arc<dyn Store>, keep: Keep) -> Self {
        let (own, noted) = (store.own().await.unwrap(), Arc::new(Notify::new()));
        let (desk, shared, tx) = Desk::open(store.clone(), own.epoch, noted.clone(), keep).await.unwrap();
        let desk = tokio::spawn(desk.run());
        Self { store, shared, tx, noted, desk, notes: 0 }
    }

    /// As a process that is killed between two rounds.
    pub(super) async fn reopened(self) -> Self {
        self.desk.abort();
        assert!(self.desk.await.unwrap_err().is_cancelled());
        let office = Self::open(self.store).await;
        Self { notes: self.notes, ..office }
    }

    /// As a commit of the run does.
    pub(super) async fn note(&mut self, owner: &Owner, what: What) {
        self.note_of("c-1", RUN, owner, what).await;
    }

    pub(super) async fn note_of(&mut self, context: &str, run: &str, owner: &Owner, what: What) {
        let epoch = self.store.own().await.unwrap().epoch;
        let notes = Notes {
            tenant: owner.tenant.as_str().to_owned(),
            principal: owner.principal.as_str().to_owned(),
            context: context.to_owned(),
            run: run.to_owned(),
            at: 0,
            notes: vec![Note { what: Some(what), at: self.store.now().as_millis() }],
        };
        self.notes += 1;
        let body = Some(Bytes::from(notes.encode_to_vec()));
        let row =
            RowChange { kind: note::KIND, key: Bytes::copy_from_slice(&self.notes.to_be_bytes()), expected: 0, body };
        let at = self.store.now();
        self.store.commit(Commit::of_rows(epoch, at, vec![row])).await.unwrap();
    }

    pub(super) async fn shown(
        &self,
        what: &str,
        owner: &Owner,
        holds: impl Fn(&wire::Incident) -> bool,
    ) -> wire::Incident {
        let key = Key { owner: owner.clone(), context: "c-1".to_owned() };
        let look = || self.shared.book.read().get(&key).map(|held| held.record.shown.clone()).filter(&holds);
        eventually(what, look).await
    }
}

/// Looks until there is something to see.
pub(super) async fn eventually<T>(what: &str, look: impl Fn() -> Option<T>) -> T {
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

pub(super) fn called() -> What {
    What::Called(Judged { kind: "fire".to_owned(), priority: 2, ..Judged::default() })
}

pub(super) fn sent() -> What {
    let dispatch = wire::Dispatch {
        id: format!("{RUN}/fire"),
        service: "fire".to_owned(),
        assigned: vec!["E1".to_owned()],
        status: wire::DispatchStatus::Assigned.into(),
        ..wire::Dispatch::default()
    };
    What::Dispatched(Box::new(Dispatched { dispatch: Some(dispatch), ..Dispatched::default() }))
}

pub(super) fn unit(version: u64, to: UnitStatus) -> News {
    let change = wire::UnitChange {
        unit: "E1".to_owned(),
        dispatch: format!("{RUN}/fire"),
        to: to.into(),
        reason: UnitChangeReason::Progress.into(),
        ..wire::UnitChange::default()
    };
    News { store: StoreId::from_bytes([7; 16]), version, what: Units::Change(Box::new(change)) }
}

/// The same news of a dispatch of this caller's.
pub(super) fn by(mut news: News, tenant: &str, principal: &str) -> News {
    if let Units::Change(change) = &mut news.what {
        change.caller = Some(wire::Caller { tenant: tenant.to_owned(), principal: principal.to_owned() });
    }
    news
}

pub(super) fn store() -> Arc<dyn Store> {
    Arc::new(MemoryStore::new())
}
