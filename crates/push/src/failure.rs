//! Why a call did not count as delivered. No variant holds what a URL, a header or an answer says.

use std::io;
use std::time::Duration;

/// A call that failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The host's name does not resolve.
    #[error("the host name does not resolve")]
    Resolve(#[source] io::Error),
    /// It resolves to addresses that must not be called.
    #[error("the host resolves to addresses that are not allowed")]
    Forbidden,
    /// Nobody took the connection.
    #[error("no connection")]
    Connect(#[source] io::Error),
    /// There is no trust in the other side, or no TLS.
    #[error("no TLS")]
    Tls(#[source] io::Error),
    /// The connection ended before the answer.
    #[error("the connection was cut")]
    Cut(#[source] hyper::Error),
    /// It was not answered in time.
    #[error("no answer in time")]
    Timeout,
    /// The answer was no success; redirects are none.
    #[error("answered {status}")]
    Status {
        /// The status code.
        status: u16,
        /// When the receiver wants to be called again, if it said so in seconds.
        retry_after: Option<Duration>,
    },
}

impl Failure {
    /// When the receiver wants to be called again.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            Self::Resolve(_) | Self::Forbidden | Self::Connect(_) | Self::Tls(_) | Self::Cut(_) | Self::Timeout => None,
        }
    }
}
