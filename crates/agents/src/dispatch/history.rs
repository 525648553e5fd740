//! The newest changes of units, for watches and followers that go on from a version. The store keeps the same ones.

use std::collections::VecDeque;
use std::sync::Arc;

use super::unit::Change;

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
#[derive(Debug, Default)]
pub(crate) struct History {
    /// The newest change that is forgotten.
    kept_after: u64,
    changes: VecDeque<Arc<Change>>,
    /// The rows in the store that hold them: the first and the last change of each.
    rows: VecDeque<(u64, u64)>,
}

impl History {
    /// Adds the changes of one commit, and forgets the oldest beyond the bound.
    pub(crate) fn push(&mut self, changes: impl IntoIterator<Item = Arc<Change>>) {
        let before = self.changes.len();
        self.changes.extend(changes);
        if let (Some(first), Some(last)) = (self.changes.get(before), self.changes.back()) {
            self.rows.push_back((first.seq, last.seq));
        }
        while self.changes.len() > KEPT {
            let Some(oldest) = self.changes.pop_front() else { return };
            self.kept_after = oldest.seq;
        }
    }

    /// The newest change.
    pub(crate) fn current(&self) -> u64 {
        self.changes.back().map_or(self.kept_after, |change| change.seq)
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

    /// Rows of the store that nothing needs any more, once there are many: the first change of each.
    pub(crate) fn surplus(&mut self) -> Vec<u64> {
        let old = self.rows.partition_point(|(_, last)| *last <= self.kept_after);
        if old < SURPLUS { Vec::new() } else { self.rows.drain(..old).map(|(first, _)| first).collect() }
    }
}
