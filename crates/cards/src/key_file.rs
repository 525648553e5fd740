//! A private key in a file, as a flag names it.

use std::path::PathBuf;
use std::str::FromStr;
use std::{fs, io};

use crate::key::{KeyError, SigningKey};

/// Where a key is, and what signatures call it: `FILE` or `FILE:ID`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFile {
    /// A file in PEM.
    pub file: PathBuf,
    /// Its id; `None` is its thumbprint.
    pub kid: Option<String>,
}

/// Why a file gives no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It cannot be read.
    #[error("cannot read the key {}", .0.display())]
    Io(PathBuf, #[source] io::Error),
    /// It holds no key that signs cards.
    #[error("{} is no key for cards: {source}", .file.display())]
    Key {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        #[source]
        source: KeyError,
    },
}

impl KeyFile {
    /// Reads the key.
    ///
    /// # Errors
    /// [`KeyFileError`], which names the file and quotes nothing of it.
    pub fn read(&self) -> Result<SigningKey, KeyFileError> {
        let pem = fs::read_to_string(&self.file).map_err(|source| KeyFileError::Io(self.file.clone(), source))?;
        SigningKey::from_pem(&pem, self.kid.as_deref())
            .map_err(|source| KeyFileError::Key { file: self.file.clone(), source })
    }
}

impl FromStr for KeyFile {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let (file, kid) = match text.rsplit_once(':') {
            Some((file, kid)) => (file, Some(kid)),
            None => (text, None),
        };
        if file.is_empty() || kid.is_some_and(str::is_empty) {
            return Err("must be FILE or FILE:ID, such as card.pem:2026-01");
        }
        Ok(Self { file: file.into(), kid: kid.map(str::to_owned) })
    }
}
