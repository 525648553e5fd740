//! The newest changes, for watches and queries that go on from a version.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::catalog::{Change, Now};
use crate::identity::Identity;
use crate::record::Entry;

/// Changes that are kept: minutes of a restarting cluster of a thousand agents.
const CHANGES: usize = 4096;

/// Bytes of cards that the kept changes may hold on to.
const BYTES: usize = 32 << 20;

/// A version that changes cannot be told from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum OutOfRange {
    /// What came right after it is forgotten.
    #[error("version {given} is compacted up to {compacted}; take a new snapshot")]
    Compacted { given: u64, compacted: u64, current: u64 },
    /// It has not happened, or it is another registry's.
    #[error("version {given} is not one of this registry, which is at {current}; take a new snapshot")]
    Foreign { given: u64, compacted: u64, current: u64 },
}

/// A bounded run of changes without a gap.
#[derive(Debug)]
pub(crate) struct History {
    /// The version before the oldest change.
    compacted: u64,
    changes: VecDeque<Arc<Change>>,
    bytes: usize,
    most: usize,
}

impl History {
    /// Starts after `version`.
    pub(crate) fn after(version: u64) -> Self {
        Self { compacted: version, changes: VecDeque::new(), bytes: 0, most: CHANGES }
    }

    /// As [`History::after`], keeping at most so many changes.
    #[cfg(test)]
    pub(crate) fn bounded(version: u64, most: usize) -> Self {
        Self { most, ..Self::after(version) }
    }

    /// Adds the next change and forgets the oldest beyond the bounds.
    pub(crate) fn push(&mut self, change: Arc<Change>) {
        self.bytes += size(&change);
        self.changes.push_back(change);
        while self.changes.len() > self.most || self.bytes > BYTES {
            let Some(oldest) = self.changes.pop_front() else { return };
            self.bytes -= size(&oldest);
            self.compacted = oldest.version;
        }
    }

    /// The newest version.
    pub(crate) fn current(&self) -> u64 {
        self.changes.back().map_or(self.compacted, |change| change.version)
    }

    /// Every change after `version`, oldest first.
    pub(crate) fn since(&self, version: u64) -> Result<impl Iterator<Item = &Arc<Change>>, OutOfRange> {
        let (given, compacted, current) = (version, self.compacted, self.current());
        if version < compacted {
            return Err(OutOfRange::Compacted { given, compacted, current });
        }
        if version > current {
            return Err(OutOfRange::Foreign { given, compacted, current });
        }
        let skip = self.changes.partition_point(|change| change.version <= version);
        Ok(self.changes.iter().skip(skip))
    }

    /// What changed after `version`, as it was at `version`.
    pub(crate) fn undone(&self, version: u64) -> Result<BTreeMap<&Identity, Option<&Entry>>, OutOfRange> {
        let mut then = BTreeMap::new();
        for change in self.since(version)? {
            then.entry(&change.identity).or_insert(change.before.as_ref());
        }
        Ok(then)
    }
}

fn size(change: &Change) -> usize {
    match &change.now {
        Now::Held(entry) => entry.record.card.len(),
        Now::Gone(_) => 0,
    }
}
