//! The newest changes of units, for watches and followers that go on from a version. The store keeps the same ones.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use super::unit::{Assignment, Change, DispatchKey, State};

/// The version of a store in which nothing has happened: above 0, which asks a watch for a snapshot.
pub(crate) const BEGINNING: u64 = 1;
/// Changes that are kept: hours of a town, and the missed time of a watch that comes back.
const KEPT: usize = 4096;
/// Rows that may wait to be deleted, so that one commit deletes many.
const SURPLUS: usize = 256;

/// A version that changes cannot be told from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum OutOfRange {
    /// What came right after it is forgotten.
    #[error("version {given} is forgotten up to {kept_after}; take a new snapshot")]
    Compacted { given: u64, kept_after: u64, current: u64 },
    /// It has not happened, or it is another store's.
    #[error("version {given} is not one of this store, which is at {current}; take a new snapshot")]
    Foreign { given: u64, kept_after: u64, current: u64 },
}

/// A bounded run of changes without a gap.
#[derive(Debug)]
pub(crate) struct History {
    /// The newest change that is forgotten.
    kept_after: u64,
    changes: VecDeque<Arc<Change>>,
    /// Of each dispatch the newest change of each of its units.
    parts: HashMap<DispatchKey, BTreeMap<String, Arc<Change>>>,
    /// The rows in the store that hold them: the number of each and its last change.
    rows: VecDeque<(u64, u64)>,
}

impl History {
    /// Nothing yet, before the oldest row of the store: what came before that is forgotten.
    pub(crate) fn from_row(oldest: Option<u64>) -> Self {
        let kept_after = oldest.map_or(BEGINNING, |oldest| oldest.saturating_sub(1).max(BEGINNING));
        Self { kept_after, changes: VecDeque::new(), parts: HashMap::new(), rows: VecDeque::new() }
    }

    /// Adds the changes of the row `first`, and forgets the oldest beyond the bound.
    pub(crate) fn push(&mut self, first: u64, changes: impl IntoIterator<Item = Arc<Change>>) {
        for change in changes {
            if let Some(part) = &change.part {
                let units = self.parts.entry(part.dispatch.clone()).or_default();
                units.insert(change.unit.clone(), change.clone());
            }
            self.changes.push_back(change);
        }
        self.rows.push_back((first, self.current().max(first)));
        while self.changes.len() > KEPT {
            let Some(oldest) = self.changes.pop_front() else { return };
            self.kept_after = oldest.seq;
            self.forget(&oldest);
        }
    }

    fn forget(&mut self, oldest: &Arc<Change>) {
        let Some(key) = oldest.part.as_ref().map(|part| &part.dispatch) else { return };
        let Some(units) = self.parts.get_mut(key) else { return };
        if units.get(&oldest.unit).is_some_and(|newest| Arc::ptr_eq(newest, oldest)) {
            units.remove(&oldest.unit);
        }
        if units.is_empty() {
            self.parts.remove(key);
        }
    }

    /// The newest change.
    pub(crate) fn current(&self) -> u64 {
        self.changes.back().map_or(self.kept_after, |change| change.seq)
    }

    /// The newest number that was given to a row or a change.
    pub(crate) fn numbered(&self) -> u64 {
        self.rows.back().map_or(self.kept_after, |(_, last)| *last)
    }

    /// Every change after `version`, oldest first.
    pub(crate) fn since(&self, version: u64) -> Result<impl Iterator<Item = &Arc<Change>>, OutOfRange> {
        let (given, kept_after, current) = (version, self.kept_after, self.current());
        if version < kept_after {
            return Err(OutOfRange::Compacted { given, kept_after, current });
        }
        if version > current {
            return Err(OutOfRange::Foreign { given, kept_after, current });
        }
        Ok(self.after(version))
    }

    /// Every change after `version` that is still there, oldest first.
    pub(crate) fn after(&self, version: u64) -> impl DoubleEndedIterator<Item = &Arc<Change>> {
        let skip = self.changes.partition_point(|change| change.seq <= version);
        self.changes.iter().skip(skip)
    }

    /// The dispatches that units have worked for, as far as is remembered.
    pub(crate) fn dispatches(&self) -> impl Iterator<Item = &DispatchKey> {
        self.parts.keys()
    }

    /// The units that have worked for a dispatch to the end, as far as is remembered.
    pub(crate) fn served(&self, key: &DispatchKey) -> impl Iterator<Item = (String, Arc<Assignment>)> {
        let units = self.parts.get(key).into_iter().flatten();
        let served = units.filter(|(_, newest)| newest.from == State::Cleared);
        served.filter_map(|(unit, newest)| Some((unit.clone(), newest.part.clone()?)))
    }

    /// Rows of the store that nothing needs any more, once there are many.
    pub(crate) fn surplus(&self) -> Vec<u64> {
        let old = self.rows.partition_point(|(_, last)| *last <= self.kept_after);
        if old < SURPLUS { Vec::new() } else { self.rows.iter().take(old).map(|(first, _)| *first).collect() }
    }

    /// The oldest rows are deleted.
    pub(crate) fn swept(&mut self, count: usize) {
        self.rows.drain(..count.min(self.rows.len()));
    }
}
