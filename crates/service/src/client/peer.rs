//! Whom to call, and as whom.

use std::fmt;

use super::{Credential, Traced, UrlError, channel};

/// The address of a service, and the token that calls to it bring.
#[derive(Debug, Clone)]
pub struct Peer {
    url: String,
    credential: Option<Credential>,
}

impl Peer {
    /// The service at `url`, as [`channel`] takes it, with this token if there is one.
    pub fn new(url: &str, credential: Option<Credential>) -> Self {
        Self { url: url.to_owned(), credential }
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The token of calls to it.
    pub fn credential(&self) -> Option<Credential> {
        self.credential.clone()
    }

    /// A channel to it.
    ///
    /// # Errors
    /// As [`channel`].
    pub fn channel(&self) -> Result<Traced, UrlError> {
        Ok(channel(&self.url)?.bearing(self.credential.clone()))
    }
}

/// Without a token.
impl From<&str> for Peer {
    fn from(url: &str) -> Self {
        Self::new(url, None)
    }
}

/// Without a token.
impl From<&String> for Peer {
    fn from(url: &String) -> Self {
        Self::new(url, None)
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)
    }
}
