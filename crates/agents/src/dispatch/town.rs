//! What every part of a dispatching service shares: its scenario, its board, its clock, its store.

use std::sync::Arc;

use bytes::Bytes;
use store::{Commit, Ownership, Refusal, RowChange, Store};
use triage::Service;
use types::Timestamp;

use super::board::{Board, Stored};
use super::clock::{self, Clock, Speed};
use super::keeper;
use super::row;
use super::scenario::Scenario;
use super::wait;

/// One service's part of the world.
#[derive(Debug)]
pub(crate) struct Town {
    pub(crate) service: Service,
    pub(crate) scenario: Arc<Scenario>,
    pub(crate) board: Board,
    pub(crate) clock: Clock,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) own: Ownership,
}

/// Why a town cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum NotOpened {
    /// Its rows cannot be read.
    #[error("the units cannot be read")]
    Read(#[from] store::Error),
    /// What is due cannot be stored.
    #[error("the units cannot go on")]
    Write(#[from] Refusal),
    /// It was written by a newer version.
    #[error("the town's clock cannot be read: it is damaged, or of a newer version")]
    Clock,
}

impl Town {
    /// The town as the store has it, with everything done that was due meanwhile.
    pub(crate) async fn open(
        service: Service,
        scenario: Scenario,
        store: Arc<dyn Store>,
        speed: Speed,
    ) -> Result<Arc<Self>, NotOpened> {
        let own = store.own().await?;
        let stored = Stored {
            units: store.rows(row::UNIT, b"").await?,
            changes: store.rows(row::CHANGES, b"").await?,
            waits: store.rows(wait::WAIT, b"").await?,
        };
        let clock = wind(&store, own, speed).await?;
        let scenario = Arc::new(scenario);
        let board = Board::new(scenario.clone(), service, &stored);
        let town = Self { service, scenario, board, clock, store, own };
        keeper::catch_up(&town).await?;
        Ok(Arc::new(town))
    }

    /// The town's time.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.at(self.store.now())
    }

    /// A commit of rows alone.
    pub(crate) fn commit(&self, rows: Vec<RowChange>) -> Commit {
        bare(&*self.store, self.own, rows)
    }
}

fn bare(store: &dyn Store, own: Ownership, rows: Vec<RowChange>) -> Commit {
    Commit::of_rows(own.epoch, store.now(), rows)
}

/// The clock of the store, from now on at `speed`.
async fn wind(store: &Arc<dyn Store>, own: Ownership, speed: Speed) -> Result<Clock, NotOpened> {
    let now = store.now();
    let row = store.rows(clock::CLOCK, clock::KEY).await?.pop();
    let (known, expected) = match &row {
        Some(row) => (Some(Clock::decode(&row.body).ok_or(NotOpened::Clock)?), row.version),
        None => (None, 0),
    };
    let changed = known.map_or_else(|| Some(Clock::started(now, speed)), |clock| clock.geared(now, speed));
    let Some(clock) = changed else { return known.ok_or(NotOpened::Clock) };
    let key = Bytes::from_static(clock::KEY);
    let change = RowChange { kind: clock::CLOCK, key, expected, body: Some(clock.encode()) };
    store.commit(bare(&**store, own, vec![change])).await?;
    Ok(clock)
}
