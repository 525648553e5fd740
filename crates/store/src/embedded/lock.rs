//! The store's directory and the lock that keeps every other process out of it.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
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
        if is_open(dir) {
            tracing::warn!(dir = %dir.display(), "others on this machine can read the data directory, and keys of webhooks are in it: chmod -R go= on it keeps them out");
        }
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

/// Whether somebody other than its owner can read the directory: what is above it may keep them away. One that was there
/// before keeps its mode, since whoever made it may share it on purpose.
fn is_open(dir: &Path) -> bool {
    let Ok(whole) = dir.canonicalize() else { return false };
    let lets = |dir: &Path, bits: u32| dir.metadata().is_ok_and(|found| found.permissions().mode() & bits == bits);
    // Its group, and everybody else: to go through those above it, and to list it.
    [0o010, 0o001]
        .into_iter()
        .any(|through| lets(&whole, through << 2) && whole.ancestors().skip(1).all(|it| lets(it, through)))
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

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::Path;

    use super::is_open;

    fn set(dir: &Path, mode: u32) {
        fs::set_permissions(dir, Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_directory_is_open_where_others_can_read_it_and_all_that_is_above_lets_them_through() {
        let above = tempfile::tempdir().unwrap();
        let dir = above.path().join("data");
        fs::create_dir(&dir).unwrap();
        for (outer, inner, expected) in [
            (0o755, 0o755, true),
            (0o755, 0o750, true),
            (0o755, 0o711, false),
            (0o755, 0o700, false),
            (0o711, 0o755, true),
            (0o710, 0o705, false),
            (0o700, 0o777, false),
        ] {
            set(above.path(), outer);
            set(&dir, inner);
            assert_eq!(is_open(&dir), expected, "{inner:o} in {outer:o}");
        }
    }
}
