//! The writer's prepared statements; one place for what each commit runs.

use rusqlite::{Connection, Statement};

macro_rules! statements {
    ($($name:ident: $sql:literal,)*) => {
        /// Prepared once, for the writer's life.
        #[derive(Debug)]
        pub(super) struct Sql<'c> {
            $(pub(super) $name: Statement<'c>,)*
        }

        impl<'c> Sql<'c> {
            pub(super) fn prepare(conn: &'c Connection) -> rusqlite::Result<Self> {
                Ok(Self { $($name: conn.prepare($sql)?,)* })
            }
        }
    };
}

statements! {
    begin: "BEGIN",
    commit: "COMMIT",
    add_owner: "INSERT INTO owner (no, tenant, principal) VALUES (?1, ?2, ?3)",
    set_clock: "UPDATE meta SET value = ?1 WHERE key = 'clock'",
    find_task: "SELECT no, head, seq, tag, changed_at, ready_at, timer_at, owner FROM task WHERE id = ?1",
    add_task: "INSERT INTO task (no, id, owner, context, tag, head, seq, changed_at, ready_at, timer_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    set_task: "UPDATE task SET tag = ?2, head = ?3, seq = ?4, changed_at = ?5, ready_at = ?6, timer_at = ?7 WHERE no = ?1",
    add_log: "INSERT INTO log (place, seq, body) VALUES (?1, ?2, ?3)",
    set_snapshot: "INSERT OR REPLACE INTO snapshot (task, head, seq, body) VALUES (?1, ?2, ?3, ?4)",
    add_due: "INSERT INTO due (at, id, wake) VALUES (?1, ?2, ?3)",
    drop_due: "DELETE FROM due WHERE at = ?1 AND id = ?2 AND wake = ?3",
    add_seen: "INSERT INTO seen (no, key, digest, kind, reply, keep_until) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    find_row: "SELECT version FROM row WHERE kind = ?1 AND key = ?2",
    set_row: "INSERT OR REPLACE INTO row (kind, key, version, body) VALUES (?1, ?2, ?3, ?4)",
    tally: "INSERT INTO tally (owner, state, tasks) VALUES (?1, ?2, ?3)
        ON CONFLICT (owner, state) DO UPDATE SET tasks = tasks + ?3",
    drop_row: "DELETE FROM row WHERE kind = ?1 AND key = ?2",
}
