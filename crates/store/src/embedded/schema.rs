//! The tables, version by version, and the numbers that go into their keys.

use rusqlite::{Connection, OptionalExtension};
use types::{Head, TaskState};

/// What brings a database from one version to the next; the first makes it.
const MIGRATIONS: [&str; 2] = [V1, V2];

/// The version that this program writes.
pub(super) const KNOWN: u32 = MIGRATIONS.len() as u32;

/// The low byte of `task.tag` is the state; what an earlier version put above it counts no more.
/// `log.place` is the task's number and the commit's (see [`place`]), so a task's rows lie together and appending is cheap.
/// `seen` is written in order; what finds a key in it are sorted runs in `seen_chunk` and an index in memory.
const V1: &str = "
CREATE TABLE meta (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
CREATE TABLE owner (no INTEGER PRIMARY KEY, tenant TEXT NOT NULL, principal TEXT NOT NULL, tasks INTEGER NOT NULL,
    UNIQUE (tenant, principal));
CREATE TABLE task (no INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, owner INTEGER NOT NULL, context TEXT NOT NULL,
    tag INTEGER NOT NULL, head INTEGER NOT NULL, seq INTEGER NOT NULL, changed_at INTEGER NOT NULL,
    ready_at INTEGER, timer_at INTEGER);
CREATE INDEX task_list ON task (owner, changed_at DESC, id, tag);
CREATE TABLE log (place INTEGER PRIMARY KEY, seq INTEGER NOT NULL, body BLOB NOT NULL);
CREATE TABLE snapshot (task INTEGER PRIMARY KEY, head INTEGER NOT NULL, seq INTEGER NOT NULL, body BLOB NOT NULL);
CREATE TABLE due (at INTEGER NOT NULL, id BLOB NOT NULL, wake INTEGER NOT NULL, PRIMARY KEY (at, id, wake)) WITHOUT ROWID;
CREATE TABLE row (kind TEXT NOT NULL, key BLOB NOT NULL, version INTEGER NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (kind, key)) WITHOUT ROWID;
CREATE TABLE seen (no INTEGER PRIMARY KEY, key BLOB NOT NULL, digest BLOB NOT NULL, kind INTEGER NOT NULL, reply BLOB,
    keep_until INTEGER NOT NULL);
CREATE TABLE seen_run (no INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL, sealed_at INTEGER NOT NULL);
CREATE TABLE seen_chunk (place INTEGER PRIMARY KEY, entries BLOB NOT NULL);
CREATE TABLE trash (first INTEGER PRIMARY KEY, last INTEGER NOT NULL);
INSERT INTO meta VALUES ('epoch', 0), ('clock', 0), ('counted', 0);
";

/// Lists go by owner and state, or by owner, conversation and state; `tally` holds how many tasks each owner has in each
/// state. Contexts of ours are ordered by time, so their index grows at its end.
const V2: &str = "
ALTER TABLE task ADD COLUMN state INTEGER GENERATED ALWAYS AS (tag & 255) VIRTUAL;
DROP INDEX task_list;
CREATE INDEX task_list ON task (owner, state, changed_at DESC, id);
CREATE INDEX task_context ON task (owner, context, state, changed_at DESC, id);
CREATE TABLE tally (owner INTEGER NOT NULL, state INTEGER NOT NULL, tasks INTEGER NOT NULL, PRIMARY KEY (owner, state))
    WITHOUT ROWID;
INSERT INTO tally SELECT owner, state, count(*) FROM task GROUP BY owner, state;
ALTER TABLE owner DROP COLUMN tasks;
DELETE FROM meta WHERE key = 'counted';
";

/// Bits of a log key that count a task's commits: 67 million of them. 37 are left for the task's number, enough for
/// a thousand new tasks per second over four years.
const HEAD_BITS: u32 = 26;

/// The most commits of one task.
pub(super) const MOST_COMMITS: u64 = (1 << HEAD_BITS) - 1;

/// The greatest number of a task: the next one's log key still fits, as the end of this one's log.
pub(super) const LAST_TASK: i64 = (i64::MAX >> HEAD_BITS) - 1;

/// The log key of a commit.
pub(super) const fn place(task_no: i64, head: Head) -> i64 {
    (task_no << HEAD_BITS) | head.0 as i64
}

/// The task's number of a log key.
pub(super) const fn task_of(place: i64) -> i64 {
    place >> HEAD_BITS
}

/// The commit of a log key.
pub(super) const fn head_of(place: i64) -> Head {
    Head((place & MOST_COMMITS as i64) as u64)
}

/// The state as the index has it.
pub(super) const fn state_in(tag: i64) -> i64 {
    tag & 0xff
}

/// The state of a tag, if it is one.
pub(super) fn state_of(tag: i64) -> Option<TaskState> {
    TaskState::from_wire(state_in(tag) as i32)
}

/// The version of an existing database; zero for an empty one.
pub(super) fn version(conn: &Connection) -> rusqlite::Result<u32> {
    conn.query_row("SELECT 1 FROM sqlite_schema WHERE name = 'meta'", [], |_| Ok(()))
        .optional()?
        .map_or(Ok(0), |()| conn.query_row("SELECT value FROM meta WHERE key = 'schema'", [], |row| row.get(0)))
}

/// Brings the database from version `from` to [`KNOWN`], each step in a transaction of its own.
pub(super) fn migrate(conn: &Connection, from: u32) -> rusqlite::Result<()> {
    migrate_to(conn, from, KNOWN)
}

/// The same, up to version `to`.
pub(super) fn migrate_to(conn: &Connection, from: u32, to: u32) -> rusqlite::Result<()> {
    for (step, sql) in (1..=to).zip(MIGRATIONS).skip(from as usize) {
        let tx = conn.unchecked_transaction()?;
        tx.execute_batch(sql)?;
        tx.execute("INSERT OR REPLACE INTO meta VALUES ('schema', ?1)", [step])?;
        tx.commit()?;
    }
    Ok(())
}
