//! Changes that are on their way to the store, and the order in which they are told.

use std::collections::BTreeMap;

use bytes::Bytes;
use store::RowChange;

use super::row;
use super::unit::{Change, Record};

/// What one commit changes.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Move {
    /// Step by step, in order.
    pub(crate) changes: Vec<Change>,
    /// The units as they are after it, and the versions of the rows that it replaces.
    pub(crate) units: BTreeMap<String, (u64, Record)>,
}

/// How a move stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    UnderWay,
    /// The store has it.
    Made,
    /// The store does not have it and never will.
    Void,
    /// Whoever made it is gone: the rows must be read.
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
        self.units.is_empty()
    }

    /// As the store takes it.
    pub(crate) fn rows(&self) -> Vec<RowChange> {
        let unit = |(id, (expected, record)): (&String, &(u64, Record))| RowChange {
            kind: row::UNIT,
            key: Bytes::copy_from_slice(id.as_bytes()),
            expected: *expected,
            body: Some(row::encode(record)),
        };
        let changes = self.changes.first().map(|first| RowChange {
            kind: row::CHANGES,
            key: row::changes_key(first.seq),
            expected: 0,
            body: Some(row::encode_changes(&self.changes)),
        });
        self.units.iter().map(unit).chain(changes).collect()
    }
}
