//! The store's directory and the lock that keeps every other process out of it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::open::OpenError;

/// An exclusively locked directory; dropping it unlocks.
#[derive(Debug)]
pub(super) struct LockedDir {
    dir: PathBuf,
    // SQLite's own exclusive mode would shut out our readers, so the lock is on a file of ours.
    _lock: File,
}

impl LockedDir {
    pub(super) fn take(dir: &Path) -> Result<Self, OpenError> {
        let unwritable = |source: io::Error| OpenError::Unwritable { dir: dir.to_owned(), source };
        fs::create_dir_all(dir).map_err(unwritable)?;
        let path = dir.join("lock");
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(unwritable)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { dir: dir.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(OpenError::Locked { dir: dir.to_owned() }),
            Err(TryLockError::Error(source)) => Err(unwritable(source)),
        }
    }

    pub(super) fn database(&self) -> PathBuf {
        self.dir.join("store.db")
    }

    pub(super) fn ballast(&self) -> PathBuf {
        self.dir.join("ballast")
    }
}
