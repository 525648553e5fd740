//! Pages of tasks: one index range for each owner and state, merged. Every filter is a prefix or a range of an index,
//! so that a page costs what it shows, whatever is stored.

use rusqlite::{Connection, params};
use types::{Owner, Scope, TaskState};

use super::read::summary;
use super::state::{millis, owner};
use super::tally;
use crate::Error;
use crate::read::{Listing, Query, QueryPlan, Summary};

type Result<T> = std::result::Result<T, Error>;

/// One owner's page in one state. `?4` and `?5` are the place it follows: the index answers all but ties within a millisecond.
const PAGE: &str = "SELECT id, context, tag, head, seq, changed_at FROM task
    WHERE owner = ?1 AND state = ?2 AND changed_at BETWEEN ?3 AND ?4 AND (changed_at < ?4 OR id > ?5)
    ORDER BY changed_at DESC, id LIMIT ?6";

/// The same in one conversation.
const PAGE_OF_CONTEXT: &str = "SELECT id, context, tag, head, seq, changed_at FROM task
    WHERE owner = ?1 AND context = ?7 AND state = ?2 AND changed_at BETWEEN ?3 AND ?4 AND (changed_at < ?4 OR id > ?5)
    ORDER BY changed_at DESC, id LIMIT ?6";

/// How many of one owner's tasks in one state have changed since.
const COUNT: &str = "SELECT count(*) FROM task WHERE owner = ?1 AND state = ?2 AND changed_at >= ?3";

/// The same in one conversation.
const COUNT_OF_CONTEXT: &str =
    "SELECT count(*) FROM task WHERE owner = ?1 AND context = ?4 AND state = ?2 AND changed_at >= ?3";

const ONE_OWNER: &str = "SELECT tenant, principal, no FROM owner WHERE tenant = ?1 AND principal = ?2";
const OF_TENANT: &str = "SELECT tenant, principal, no FROM owner WHERE tenant = ?1";
/// Reads all, because all are in scope.
pub(super) const EVERYBODY: &str = "SELECT tenant, principal, no FROM owner";

/// What each statement of a list is for.
pub(super) const STATEMENTS: [(&str, &str); 8] = [
    ("the owner", ONE_OWNER),
    ("the owners of a tenant", OF_TENANT),
    ("every owner, for the service itself", EVERYBODY),
    ("the totals of an owner, by state", tally::OF_OWNER),
    ("a page of an owner's tasks in one state, since a time, after a place", PAGE),
    ("a page of one conversation, else the same", PAGE_OF_CONTEXT),
    ("the total of an owner's tasks in one state since a time", COUNT),
    ("the total of one conversation, else the same", COUNT_OF_CONTEXT),
];

/// Tasks of one owner in one state.
struct Part<'q> {
    no: i64,
    owner: &'q Owner,
    state: TaskState,
    /// How many there are in all.
    tasks: u64,
    query: &'q Query,
}

pub(super) fn list(conn: &Connection, scope: &Scope, query: &Query) -> Result<Listing> {
    let _view = conn.unchecked_transaction()?;
    let mut page: Vec<Summary> = Vec::new();
    // Told for all parts at once; what no part counts is theirs together.
    let told = query.total.filter(|_| query.context.is_some() || query.changed_since.is_some());
    let mut total = 0;
    for (no, owner) in owners(conn, scope)? {
        let states = tally::of_owner(conn, no)?;
        for (state, tasks) in states.into_iter().filter(|(state, _)| query.state.is_none_or(|wanted| wanted == *state))
        {
            let part = Part { no, owner: &owner, state, tasks, query };
            total += if told.is_some() { 0 } else { part.total(conn)? };
            // Beyond the last task of a page that is full already nothing of this part can matter.
            let floor = page.get(query.limit).map_or(0, |last| millis(last.changed_at));
            part.first(conn, floor, &mut page)?;
            page.sort_unstable_by_key(Summary::place);
            page.truncate(query.limit.saturating_add(1));
        }
    }
    Ok(Listing::page(page, query.limit, told.unwrap_or(total)))
}

/// How SQLite goes about each statement of a list.
pub(super) fn plans(conn: &Connection) -> Result<Vec<QueryPlan>> {
    let plan = |(what, sql): (&'static str, &str)| {
        let mut explain = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
        // Parameters stay unbound: the plan does not depend on them.
        let (mut rows, mut steps) = (explain.raw_query(), Vec::new());
        while let Some(row) = rows.next()? {
            steps.push(row.get(3)?);
        }
        Ok(QueryPlan { what, steps })
    };
    STATEMENTS.into_iter().map(plan).collect()
}

fn owners(conn: &Connection, scope: &Scope) -> Result<Vec<(i64, Owner)>> {
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(2)?, owner(row, 0)?));
    let mut select = conn.prepare_cached(match scope {
        Scope::Owner(_) => ONE_OWNER,
        Scope::Tenant(_) => OF_TENANT,
        Scope::Service => EVERYBODY,
    })?;
    let found = match scope {
        Scope::Owner(owner) => select.query_map([owner.tenant.as_str(), owner.principal.as_str()], read)?,
        Scope::Tenant(tenant) => select.query_map([tenant.as_str()], read)?,
        Scope::Service => select.query_map([], read)?,
    };
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

impl Part<'_> {
    fn since(&self) -> i64 {
        self.query.changed_since.map_or(0, millis)
    }

    fn total(&self, conn: &Connection) -> Result<u64> {
        let state = i64::from(self.state.wire());
        let one = |row: &rusqlite::Row<'_>| row.get::<_, i64>(0);
        let count = match &self.query.context {
            None if self.query.changed_since.is_none() => return Ok(self.tasks),
            None => conn.prepare_cached(COUNT)?.query_row(params![self.no, state, self.since()], one)?,
            Some(context) => conn
                .prepare_cached(COUNT_OF_CONTEXT)?
                .query_row(params![self.no, state, self.since(), context.as_str()], one)?,
        };
        Ok(count as u64)
    }

    /// Adds the first tasks that belong to the page or behind it, none older than `floor`.
    fn first(&self, conn: &Connection, floor: i64, page: &mut Vec<Summary>) -> Result<()> {
        let state = i64::from(self.state.wire());
        let (until, after) =
            self.query.after.map_or((i64::MAX, Vec::new()), |key| (millis(key.changed_at), key.id.as_bytes().to_vec()));
        let since = self.since().max(floor);
        let limit = i64::try_from(self.query.limit).unwrap_or(i64::MAX).saturating_add(1);
        let context = self.query.context.as_ref().map(types::ContextId::as_str);
        let mut select = conn.prepare_cached(if context.is_some() { PAGE_OF_CONTEXT } else { PAGE })?;
        let mut rows = match context {
            Some(context) => select.query(params![self.no, state, since, until, after, limit, context])?,
            None => select.query(params![self.no, state, since, until, after, limit])?,
        };
        while let Some(row) = rows.next()? {
            match summary(row, self.owner.clone()) {
                Ok(task) => page.push(task),
                // One damaged row must not hide all the others.
                Err(error @ Error::Damaged { .. }) => tracing::error!(%error, "a task is left out of a list"),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
