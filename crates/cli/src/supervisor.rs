//! Whether the `watchroom up` of a data directory runs.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

/// What `up` holds locked in its data directory for as long as it runs.
pub(crate) fn lock_file(data_dir: &Path) -> PathBuf {
    data_dir.join("run").join("up.lock")
}

/// Whether the `up` with this id, which has written where its services are, still holds the directory.
pub(crate) fn holds(data_dir: &Path, pid: u32) -> bool {
    // The lock is tried only where somebody may hold it, so that no `up` that begins finds it taken for this look.
    runs(pid)
        && File::open(lock_file(data_dir))
            .is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// Whether a process of this machine runs; one that has ended and was not reaped does not.
pub(crate) fn runs(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit(')').next().is_some_and(|rest| !rest.is_empty() && !rest.trim_start().starts_with('Z'))
}
