//! What the writer knows of the database without asking it. All of it can be read again.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row, Statement};
use types::{Head, Owner, Principal, Seq, TaskId, TaskState, Tenant, Timestamp};

use super::schema::{state_of, task_of};
use super::tally;
use crate::generation::Failed;
use crate::seen::SeenKey;

/// Tasks remembered at most, about 100 bytes each; a forgotten one costs a read of its row.
const MOST_TASKS: usize = 32_768;

/// The changing part of a task's row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    pub(super) no: i64,
    pub(super) owner: i64,
    pub(super) head: Head,
    pub(super) seq: Seq,
    pub(super) tag: i64,
    pub(super) changed_at: Timestamp,
    pub(super) ready: Option<Timestamp>,
    pub(super) timer: Option<Timestamp>,
}

/// The writer's memory between batches.
#[derive(Debug)]
pub(super) struct State {
    tasks: HashMap<TaskId, Known>,
    /// No stored task has a greater id: a new time-ordered id needs no look-up.
    greatest: Option<TaskId>,
    pub(super) owners: HashMap<Owner, i64>,
    pub(super) next_task: i64,
    pub(super) next_owner: i64,
    pub(super) next_seen: i64,
    pub(super) failed: Failed,
}

/// What a batch has changed so far and takes back when it is rolled back.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) seen: HashMap<SeenKey, i64>,
    pub(super) failed: Failed,
    pub(super) tallies: tally::Changes,
    /// The latest time decided on, and the latest that a task row holds.
    pub(super) latest: Timestamp,
    pub(super) held: Timestamp,
}

impl State {
    pub(super) fn read(conn: &Connection) -> rusqlite::Result<Self> {
        let next = |sql: &str| conn.query_row(sql, [], |row| row.get::<_, i64>(0));
        Ok(Self {
            tasks: HashMap::new(),
            greatest: conn
                .query_row("SELECT id FROM task ORDER BY id DESC LIMIT 1", [], |row| row.get(0).map(TaskId::from_bytes))
                .optional()?,
            owners: owners(conn)?,
            // A number is used again only when no row of its former task is left.
            next_task: 1 + next("SELECT coalesce(max(no), 0) FROM task")?
                .max(task_of(next("SELECT coalesce(max(place), 0) FROM log")?))
                .max(task_of(next("SELECT coalesce(max(last), 0) FROM trash")?)),
            next_owner: next("SELECT 1 + coalesce(max(no), 0) FROM owner")?,
            next_seen: next(
                "SELECT 1 + max((SELECT coalesce(max(no), 0) FROM seen), (SELECT coalesce(max(last), 0) FROM seen_run))",
            )?,
            failed: Failed::default(),
        })
    }

    /// What is known of `id`, asking `find` when it has to.
    pub(super) fn task(&mut self, id: TaskId, find: &mut Statement<'_>) -> rusqlite::Result<Option<Known>> {
        if self.greatest.is_none_or(|greatest| id > greatest) {
            return Ok(None);
        }
        if let Some(known) = self.tasks.get(&id) {
            return Ok(Some(*known));
        }
        let known = find.query_row([id.as_bytes()], known).optional()?;
        if let Some(known) = known {
            self.remember(id, known);
        }
        Ok(known)
    }

    /// Keeps what is known of a task, unless it has ended: its next commit is unlikely.
    pub(super) fn remember(&mut self, id: TaskId, known: Known) {
        self.greatest = self.greatest.max(Some(id));
        if state_of(known.tag).is_none_or(TaskState::is_terminal) {
            self.tasks.remove(&id);
            return;
        }
        if self.tasks.len() >= MOST_TASKS {
            self.tasks.clear();
        }
        self.tasks.insert(id, known);
    }

    /// Forgets a task that was deleted.
    pub(super) fn forget(&mut self, id: TaskId) {
        self.tasks.remove(&id);
    }

    /// Forgets what a rolled back transaction may have changed.
    pub(super) fn read_again(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        let failed = std::mem::take(&mut self.failed);
        *self = Self { failed, ..Self::read(conn)? };
        Ok(())
    }

    /// Takes over what a durable batch changed.
    pub(super) fn settle(&mut self, draft: &Draft) {
        self.failed.absorb(&draft.failed);
    }
}

fn owners(conn: &Connection) -> rusqlite::Result<HashMap<Owner, i64>> {
    let mut statement = conn.prepare("SELECT tenant, principal, no FROM owner")?;
    let owners = statement.query_map([], |row| Ok((owner(row, 0)?, row.get(2)?)))?;
    owners.collect()
}

/// The owner whose tenant and principal are at columns `at` and `at + 1`.
pub(super) fn owner(row: &Row<'_>, at: usize) -> rusqlite::Result<Owner> {
    let tenant = row.get_ref(at)?.as_str()?;
    let principal = row.get_ref(at + 1)?.as_str()?;
    Ok(Owner { tenant: Tenant::new(tenant), principal: Principal::new(principal) })
}

pub(super) fn known(row: &Row<'_>) -> rusqlite::Result<Known> {
    Ok(Known {
        no: row.get(0)?,
        head: Head(unsigned(row, 1)?),
        seq: Seq(unsigned(row, 2)?),
        tag: row.get(3)?,
        changed_at: Timestamp::from_millis(unsigned(row, 4)?),
        ready: row.get::<_, Option<i64>>(5)?.map(|at| Timestamp::from_millis(at as u64)),
        timer: row.get::<_, Option<i64>>(6)?.map(|at| Timestamp::from_millis(at as u64)),
        owner: row.get(7)?,
    })
}

/// A number that was stored as its two's complement: SQLite has no unsigned ones.
pub(super) fn unsigned(row: &Row<'_>, at: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(at).map(|number| number as u64)
}

/// A time as SQLite keeps it; the far end of time stays in order.
pub(super) fn millis(at: Timestamp) -> i64 {
    i64::try_from(at.as_millis()).unwrap_or(i64::MAX)
}
