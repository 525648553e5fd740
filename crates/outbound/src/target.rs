//! A URL that is called, parsed once. Its path and query may hold a secret: only its origin is ever shown.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use http::Uri;
use http::uri::{Authority, Scheme};

/// Longest URL, in bytes.
const LONGEST: usize = 2048;

/// Where a call goes.
#[derive(Clone, PartialEq, Eq)]
pub struct Target {
    secure: bool,
    host: String,
    port: u16,
    /// As it goes into the header `Host`.
    authority: String,
    path: String,
}

/// Why a URL cannot be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadTarget {
    /// It is no URL.
    #[error("is no URL")]
    Syntax,
    /// It is too long.
    #[error("has more than {LONGEST} bytes")]
    TooLong,
    /// It has another scheme, or none.
    #[error("must begin with http:// or https://")]
    Scheme,
    /// It names a user.
    #[error("must not hold a user or a password: use authentication")]
    User,
}

impl Target {
    /// Whether it is spoken to by TLS.
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// The host's name or number, in lower case, without brackets and without the last dot.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Scheme, host and port: what may be shown and logged.
    pub fn origin(&self) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        format!("{scheme}://{host}:{}", self.port)
    }

    /// Host and port as they were written, for the header `Host`.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// Path and query.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The address, where the host is one.
    pub(crate) fn literal(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }

    /// Whether the name means this machine, whatever a resolver says (RFC 6761).
    pub(crate) fn is_local_name(&self) -> bool {
        self.host == "localhost" || self.host.ends_with(".localhost")
    }
}

impl FromStr for Target {
    type Err = BadTarget;

    fn from_str(url: &str) -> Result<Self, BadTarget> {
        if url.len() > LONGEST {
            return Err(BadTarget::TooLong);
        }
        Self::try_from(&url.parse::<Uri>().map_err(|_| BadTarget::Syntax)?)
    }
}

impl TryFrom<&Uri> for Target {
    type Error = BadTarget;

    fn try_from(uri: &Uri) -> Result<Self, BadTarget> {
        let scheme = uri.scheme().ok_or(BadTarget::Scheme)?;
        let secure = *scheme == Scheme::HTTPS;
        if !secure && *scheme != Scheme::HTTP {
            return Err(BadTarget::Scheme);
        }
        let authority = uri.authority().ok_or(BadTarget::Syntax)?;
        if authority.as_str().contains('@') {
            return Err(BadTarget::User);
        }
        let host = authority.host().trim_matches(['[', ']']).trim_end_matches('.').to_ascii_lowercase();
        if host.is_empty() {
            return Err(BadTarget::Syntax);
        }
        let port = port(authority)?.unwrap_or(if secure { 443 } else { 80 });
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        Ok(Self { secure, host, port, authority: authority.as_str().to_owned(), path })
    }
}

/// The port, if there is one. One that is no number is none to the parser; 0 is nobody's.
fn port(authority: &Authority) -> Result<Option<u16>, BadTarget> {
    let given = authority.as_str().rsplit_once(']').map_or(authority.as_str(), |(_, rest)| rest);
    match (authority.port_u16(), given.contains(':')) {
        (Some(port), _) if port > 0 => Ok(Some(port)),
        (None, false) => Ok(None),
        (Some(_) | None, _) => Err(BadTarget::Syntax),
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Target({})", self.origin())
    }
}
