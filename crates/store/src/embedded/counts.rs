//! How many tasks each owner has, without a write per commit: the database's figures are brought up to date now and
//! then, and say up to which task they count. What came after is counted at the start.

use std::collections::HashMap;

use rusqlite::{Connection, Params};

/// By place, not by owner: the index of lists has all tasks in the order of their owners, and would be read whole.
pub(super) const NEWER: &str = "SELECT owner, count(*) FROM task WHERE no >= ?1 GROUP BY +owner";

/// Tasks by owner.
pub(super) type Counts = HashMap<i64, i64>;

/// What the database's figures lack.
#[derive(Debug, Default)]
pub(super) struct Uncounted {
    /// Tasks with this number or a greater one.
    pub(super) from: i64,
    /// By owner.
    pub(super) more: Counts,
}

impl Uncounted {
    /// Counts what came after the figures were stored.
    pub(super) fn read(conn: &Connection) -> rusqlite::Result<Self> {
        let from: i64 = conn.query_row("SELECT value FROM meta WHERE key = 'counted'", [], |row| row.get(0))?;
        let more = pairs(conn, NEWER, [from])?;
        Ok(Self { from, more })
    }
}

/// The figures of all owners.
pub(super) fn read(conn: &Connection, uncounted: &Uncounted) -> rusqlite::Result<Counts> {
    let mut counts = pairs(conn, "SELECT no, tasks FROM owner", [])?;
    add(&mut counts, &uncounted.more);
    Ok(counts)
}

/// Adds `more` to `counts`.
pub(super) fn add(counts: &mut Counts, more: &Counts) {
    for (owner, more) in more {
        *counts.entry(*owner).or_default() += more;
    }
}

/// Brings the stored figures up to date; tasks from `next` on are not counted yet.
pub(super) fn store(conn: &Connection, more: &Counts, next: i64) -> rusqlite::Result<()> {
    let mut update = conn.prepare_cached("UPDATE owner SET tasks = tasks + ?2 WHERE no = ?1")?;
    for (owner, more) in more {
        update.execute([owner, more])?;
    }
    conn.prepare_cached("UPDATE meta SET value = ?1 WHERE key = 'counted'")?.execute([next]).map(drop)
}

fn pairs(conn: &Connection, sql: &str, params: impl Params) -> rusqlite::Result<Counts> {
    let mut select = conn.prepare(sql)?;
    let pairs = select.query_map(params, |row| Ok((row.get(0)?, row.get(1)?)))?;
    pairs.collect()
}
