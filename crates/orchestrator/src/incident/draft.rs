//! What the next commit of the desk changes, decided over what is kept: incidents as they become, notes that are taken
//! away, how far the units of each store were taken up, and what is no longer kept.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use prost::Message as _;
use proto::watchroom::emergency::v1 as wire;
use store::{Row, RowChange};
use types::{Owner, Principal, StoreId, Tenant, Timestamp};

use super::book::Key;
use super::desk::{BATCH, News, Shared, What};
use super::note::{self, Notes};
use super::record::Record;
use crate::settings::Keep;

/// A change of many rows that is not committed yet.
#[derive(Debug)]
pub(super) struct Draft {
    shared: Arc<Shared>,
    pub(super) changed: BTreeMap<Key, Record>,
    /// The runs that have noted something here.
    runs: HashMap<String, Key>,
    pub(super) taken: Vec<RowChange>,
    pub(super) cursors: BTreeMap<StoreId, u64>,
    /// Stores whose place is given up.
    pub(super) gone: BTreeSet<StoreId>,
    /// Incidents that only snapshots have changed: told again, those say the same.
    by_snapshot: BTreeSet<Key>,
    /// No longer kept.
    pub(super) dropped: BTreeSet<Key>,
}

impl Draft {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        let (changed, runs, taken) = (BTreeMap::new(), HashMap::new(), Vec::new());
        let (cursors, gone, by_snapshot, dropped) =
            (BTreeMap::new(), BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        Self { shared, changed, runs, taken, cursors, gone, by_snapshot, dropped }
    }

    /// A part to commit before the rest, where there is more than one commit takes: of what only snapshots have
    /// changed. How far they go is in the last part, so a crash in between has them told again, and these are as they
    /// should be then.
    pub(super) fn split(&mut self) -> Option<Self> {
        if self.changed.len() <= BATCH {
            return None;
        }
        let part: Vec<Key> = self.by_snapshot.iter().take(BATCH).cloned().collect();
        if part.is_empty() {
            return None;
        }
        let mut split = Self::new(self.shared.clone());
        for key in part {
            self.by_snapshot.remove(&key);
            split.changed.extend(self.changed.remove_entry(&key));
        }
        Some(split)
    }

    /// Takes what a run has noted.
    pub(super) fn take(&mut self, row: Row) {
        self.taken.push(RowChange { kind: note::KIND, key: row.key, expected: RowChange::ANY, body: None });
        let Ok(notes) = Notes::decode(row.body) else {
            tracing::error!("a note of an incident does not decode; it is dropped");
            return;
        };
        let Some(first) = notes.notes.first() else { return };
        let (key, at) = (noted_key(&notes), |note| notes.decided(note));
        self.runs.insert(notes.run.clone(), key.clone());
        let record = match self.changed.entry(key) {
            Entry::Occupied(drafted) => drafted.into_mut(),
            Entry::Vacant(free) => {
                let known = kept(&self.shared, free.key()).map(|known| Record::clone(&known));
                let new = || Record::new(&notes.tenant, &notes.principal, &notes.context, at(first));
                free.insert(known.unwrap_or_else(new))
            }
        };
        let told = notes.notes.iter().filter_map(|note| note.what.as_ref().map(|what| (what, at(note))));
        told.for_each(|(what, at)| record.take(&notes.run, what, at));
    }

    /// Takes what units did.
    pub(super) fn take_news(&mut self, news: &News, now: Timestamp) {
        let store = news.store.to_string();
        match &news.what {
            What::Seen => {}
            What::Change(change) => {
                self.take_change(&store, change, now);
            }
            What::Snapshot(units) => self.take_snapshot(&store, units, now),
            What::Gone => {
                self.cursors.remove(&news.store);
                self.gone.insert(news.store);
                return;
            }
        }
        // Where it was given up in the same round, its row is written over.
        self.gone.remove(&news.store);
        self.cursors.insert(news.store, news.version);
    }

    fn take_change(&mut self, store: &str, change: &wire::UnitChange, now: Timestamp) {
        let Some(key) = self.of_dispatch(&change.dispatch, change.caller.as_ref()) else { return };
        self.by_snapshot.remove(&key);
        if let Some(record) = self.draft_of(key) {
            record.take_unit(store, change, now);
        }
    }

    /// Every incident may have units in a snapshot, or may have lost them.
    fn take_snapshot(&mut self, store: &str, units: &[wire::Unit], now: Timestamp) {
        let mut of: BTreeMap<Key, Vec<&wire::Unit>> = BTreeMap::new();
        for key in self.shared.book.read().by_age().map(|(key, _)| key).chain(self.changed.keys()) {
            of.entry(key.clone()).or_default();
        }
        for unit in units {
            let Some(part) = &unit.assignment else { continue };
            if let Some(key) = self.of_dispatch(&part.dispatch, part.caller.as_ref()) {
                of.entry(key).or_default().push(unit);
            }
        }
        for (key, working) in of {
            let drafted = self.changed.get(&key).map(|drafted| drafted.differs(store, &working));
            let untouched = drafted.is_none();
            let differs = drafted.or_else(|| Some(kept(&self.shared, &key)?.differs(store, &working)));
            if !differs.unwrap_or_default() {
                continue;
            }
            self.by_snapshot.extend(untouched.then(|| key.clone()));
            if let Some(record) = self.draft_of(key) {
                record.take_snapshot(store, &working, now);
            }
        }
    }

    /// The incident of a dispatch: its id begins with that of its run. Whoever calls an agent may name another's run to
    /// it, so the dispatch must be the run's owner's, where the agent says whose it is.
    fn of_dispatch(&self, dispatch: &str, caller: Option<&wire::Caller>) -> Option<Key> {
        let (run, _) = dispatch.split_once('/')?;
        let key = self.runs.get(run).cloned().or_else(|| self.shared.book.read().of_run(run).cloned())?;
        let is_owner = |caller: &wire::Caller| {
            (caller.tenant.as_str(), caller.principal.as_str())
                == (key.owner.tenant.as_str(), key.owner.principal.as_str())
        };
        caller.is_none_or(is_owner).then_some(key)
    }

    /// The incident as this draft makes it; it is copied from what is kept when it is first asked for.
    fn draft_of(&mut self, key: Key) -> Option<&mut Record> {
        match self.changed.entry(key) {
            Entry::Occupied(drafted) => Some(drafted.into_mut()),
            Entry::Vacant(free) => {
                let known = kept(&self.shared, free.key())?;
                Some(free.insert(Record::clone(&known)))
            }
        }
    }

    /// Gives up, oldest first, those that have been over for too long, and the surplus where too many are over.
    /// Where there are more than twice as many in all, also those that nobody works on any more.
    /// Whether more is to be given up than one commit takes.
    pub(super) fn thin(&mut self, keep: Keep, now: Timestamp) -> bool {
        let book = self.shared.book.read();
        let surplus = book.over_count().saturating_sub(keep.count);
        let ended = book.over().enumerate();
        let old =
            ended.take_while(|(place, (_, held))| *place < surplus || now.since(held.record.changed()) >= keep.age);
        let crowd = book.len().saturating_sub(keep.count.saturating_mul(2));
        let given_up = old.map(|(_, over)| over).chain(book.idle().take(crowd));
        let untouched = given_up.map(|(key, _)| key).filter(|key| !self.changed.contains_key(key));
        self.dropped = untouched.take(BATCH).cloned().collect();
        self.dropped.len() >= BATCH
    }
}

/// An incident as it is kept.
fn kept(shared: &Shared, key: &Key) -> Option<Arc<Record>> {
    shared.book.read().get(key).map(|held| held.record.clone())
}

fn noted_key(notes: &Notes) -> Key {
    of(&notes.tenant, &notes.principal, &notes.context)
}

pub(super) fn key(record: &Record) -> Key {
    of(&record.tenant, &record.principal, &record.shown.id)
}

fn of(tenant: &str, principal: &str, context: &str) -> Key {
    let owner = Owner { tenant: Tenant::new(tenant), principal: Principal::new(principal) };
    Key { owner, context: context.to_owned() }
}
