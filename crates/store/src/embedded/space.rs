//! Room on the disk: a file that is given up when the disk is full, so that running work can finish.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;

use rusqlite::Connection;

/// How much of the quota must be free again before new work is taken: a sixteenth.
const MARGIN: u64 = 16;

/// The ballast and the quota.
#[derive(Debug)]
pub(super) struct Space {
    path: PathBuf,
    ballast: u64,
    quota: Option<u64>,
    starved: bool,
}

impl Space {
    /// Puts the ballast in place; if that does not fit, the store starts starved.
    pub(super) fn new(conn: &Connection, path: PathBuf, ballast: u64, quota: Option<u64>) -> rusqlite::Result<Self> {
        let mut space = Self { path, ballast, quota, starved: true };
        space.recover(conn)?;
        if space.starved {
            tracing::warn!("the disk is full: new work is refused until there is room");
            space.limit(conn, space.quota)?;
        }
        Ok(space)
    }

    /// Whether new work is refused.
    pub(super) const fn is_starved(&self) -> bool {
        self.starved
    }

    /// Gives the ballast up. Does nothing when it is gone already.
    pub(super) fn give_up(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        if !self.starved {
            tracing::error!("the disk is full: new work is refused until there is room");
        }
        self.starved = true;
        if let Err(error) = fs::remove_file(&self.path)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::error!(%error, "the ballast cannot be given up");
        }
        self.limit(conn, self.quota)
    }

    /// Puts the ballast back if there is room for it.
    pub(super) fn recover(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        if !self.starved || !self.has_margin(conn)? {
            return Ok(());
        }
        match self.fill() {
            Ok(()) => {
                self.starved = false;
                self.limit(conn, self.quota.map(|quota| quota.saturating_sub(self.ballast)))
            }
            Err(error) => {
                tracing::debug!(%error, "the ballast does not fit yet");
                // A part of it would only be in the way.
                drop(fs::remove_file(&self.path));
                Ok(())
            }
        }
    }

    fn fill(&self) -> io::Result<()> {
        if fs::metadata(&self.path).is_ok_and(|found| found.len() == self.ballast) {
            return Ok(());
        }
        let mut file = File::create(&self.path)?;
        let zeros = vec![0; 1 << 16];
        let mut left = self.ballast;
        while left > 0 {
            let part = usize::try_from(left).unwrap_or(usize::MAX).min(zeros.len());
            file.write_all(&zeros[..part])?;
            left -= part as u64;
        }
        file.sync_all()
    }

    fn has_margin(&self, conn: &Connection) -> rusqlite::Result<bool> {
        let Some(quota) = self.quota else { return Ok(true) };
        let pages = number(conn, "page_count")?.saturating_sub(number(conn, "freelist_count")?);
        let room = quota.saturating_sub(self.ballast);
        Ok(pages * number(conn, "page_size")? <= room - room / MARGIN)
    }

    fn limit(&self, conn: &Connection, bytes: Option<u64>) -> rusqlite::Result<()> {
        let Some(bytes) = bytes else { return Ok(()) };
        let pages = (bytes / number(conn, "page_size")?).max(1);
        conn.pragma_update_and_check(None, "max_page_count", pages as i64, |_| Ok(()))
    }
}

fn number(conn: &Connection, pragma: &str) -> rusqlite::Result<u64> {
    conn.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0)).map(|number| number as u64)
}
