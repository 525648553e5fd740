//! The store's directory and the lock that keeps every other process out of it.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use super::open::OpenError;

/// For their owner alone: what callers have entrusted to a store, keys of webhooks too, lies there as it came.
const MODE: u32 = 0o700;

/// An exclusively locked directory; dropping it unlocks.
#[derive(Debug)]
pub(super) struct LockedDir {
    dir: PathBuf,
    // SQLite's own exclusive mode would shut out our readers, so the lock is on a file of ours.
    _lock: File,
}

impl LockedDir {
    /// The file that is locked; it stays when nobody holds it.
    pub(super) const LOCK: &str = "lock";

    pub(super) fn take(dir: &Path) -> Result<Self, OpenError> {
        let unwritable = |source: io::Error| OpenError::Unwritable { dir: dir.to_owned(), source };
        make(dir).map_err(unwritable)?;
        let path = dir.join(Self::LOCK);
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

    /// Where a copy is made.
    pub(super) fn backup(&self, number: u64) -> PathBuf {
        self.dir.join(format!("{}{number}", super::backup::PREFIX))
    }

    pub(super) fn ballast(&self) -> PathBuf {
        self.dir.join("ballast")
    }
}

/// Makes the directory and those above it, each durable in the one that holds it: a power failure must not take back
/// the name under which a durable commit is found. SQLite does as much for its files.
fn make(dir: &Path) -> io::Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    let above = match dir.parent() {
        Some(above) if !above.as_os_str().is_empty() => above,
        Some(_) | None => Path::new("."),
    };
    make(above)?;
    match DirBuilder::new().mode(MODE).create(dir) {
        // Another process was faster.
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists || !dir.is_dir() => Err(error),
        Ok(()) | Err(_) => File::open(above)?.sync_all(),
    }
}
