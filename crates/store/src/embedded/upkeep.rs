//! What the writer does between batches: retention, sealing, checkpoints. In small steps, none of which waits for the disk.

use std::time::{Duration, Instant};

use rusqlite::{CachedStatement, OptionalExtension, params};
use types::{TaskId, Timestamp};

use super::counts::{self, Counts, Uncounted};
use super::schema::{place, state_of};
use super::seen::{Run, chunk_place, chunks, reply_of};
use super::space::Space;
use super::state::millis;
use super::writer::{Stop, Synchronous, Writer, is_full};
use crate::seen::{SeenKey, SeenReply};

/// Tasks, or accepted messages, looked at in one step: about a millisecond of work.
const STEP: usize = 128;
/// Chunks of accepted messages written in one step: about 80 KiB.
const CHUNK_STEP: usize = 32;
/// Log rows deleted in one step; a longer log becomes trash first.
const LOG_STEP: i64 = 512;
/// Idempotency rows are kept at least this long.
const SEEN_AT_LEAST: Duration = Duration::from_hours(24);
/// How often a starved store looks for room.
const STARVED_PAUSE: Duration = Duration::from_secs(1);

/// One owner's tasks from the oldest change on.
pub(super) const AGED: &str = "SELECT no, id, changed_at, tag, head FROM task
    WHERE owner = ?1 AND changed_at >= ?2 AND changed_at < ?3 AND (changed_at > ?2 OR id < ?4)
    ORDER BY changed_at, id DESC LIMIT ?5";

/// Where retention stands.
#[derive(Debug)]
pub(super) struct Upkeep {
    pause: Duration,
    next: Instant,
    stage: Stage,
    sealing: Option<Sealing>,
}

/// A run on its way to the disk.
#[derive(Debug)]
struct Sealing {
    run: Run,
    chunks: Vec<Vec<u8>>,
    written: usize,
}

/// The stages of a pass, in order.
#[derive(Debug, Clone, Copy)]
enum Stage {
    /// Between two passes.
    Resting,
    /// Deleting ended tasks of one owner after another, oldest change first.
    Tasks { cutoff: Timestamp, owner: i64, after: Option<(i64, [u8; 16])> },
    /// Deleting logs that were too long to go with their task.
    Trash,
    /// Dropping the oldest run of accepted messages, from this row on.
    Seen { run: Run, from: i64 },
}

impl Upkeep {
    pub(super) fn new(pause: Duration) -> Self {
        Self { pause, next: Instant::now() + pause, stage: Stage::Resting, sealing: None }
    }

    /// When there is something to do, at the latest.
    pub(super) fn next(&self) -> Instant {
        self.next
    }
}

impl Writer<'_> {
    /// One step, if its time has come.
    pub(super) fn keep_up(&mut self) -> Result<(), Stop> {
        if self.upkeep.sealing.is_none() && self.shared.seen.read().is_ripe() {
            self.begin_sealing()?;
        }
        if self.upkeep.sealing.is_some() && !self.space.is_starved() {
            self.step(Self::seal)?;
        }
        self.bound_wal()?;
        if Instant::now() < self.upkeep.next {
            return Ok(());
        }
        if matches!(self.upkeep.stage, Stage::Resting) {
            Space::recover(&mut self.space, self.conn)?;
            let cutoff = Timestamp::from_millis(
                self.shared.clock.now().as_millis().saturating_sub(self.options.retention.as_millis() as u64),
            );
            // So that every owner with tasks is seen to have some.
            self.step(Self::count)?;
            self.upkeep.stage = Stage::Tasks { cutoff, owner: 0, after: None };
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
        self.sql.begin.execute(())?;
        let done = work(self).and_then(|done| self.sql.commit.execute(()).map(|_| done));
        match done {
            Ok(done) => {
                self.take_over(done);
                Ok(())
            }
            Err(error) if is_full(&error) => {
                self.roll_back()?;
                self.space.give_up(self.conn)?;
                self.upkeep.stage = Stage::Resting;
                if let Some(sealing) = &mut self.upkeep.sealing {
                    sealing.written = 0;
                }
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    fn take_over(&mut self, done: Done) {
        let mut seen = self.shared.seen.write();
        if let Some(run) = done.sealed {
            seen.seal(run);
            self.upkeep.sealing = None;
        }
        if let Some(run) = done.dropped {
            seen.drop_run(run);
        }
        seen.extend(done.carried);
        drop(seen);
        if let Some(from) = done.counted {
            self.state.uncounted = Uncounted { from, more: Counts::new() };
        }
        for Deleted { owner, id, counted } in done.deleted {
            self.state.forget(id);
            let one = Counts::from([(owner, -1)]);
            counts::add(&mut self.shared.counts.write(), &one);
            if !counted {
                counts::add(&mut self.state.uncounted.more, &one);
            }
        }
        if let Some(stage) = done.stage {
            self.upkeep.stage = stage;
        }
    }

    /// Brings the stored number of tasks of each owner up to date.
    pub(super) fn count(&mut self) -> rusqlite::Result<Done> {
        if self.state.uncounted.more.is_empty() {
            return Ok(Done::default());
        }
        counts::store(self.conn, &self.state.uncounted.more, self.state.next_task)?;
        Ok(Done { counted: Some(self.state.next_task), ..Done::default() })
    }

    fn begin_sealing(&mut self) -> rusqlite::Result<()> {
        let sealed_at = self.shared.clock.now();
        let no = "SELECT 1 + coalesce(max(no), 0) FROM seen_run";
        let no = self.conn.prepare_cached(no)?.query_row([], |row| row.get(0))?;
        let mut index = self.shared.seen.write();
        let rows = index.close();
        let nos = || rows.clone().map(|(_, no)| no);
        let (first, last) = (nos().min().unwrap_or_default(), nos().max().unwrap_or_default());
        let chunks = chunks(first, rows);
        self.upkeep.sealing = Some(Sealing { run: Run { no, first, last, sealed_at }, chunks, written: 0 });
        Ok(())
    }

    /// Writes some chunks, in the end the run itself; chunks without a run are what a crash left, and are overwritten.
    fn seal(&mut self) -> rusqlite::Result<Done> {
        let Some(Sealing { run, chunks, written }) = &mut self.upkeep.sealing else { return Ok(Done::default()) };
        let mut add = self.conn.prepare_cached("INSERT OR REPLACE INTO seen_chunk (place, entries) VALUES (?1, ?2)")?;
        let until = chunks.len().min(*written + CHUNK_STEP);
        for (chunk, entries) in (0..=u8::MAX).zip(&*chunks).take(until).skip(*written) {
            add.execute((chunk_place(run.no, chunk), entries))?;
        }
        *written = until;
        if until < chunks.len() {
            return Ok(Done::default());
        }
        let add = "INSERT INTO seen_run (no, first, last, sealed_at) VALUES (?1, ?2, ?3, ?4)";
        self.conn.prepare_cached(add)?.execute((run.no, run.first, run.last, millis(run.sealed_at)))?;
        Ok(Done { sealed: Some(*run), ..Done::default() })
    }

    fn sweep(&mut self) -> rusqlite::Result<Done> {
        match self.upkeep.stage {
            Stage::Resting => Ok(Done::default()),
            Stage::Tasks { cutoff, owner, after } => self.sweep_tasks(cutoff, owner, after),
            Stage::Trash => self.sweep_trash(),
            Stage::Seen { run, from } => self.sweep_seen(run, from),
        }
    }

    fn sweep_tasks(&mut self, cutoff: Timestamp, owner: i64, after: Option<(i64, [u8; 16])>) -> rusqlite::Result<Done> {
        let (from, before) = after.unwrap_or((i64::MIN, [u8::MAX; 16]));
        let mut find = self.conn.prepare_cached(AGED)?;
        let aged = |row: &rusqlite::Row<'_>| {
            Ok(Aged { no: row.get(0)?, id: row.get(1)?, changed_at: row.get(2)?, tag: row.get(3)?, head: row.get(4)? })
        };
        let found = find.query_map(params![owner, from, millis(cutoff), before, STEP as i64], aged)?;
        let found = found.collect::<rusqlite::Result<Vec<Aged>>>()?;
        drop(find);
        let mut deleted = Vec::new();
        for task in &found {
            if state_of(task.tag).is_some_and(types::TaskState::is_terminal) && self.delete(task)? {
                deleted.push((task.no, TaskId::from_bytes(task.id)));
            }
        }
        let counted = deleted.iter().filter(|(no, _)| *no < self.state.uncounted.from).count() as i64;
        let (fewer, from) = (Counts::from([(owner, -counted)]), self.state.uncounted.from);
        if counted > 0 {
            counts::store(self.conn, &fewer, from)?;
        }
        let deleted = deleted.into_iter().map(|(no, id)| Deleted { owner, id, counted: no < from }).collect();
        let stage = match found.last() {
            Some(last) if found.len() == STEP => {
                Stage::Tasks { cutoff, owner, after: Some((last.changed_at, last.id)) }
            }
            _ => self.next_owner(owner)?.map_or(Stage::Trash, |owner| Stage::Tasks { cutoff, owner, after: None }),
        };
        Ok(Done { deleted, stage: Some(stage), ..Done::default() })
    }

    fn next_owner(&self, after: i64) -> rusqlite::Result<Option<i64>> {
        self.conn
            .prepare_cached("SELECT no FROM owner WHERE no > ?1 AND tasks > 0 ORDER BY no LIMIT 1")?
            .query_row([after], |row| row.get(0))
            .optional()
    }

    /// Deletes an ended task, unless something is left to do for it.
    fn delete(&self, task: &Aged) -> rusqlite::Result<bool> {
        let mut delete =
            self.conn.prepare_cached("DELETE FROM task WHERE no = ?1 AND ready_at IS NULL AND timer_at IS NULL")?;
        if delete.execute([task.no])? == 0 {
            return Ok(false);
        }
        self.conn.prepare_cached("DELETE FROM snapshot WHERE task = ?1")?.execute([task.no])?;
        let (first, last) = (place(task.no, types::Head::ZERO), place(task.no, types::Head(task.head as u64)));
        if task.head <= LOG_STEP / STEP as i64 {
            self.delete_log(first, last)?;
        } else {
            self.conn.prepare_cached("INSERT INTO trash (first, last) VALUES (?1, ?2)")?.execute([first, last])?;
        }
        Ok(true)
    }

    fn delete_log(&self, first: i64, last: i64) -> rusqlite::Result<()> {
        let mut delete: CachedStatement<'_> =
            self.conn.prepare_cached("DELETE FROM log WHERE place BETWEEN ?1 AND ?2")?;
        delete.execute([first, last]).map(drop)
    }

    fn sweep_trash(&self) -> rusqlite::Result<Done> {
        let stage = |stage| Ok(Done { stage: Some(stage), ..Done::default() });
        let trash: Option<(i64, i64)> = self
            .conn
            .prepare_cached("SELECT first, last FROM trash LIMIT 1")?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((first, last)) = trash else {
            return stage(self.oldest_run().map_or(Stage::Resting, |run| Stage::Seen { run, from: run.first }));
        };
        let until = last.min(first + LOG_STEP);
        self.delete_log(first, until)?;
        self.conn.prepare_cached("DELETE FROM trash WHERE first = ?1")?.execute([first])?;
        if until < last {
            self.conn.prepare_cached("INSERT INTO trash (first, last) VALUES (?1, ?2)")?.execute([until + 1, last])?;
        }
        stage(Stage::Trash)
    }

    /// The oldest run, if all of it is old enough to be dropped.
    fn oldest_run(&self) -> Option<Run> {
        let span = self.options.retention.max(SEEN_AT_LEAST);
        let now = self.shared.clock.now();
        self.shared.seen.read().oldest().filter(|run| run.sealed_at.after(span) <= now)
    }

    /// Takes the next rows of an old run: those still needed are carried forward, the others go.
    fn sweep_seen(&mut self, run: Run, from: i64) -> rusqlite::Result<Done> {
        if from > run.last {
            self.conn.prepare_cached("DELETE FROM seen_run WHERE no = ?1")?.execute([run.no])?;
            let chunks = [chunk_place(run.no, 0), chunk_place(run.no, u8::MAX)];
            self.conn.prepare_cached("DELETE FROM seen_chunk WHERE place BETWEEN ?1 AND ?2")?.execute(chunks)?;
            return Ok(Done { dropped: Some(run.no), stage: Some(Stage::Trash), ..Done::default() });
        }
        let until = run.last.min(from + STEP as i64);
        let mut carried = Vec::new();
        for (no, key) in self.still_needed(from, until)? {
            let mut carry = self.conn.prepare_cached(
                "INSERT INTO seen SELECT ?2, key, digest, kind, reply, keep_until FROM seen WHERE no = ?1",
            )?;
            carry.execute([no, self.state.next_seen])?;
            carried.push((SeenKey(key), self.state.next_seen));
            self.state.next_seen += 1;
        }
        self.conn.prepare_cached("DELETE FROM seen WHERE no BETWEEN ?1 AND ?2")?.execute([from, until])?;
        Ok(Done { carried, stage: Some(Stage::Seen { run, from: until + 1 }), ..Done::default() })
    }

    fn still_needed(&self, from: i64, until: i64) -> rusqlite::Result<Vec<(i64, [u8; 16])>> {
        let now = self.shared.clock.now();
        let mut find =
            self.conn.prepare_cached("SELECT no, key, kind, reply, keep_until FROM seen WHERE no BETWEEN ?1 AND ?2")?;
        let mut exists = self.conn.prepare_cached("SELECT 1 FROM task WHERE id = ?1")?;
        let mut rows = find.query([from, until])?;
        let mut needed = Vec::new();
        while let Some(row) = rows.next()? {
            let kept = row.get::<_, i64>(4)? > millis(now);
            let needs = match reply_of(row.get(2)?, row.get(3)?) {
                Some(SeenReply::Task(task)) => kept || exists.exists([task.as_bytes()])?,
                Some(SeenReply::Message(_) | SeenReply::Fence) => kept,
                // What does not decode is kept: an error is better than accepting twice.
                None => true,
            };
            if needs {
                needed.push((row.get(0)?, row.get(1)?));
            }
        }
        Ok(needed)
    }

    /// Copies the write-ahead log into the database when it has grown; the next transaction starts it anew.
    fn bound_wal(&mut self) -> Result<(), Stop> {
        let (_, frames, _) = self.wal("NOOP")?;
        if frames.saturating_mul(4096) >= self.options.checkpoint_bytes {
            self.step(Self::count)?;
            self.checkpoint("PASSIVE")?;
        }
        Ok(())
    }

    pub(super) fn checkpoint(&self, mode: &str) -> rusqlite::Result<()> {
        match self.wal(mode) {
            // The log stays as it is, and its turn comes again.
            Err(error) if is_full(&error) => Ok(()),
            done => done.map(drop),
        }
    }

    /// Whether it was held up, the frames of the log, and how many of them the database has.
    fn wal(&self, mode: &str) -> rusqlite::Result<(bool, u64, u64)> {
        let count = |row: &rusqlite::Row<'_>, at| row.get::<_, i64>(at).map(|frames| frames.max(0) as u64);
        self.conn
            .prepare_cached(&format!("PRAGMA wal_checkpoint({mode})"))?
            .query_row([], |row| Ok((row.get(0)?, count(row, 1)?, count(row, 2)?)))
    }
}

/// What a step has changed, for the writer's memory.
#[derive(Debug, Default)]
pub(super) struct Done {
    stage: Option<Stage>,
    sealed: Option<Run>,
    dropped: Option<i64>,
    carried: Vec<(SeenKey, i64)>,
    deleted: Vec<Deleted>,
    /// The stored figures count all tasks before this one.
    counted: Option<i64>,
}

/// A task that retention took.
#[derive(Debug)]
struct Deleted {
    owner: i64,
    id: TaskId,
    /// Whether the stored figures counted it.
    counted: bool,
}

/// A task that has not changed for long.
#[derive(Debug)]
struct Aged {
    no: i64,
    id: [u8; 16],
    changed_at: i64,
    tag: i64,
    head: i64,
}
