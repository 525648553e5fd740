//! Reads of one task, on a reader's connection. What lasts longer than one statement runs in one read transaction.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Row as SqlRow};
use types::{ContextId, Head, Scope, Seq, TaskId, Timestamp};

use super::row::{Place, decode_row, decode_snapshot};
use super::schema::{MOST_COMMITS, head_of, place, state_of};
use super::state::{millis, owner, unsigned};
use crate::Error;
use crate::entries::Damage;
use crate::log::{Entry, Frame, LogRow};
use crate::read::{Due, Loaded, Row, Summary, Wake};

type Result<T> = std::result::Result<T, Error>;

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Self::Storage(Arc::new(error))
    }
}

/// A task and the number that its rows go by.
struct Found {
    no: i64,
    summary: Summary,
}

pub(super) fn load(conn: &Connection, scope: &Scope, id: TaskId) -> Result<Option<Loaded>> {
    let _view = conn.unchecked_transaction()?;
    let Some(Found { no, summary }) = find(conn, scope, id)? else { return Ok(None) };
    let row: Option<(i64, i64, Vec<u8>)> = conn
        .prepare_cached("SELECT head, seq, body FROM snapshot WHERE task = ?1")?
        .query_row([no], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let mut from = Head::ZERO;
    let mut snapshot = None;
    if let Some((head, seq, body)) = row {
        from = Head(head as u64);
        let place = Place { task: id, head: from, seq: Seq(seq as u64) };
        snapshot = Some(decode_snapshot(body, place).map_err(damaged(id, from))?);
    }
    let tail = rows_after(conn, no, id, from, usize::MAX)?;
    if tail.last().map_or(from, |row| row.head) != summary.head {
        return Err(damaged(id, summary.head)("it is missing"));
    }
    Ok(Some(Loaded { summary, snapshot, tail }))
}

pub(super) fn log(conn: &Connection, scope: &Scope, id: TaskId, after: Head, limit: usize) -> Result<Vec<LogRow>> {
    let _view = conn.unchecked_transaction()?;
    let Some(found) = find(conn, scope, id)? else { return Ok(Vec::new()) };
    rows_after(conn, found.no, id, after, limit)
}

pub(super) fn frames(conn: &Connection, scope: &Scope, id: TaskId, after: Seq, limit: usize) -> Result<Vec<Frame>> {
    let _view = conn.unchecked_transaction()?;
    let Some(found) = find(conn, scope, id)? else { return Ok(Vec::new()) };
    if found.summary.seq <= after {
        return Ok(Vec::new());
    }
    let from = last_without(conn, found.no, found.summary.head, after)?;
    let mut frames = Vec::new();
    each_row(conn, found.no, id, from, |row| {
        frames.extend(row.entries.into_iter().filter_map(|entry| match entry {
            Entry::Frame(frame) => (frame.seq > after).then_some(frame),
            Entry::Record(_) => None,
        }));
        frames.len() < limit
    })?;
    frames.truncate(limit);
    Ok(frames)
}

/// The last commit that shows nothing after `after`. The visible position rises with the commits, so a search by halves
/// finds it without reading the log.
fn last_without(conn: &Connection, no: i64, head: Head, after: Seq) -> rusqlite::Result<Head> {
    let mut seq_at = conn.prepare_cached("SELECT seq FROM log WHERE place >= ?1 ORDER BY place LIMIT 1")?;
    let (mut low, mut high) = (0, head.0);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        let seq: i64 = seq_at.query_row([place(no, Head(middle))], |row| row.get(0))?;
        if Seq(seq as u64) <= after {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    Ok(Head(low))
}

fn rows_after(conn: &Connection, no: i64, id: TaskId, after: Head, limit: usize) -> Result<Vec<LogRow>> {
    let mut rows = Vec::new();
    if limit > 0 {
        each_row(conn, no, id, after, |row| {
            rows.push(row);
            rows.len() < limit
        })?;
    }
    Ok(rows)
}

/// Passes the commits after `after` to `take`, oldest first, until it has enough.
fn each_row(conn: &Connection, no: i64, id: TaskId, after: Head, mut take: impl FnMut(LogRow) -> bool) -> Result<()> {
    let mut select =
        conn.prepare_cached("SELECT place, seq, body FROM log WHERE place > ?1 AND place < ?2 ORDER BY place")?;
    // A cursor from outside may lie beyond what a key can hold, where it would name another task's rows.
    let after = after.min(Head(MOST_COMMITS));
    let mut rows = select.query([place(no, after), place(no + 1, Head::ZERO)])?;
    while let Some(row) = rows.next()? {
        let position = Place { task: id, head: head_of(row.get(0)?), seq: Seq(unsigned(row, 1)?) };
        let decoded = decode_row(row.get(2)?, position).map_err(damaged(id, position.head))?;
        if !take(decoded) {
            break;
        }
    }
    Ok(())
}

fn damaged(task: TaskId, head: Head) -> impl Fn(Damage) -> Error {
    move |reason| Error::Damaged { task, head, reason }
}

fn find(conn: &Connection, scope: &Scope, id: TaskId) -> Result<Option<Found>> {
    let mut select = conn.prepare_cached(
        "SELECT id, context, tag, head, seq, changed_at, tenant, principal, task.no
         FROM task JOIN owner ON owner.no = task.owner WHERE id = ?1",
    )?;
    let mut rows = select.query([id.as_bytes()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let found = Found { no: row.get(8)?, summary: summary(row, owner(row, 6)?)? };
    Ok(scope.admits(&found.summary.owner).then_some(found))
}

/// A summary from the columns id, context, tag, head, seq, changed_at.
pub(super) fn summary(row: &SqlRow<'_>, owner: types::Owner) -> Result<Summary> {
    let id = TaskId::from_bytes(row.get(0)?);
    let head = Head(unsigned(row, 3)?);
    let context: ContextId = row
        .get_ref(1)?
        .as_str()
        .map_err(rusqlite::Error::from)?
        .parse()
        .map_err(|_| damaged(id, head)("its conversation is no id"))?;
    Ok(Summary {
        id,
        owner,
        context,
        state: state_of(row.get(2)?).ok_or_else(|| damaged(id, head)("its state is unknown"))?,
        head,
        seq: Seq(unsigned(row, 4)?),
        changed_at: Timestamp::from_millis(unsigned(row, 5)?),
    })
}

pub(super) fn rows(conn: &Connection, kind: &str, prefix: &[u8]) -> Result<Vec<Row>> {
    let mut select =
        conn.prepare_cached("SELECT key, version, body FROM row WHERE kind = ?1 AND key >= ?2 ORDER BY key")?;
    let mut found = select.query((kind, prefix))?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        let key: Vec<u8> = row.get(0)?;
        if !key.starts_with(prefix) {
            break;
        }
        rows.push(Row { key: key.into(), version: unsigned(row, 1)?, body: row.get::<_, Vec<u8>>(2)?.into() });
    }
    Ok(rows)
}

pub(super) fn due(conn: &Connection, now: Timestamp, after: Option<Due>, limit: usize) -> Result<Vec<Due>> {
    let (at, id, wake) =
        after.map_or((-1, [0; 16], 0), |last| (millis(last.at), *last.task.as_bytes(), last.wake as i64));
    let mut select = conn.prepare_cached(
        "SELECT at, id, wake FROM due WHERE (at, id, wake) > (?1, ?2, ?3) AND at <= ?4 ORDER BY at, id, wake LIMIT ?5",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let marks = select.query_map((at, id, wake, millis(now), limit), |row| {
        let wake = if row.get::<_, i64>(2)? == Wake::Ready as i64 { Wake::Ready } else { Wake::Timer };
        Ok(Due { at: Timestamp::from_millis(unsigned(row, 0)?), task: TaskId::from_bytes(row.get(1)?), wake })
    })?;
    Ok(marks.collect::<rusqlite::Result<_>>()?)
}
