//! All incidents that are kept, in memory as they are on disk, and those who watch them.
//! The desk writes it, after its commits; callers look, each at its own.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use bytes::Bytes;
use service::{Fanout, Listening};
use types::Owner;

use super::record::Record;

/// Whose, and which conversation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key {
    pub(super) owner: Owner,
    pub(super) context: String,
}

impl Key {
    /// The key of its row. Lengths come first, so that no two keys are alike whatever is in a name.
    pub(super) fn row(&self) -> Bytes {
        let mut row = Vec::new();
        for part in [self.owner.tenant.as_str(), self.owner.principal.as_str(), &self.context] {
            let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
            row.extend(length.to_be_bytes());
            row.extend(part.as_bytes());
        }
        row.into()
    }
}

/// An incident and how often its row was written.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub(super) record: Arc<Record>,
    pub(super) row: u64,
}

/// An incident as it became, and as it was.
#[derive(Debug, Clone)]
pub(super) struct Change {
    pub(super) before: Option<Arc<Record>>,
    pub(super) now: Arc<Record>,
}

/// Every incident that is kept.
#[derive(Debug)]
pub(super) struct Book {
    incidents: BTreeMap<Key, Held>,
    /// By the newest version of each.
    versions: BTreeMap<u64, Key>,
    /// The versions of those that are over, and of those that nobody works on.
    over: BTreeSet<u64>,
    idle: BTreeSet<u64>,
    runs: HashMap<String, Key>,
    version: u64,
    listeners: Fanout<Change, Owner>,
}

impl Default for Book {
    fn default() -> Self {
        Self {
            incidents: BTreeMap::new(),
            versions: BTreeMap::new(),
            over: BTreeSet::new(),
            idle: BTreeSet::new(),
            runs: HashMap::new(),
            version: 0,
            listeners: Fanout::new("incidents"),
        }
    }
}

impl Book {
    pub(super) fn get(&self, key: &Key) -> Option<&Held> {
        self.incidents.get(key)
    }

    /// The incident that a run belongs to.
    pub(super) fn of_run(&self, run: &str) -> Option<&Key> {
        self.runs.get(run)
    }

    /// The newest change of any.
    pub(super) const fn version(&self) -> u64 {
        self.version
    }

    pub(super) fn len(&self) -> usize {
        self.incidents.len()
    }

    /// Every incident, those that have not changed for longest first.
    pub(super) fn by_age(&self) -> impl Iterator<Item = (&Key, &Held)> {
        self.versions.values().filter_map(|key| self.incidents.get_key_value(key))
    }

    /// How many are over.
    pub(super) fn over_count(&self) -> usize {
        self.over.len()
    }

    /// Those that are over, of these those that have not changed for longest first.
    pub(super) fn over(&self) -> impl Iterator<Item = (&Key, &Held)> {
        self.at(&self.over)
    }

    /// Those that nobody works on, over or not, in the same order.
    pub(super) fn idle(&self) -> impl Iterator<Item = (&Key, &Held)> {
        self.at(&self.idle)
    }

    fn at<'b>(&'b self, versions: &'b BTreeSet<u64>) -> impl Iterator<Item = (&'b Key, &'b Held)> {
        let keys = versions.iter().filter_map(|version| self.versions.get(version));
        keys.filter_map(|key| self.incidents.get_key_value(key))
    }

    /// The incidents of an owner.
    pub(super) fn of<'b>(&'b self, owner: &'b Owner) -> impl Iterator<Item = &'b Arc<Record>> {
        let first = Key { owner: owner.clone(), context: String::new() };
        let own = self.incidents.range(first..).take_while(move |(key, _)| key.owner == *owner);
        own.map(|(_, held)| &held.record)
    }

    /// The incidents of an owner that changed after a version, in the order of their changes.
    pub(super) fn since<'b>(&'b self, owner: &'b Owner, version: u64) -> impl Iterator<Item = &'b Arc<Record>> {
        let later = self.versions.range(version + 1..).map(|(_, key)| key);
        later.filter(move |key| key.owner == *owner).filter_map(|key| self.incidents.get(key)).map(|held| &held.record)
    }

    /// Puts what is on disk now, and tells it to whoever watches.
    pub(super) fn put(&mut self, key: Key, held: Held) {
        let record = held.record.clone();
        let version = record.shown.version;
        for run in record.runs() {
            self.runs.insert(run.to_owned(), key.clone());
        }
        let (over, idle) = (!record.status().is_open(), record.runs_ended());
        let before = self.incidents.insert(key.clone(), held).map(|before| before.record);
        if let Some(before) = &before {
            self.unlist(before.shown.version);
            before.runs().filter(|run| !record.runs().any(|now| now == *run)).for_each(|gone| {
                self.runs.remove(gone);
            });
        }
        self.version = self.version.max(version);
        self.versions.insert(version, key.clone());
        self.over.extend(over.then_some(version));
        self.idle.extend(idle.then_some(version));
        let change = Change { before, now: record };
        self.listeners.tell_those(&change, |owner| *owner == key.owner);
    }

    /// Forgets what is no longer on disk.
    pub(super) fn forget(&mut self, key: &Key) {
        let Some(held) = self.incidents.remove(key) else { return };
        self.unlist(held.record.shown.version);
        held.record.runs().for_each(|run| drop(self.runs.remove(run)));
    }

    fn unlist(&mut self, version: u64) {
        self.versions.remove(&version);
        self.over.remove(&version);
        self.idle.remove(&version);
    }

    /// Ends every watch, and those that are still to come.
    pub(super) fn close(&mut self) {
        self.listeners.close();
    }

    /// Starts a watch that has caught up with all this.
    pub(super) fn watch(&mut self, owner: Owner) -> Listening<Change> {
        self.listeners.join(owner)
    }
}
