//! Pages of tasks: one index range per owner, merged when the scope holds several.

use parking_lot::RwLock;
use rusqlite::{Connection, params};
use types::{Owner, Scope};

use super::counts::Counts;
use super::read::summary;
use super::schema::context_tag;
use super::state::{millis, owner};
use crate::Error;
use crate::read::{Listing, Query, Summary};

type Result<T> = std::result::Result<T, Error>;

/// One owner's page. The index answers all but the last test.
pub(super) const PAGE: &str = "SELECT id, context, tag, head, seq, changed_at FROM task
    WHERE owner = ?1 AND changed_at BETWEEN ?2 AND ?3 AND (changed_at < ?3 OR id > ?4)
    AND (?5 IS NULL OR tag & 255 = ?5) AND (?6 IS NULL OR tag >> 8 = ?6) AND (?7 IS NULL OR context = ?7)
    ORDER BY changed_at DESC, id LIMIT ?8";

/// How many of one owner's tasks match a filter.
pub(super) const COUNT: &str = "SELECT count(*) FROM task WHERE owner = ?1 AND changed_at >= ?2
    AND (?3 IS NULL OR tag & 255 = ?3) AND (?4 IS NULL OR tag >> 8 = ?4) AND (?5 IS NULL OR context = ?5)";

/// An owner in scope.
struct Owned {
    no: i64,
    owner: Owner,
}

pub(super) fn list(conn: &Connection, counts: &RwLock<Counts>, scope: &Scope, query: &Query) -> Result<Listing> {
    let _view = conn.unchecked_transaction()?;
    let mut page: Vec<Summary> = Vec::new();
    let mut total = 0;
    for owned in owners(conn, scope)? {
        total += match query.is_open() {
            true => counts.read().get(&owned.no).map_or(0, |tasks| *tasks as u64),
            false => count(conn, &owned, query)?,
        };
        // Beyond the last task of a page that is full already nothing of this owner can matter.
        let floor = page.get(query.limit).map_or(0, |last| millis(last.changed_at));
        first_of(conn, &owned, query, floor, &mut page)?;
        page.sort_unstable_by_key(Summary::place);
        page.truncate(query.limit.saturating_add(1));
    }
    Ok(Listing::page(page, query.limit, total))
}

fn owners(conn: &Connection, scope: &Scope) -> Result<Vec<Owned>> {
    let (tenant, principal) = match scope {
        Scope::Owner(owner) => (Some(owner.tenant.as_str()), Some(owner.principal.as_str())),
        Scope::Tenant(tenant) => (Some(tenant.as_str()), None),
        Scope::Service => (None, None),
    };
    let sql = match (tenant, principal) {
        (Some(_), Some(_)) => "SELECT tenant, principal, no FROM owner WHERE tenant = ?1 AND principal = ?2",
        (Some(_), None) => "SELECT tenant, principal, no FROM owner WHERE tenant = ?1 AND ?2 IS NULL",
        (None, _) => "SELECT tenant, principal, no FROM owner WHERE ?1 IS NULL AND ?2 IS NULL",
    };
    let mut select = conn.prepare_cached(sql)?;
    let found = select.query_map((tenant, principal), |row| Ok(Owned { owner: owner(row, 0)?, no: row.get(2)? }))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// Adds the first tasks of one owner that belong to the page or behind it, none older than `floor`.
fn first_of(conn: &Connection, owned: &Owned, query: &Query, floor: i64, page: &mut Vec<Summary>) -> Result<()> {
    let (from, after) =
        query.after.map_or((i64::MAX, Vec::new()), |key| (millis(key.changed_at), key.id.as_bytes().to_vec()));
    let since = query.changed_since.map_or(0, millis).max(floor);
    let limit = i64::try_from(query.limit).unwrap_or(i64::MAX).saturating_add(1);
    let mut select = conn.prepare_cached(PAGE)?;
    let (state, tag, context) = filter(query);
    let mut rows = select.query(params![owned.no, since, from, after, state, tag, context, limit])?;
    while let Some(row) = rows.next()? {
        match summary(row, owned.owner.clone()) {
            Ok(task) => page.push(task),
            // One damaged row must not hide all the others.
            Err(error @ Error::Damaged { .. }) => tracing::error!(%error, "a task is left out of a list"),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn count(conn: &Connection, owned: &Owned, query: &Query) -> Result<u64> {
    let mut select = conn.prepare_cached(COUNT)?;
    let (state, tag, context) = filter(query);
    let since = query.changed_since.map_or(0, millis);
    let count: i64 = select.query_row(params![owned.no, since, state, tag, context], |row| row.get(0))?;
    Ok(count as u64)
}

/// The filter as the index knows it (state, tag of the conversation) and as only the row does (the conversation).
fn filter(query: &Query) -> (Option<i32>, Option<i64>, Option<&str>) {
    let context = query.context.as_ref();
    (query.state.map(types::TaskState::wire), context.map(context_tag), context.map(types::ContextId::as_str))
}
