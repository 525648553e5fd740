//! Taking a copy while the store works: one connection reads one view of the database into a file of its own.
//! The writer goes on; its log cannot begin anew before the copy is complete.

use std::fs::{self, File};
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use sha2::{Digest, Sha256};

use super::{Shared, open, schema};
use crate::backup::{Backup, Seal};
use crate::{Error, Pending};

/// Names of copies begin so; those of a process that died are removed by the next one.
pub(super) const PREFIX: &str = "backup.";

/// Bytes that are digested at once.
const BUFFER: usize = 1 << 16;

/// Tells the copies of this process apart.
static COPIES: AtomicU64 = AtomicU64::new(0);

/// Takes a copy on a thread of its own: it may take long, and reads must not wait for it.
pub(super) fn start(shared: &Arc<Shared>) -> Pending<Backup> {
    let (tx, pending) = Pending::pair();
    let shared = Arc::clone(shared);
    let copy = move || {
        let taken = take(&shared);
        // Whoever is told may drop the store, and find its directory unlocked.
        drop(shared);
        drop(tx.send(taken));
    };
    match thread::Builder::new().name("store-backup".into()).spawn(copy) {
        Ok(_) => pending,
        Err(error) => Pending::ready(Err(failed(error))),
    }
}

fn take(shared: &Shared) -> Result<Backup, Error> {
    let copy = Copy(shared.dir.backup(COPIES.fetch_add(1, Ordering::Relaxed)));
    let conn = open::connect_copier(&shared.dir).map_err(failed)?;
    let taken_at = shared.clock.now();
    conn.execute("VACUUM INTO ?1", [copy.0.to_string_lossy()])?;
    drop(conn);
    let mut file = File::open(&copy.0).map_err(failed)?;
    let (size, digest) = digest(&file).map_err(failed)?;
    file.rewind().map_err(failed)?;
    Ok(Backup { file, own: shared.own, taken_at, seal: Seal { size, digest, schema: schema::KNOWN } })
}

/// The name of a copy; without it the file lives as long as somebody reads it, and never outlives the process.
struct Copy(PathBuf);

impl Drop for Copy {
    fn drop(&mut self) {
        remove(&self.0);
    }
}

fn remove(file: &Path) {
    if let Err(error) = fs::remove_file(file)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(%error, file = %file.display(), "a copy of the store is left behind");
    }
}

/// Removes the copies that an earlier process left in `dir`.
pub(super) fn remove_stale(dir: &Path) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    let copies = entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX));
    copies.for_each(|entry| remove(&entry.path()));
}

fn digest(mut from: impl Read) -> io::Result<(u64, [u8; 32])> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; BUFFER];
    let mut size = 0;
    loop {
        let read = from.read(&mut buffer)?;
        if read == 0 {
            return Ok((size, hash.finalize().into()));
        }
        hash.update(&buffer[..read]);
        size += read as u64;
    }
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Storage(Arc::new(error))
}
