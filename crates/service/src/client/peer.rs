//! Whom to call, and as whom.

use std::fmt;

use outbound::{Dialer, Roots};

use super::{Credential, Traced, UrlError, channel};

/// The address of a service, the token that calls to it bring, and how it is reached.
#[derive(Debug, Clone)]
pub struct Peer {
    url: String,
    credential: Option<Credential>,
    dialer: Dialer,
}

impl Peer {
    /// The service at `url`, as [`channel`] takes it, with this token if there is one; anywhere, and over TLS whoever
    /// this machine trusts.
    pub fn new(url: &str, credential: Option<Credential>) -> Self {
        Self { url: url.to_owned(), credential, dialer: Dialer::anywhere(Roots::default()) }
    }

    /// The same, reached by this dialer.
    #[must_use]
    pub fn via(self, dialer: Dialer) -> Self {
        Self { dialer, ..self }
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The token of calls to it.
    pub fn credential(&self) -> Option<Credential> {
        self.credential.clone()
    }

    /// How it is reached.
    pub fn dialer(&self) -> &Dialer {
        &self.dialer
    }

    /// A channel to it.
    ///
    /// # Errors
    /// As [`channel`].
    pub fn channel(&self) -> Result<Traced, UrlError> {
        Ok(channel(&self.url, self.dialer.clone())?.bearing(self.credential.clone()))
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
