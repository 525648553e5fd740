//! The keys of `--trust`, whose signatures make a card SIGNED; their file is read again when it changes.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use cards::{Signer, TrustedKeys};
use service::{Fatal, FileVersion};

use crate::verification::{Level, Verification};

/// The trusted keys of now.
#[derive(Debug, Default)]
pub(crate) struct Trust {
    file: Option<PathBuf>,
    held: RwLock<Held>,
}

#[derive(Debug, Clone, Default)]
struct Held {
    keys: Arc<TrustedKeys>,
    version: FileVersion,
}

impl Trust {
    /// Reads the file; without one nobody is trusted.
    pub(crate) fn open(file: Option<&Path>) -> Result<Self, Fatal> {
        let held = file.map(load).transpose()?.unwrap_or_default();
        if let Some(file) = file {
            tracing::info!(file = %file.display(), keys = ?held.keys, "cards signed by these keys are trusted");
        }
        Ok(Self { file: file.map(Path::to_owned), held: RwLock::new(held) })
    }

    /// What the signatures of an encoded card prove.
    pub(crate) fn check(&self, card: &[u8]) -> Verification {
        let keys = self.held.read().unwrap_or_else(PoisonError::into_inner).keys.clone();
        match cards::verify_encoded(card, &keys) {
            Ok(Signer { kid, algorithm }) => Verification::new(Level::Signed, format!("signed by {kid} ({algorithm})")),
            Err(why) => Verification::unverified(why),
        }
    }

    /// Reads the file again if it has changed; says whether the keys have. A file that cannot be used changes nothing.
    pub(crate) fn look(&self) -> bool {
        let Some(file) = &self.file else { return false };
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        let now = FileVersion::of(file);
        if now == held.version {
            return false;
        }
        match load(file) {
            Ok(fresh) => {
                tracing::info!(file = %file.display(), keys = ?fresh.keys, "trusted keys read again");
                *held = fresh;
                true
            }
            Err(fatal) => {
                tracing::error!(error = fatal.line(), "the trusted keys cannot be read again; those of before count");
                held.version = now;
                false
            }
        }
    }
}

fn load(file: &Path) -> Result<Held, Fatal> {
    let name = file.display();
    // Before the content: what is written in between is read again.
    let version = FileVersion::of(file);
    let text =
        fs::read_to_string(file).map_err(|error| Fatal::io(format_args!("cannot read --trust {name}"), error))?;
    let keys = TrustedKeys::from_jwks(&text).map_err(|error| Fatal::usage(format_args!("--trust {name}: {error}")))?;
    Ok(Held { keys: Arc::new(keys), version })
}
