//! Retention: ended tasks, their logs, and what message ids were used for. Each step is a transaction of its own.

use std::time::Duration;

use rusqlite::{CachedStatement, OptionalExtension, params};
use types::{TaskId, TaskState, Timestamp};

use super::schema::{place, state_of};
use super::seen::{Run, chunk_place, reply_of};
use super::state::millis;
use super::tally::{self, Part};
use super::upkeep::Done;
use super::writer::Writer;
use crate::seen::{SeenKey, SeenReply};

/// Tasks, or accepted messages, looked at in one step: about a millisecond of work.
const STEP: usize = 128;
/// Bytes of log deleted in one step: a few milliseconds of work.
const LOG_STEP: i64 = 1 << 20;
/// Bytes of log that go with their task at once; a longer log becomes trash first.
const SMALL_LOG: i64 = 8 << 10;
/// What a log row costs beside its body, in bytes: it bounds the number of small rows too.
const ROW_OVERHEAD: i64 = 1 << 10;
/// Idempotency rows are kept at least this long.
const SEEN_AT_LEAST: Duration = Duration::from_hours(24);

/// One owner's tasks in one state from the oldest change on.
pub(super) const AGED: &str = "SELECT no, id, changed_at, head FROM task
    WHERE owner = ?1 AND state = ?2 AND changed_at >= ?3 AND changed_at < ?4 AND (changed_at > ?3 OR id < ?5)
    ORDER BY changed_at, id DESC LIMIT ?6";

/// The last task looked at: when it changed, and its id.
type After = (i64, [u8; 16]);

/// The stages of a pass, in order.
#[derive(Debug, Clone, Copy)]
pub(super) enum Stage {
    /// Between two passes.
    Resting,
    /// Deleting ended tasks of one owner and state after another, oldest change first.
    Tasks { cutoff: Timestamp, part: Part, after: Option<After> },
    /// Deleting logs that were too long to go with their task.
    Trash,
    /// Dropping the oldest run of accepted messages, from this row on.
    Seen { run: Run, from: i64 },
}

/// A task that has not changed for long.
#[derive(Debug)]
struct Aged {
    no: i64,
    id: [u8; 16],
    changed_at: i64,
    head: i64,
}

impl Writer<'_> {
    /// The next step of the pass.
    pub(super) fn sweep(&mut self) -> rusqlite::Result<Done> {
        match self.upkeep.stage {
            Stage::Resting => Ok(Done::default()),
            Stage::Tasks { cutoff, part, after } => self.sweep_tasks(cutoff, part, after),
            Stage::Trash => self.sweep_trash(),
            Stage::Seen { run, from } => self.sweep_seen(run, from),
        }
    }

    fn sweep_tasks(&mut self, cutoff: Timestamp, part: Part, after: Option<After>) -> rusqlite::Result<Done> {
        let (mut part, mut found) = (part, self.aged(cutoff, part, after)?);
        for _ in 0..STEP {
            if !found.is_empty() {
                break;
            }
            let Some(next) = self.next_part(part)? else {
                return Ok(Done { stage: Some(Stage::Trash), ..Done::default() });
            };
            (part, found) = (next, self.aged(cutoff, next, None)?);
        }
        let (mut deleted, mut tallies) = (Vec::new(), tally::Changes::default());
        for task in &found {
            if self.delete(task)? {
                tallies.fewer(part.0, part.1);
                deleted.push(TaskId::from_bytes(task.id));
            }
        }
        tallies.write(&mut self.sql.tally)?;
        let after = found.last().map(|last| (last.changed_at, last.id));
        let stage = Stage::Tasks { cutoff, part, after };
        Ok(Done { deleted, stage: Some(stage), ..Done::default() })
    }

    /// One owner's next tasks in one state that have not changed since the cutoff; none of those that have not ended.
    fn aged(&self, cutoff: Timestamp, (owner, state): Part, after: Option<After>) -> rusqlite::Result<Vec<Aged>> {
        if !state_of(state).is_some_and(TaskState::is_terminal) {
            return Ok(Vec::new());
        }
        let (from, before) = after.unwrap_or((i64::MIN, [u8::MAX; 16]));
        let mut find = self.conn.prepare_cached(AGED)?;
        let found = find.query_map(params![owner, state, from, millis(cutoff), before, STEP as i64], |row| {
            Ok(Aged { no: row.get(0)?, id: row.get(1)?, changed_at: row.get(2)?, head: row.get(3)? })
        })?;
        found.collect()
    }

    fn next_part(&self, after: Part) -> rusqlite::Result<Option<Part>> {
        self.conn
            .prepare_cached(
                "SELECT owner, state FROM tally WHERE (owner, state) > (?1, ?2) ORDER BY owner, state LIMIT 1",
            )?
            .query_row(after, |row| Ok((row.get(0)?, row.get(1)?)))
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
        if self.reach(first, last, SMALL_LOG)? == last {
            self.delete_log(first, last)?;
        } else {
            self.conn.prepare_cached("INSERT INTO trash (first, last) VALUES (?1, ?2)")?.execute([first, last])?;
        }
        Ok(true)
    }

    /// How far from `first` towards `last` a deletion may go, given so many bytes; always over `first` itself.
    fn reach(&self, first: i64, last: i64, bytes: i64) -> rusqlite::Result<i64> {
        let mut sizes = self
            .conn
            .prepare_cached("SELECT place, length(body) FROM log WHERE place BETWEEN ?1 AND ?2 ORDER BY place")?;
        let mut rows = sizes.query([first, last])?;
        let (mut until, mut sum) = (first, 0);
        while let Some(row) = rows.next()? {
            sum += row.get::<_, i64>(1)? + ROW_OVERHEAD;
            if sum > bytes {
                return Ok(until);
            }
            until = row.get(0)?;
        }
        Ok(last)
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
        let until = self.reach(first, last, LOG_STEP)?;
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
}
