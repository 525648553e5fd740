//! Where every unit of the service stands, kept beside the store's rows.
//!
//! The rows are the truth and their versions guard every change; the board saves reading them for each decision,
//! keeps decisions made at the same time from choosing the same unit, numbers the changes, and shows them in the
//! order of their numbers: a change is seen once it and all before it are durable, or known never to be.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;
use store::{Row, RowChange};
use tokio::sync::watch;
use types::Timestamp;

use super::draft::Draft;
use super::flight::{Flight, Move, Outcome};
use super::history::History;
use super::hub::Hub;
use super::row;
use super::scenario::Unit;
use super::unit::{Change, Record, State};

/// The units of one service.
#[derive(Debug)]
pub(crate) struct Board {
    inner: Mutex<Inner>,
    /// Rises each time that something becomes visible or known.
    pulse: watch::Sender<u64>,
}

/// What the board knows.
#[derive(Debug)]
pub(crate) struct Inner {
    pub(super) units: BTreeMap<String, Held>,
    pub(super) history: History,
    pub(super) hub: Hub,
    /// The newest number that was given to a change.
    seq: u64,
    /// The newest time of a change.
    latest: Timestamp,
    /// Moves that are not visible yet, by the number of their first change.
    flights: BTreeMap<u64, Flight>,
}

/// One unit.
#[derive(Debug)]
pub(crate) struct Held {
    pub(super) unit: Arc<Unit>,
    pub(super) version: u64,
    pub(super) record: Record,
    /// Whether a change of it is on its way.
    held: bool,
}

/// A move on its way to the store. Dropped without a word, its outcome counts as unknown.
#[derive(Debug)]
pub(crate) struct Pending<'b> {
    board: &'b Board,
    first: u64,
    rows: Vec<RowChange>,
    told: bool,
}

/// Everything that the store has of the units.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stored {
    pub(crate) units: Vec<Row>,
    pub(crate) changes: Vec<Row>,
}

impl Inner {
    /// A unit, unless a change of it is on its way.
    pub(super) fn settled(&self, id: &str) -> Option<&Held> {
        self.units.get(id).filter(|held| !held.held)
    }

    /// Makes visible what is known and has nothing unknown before it.
    fn show(&mut self) {
        while let Some((first, Flight { change, outcome })) = self.flights.pop_first() {
            match outcome {
                Outcome::UnderWay | Outcome::Unknown => {
                    self.flights.insert(first, Flight { change, outcome });
                    return;
                }
                Outcome::Void => self.let_go(change),
                Outcome::Made => self.take(change),
            }
        }
    }

    fn let_go(&mut self, change: Move) {
        for id in change.units.into_keys() {
            self.units.entry(id).and_modify(|held| held.held = false);
        }
    }

    fn take(&mut self, change: Move) {
        for (id, (version, record)) in change.units {
            self.units
                .entry(id)
                .and_modify(|held| (held.version, held.record, held.held) = (version + 1, record, false));
        }
        let changes: Arc<[Arc<Change>]> = change.changes.into_iter().map(Arc::new).collect();
        self.history.push(changes.iter().cloned());
        self.hub.tell(&changes);
    }
}

impl Board {
    /// A board of these units as the store has them. A row that cannot be read takes its unit out of service.
    pub(crate) fn new<'u>(units: impl Iterator<Item = &'u Arc<Unit>>, stored: Stored) -> Self {
        let idle = |unit: &Arc<Unit>| Held { unit: unit.clone(), version: 0, record: Record::IDLE, held: false };
        let mut units: BTreeMap<String, Held> = units.map(|unit| (unit.id.clone(), idle(unit))).collect();
        let mut history = History::default();
        for row in &stored.units {
            let Some(held) = std::str::from_utf8(&row.key).ok().and_then(|id| units.get_mut(id)) else { continue };
            (held.version, held.record) = (row.version, read_unit(row));
        }
        stored.changes.iter().for_each(|row| history.push(read_changes(row).into_iter().map(Arc::new)));
        let told = history.after(0).map(|change| change.after.since);
        let latest = told.chain(units.values().map(|held| held.record.since)).max().unwrap_or_default();
        let seq = units.values().map(|held| held.record.seq).max().unwrap_or_default().max(history.current());
        let inner = Inner { units, history, hub: Hub::default(), seq, latest, flights: BTreeMap::new() };
        Self { inner: Mutex::new(inner), pulse: watch::Sender::new(0) }
    }

    /// Looks at what is visible.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&mut Inner) -> T) -> T {
        look(&mut self.inner.lock())
    }

    /// Decides with all units in view that nobody holds, and holds those that the decision changes. `None` comes with
    /// a decision that changes nothing. Its time is `now`, or that of the newest change where that is later.
    pub(crate) fn decide<T>(
        &self,
        now: Timestamp,
        decide: impl FnOnce(&mut Draft<'_>) -> T,
    ) -> (T, Option<Pending<'_>>) {
        let mut inner = self.inner.lock();
        let mut draft = Draft::new(&inner, now.max(inner.latest), inner.seq);
        let decision = decide(&mut draft);
        let change = draft.finish();
        if change.is_empty() {
            return (decision, None);
        }
        let (first, rows) = (inner.seq + 1, change.rows());
        for change in &change.changes {
            (inner.seq, inner.latest) = (change.seq, inner.latest.max(change.after.since));
        }
        for id in change.units.keys() {
            inner.units.entry(id.clone()).and_modify(|held| held.held = true);
        }
        inner.flights.insert(first, Flight { change, outcome: Outcome::UnderWay });
        drop(inner);
        (decision, Some(Pending { board: self, first, rows, told: false }))
    }

    /// Rises each time that something becomes visible or known.
    pub(crate) fn pulse(&self) -> watch::Receiver<u64> {
        self.pulse.subscribe()
    }

    /// Waits until nothing that is on its way now is.
    pub(crate) async fn caught_up(&self) {
        let mut pulse = self.pulse();
        let last = self.inner.lock().seq;
        // The sender lives in `self`, so the wait cannot fail.
        drop(
            pulse
                .wait_for(|_| self.inner.lock().flights.first_key_value().is_none_or(|(first, _)| *first > last))
                .await,
        );
    }

    /// The numbers of moves whose outcome is not known.
    pub(crate) fn unknown(&self) -> Vec<u64> {
        let inner = self.inner.lock();
        let unknown = inner.flights.iter().filter(|(_, flight)| flight.outcome == Outcome::Unknown);
        unknown.map(|(first, _)| *first).collect()
    }

    /// Says what became of a move.
    pub(crate) fn tell(&self, first: u64, outcome: Outcome) {
        let mut inner = self.inner.lock();
        if let Some(flight) = inner.flights.get_mut(&first) {
            flight.outcome = outcome;
        }
        inner.show();
        drop(inner);
        self.pulse.send_modify(|beat| *beat += 1);
    }
}

impl Pending<'_> {
    /// The changes as the store takes them.
    pub(crate) fn rows(&self) -> Vec<RowChange> {
        self.rows.clone()
    }

    /// The store has them.
    pub(crate) fn settle(self) {
        self.end(Outcome::Made);
    }

    /// The store does not have them and never will.
    pub(crate) fn cancel(self) {
        self.end(Outcome::Void);
    }

    fn end(mut self, outcome: Outcome) {
        self.told = true;
        self.board.tell(self.first, outcome);
    }
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        if !self.told {
            self.board.tell(self.first, Outcome::Unknown);
        }
    }
}

fn read_unit(row: &Row) -> Record {
    row::decode(&row.body).unwrap_or_else(|error| {
        let unit = String::from_utf8_lossy(&row.key).into_owned();
        tracing::error!(unit, %error, "a unit is out of service: its row cannot be read");
        Record { state: State::OutOfService, ..Record::IDLE }
    })
}

/// The changes of a row; one that cannot be read is a gap in what watches are told.
fn read_changes(row: &Row) -> Vec<Change> {
    row::decode_changes(&row.body).unwrap_or_else(|error| {
        tracing::error!(%error, "changes of units are lost: their row cannot be read");
        Vec::new()
    })
}
