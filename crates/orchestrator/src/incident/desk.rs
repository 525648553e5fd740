//! Keeps the incidents: takes what runs have noted and what units do, writes it, then shows it.
//! One task owns all of it. No run waits for it: its commits are its own.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use parking_lot::RwLock;
use prost::Message as _;
use proto::watchroom::emergency::v1 as wire;
use store::{Commit, Refusal, Row, RowChange, Store};
use tokio::sync::{Notify, mpsc};
use types::{Epoch, StoreId, Timestamp};

use super::book::{Book, Held};
use super::draft::{Draft, key};
use super::note;
use super::record::{self, Record};
use crate::settings::Keep;

/// The rows of how far each agent's units have been taken up.
const CURSOR: &str = "incident-cursor";
/// Notes and batches that become one commit: about as many rows as the commit loop takes at once.
pub(super) const BATCH: usize = 256;
/// Batches of units' news that wait while a commit is under way.
const WAITING: usize = 64;
/// How long what is noted waits for more of the same incident: each commit writes all that is kept of it.
const GATHER: Duration = Duration::from_millis(100);
/// Longest time between two looks for what is too old to be kept.
pub(super) const AGING: Duration = Duration::from_secs(600);
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
    /// Nobody has answered from the store for so long that its place is given up.
    Gone,
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
    keep: Keep,
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
        keep: Keep,
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
        Ok((Self { store, epoch, shared: shared.clone(), cursors, news, noted, keep }, shared, tx))
    }

    /// Works until the process stops. What was noted before a crash is taken first.
    pub(super) async fn run(mut self) {
        let mut waiting = Vec::new();
        loop {
            while let Err(error) = self.round(&mut waiting).await {
                tracing::warn!(%error, "incidents could not be written; trying again");
                tokio::time::sleep(PAUSE).await;
            }
            tokio::select! {
                () = self.noted.notified() => tokio::time::sleep(GATHER).await,
                _ = self.news.recv_many(&mut waiting, BATCH) => {}
                () = tokio::time::sleep(AGING) => {}
            }
        }
    }

    /// Writes what there was to write when it began. Notes are read once, and those that are new lie nowhere else, so a
    /// round costs what is new; it is written in commits of bounded size. A crash between them loses nothing: notes go with
    /// what they changed, and how far units were taken up is written last.
    async fn round(&mut self, waiting: &mut Vec<News>) -> Result<(), Failed> {
        let mut notes = self.store.rows(note::KIND, &[]).await?.into_iter();
        loop {
            let now = self.store.now();
            let mut draft = Draft::new(self.shared.clone());
            notes.by_ref().take(BATCH).for_each(|row| draft.take(row));
            let last = notes.len() == 0;
            // Only when every note is taken: units may tell of a run whose call is among the last.
            if last {
                waiting.iter().for_each(|news| draft.take_news(news, now));
            }
            let crowded = draft.thin(self.keep, now);
            while let Some(part) = draft.split() {
                self.commit(part, now).await?;
            }
            self.commit(draft, now).await?;
            if last {
                waiting.clear();
                if !crowded {
                    return Ok(());
                }
            }
        }
    }

    async fn commit(&mut self, draft: Draft, now: Timestamp) -> Result<(), Failed> {
        let Draft { changed, taken, cursors, gone, dropped, .. } = draft;
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
        for store in &gone {
            let Some(expected) = self.cursors.get(store).copied() else { continue };
            rows.push(RowChange { kind: CURSOR, key: Bytes::copy_from_slice(store.as_bytes()), expected, body: None });
        }
        rows.extend(dropped.iter().filter_map(|key| {
            let expected = self.shared.book.read().get(key)?.row;
            Some(RowChange { kind: record::KIND, key: key.row(), expected, body: None })
        }));
        if rows.is_empty() {
            return Ok(());
        }
        self.store.commit(Commit::of_rows(self.epoch, now, rows)).await?;
        for (store, seen) in cursors {
            *self.cursors.entry(store).or_default() += 1;
            self.shared.cursors.write().insert(store, seen);
        }
        for store in gone {
            self.cursors.remove(&store);
            self.shared.cursors.write().remove(&store);
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

fn cursor(row: &Row) -> Option<(StoreId, u64)> {
    let id = StoreId::from_bytes(row.key.as_ref().try_into().ok()?);
    Some((id, u64::from_be_bytes(row.body.as_ref().try_into().ok()?)))
}
