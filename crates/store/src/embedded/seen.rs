//! Finding an accepted message among millions without a random write per accept.
//!
//! Rows are appended to `seen`. The newest are found by a map in memory. Every [`RUN_KEYS`] of them are sealed into a
//! run: 256 chunks on disk by the key's first byte, and a filter in memory that tells which runs may hold a key.
//! The filters of 64 runs are kept bit by bit beside each other, so asking all of them costs as much as asking one.
//! A start does not wait for filters: until its own has been read, a run may hold any key.

use std::collections::HashMap;

use parking_lot::RwLock;
use rusqlite::{CachedStatement, Connection, OptionalExtension};
use types::{TaskId, Timestamp};

use crate::seen::{BodyDigest, Seen, SeenKey, SeenReply};

/// Keys of a run. Sealing one takes a few milliseconds.
pub(super) const RUN_KEYS: usize = 32_768;
/// Places in a filter: 16 bits per key.
const POSITIONS: usize = 16 * RUN_KEYS;
const POSITION_BITS: u32 = POSITIONS.trailing_zeros();
/// Bits per key; with 16 places each a filter errs once in a thousand times. Six times 19 bits leave the first byte free.
const PROBES: u32 = 6;
const GROUP: usize = 64;
/// A key and its row's distance from the run's first row, 4 bytes little endian.
const CHUNK_ENTRY: usize = 20;

/// A sealed range of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) no: i64,
    pub(super) first: i64,
    pub(super) last: i64,
    pub(super) sealed_at: Timestamp,
}

/// What finds rows by key.
#[derive(Debug, Default)]
pub(super) struct SeenIndex {
    fresh: HashMap<SeenKey, i64>,
    /// Those being sealed.
    closing: HashMap<SeenKey, i64>,
    groups: Vec<Group>,
    /// Runs of earlier owners whose filters have not been read yet.
    unread: Vec<Run>,
}

/// Up to 64 runs and their filters.
#[derive(Debug)]
struct Group {
    runs: [Option<Run>; GROUP],
    /// Per place one bit of each run.
    bits: Vec<u64>,
}

impl SeenIndex {
    /// Whether there are enough fresh rows for a run, and none is being made.
    pub(super) fn is_ripe(&self) -> bool {
        self.fresh.len() >= RUN_KEYS && self.closing.is_empty()
    }

    /// Sets the fresh rows aside to be sealed; they are still found.
    pub(super) fn close(&mut self) -> impl Iterator<Item = (&SeenKey, i64)> + Clone {
        std::mem::swap(&mut self.fresh, &mut self.closing);
        self.closing.iter().map(|(key, no)| (key, *no))
    }

    pub(super) fn extend(&mut self, rows: impl IntoIterator<Item = (SeenKey, i64)>) {
        self.fresh.extend(rows);
    }

    /// The rows set aside are on disk as this run.
    pub(super) fn seal(&mut self, run: Run) {
        let mut keys = std::mem::take(&mut self.closing);
        self.add_run(run, keys.keys());
        // The next run needs as much room.
        keys.clear();
        self.closing = keys;
    }

    pub(super) fn add_run<'k>(&mut self, run: Run, keys: impl Iterator<Item = &'k SeenKey>) {
        let free = self.groups.iter().position(|group| group.runs.contains(&None));
        let group = free.unwrap_or_else(|| {
            self.groups.push(Group { runs: [None; GROUP], bits: vec![0; POSITIONS] });
            self.groups.len() - 1
        });
        let group = &mut self.groups[group];
        let column = group.runs.iter().position(Option::is_none).unwrap_or_default();
        group.runs[column] = Some(run);
        for position in keys.flat_map(probes) {
            group.bits[position] |= 1 << column;
        }
    }

    /// A run whose filter is yet to be read.
    pub(super) fn add_unread(&mut self, run: Run) {
        self.unread.push(run);
    }

    /// The run whose filter should be read next.
    pub(super) fn unread(&self) -> Option<Run> {
        self.unread.last().copied()
    }

    /// The keys of a run have been read.
    pub(super) fn read_in(&mut self, run: Run, keys: &[SeenKey]) {
        self.add_run(run, keys.iter());
        self.unread.retain(|other| other.no != run.no);
    }

    pub(super) fn drop_run(&mut self, no: i64) {
        self.unread.retain(|run| run.no != no);
        for group in &mut self.groups {
            let Some(column) = group.runs.iter().position(|run| run.is_some_and(|run| run.no == no)) else { continue };
            group.runs[column] = None;
            group.bits.iter_mut().for_each(|bits| *bits &= !(1 << column));
        }
    }

    pub(super) fn oldest(&self) -> Option<Run> {
        let read = self.groups.iter().flat_map(|group| group.runs.iter().flatten());
        read.chain(&self.unread).min_by_key(|run| run.first).copied()
    }

    /// The fresh row of `key`, or the runs that may hold it; hardly ever any when there is no row.
    pub(super) fn hint(&self, key: &SeenKey) -> Result<i64, Vec<Run>> {
        if let Some(no) = self.fresh.get(key).or_else(|| self.closing.get(key)) {
            return Ok(*no);
        }
        let mut runs = self.unread.clone();
        for group in &self.groups {
            let mut columns = probes(key).fold(u64::MAX, |all, position| all & group.bits[position]);
            while columns != 0 {
                runs.extend(group.runs[columns.trailing_zeros() as usize]);
                columns &= columns - 1;
            }
        }
        Err(runs)
    }
}

fn probes(key: &SeenKey) -> impl Iterator<Item = usize> + use<> {
    let hash = u128::from_be_bytes(key.0);
    (0..PROBES).map(move |probe| (hash >> (probe * POSITION_BITS)) as usize % POSITIONS)
}

/// The 256 chunks of a run that begins at row `first`.
pub(super) fn chunks<'k>(first: i64, rows: impl Iterator<Item = (&'k SeenKey, i64)>) -> Vec<Vec<u8>> {
    let mut chunks = vec![Vec::new(); 256];
    for (key, no) in rows {
        let chunk = &mut chunks[usize::from(key.0[0])];
        chunk.extend_from_slice(&key.0);
        chunk.extend_from_slice(&((no - first) as u32).to_le_bytes());
    }
    chunks
}

/// The keys of a chunk and how far their rows are from the run's first.
pub(super) fn chunk_entries(chunk: &[u8]) -> impl Iterator<Item = (SeenKey, i64)> {
    chunk.chunks_exact(CHUNK_ENTRY).map(|entry| {
        let mut key = SeenKey([0; 16]);
        let mut offset = [0; 4];
        key.0.copy_from_slice(&entry[..16]);
        offset.copy_from_slice(&entry[16..]);
        (key, i64::from(u32::from_le_bytes(offset)))
    })
}

/// The key of a chunk.
pub(super) const fn chunk_place(run: i64, chunk: u8) -> i64 {
    (run << 8) | chunk as i64
}

/// All keys of a run.
pub(super) fn run_keys(conn: &Connection, run: Run) -> rusqlite::Result<Vec<SeenKey>> {
    let mut chunks = conn.prepare_cached("SELECT entries FROM seen_chunk WHERE place BETWEEN ?1 AND ?2")?;
    let mut rows = chunks.query([chunk_place(run.no, 0), chunk_place(run.no, u8::MAX)])?;
    let mut keys = Vec::with_capacity(RUN_KEYS);
    while let Some(row) = rows.next()? {
        keys.extend(chunk_entries(row.get_ref(0)?.as_blob()?).map(|(key, _)| key));
    }
    Ok(keys)
}

/// The durable row of `key`, if there is one.
pub(super) fn find(conn: &Connection, index: &RwLock<SeenIndex>, key: &SeenKey) -> rusqlite::Result<Option<Seen>> {
    // A row may be carried into a newer run between the two steps; it is then found in its new place.
    loop {
        let hint = index.read().hint(key);
        let found = match &hint {
            Ok(no) => read(conn, *no, key)?,
            Err(runs) if runs.is_empty() => return Ok(None),
            Err(runs) => find_in_runs(conn, runs, key)?,
        };
        if found.is_some() || index.read().hint(key) == hint {
            return Ok(found);
        }
    }
}

fn find_in_runs(conn: &Connection, runs: &[Run], key: &SeenKey) -> rusqlite::Result<Option<Seen>> {
    let mut chunk_of: CachedStatement<'_> = conn.prepare_cached("SELECT entries FROM seen_chunk WHERE place = ?1")?;
    for run in runs {
        let place = chunk_place(run.no, key.0[0]);
        let chunk: Option<Vec<u8>> = chunk_of.query_row([place], |row| row.get(0)).optional()?;
        let entry = chunk.as_deref().and_then(|chunk| chunk_entries(chunk).find(|(other, _)| other == key));
        let Some((_, offset)) = entry else { continue };
        if let Some(seen) = read(conn, run.first + offset, key)? {
            return Ok(Some(seen));
        }
    }
    Ok(None)
}

/// Row `no`, if it still is that of `key`.
pub(super) fn read(conn: &Connection, no: i64, key: &SeenKey) -> rusqlite::Result<Option<Seen>> {
    conn.prepare_cached("SELECT digest, kind, reply FROM seen WHERE no = ?1 AND key = ?2")?
        .query_row((no, key.0), |row| {
            let (kind, reply): (i64, Option<Vec<u8>>) = (row.get(1)?, row.get(2)?);
            let reply = reply_of(kind, reply).ok_or(rusqlite::Error::IntegralValueOutOfRange(1, kind))?;
            Ok(Seen { digest: BodyDigest(row.get(0)?), reply })
        })
        .optional()
}

/// How a reply is stored.
pub(super) fn stored(reply: &SeenReply) -> (i64, Option<&[u8]>) {
    match reply {
        SeenReply::Task(task) => (0, Some(task.as_bytes())),
        SeenReply::Message(bytes) => (1, Some(bytes)),
        SeenReply::Fence => (2, None),
    }
}

/// The reply that was stored.
pub(super) fn reply_of(kind: i64, reply: Option<Vec<u8>>) -> Option<SeenReply> {
    match (kind, reply) {
        (0, Some(id)) => id.try_into().ok().map(|id| SeenReply::Task(TaskId::from_bytes(id))),
        (1, Some(bytes)) => Some(SeenReply::Message(bytes.into())),
        (2, None) => Some(SeenReply::Fence),
        _ => None,
    }
}
