//! Making a store of a copy: checked in full beside its place, then given its name.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

use rusqlite::Connection;
use sha2::{Digest, Sha256};

use super::lock::LockedDir;
use super::schema;
use crate::backup::{RestoreError, Seal};

/// What the store is called until it is whole; what a restore that was cut short has left.
const DRAFT: &str = "restore.draft";

/// Bytes that are copied at once.
const BUFFER: usize = 1 << 16;

/// Makes a store in `dir` of the copy in `data`. It has no id: the first process that opens it gives it a new one,
/// in an epoch above that of the copy.
///
/// # Errors
/// [`RestoreError`], with nothing changed in `dir`.
pub fn restore(dir: &Path, seal: &Seal, data: impl Read) -> Result<(), RestoreError> {
    if seal.schema > schema::KNOWN {
        return Err(RestoreError::Newer { found: seal.schema, known: schema::KNOWN });
    }
    let locked = LockedDir::take(dir)?;
    clear_drafts(dir)?;
    refuse_occupied(dir)?;
    let draft = dir.join(DRAFT);
    let made = copy(&draft, seal, data).and_then(|()| settle(&draft));
    if made.is_err() {
        clear_drafts(dir)?;
    }
    made?;
    fs::rename(&draft, locked.database())?;
    Ok(File::open(dir)?.sync_all()?)
}

fn clear_drafts(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(DRAFT) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn refuse_occupied(dir: &Path) -> Result<(), RestoreError> {
    for entry in fs::read_dir(dir)? {
        let name = entry?.file_name();
        if name != LockedDir::LOCK {
            return Err(RestoreError::Occupied { dir: dir.to_owned(), found: name.to_string_lossy().into_owned() });
        }
    }
    Ok(())
}

fn copy(draft: &Path, seal: &Seal, mut data: impl Read) -> Result<(), RestoreError> {
    let mut file = File::create(draft)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; BUFFER];
    let mut size = 0_u64;
    loop {
        let read = data.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        size += read as u64;
        if size > seal.size {
            break;
        }
        hash.update(&buffer[..read]);
        file.write_all(&buffer[..read])?;
    }
    if size != seal.size {
        let more = if size > seal.size { "more than" } else { "only" };
        let (has, told) = (size.min(seal.size), seal.size);
        return Err(RestoreError::Damaged(format!("it has {more} {has} bytes, its header says {told}")));
    }
    if hash.finalize().as_slice() != seal.digest {
        return Err(RestoreError::Damaged("its bytes do not have the digest of its header".to_owned()));
    }
    Ok(file.sync_all()?)
}

/// Takes the id away: what was sent to the old store may not be in this one, so nobody may follow it up here.
fn settle(draft: &Path) -> Result<(), RestoreError> {
    let conn = Connection::open(draft)?;
    let reason: String = conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if reason != "ok" {
        return Err(RestoreError::Damaged(reason));
    }
    let found = schema::version(&conn)?;
    if found > schema::KNOWN {
        return Err(RestoreError::Newer { found, known: schema::KNOWN });
    }
    conn.execute_batch("PRAGMA synchronous = FULL; DELETE FROM meta WHERE key = 'store_id'")?;
    conn.close().map_err(|(_, error)| error)?;
    Ok(File::open(draft)?.sync_all()?)
}
