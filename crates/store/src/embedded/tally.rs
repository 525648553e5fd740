//! How many tasks each owner has in each state: kept in the transaction that changes them, so that a list's total is
//! read, not counted, and agrees with the page that was read with it.

use std::collections::HashMap;

use rusqlite::{Connection, Statement};
use types::TaskState;

use super::schema::state_of;

/// One owner's figures.
pub(super) const OF_OWNER: &str = "SELECT state, tasks FROM tally WHERE owner = ?1";

/// An owner's number, and a state as the index has it.
pub(super) type Part = (i64, i64);

/// Tasks more or fewer.
#[derive(Debug, Default)]
pub(super) struct Changes(HashMap<Part, i64>);

impl Changes {
    /// A task was made, or is in this state from now on.
    pub(super) fn more(&mut self, owner: i64, state: i64) {
        *self.0.entry((owner, state)).or_default() += 1;
    }

    /// A task has left this state.
    pub(super) fn fewer(&mut self, owner: i64, state: i64) {
        *self.0.entry((owner, state)).or_default() -= 1;
    }

    /// Brings the stored figures up to date.
    pub(super) fn write(&self, change: &mut Statement<'_>) -> rusqlite::Result<()> {
        for ((owner, state), more) in self.0.iter().filter(|(_, more)| **more != 0) {
            change.execute([*owner, *state, *more])?;
        }
        Ok(())
    }
}

/// The states that an owner has tasks in, and how many; what is no state is left out, as it is from lists.
pub(super) fn of_owner(conn: &Connection, owner: i64) -> rusqlite::Result<Vec<(TaskState, u64)>> {
    let mut select = conn.prepare_cached(OF_OWNER)?;
    let rows = select.query_map([owner], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)))?;
    let held = |row: rusqlite::Result<(i64, i64)>| match row {
        Ok((state, tasks)) => state_of(state).filter(|_| tasks > 0).map(|state| Ok((state, tasks as u64))),
        Err(error) => Some(Err(error)),
    };
    rows.filter_map(held).collect()
}
