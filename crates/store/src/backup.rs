//! A copy of a store, and what it takes to make a store of a copy again.

use std::fs::File;
use std::io;
use std::path::PathBuf;

use types::Timestamp;

use crate::{OpenError, Ownership};

/// A consistent copy of a whole store as of one moment. Its file has no name: it is gone when this is dropped.
#[derive(Debug)]
pub struct Backup {
    /// The copy, read from its beginning.
    pub file: File,
    /// Whose copy it is.
    pub own: Ownership,
    /// When it was taken, by the store's clock.
    pub taken_at: Timestamp,
    /// What it must be when it is restored.
    pub seal: Seal,
}

/// What tells whether a copy is whole and whether this program can read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seal {
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the bytes.
    pub digest: [u8; 32],
    /// Version of the tables.
    pub schema: u32,
}

/// Why no store was made of a copy. Nothing is left in the directory that was not there before.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The directory cannot be had.
    #[error(transparent)]
    Directory(#[from] OpenError),
    /// There is something in the directory that a restore would destroy or mix with.
    #[error("{} is not empty (it has {found}): move it aside first, a restore replaces nothing", dir.display())]
    Occupied {
        /// The directory.
        dir: PathBuf,
        /// A file in it.
        found: String,
    },
    /// The copy was made by a newer program.
    #[error("the backup has schema {found}, this version knows up to {known}: restore it with the newer version")]
    Newer {
        /// The version it has.
        found: u32,
        /// The newest known.
        known: u32,
    },
    /// The copy is not what was taken.
    #[error("the backup is damaged: {0}")]
    Damaged(String),
    /// The copy cannot be read, or the store not be written.
    #[error("copying failed")]
    Copy(#[from] io::Error),
    /// The database made of it cannot be used.
    #[error("the restored database cannot be used")]
    Database(#[from] rusqlite::Error),
}
