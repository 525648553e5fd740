//! What the disk itself costs: one small append and fdatasync, by one thread.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::error::Error;

/// Bytes of one row, about what a small event takes.
const ROW: usize = 256;
const ROUNDS: usize = 1_000;

/// The median time of an append of one row with fdatasync, in a file of its own below `dir`.
pub(crate) fn fdatasync_p50(dir: &Path) -> Result<Duration, Error> {
    let path = dir.join("fdatasync");
    let measure = || {
        let mut file = OpenOptions::new().create(true).append(true).open(&path)?;
        let mut times = Vec::with_capacity(ROUNDS);
        for _ in 0..ROUNDS {
            let begun = Instant::now();
            file.write_all(&[7; ROW])?;
            file.sync_data()?;
            times.push(begun.elapsed());
        }
        std::fs::remove_file(&path)?;
        times.sort_unstable();
        Ok(times[ROUNDS / 2])
    };
    measure().map_err(Error::io("write", &path))
}
