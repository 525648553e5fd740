//! The service's own rows, in memory.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;

use bytes::Bytes;

use crate::commit::{Refusal, RowChange};
use crate::read::Row;

/// All rows by kind and key.
#[derive(Debug, Default)]
pub(super) struct Rows(HashMap<&'static str, BTreeMap<Bytes, Cell>>);

#[derive(Debug)]
struct Cell {
    version: u64,
    body: Bytes,
}

impl Rows {
    /// Compares the versions.
    pub(super) fn check(&self, changes: &[RowChange]) -> Result<(), Refusal> {
        for (place, change) in changes.iter().enumerate().filter(|(_, change)| change.expected != RowChange::ANY) {
            let stored = || self.0.get(change.kind)?.get(&change.key).map(|cell| cell.version);
            let found = change.left_by(&changes[..place]).or_else(stored).unwrap_or(0);
            if found != change.expected {
                return Err(Refusal::Row { kind: change.kind, key: change.key.clone(), found });
            }
        }
        Ok(())
    }

    /// Writes what was checked.
    pub(super) fn write(&mut self, changes: Vec<RowChange>) {
        for change in changes {
            let version = change.after();
            let RowChange { kind, key, body, .. } = change;
            let rows = self.0.entry(kind).or_default();
            match body {
                Some(body) => drop(rows.insert(key, Cell { version, body })),
                None => drop(rows.remove(&key)),
            }
        }
    }

    /// The rows of `kind` under `prefix`, in key order.
    pub(super) fn with_prefix(&self, kind: &str, prefix: &[u8]) -> Vec<Row> {
        let Some(rows) = self.0.get(kind) else { return Vec::new() };
        rows.range::<[u8], _>((Bound::Included(prefix), Bound::Unbounded))
            .take_while(|(key, _)| key.starts_with(prefix))
            .map(|(key, cell)| Row { key: key.clone(), version: cell.version, body: cell.body.clone() })
            .collect()
    }
}
