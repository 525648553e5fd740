//! Changes that are on their way to the store.

use std::collections::BTreeMap;

use bytes::Bytes;
use store::RowChange;

use super::row;
use super::unit::{Change, DispatchKey, Record};
use super::wait::{self, Wait};

/// What one commit changes.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Move {
    /// Step by step, in order.
    pub(crate) changes: Vec<Change>,
    /// The units as they are after it, and the versions of the rows that it replaces.
    pub(crate) units: BTreeMap<String, (u64, Record)>,
    /// The same of what waits; `None` where it no longer does.
    pub(crate) waits: BTreeMap<DispatchKey, (u64, Option<Wait>)>,
}

/// How a move stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    UnderWay,
    /// The store has it.
    Made,
    /// The store does not have it and never will.
    Void,
    /// Whoever made it is gone: the store must be asked.
    Unknown,
}

/// A move and how it stands.
#[derive(Debug)]
pub(crate) struct Flight {
    pub(crate) change: Move,
    pub(crate) outcome: Outcome,
}

impl Move {
    /// Whether nothing is to be stored.
    pub(crate) fn is_empty(&self) -> bool {
        self.units.is_empty() && self.waits.is_empty()
    }

    /// As the store takes it; `first` is the number of its first change, by which it can be found again.
    pub(crate) fn rows(&self, first: u64) -> Vec<RowChange> {
        let unit = |(id, (expected, record)): (&String, &(u64, Record))| RowChange {
            kind: row::UNIT,
            key: Bytes::copy_from_slice(id.as_bytes()),
            expected: *expected,
            body: Some(row::encode(record)),
        };
        let wait = |(key, (expected, wait)): (&DispatchKey, &(u64, Option<Wait>))| RowChange {
            kind: wait::WAIT,
            key: wait::key(key),
            expected: *expected,
            body: wait.as_ref().map(wait::encode),
        };
        let changes = RowChange {
            kind: row::CHANGES,
            key: row::changes_key(first),
            expected: 0,
            body: Some(row::encode_changes(&self.changes)),
        };
        // What comes and goes within one move was never stored.
        let waits = self.waits.iter().filter(|(_, (expected, wait))| *expected > 0 || wait.is_some());
        self.units.iter().map(unit).chain(waits.map(wait)).chain([changes]).collect()
    }
}
