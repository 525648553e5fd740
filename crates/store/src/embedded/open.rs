//! Opening: lock, check, migrate, become the owner. Nothing is answered before the new epoch is durable.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, ffi};
use types::{Epoch, StoreId, Timestamp};

use super::lock::LockedDir;
use super::options::Options;
use super::schema;
use super::seen::{Run, SeenIndex};
use super::state::{millis, unsigned};
use crate::Ownership;
use crate::seen::SeenKey;

/// Why a store cannot be opened, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The directory cannot be made or written to.
    #[error("cannot write to {}: give this process the right to, or name another directory", dir.display())]
    Unwritable {
        /// The directory.
        dir: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another process has it open.
    #[error("{} is in use by another process: stop that one, or name another directory", dir.display())]
    Locked {
        /// The directory.
        dir: PathBuf,
    },
    /// It was written by a newer version of this program.
    #[error("{} has schema {found}, this version knows up to {known}: start the newer version, or restore an older backup", file.display())]
    Newer {
        /// The database.
        file: PathBuf,
        /// The version it has.
        found: u32,
        /// The newest known.
        known: u32,
    },
    /// The database's own structure is damaged.
    #[error("{} is damaged ({reason}): move it away and restore a backup, nothing in it has been changed", file.display())]
    Damaged {
        /// The database.
        file: PathBuf,
        /// What was found.
        reason: String,
    },
    /// The storage engine failed in another way.
    #[error("cannot open {}", file.display())]
    Storage {
        /// The database.
        file: PathBuf,
        /// What it said.
        source: rusqlite::Error,
    },
    /// A thread could not be started.
    #[error("cannot start the store's threads")]
    Thread(#[source] io::Error),
}

/// A database that is ours.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) conn: Connection,
    pub(super) own: Ownership,
    pub(super) clock: Timestamp,
    pub(super) seen: SeenIndex,
}

pub(super) fn open(dir: &LockedDir, options: &Options) -> Result<Opened, OpenError> {
    let file = dir.database();
    let checked = || -> Result<Opened, Failure> {
        let conn = connect(&file)?;
        check(&conn, &file, options)?;
        conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        let clock = latest(&conn)?;
        let own = take_ownership(&conn, clock)?;
        let seen = read_seen(&conn)?;
        Ok(Opened { conn, own, clock, seen })
    };
    checked().map_err(|failure| failure.named(&file))
}

/// A read-only connection to the same file.
pub(super) fn connect_reader(dir: &LockedDir) -> Result<Connection, OpenError> {
    let file = dir.database();
    let connected = || -> rusqlite::Result<Connection> {
        let conn =
            Connection::open_with_flags(&file, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        conn.set_prepared_statement_cache_capacity(32);
        conn.execute_batch("PRAGMA query_only = ON; PRAGMA cell_size_check = ON; PRAGMA cache_size = -2048;")?;
        Ok(conn)
    };
    connected().map_err(|error| Failure::Sqlite(error).named(&file))
}

/// A connection that copies: as a reader's, but for the file that it may write to beside the database.
pub(super) fn connect_copier(dir: &LockedDir) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(dir.database(), flags)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    conn.execute_batch("PRAGMA cell_size_check = ON; PRAGMA cache_size = -2048;")?;
    Ok(conn)
}

enum Failure {
    Open(OpenError),
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl Failure {
    fn named(self, file: &Path) -> OpenError {
        match self {
            Self::Open(error) => error,
            Self::Sqlite(error) => match error.sqlite_error_code() {
                Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                    OpenError::Damaged { file: file.to_owned(), reason: error.to_string() }
                }
                _ => OpenError::Storage { file: file.to_owned(), source: error },
            },
        }
    }
}

fn connect(file: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(file, flags)?;
    // A close after a failure must leave the log to the next start.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    conn.set_prepared_statement_cache_capacity(64);
    // A file system without shared memory leaves the mode as it was, and says so only in the answer.
    let mode: String = conn.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        let reason = format!("its file system allows no write-ahead log, only mode {mode}");
        return Err(rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_CANTOPEN), Some(reason)));
    }
    conn.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;
         PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8192;",
    )?;
    Ok(conn)
}

fn check(conn: &Connection, file: &Path, options: &Options) -> Result<(), Failure> {
    let found = schema::version(conn)?;
    if found > schema::KNOWN {
        let error = OpenError::Newer { file: file.to_owned(), found, known: schema::KNOWN };
        return Err(Failure::Open(error));
    }
    if fs::metadata(file).is_ok_and(|found| found.len() <= options.check_bytes) {
        let reason: String = conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if reason != "ok" {
            return Err(Failure::Open(OpenError::Damaged { file: file.to_owned(), reason }));
        }
    }
    Ok(schema::migrate(conn, found)?)
}

/// The latest time that is stored: the newest change of each owner in each state, and the clock row for what has no task.
fn latest(conn: &Connection) -> rusqlite::Result<Timestamp> {
    let sql =
        "SELECT max((SELECT value FROM meta WHERE key = 'clock'), coalesce((SELECT max((SELECT changed_at FROM task
        WHERE task.owner = tally.owner AND task.state = tally.state ORDER BY changed_at DESC LIMIT 1)) FROM tally), 0))";
    conn.query_row(sql, [], |row| unsigned(row, 0)).map(Timestamp::from_millis)
}

fn take_ownership(conn: &Connection, clock: Timestamp) -> rusqlite::Result<Ownership> {
    let tx = conn.unchecked_transaction()?;
    let stored = tx
        .query_row("SELECT value FROM meta WHERE key = 'store_id'", [], |row| row.get(0).map(StoreId::from_bytes))
        .optional()?;
    let store_id = stored.unwrap_or_else(StoreId::fresh);
    tx.execute("INSERT OR IGNORE INTO meta VALUES ('store_id', ?1)", [store_id.as_bytes()])?;
    tx.execute("UPDATE meta SET value = ?1 WHERE key = 'clock'", [millis(clock)])?;
    let epoch = "UPDATE meta SET value = value + 1 WHERE key = 'epoch' RETURNING value";
    let epoch = tx.query_row(epoch, [], |row| unsigned(row, 0)).map(Epoch)?;
    tx.commit()?;
    Ok(Ownership { epoch, store_id })
}

/// The newest rows, and which runs there are; their filters are read when the store is open.
fn read_seen(conn: &Connection) -> rusqlite::Result<SeenIndex> {
    let mut index = SeenIndex::default();
    let mut runs = conn.prepare("SELECT no, first, last, sealed_at FROM seen_run ORDER BY no")?;
    let runs = runs.query_map([], |row| {
        let sealed_at = Timestamp::from_millis(unsigned(row, 3)?);
        Ok(Run { no: row.get(0)?, first: row.get(1)?, last: row.get(2)?, sealed_at })
    })?;
    let mut sealed = 0;
    for run in runs {
        let run = run?;
        sealed = run.last.max(sealed);
        index.add_unread(run);
    }
    let mut fresh = conn.prepare("SELECT key, no FROM seen WHERE no > ?1")?;
    let fresh = fresh.query_map([sealed], |row| Ok((SeenKey(row.get(0)?), row.get(1)?)))?;
    index.extend(fresh.collect::<rusqlite::Result<Vec<_>>>()?);
    Ok(index)
}
