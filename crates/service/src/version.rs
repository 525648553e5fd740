//! Which version of a file was read, for those that are read again when they change. Files are looked at rather than
//! watched: those of secrets are replaced by renames and mounts that watchers miss.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::SystemTime;

/// What tells one version of a file from another. Taken before the content is read, it belongs to what was read or to
/// something older: then the file is read once more, and no version of it is missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FileVersion(Option<(SystemTime, u64, u64, i64, i64)>);

impl FileVersion {
    /// The version that is there now; a file that cannot be looked at has one of its own.
    pub fn of(path: &Path) -> Self {
        let read = || {
            let metadata = fs::metadata(path).ok()?;
            let (inode, changed) = (metadata.ino(), (metadata.ctime(), metadata.ctime_nsec()));
            Some((metadata.modified().ok()?, metadata.len(), inode, changed.0, changed.1))
        };
        Self(read())
    }
}
