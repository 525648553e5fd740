//! Keeps the incidents: takes what runs have noted and what units do, writes it, then shows it.
//! One task owns all of it. No run waits for it: its commits are its own.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use parking_lot::RwLock;
use prost::Message as _;
use proto::watchroom::emergency::v1 as wire;
use store::{Commit, Lane, Refusal, Row, RowChange, Store};
use tokio::sync::{Notify, mpsc};
use types::{Epoch, Owner, Principal, StoreId, Tenant, Timestamp};

use super::book::{Book, Held, Key};
use super::note::{self, Notes};
use super::record::{self, Record};

/// The rows of how far each agent's units have been taken up.
const CURSOR: &str = "incident-cursor";
/// Incidents that are over and still kept.
const KEPT: usize = 10_000;
/// Notes and batches that become one commit: about as many rows as the commit loop takes at once.
const BATCH: usize = 256;
/// Batches of units' news that wait while a commit is under way.
const WAITING: usize = 64;
/// How long what is noted waits for more of the same incident: each commit writes all that is kept of it.
const GATHER: Duration = Duration::from_millis(100);
/// Pause after a commit that was refused, such as on a full disk.
const PAUSE: Duration = Duration::from_secs(1);

/// What the units of one agent's store did.
#[derive(Debug)]
pub(super) struct News {
    pub(super) store: StoreId,
    /// Where a watch goes on after this.
    pub(super) version: u64,
    pub(super) what: What,
}

#[derive(Debug)]
pub(super) enum What {
    Change(Box<wire::UnitChange>),
    /// Every unit of the store.
    Snapshot(Vec<wire::Unit>),
    /// Nothing but the version.
    Seen,
}

/// What everybody else has of the desk.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) book: RwLock<Book>,
    /// How far the units of each store have been taken up.
    pub(super) cursors: RwLock<HashMap<StoreId, u64>>,
}

/// The owner of the incidents.
#[derive(Debug)]
pub(super) struct Desk {
    store: Arc<dyn Store>,
    epoch: Epoch,
    shared: Arc<Shared>,
    /// How often each cursor's row was written.
    cursors: HashMap<StoreId, u64>,
    news: mpsc::Receiver<News>,
    noted: Arc<Notify>,
}

/// What the next commit changes.
#[derive(Debug, Default)]
struct Draft {
    changed: BTreeMap<Key, Record>,
    taken: Vec<RowChange>,
    cursors: BTreeMap<StoreId, u64>,
    /// No longer kept.
    dropped: Vec<Key>,
}

/// Why a round came to nothing.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error("the notes cannot be read")]
    Read(#[from] store::Error),
    #[error("the commit was refused: {0}")]
    Refused(#[from] Refusal),
}

impl Desk {
    /// Reads what is kept.
    pub(super) async fn open(
        store: Arc<dyn Store>,
        epoch: Epoch,
        noted: Arc<Notify>,
    ) -> Result<(Self, Arc<Shared>, mpsc::Sender<News>), store::Error> {
        let mut book = Book::default();
        for row in store.rows(record::KIND, &[]).await? {
            match Record::decode(row.body.clone()) {
                Ok(record) => book.put(key(&record), Held { record: Arc::new(record), row: row.version }),
                Err(error) => tracing::error!(%error, "an incident does not decode; it is not shown"),
            }
        }
        let (mut seen, mut cursors) = (HashMap::new(), HashMap::new());
        for row in store.rows(CURSOR, &[]).await? {
            if let Some((id, version)) = cursor(&row) {
                seen.insert(id, version);
                cursors.insert(id, row.version);
            }
        }
        let shared = Arc::new(Shared { book: RwLock::new(book), cursors: RwLock::new(seen) });
        let (tx, news) = mpsc::channel(WAITING);
        Ok((Self { store, epoch, shared: shared.clone(), cursors, news, noted }, shared, tx))
    }

    /// Works until the process stops. What was noted before a crash is taken first.
    pub(super) async fn run(mut self) {
        let mut waiting = Vec::new();
        loop {
            while let Err(error) = self.round(&mut waiting).await {
                tracing::warn!(%error, "incidents could not be written; trying again");
                tokio::time::sleep(PAUSE).await;
            }
            if !waiting.is_empty() {
                continue;
            }
            tokio::select! {
                () = self.noted.notified() => tokio::time::sleep(GATHER).await,
                _ = self.news.recv_many(&mut waiting, BATCH) => {}
            }
        }
    }

    /// Writes what there is to write, until nothing is left that was there when it began.
    async fn round(&mut self, waiting: &mut Vec<News>) -> Result<(), Failed> {
        loop {
            let rows = self.store.rows(note::KIND, &[]).await?;
            let more = rows.len() > BATCH;
            let now = self.store.now();
            let mut draft = Draft::default();
            rows.into_iter().take(BATCH).for_each(|row| self.take(&mut draft, row));
            for news in waiting.iter() {
                self.take_news(&mut draft, news, now);
            }
            self.thin(&mut draft);
            self.commit(draft, now).await?;
            waiting.clear();
            if !more {
                return Ok(());
            }
        }
    }

    fn take(&self, draft: &mut Draft, row: Row) {
        draft.taken.push(RowChange { kind: note::KIND, key: row.key, expected: row.version, body: None });
        let Ok(notes) = Notes::decode(row.body) else {
            tracing::error!("a note of an incident does not decode; it is dropped");
            return;
        };
        let (at, key) = (Timestamp::from_millis(notes.at), noted_key(&notes));
        let record = draft.changed.entry(key.clone()).or_insert_with(|| {
            let known = self.shared.book.read().get(&key).map(|held| Record::clone(&held.record));
            known.unwrap_or_else(|| Record::new(&notes.tenant, &notes.principal, &notes.context, at))
        });
        notes.notes.iter().filter_map(|note| note.what.as_ref()).for_each(|what| record.take(&notes.run, what, at));
    }

    fn take_news(&self, draft: &mut Draft, news: &News, now: Timestamp) {
        let store = news.store.to_string();
        match &news.what {
            What::Seen => {}
            What::Change(change) => {
                let key = self.of_dispatch(draft, &change.dispatch);
                if let Some(record) = key.and_then(|key| self.draft_of(draft, &key)) {
                    record.take_unit(&store, change, now);
                }
            }
            What::Snapshot(units) => self.take_snapshot(draft, &store, units, now),
        }
        draft.cursors.insert(news.store, news.version);
    }

    /// Every incident may have units in a snapshot, or may have lost them.
    fn take_snapshot(&self, draft: &mut Draft, store: &str, units: &[wire::Unit], now: Timestamp) {
        let mut of: BTreeMap<Key, Vec<&wire::Unit>> = BTreeMap::new();
        let kept: Vec<Key> = self.shared.book.read().by_age().map(|(key, _)| key.clone()).collect();
        for key in kept.into_iter().chain(draft.changed.keys().cloned()) {
            of.entry(key).or_default();
        }
        for unit in units {
            let dispatch = unit.assignment.as_ref().map_or("", |assignment| assignment.dispatch.as_str());
            if let Some(key) = self.of_dispatch(draft, dispatch) {
                of.entry(key).or_default().push(unit);
            }
        }
        for (key, working) in of {
            let Some(mut record) = self.current(draft, &key) else { continue };
            if record.differs(store, &working) {
                record.take_snapshot(store, &working, now);
                draft.changed.insert(key, record);
            }
        }
    }

    /// The incident of a dispatch: its id begins with that of its run.
    fn of_dispatch(&self, draft: &Draft, dispatch: &str) -> Option<Key> {
        let (run, _) = dispatch.split_once('/')?;
        let drafted = draft.changed.iter().find(|(_, record)| record.runs().any(|id| id == run));
        drafted.map(|(key, _)| key.clone()).or_else(|| self.shared.book.read().of_run(run).cloned())
    }

    fn current(&self, draft: &Draft, key: &Key) -> Option<Record> {
        let drafted = draft.changed.get(key).cloned();
        drafted.or_else(|| self.shared.book.read().get(key).map(|held| Record::clone(&held.record)))
    }

    fn draft_of<'d>(&self, draft: &'d mut Draft, key: &Key) -> Option<&'d mut Record> {
        let record = self.current(draft, key)?;
        Some(draft.changed.entry(key.clone()).or_insert(record))
    }

    /// Gives up the oldest that are over where there are too many; where there are far too many, also those that
    /// nobody works on any more.
    fn thin(&self, draft: &mut Draft) {
        let book = self.shared.book.read();
        let surplus = (book.len() + draft.changed.len()).saturating_sub(KEPT).min(BATCH);
        let crowded = book.len() > 2 * KEPT;
        let over = |record: &Record| !record.status().is_open() || (crowded && record.runs_ended());
        let old = book.by_age().filter(|(key, held)| over(&held.record) && !draft.changed.contains_key(key));
        draft.dropped = old.take(surplus).map(|(key, _)| key.clone()).collect();
    }

    async fn commit(&mut self, draft: Draft, now: Timestamp) -> Result<(), Failed> {
        let Draft { changed, taken, cursors, dropped } = draft;
        let (mut rows, mut held, mut version) = (taken, Vec::new(), self.shared.book.read().version());
        for (key, mut record) in changed {
            version += 1;
            record.shown.version = version;
            let expected = self.shared.book.read().get(&key).map_or(0, |held| held.row);
            let body = Some(Bytes::from(record.encode_to_vec()));
            rows.push(RowChange { kind: record::KIND, key: key.row(), expected, body });
            held.push((key, Held { record: Arc::new(record), row: expected + 1 }));
        }
        for (store, seen) in &cursors {
            let expected = self.cursors.get(store).copied().unwrap_or_default();
            let (key, body) = (Bytes::copy_from_slice(store.as_bytes()), Bytes::copy_from_slice(&seen.to_be_bytes()));
            rows.push(RowChange { kind: CURSOR, key, expected, body: Some(body) });
        }
        rows.extend(dropped.iter().filter_map(|key| {
            let expected = self.shared.book.read().get(key)?.row;
            Some(RowChange { kind: record::KIND, key: key.row(), expected, body: None })
        }));
        if rows.is_empty() {
            return Ok(());
        }
        let commit = Commit { epoch: self.epoch, lane: Lane::Continue, at: now, task: None, accept: None, rows };
        self.store.commit(commit).await?;
        for (store, seen) in cursors {
            *self.cursors.entry(store).or_default() += 1;
            self.shared.cursors.write().insert(store, seen);
        }
        let mut book = self.shared.book.write();
        held.into_iter().for_each(|(key, held)| book.put(key, held));
        dropped.iter().for_each(|key| book.forget(key));
        Ok(())
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.shared.book.write().close();
    }
}

fn key(record: &Record) -> Key {
    of(&record.tenant, &record.principal, &record.shown.id)
}

fn noted_key(notes: &Notes) -> Key {
    of(&notes.tenant, &notes.principal, &notes.context)
}

fn of(tenant: &str, principal: &str, context: &str) -> Key {
    let owner = Owner { tenant: Tenant::new(tenant), principal: Principal::new(principal) };
    Key { owner, context: context.to_owned() }
}

fn cursor(row: &Row) -> Option<(StoreId, u64)> {
    let id = StoreId::from_bytes(row.key.as_ref().try_into().ok()?);
    Some((id, u64::from_be_bytes(row.body.as_ref().try_into().ok()?)))
}
