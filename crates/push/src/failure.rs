//! Why a call did not count as delivered. No variant holds what a URL, a header or an answer says;
//! of a certificate for another host it holds the first names.

use std::time::Duration;

use outbound::DialError;

/// A call that failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// No connection came about.
    #[error(transparent)]
    Dial(#[from] DialError),
    /// The configuration makes no request.
    #[error("the request cannot be made")]
    Request(#[source] http::Error),
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
            Self::Dial(_) | Self::Request(_) | Self::Cut(_) | Self::Timeout => None,
        }
    }
}
