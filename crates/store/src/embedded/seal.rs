//! Turning fresh accepted messages into a run on disk, a few chunks after each batch.

use super::seen::{Run, chunk_place, chunks};
use super::state::millis;
use super::upkeep::Done;
use super::writer::Writer;

/// Chunks of accepted messages written in one step: about 80 KiB.
const CHUNK_STEP: usize = 32;

/// A run on its way to the disk.
#[derive(Debug)]
pub(super) struct Sealing {
    run: Run,
    chunks: Vec<Vec<u8>>,
    written: usize,
}

impl Sealing {
    /// After a failure: from the first chunk again.
    pub(super) fn restart(&mut self) {
        self.written = 0;
    }
}

impl Writer<'_> {
    /// Sets the fresh rows aside.
    pub(super) fn begin_sealing(&mut self) -> rusqlite::Result<()> {
        let sealed_at = self.shared.clock.now();
        let no = "SELECT 1 + coalesce(max(no), 0) FROM seen_run";
        let no = self.conn.prepare_cached(no)?.query_row([], |row| row.get(0))?;
        let mut index = self.shared.seen.write();
        let rows = index.close();
        let nos = || rows.clone().map(|(_, no)| no);
        let (first, last) = (nos().min().unwrap_or_default(), nos().max().unwrap_or_default());
        let chunks = chunks(first, rows);
        self.upkeep.sealing = Some(Sealing { run: Run { no, first, last, sealed_at }, chunks, written: 0 });
        Ok(())
    }

    /// Writes some chunks, in the end the run itself; chunks without a run are what a crash left, and are overwritten.
    pub(super) fn seal(&mut self) -> rusqlite::Result<Done> {
        let Some(Sealing { run, chunks, written }) = &mut self.upkeep.sealing else { return Ok(Done::default()) };
        let mut add = self.conn.prepare_cached("INSERT OR REPLACE INTO seen_chunk (place, entries) VALUES (?1, ?2)")?;
        let until = chunks.len().min(*written + CHUNK_STEP);
        for (chunk, entries) in (0..=u8::MAX).zip(&*chunks).take(until).skip(*written) {
            add.execute((chunk_place(run.no, chunk), entries))?;
        }
        *written = until;
        if until < chunks.len() {
            return Ok(Done::default());
        }
        let add = "INSERT INTO seen_run (no, first, last, sealed_at) VALUES (?1, ?2, ?3, ?4)";
        self.conn.prepare_cached(add)?.execute((run.no, run.first, run.last, millis(run.sealed_at)))?;
        Ok(Done { sealed: Some(*run), ..Done::default() })
    }
}
