//! The bearer token that calls bring along.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use http::{HeaderMap, HeaderValue, header};

use crate::{Fatal, FileVersion};

/// How often a file is looked at, at most.
const LOOK: Duration = Duration::from_secs(1);

/// A bearer token for outgoing calls; clones are the same. Debug shows no part of it.
#[derive(Clone)]
pub struct Credential(Arc<Source>);

enum Source {
    Fixed(HeaderValue),
    File { path: PathBuf, held: Mutex<Held> },
}

/// What a file held when it was looked at last.
struct Held {
    value: HeaderValue,
    version: FileVersion,
    looked: Instant,
}

/// A text that no header can carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a token is one word of visible characters")]
pub struct NotToken;

impl Credential {
    /// A token that stays as it is.
    ///
    /// # Errors
    /// [`NotToken`], which quotes nothing.
    pub fn token(token: &str) -> Result<Self, NotToken> {
        Ok(Self(Arc::new(Source::Fixed(header_value(token)?))))
    }

    /// The token in a file, which is read again when it changes: tokens expire and are replaced.
    ///
    /// # Errors
    /// [`Fatal`], naming the file and the flag `--token-file`.
    pub fn file(path: &Path) -> Result<Self, Fatal> {
        let name = path.display();
        let version = FileVersion::of(path);
        let text = fs::read_to_string(path)
            .map_err(|error| Fatal::io(format_args!("cannot read --token-file {name}"), error))?;
        let value = header_value(&text).map_err(|error| Fatal::usage(format_args!("--token-file {name}: {error}")))?;
        let held = Held { value, version, looked: Instant::now() };
        Ok(Self(Arc::new(Source::File { path: path.to_owned(), held: Mutex::new(held) })))
    }

    /// Puts the token among the headers of a call, unless the call brings its own.
    pub fn add_to(&self, headers: &mut HeaderMap) {
        headers.entry(header::AUTHORIZATION).or_insert_with(|| self.value());
    }

    fn value(&self) -> HeaderValue {
        match &*self.0 {
            Source::Fixed(value) => value.clone(),
            Source::File { path, held } => {
                let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
                if held.looked.elapsed() >= LOOK {
                    held.look(path);
                }
                held.value.clone()
            }
        }
    }
}

/// Equal are clones.
impl PartialEq for Credential {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Held {
    /// What cannot be read changes nothing: the token of before may still be good.
    fn look(&mut self, path: &Path) {
        self.looked = Instant::now();
        let now = FileVersion::of(path);
        if now == self.version {
            return;
        }
        self.version = now;
        match fs::read_to_string(path).ok().and_then(|text| header_value(&text).ok()) {
            Some(value) => self.value = value,
            None => tracing::error!(file = %path.display(), "there is no token in it any more; that of before is used"),
        }
    }
}

fn header_value(token: &str) -> Result<HeaderValue, NotToken> {
    let token = token.trim();
    if token.is_empty() || !token.chars().all(|letter| letter.is_ascii_graphic()) {
        return Err(NotToken);
    }
    let mut value = HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| NotToken)?;
    value.set_sensitive(true);
    Ok(value)
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Source::Fixed(_) => f.write_str("Credential(..)"),
            Source::File { path, .. } => write!(f, "Credential({})", path.display()),
        }
    }
}
