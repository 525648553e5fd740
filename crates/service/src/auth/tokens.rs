//! The accepted tokens, and their file, which is read again when it changes.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use http::HeaderMap;
use subtle::ConstantTimeEq as _;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::auth::file::{self, Grant};
use crate::auth::guard::bearer;
use crate::auth::identity::Identity;
use crate::client::Credential;
use crate::{Fatal, FileVersion};

/// How often the file is looked at; SIGHUP makes it at once.
const LOOK: Duration = Duration::from_secs(1);

/// Whose the token of `credential` is, by the file of `--tokens` at `path`; `None` when it is none of those, or has
/// expired.
///
/// # Errors
/// When the file cannot be used.
pub fn bearer_of(credential: &Credential, path: &Path) -> Result<Option<Identity>, Fatal> {
    let tokens = Tokens::open(path)?;
    let mut headers = HeaderMap::new();
    credential.add_to(&mut headers);
    Ok(bearer(&headers).and_then(|token| tokens.find(token, SystemTime::now())))
}

/// All tokens of one file.
#[derive(Debug)]
pub(crate) struct Tokens {
    file: PathBuf,
    table: RwLock<Arc<Table>>,
    /// What was read first.
    first: FileVersion,
}

/// Grants by the first bytes of their digest. A digest tells nothing of a token, so the time of this step tells nothing
/// worth knowing; the rest is compared in constant time.
#[derive(Debug, Default)]
struct Table(HashMap<[u8; 8], Vec<Grant>>);

impl Tokens {
    /// Reads the file.
    pub(crate) fn open(path: &Path) -> Result<Self, Fatal> {
        let first = FileVersion::of(path);
        let table = load(path)?;
        tracing::debug!(file = %path.display(), tokens = table.len(), "tokens read");
        Ok(Self { file: path.to_owned(), table: RwLock::new(Arc::new(table)), first })
    }

    /// Whose token it is, if it is one and has not expired.
    pub(crate) fn find(&self, token: &[u8], now: SystemTime) -> Option<Identity> {
        let table = self.table.read().unwrap_or_else(PoisonError::into_inner).clone();
        let grant = table.find(&file::digest(token))?;
        grant.expires.is_none_or(|expires| now < expires).then(|| grant.identity.clone())
    }

    /// Reads the file again whenever it changes, and on SIGHUP, until `stop`. A file that cannot be used changes
    /// nothing: the tokens that were accepted still are. What has changed since [`Tokens::open`] is seen at once.
    pub(crate) async fn follow(self: Arc<Self>, stop: CancellationToken) {
        let Ok(mut hangup) = signal(SignalKind::hangup()) else {
            tracing::error!("cannot watch for SIGHUP; the tokens stay as they are");
            return;
        };
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut seen = self.first;
        loop {
            let told = tokio::select! {
                _ = look.tick() => false,
                _ = hangup.recv() => true,
                () = stop.cancelled() => return,
            };
            let now = FileVersion::of(&self.file);
            if told || now != seen {
                seen = now;
                self.reload();
            }
        }
    }

    fn reload(&self) {
        match load(&self.file) {
            Ok(table) => {
                tracing::info!(file = %self.file.display(), tokens = table.len(), "tokens read again");
                *self.table.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(table);
            }
            Err(fatal) => {
                tracing::error!(error = fatal.line(), "the tokens cannot be read again; those of before still count");
            }
        }
    }
}

fn load(path: &Path) -> Result<Table, Fatal> {
    let name = path.display();
    let text =
        fs::read_to_string(path).map_err(|error| Fatal::io(format_args!("cannot read --tokens {name}"), error))?;
    let grants = file::read(&text).map_err(|error| Fatal::usage(format_args!("--tokens {name}: {error}")))?;
    let mut table = Table::default();
    for grant in grants {
        table.0.entry(prefix(&grant.digest)).or_default().push(grant);
    }
    Ok(table)
}

fn prefix(digest: &[u8; 32]) -> [u8; 8] {
    std::array::from_fn(|index| digest[index])
}

impl Table {
    fn find(&self, digest: &[u8; 32]) -> Option<&Grant> {
        self.0.get(&prefix(digest))?.iter().find(|grant| grant.digest.ct_eq(digest).into())
    }

    fn len(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }
}
