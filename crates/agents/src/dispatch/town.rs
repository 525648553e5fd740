//! What every part of a dispatching service shares: its scenario, its board, its clock, its store.

use std::sync::Arc;

use store::{Commit, Lane, Ownership, RowChange, Store};
use triage::Service;
use types::Timestamp;

use super::board::{Board, Stored};
use super::clock::Clock;
use super::row;
use super::scenario::Scenario;

/// One service's part of the world.
#[derive(Debug)]
pub(crate) struct Town {
    pub(crate) service: Service,
    pub(crate) scenario: Scenario,
    pub(crate) board: Board,
    pub(crate) clock: Clock,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) own: Ownership,
}

impl Town {
    /// The town as the store has it.
    pub(crate) async fn open(
        service: Service,
        scenario: Scenario,
        store: Arc<dyn Store>,
    ) -> Result<Arc<Self>, store::Error> {
        let own = store.own().await?;
        let stored = Stored { units: store.rows(row::UNIT, b"").await?, changes: store.rows(row::CHANGES, b"").await? };
        let board = Board::new(scenario.units_of(service), stored);
        let clock = Clock { ours: Timestamp::default(), town: Timestamp::default(), speed: 1.0 };
        Ok(Arc::new(Self { service, scenario, board, clock, store, own }))
    }

    /// The town's time.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.at(self.store.now())
    }

    /// A commit of rows alone.
    pub(crate) fn commit(&self, rows: Vec<RowChange>) -> Commit {
        let at = self.store.now();
        Commit { epoch: self.own.epoch, lane: Lane::Continue, at, task: None, accept: None, rows }
    }
}
