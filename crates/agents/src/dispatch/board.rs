//! Where every unit of the service stands, kept beside the store's rows.
//!
//! The rows are the truth and their versions guard every change; the board only saves reading them for each dispatch,
//! and keeps dispatches that are decided at the same time from choosing the same unit.

use std::collections::BTreeMap;

use bytes::Bytes;
use parking_lot::Mutex;
use store::{Row, RowChange};
use types::Timestamp;

use super::row::{self, KIND};
use super::unit::{DispatchKey, Record, State};

/// The units of one service.
#[derive(Debug, Default)]
pub(crate) struct Board {
    units: Mutex<BTreeMap<String, Held>>,
}

/// What is known of one unit.
#[derive(Debug, Clone)]
struct Held {
    version: u64,
    record: Record,
    hold: Hold,
}

/// Whether the record can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hold {
    Settled,
    /// A change of it is on its way to the store.
    Pending,
    /// A change may or may not have been made: the rows must be read.
    Unknown,
}

/// The change of one unit.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Change {
    pub(crate) unit: String,
    pub(crate) next: Record,
}

/// Changes that are on their way to the store. Dropped without a word, their units count as unknown.
#[derive(Debug)]
pub(crate) struct Pending<'b> {
    board: &'b Board,
    changes: Vec<(u64, Change)>,
}

impl Board {
    /// A board of these units, all idle until their rows say otherwise.
    pub(crate) fn new(units: impl Iterator<Item = String>) -> Self {
        let idle = Held { version: 0, record: Record::IDLE, hold: Hold::Settled };
        Self { units: Mutex::new(units.map(|id| (id, idle.clone())).collect()) }
    }

    /// Takes over what the rows say. A row that cannot be read takes its unit out of service.
    pub(crate) fn load(&self, rows: Vec<Row>) {
        let mut units = self.units.lock();
        for (id, held) in units.iter_mut() {
            if held.hold == Hold::Unknown && !rows.iter().any(|row| row.key == id.as_bytes()) {
                *held = Held { version: 0, record: Record::IDLE, hold: Hold::Settled };
            }
        }
        for row in rows {
            let Some(held) = std::str::from_utf8(&row.key).ok().and_then(|id| units.get_mut(id)) else { continue };
            let newer = row.version >= held.version || held.hold == Hold::Unknown;
            if held.hold != Hold::Pending && newer {
                *held = Held { version: row.version, record: read(&row), hold: Hold::Settled };
            }
        }
    }

    /// Whether the rows must be read before the next decision.
    pub(crate) fn is_unsure(&self) -> bool {
        self.units.lock().values().any(|held| held.hold == Hold::Unknown)
    }

    /// The units that a dispatch has, with their records.
    pub(crate) fn of(&self, matches: impl Fn(&DispatchKey) -> bool) -> Vec<(String, Record)> {
        let units = self.units.lock();
        let has = |held: &Held| held.record.assignment.as_ref().is_some_and(|it| matches(&it.dispatch));
        units.iter().filter(|(_, held)| has(held)).map(|(id, held)| (id.clone(), held.record.clone())).collect()
    }

    /// Decides with all free units in view, and holds those that the decision changes.
    pub(crate) fn decide<T>(
        &self,
        decide: impl FnOnce(&dyn Fn(&str) -> Option<Record>) -> (T, Vec<Change>),
    ) -> (T, Pending<'_>) {
        let mut units = self.units.lock();
        let view = |id: &str| units.get(id).filter(|held| held.hold == Hold::Settled).map(|held| held.record.clone());
        let (decision, changes) = decide(&view);
        let mut held_changes = Vec::with_capacity(changes.len());
        for change in changes {
            if let Some(held) = units.get_mut(&change.unit) {
                held.hold = Hold::Pending;
                held_changes.push((held.version, change));
            }
        }
        (decision, Pending { board: self, changes: held_changes })
    }
}

impl Pending<'_> {
    pub(crate) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The changes as the store takes them.
    pub(crate) fn rows(&self) -> Vec<RowChange> {
        let row = |(expected, change): &(u64, Change)| RowChange {
            kind: KIND,
            key: Bytes::copy_from_slice(change.unit.as_bytes()),
            expected: *expected,
            body: Some(row::encode(&change.next)),
        };
        self.changes.iter().map(row).collect()
    }

    /// They are not wanted after all, and never reached the store.
    pub(crate) fn cancel(mut self) {
        let mut units = self.board.units.lock();
        for (_, change) in self.changes.drain(..) {
            if let Some(held) = units.get_mut(&change.unit) {
                held.hold = Hold::Settled;
            }
        }
    }

    /// The store has them.
    pub(crate) fn settle(mut self) {
        let mut units = self.board.units.lock();
        for (version, change) in self.changes.drain(..) {
            let held = Held { version: version + 1, record: change.next, hold: Hold::Settled };
            units.insert(change.unit, held);
        }
    }
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        let mut units = self.board.units.lock();
        for (_, change) in self.changes.drain(..) {
            if let Some(held) = units.get_mut(&change.unit) {
                held.hold = Hold::Unknown;
            }
        }
    }
}

fn read(row: &Row) -> Record {
    row::decode(&row.body).unwrap_or_else(|error| {
        let unit = String::from_utf8_lossy(&row.key).into_owned();
        tracing::error!(unit, %error, "a unit is out of service: its row cannot be read");
        Record { state: State::OutOfService, since: Timestamp::from_millis(0), assignment: None }
    })
}
