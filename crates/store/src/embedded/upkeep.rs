//! What the writer does between batches: sealing, checkpoints, retention. In small steps that do not wait for the disk;
//! only a checkpoint does.

use std::time::{Duration, Instant};

use types::{TaskId, Timestamp};

use super::queue::{Item, size};
use super::retain::Stage;
use super::seal::Sealing;
use super::seen::{self, Run};
use super::writer::{Stop, Synchronous, Writer, is_full};
use crate::seen::SeenKey;

/// SQLite's default; only for the size of the log, which need not be exact.
const PAGE_BYTES: u64 = 4096;
/// Pages that a small commit writes at most: its rows, their indexes, and a split or two.
const PAGES_EACH: u64 = 8;
/// The log is looked at when this share of its bound may have been written since the last look.
const LOOK_SHARE: u64 = 16;
/// How often a starved store looks for room.
const STARVED_PAUSE: Duration = Duration::from_secs(1);

/// Where sealing and retention stand.
#[derive(Debug)]
pub(super) struct Upkeep {
    pause: Duration,
    next: Instant,
    pub(super) stage: Stage,
    pub(super) sealing: Option<Sealing>,
    /// Whether filters of earlier owners are still to be read.
    unread: bool,
    /// Bytes that may have gone into the write-ahead log since it was looked at.
    unlooked: u64,
}

impl Upkeep {
    pub(super) fn new(pause: Duration, unread: bool) -> Self {
        Self { pause, next: Instant::now() + pause, stage: Stage::Resting, sealing: None, unread, unlooked: u64::MAX }
    }

    /// Looks for room soon.
    pub(super) fn hurry(&mut self) {
        self.next = self.next.min(Instant::now() + self.pause.min(STARVED_PAUSE));
    }

    /// When there is something to do, at the latest.
    pub(super) fn next(&self) -> Instant {
        if self.unread { Instant::now() } else { self.next }
    }

    /// Notes what a batch may have written, rather too much than too little.
    pub(super) fn wrote(&mut self, batch: &[Item]) {
        let payload: usize = batch.iter().map(|item| size(&item.commit)).sum();
        let pages = PAGES_EACH * batch.len() as u64;
        self.unlooked = self.unlooked.saturating_add(payload as u64 + pages * PAGE_BYTES);
    }
}

impl Writer<'_> {
    /// Reads one filter of an earlier owner, a millisecond or two; until then every look-up asks its run on disk.
    fn read_filter(&mut self) -> Result<(), Stop> {
        if !self.upkeep.unread {
            return Ok(());
        }
        let next = self.shared.seen.read().unread();
        if let Some(run) = next {
            let keys = seen::run_keys(self.conn, run)?;
            self.shared.seen.write().read_in(run, &keys);
        }
        self.upkeep.unread = next.is_some();
        Ok(())
    }

    /// One step, if its time has come.
    pub(super) fn keep_up(&mut self) -> Result<(), Stop> {
        if self.upkeep.sealing.is_none() && self.shared.seen.read().is_ripe() {
            self.begin_sealing()?;
        }
        if self.upkeep.sealing.is_some() && !self.space.is_starved() {
            self.step(Self::seal)?;
        }
        self.read_filter()?;
        self.bound_wal()?;
        if Instant::now() < self.upkeep.next {
            return Ok(());
        }
        if matches!(self.upkeep.stage, Stage::Resting) {
            self.space.recover(self.conn)?;
            let cutoff = Timestamp::from_millis(
                self.shared.clock.now().as_millis().saturating_sub(self.options.retention.as_millis() as u64),
            );
            self.upkeep.stage = Stage::Tasks { cutoff, part: (0, 0), after: None };
        }
        self.step(Self::sweep)?;
        let resting = matches!(self.upkeep.stage, Stage::Resting);
        let pause = if self.space.is_starved() { self.upkeep.pause.min(STARVED_PAUSE) } else { self.upkeep.pause };
        self.upkeep.next = Instant::now() + if resting { pause } else { Duration::ZERO };
        Ok(())
    }

    /// Runs one step in a transaction that does not wait for the disk: a step that is lost is taken again.
    pub(super) fn step(&mut self, work: impl FnOnce(&mut Self) -> rusqlite::Result<Done>) -> Result<(), Stop> {
        self.set_synchronous(Synchronous::Normal)?;
        self.upkeep.unlooked = u64::MAX;
        self.sql.begin.execute(())?;
        match work(self).and_then(|done| self.end_step(done)) {
            Ok(done) => {
                self.take_over(done);
                Ok(())
            }
            Err(error) if is_full(&error) => {
                self.roll_back()?;
                self.space.give_up(self.conn)?;
                self.upkeep.stage = Stage::Resting;
                self.upkeep.hurry();
                if let Some(sealing) = &mut self.upkeep.sealing {
                    sealing.restart();
                }
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Commits a step, and tells the index of accepted messages what has moved. Both under its lock: a reader in between
    /// would look where a message is no more, find the index unchanged, and take it for one never accepted.
    fn end_step(&mut self, mut done: Done) -> rusqlite::Result<Done> {
        let mut seen = self.shared.seen.write();
        self.sql.commit.execute(())?;
        if let Some(run) = done.sealed {
            seen.seal(run);
        }
        if let Some(run) = done.dropped {
            seen.drop_run(run);
        }
        seen.extend(done.carried.drain(..));
        Ok(done)
    }

    fn take_over(&mut self, done: Done) {
        if done.sealed.is_some() {
            self.upkeep.sealing = None;
        }
        done.deleted.into_iter().for_each(|id| self.state.forget(id));
        if let Some(stage) = done.stage {
            self.upkeep.stage = stage;
        }
    }

    /// Copies the write-ahead log into the database when it has grown; the next transaction starts it anew.
    fn bound_wal(&mut self) -> Result<(), Stop> {
        if self.upkeep.unlooked < self.options.checkpoint_bytes / LOOK_SHARE {
            return Ok(());
        }
        if self.wal("NOOP")?.saturating_mul(PAGE_BYTES) >= self.options.checkpoint_bytes {
            self.checkpoint("PASSIVE")?;
        }
        self.upkeep.unlooked = 0;
        Ok(())
    }

    pub(super) fn checkpoint(&self, mode: &str) -> rusqlite::Result<()> {
        match self.wal(mode) {
            // The log stays as it is, and its turn comes again.
            Err(error) if is_full(&error) => Ok(()),
            done => done.map(drop),
        }
    }

    /// Runs a checkpoint of this mode (`NOOP` only looks); returns the pages in the log.
    fn wal(&self, mode: &str) -> rusqlite::Result<u64> {
        self.conn
            .prepare_cached(&format!("PRAGMA wal_checkpoint({mode})"))?
            .query_row([], |row| row.get::<_, i64>(1).map(|pages| pages.max(0) as u64))
    }
}

/// What a step has changed, for the writer's memory.
#[derive(Debug, Default)]
pub(super) struct Done {
    pub(super) stage: Option<Stage>,
    pub(super) sealed: Option<Run>,
    pub(super) dropped: Option<i64>,
    pub(super) carried: Vec<(SeenKey, i64)>,
    /// Tasks that retention took.
    pub(super) deleted: Vec<TaskId>,
}
