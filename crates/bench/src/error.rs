//! What can go wrong with a measurement.

use std::fmt::Write as _;
use std::io;
use std::path::PathBuf;

/// Why a measurement has no result.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// A file or process operation failed.
    #[error("cannot {doing} {}", path.display())]
    Io {
        /// The operation, as a verb.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A server did not become ready.
    #[error("the server {0} did not announce itself")]
    NotReady(String),
    /// A server wrote something else than its address.
    #[error("the announcement of {0} has no protocol address")]
    Announcement(String),
    /// A connection or a server failed.
    #[error("the transport failed")]
    Transport(#[from] tonic::transport::Error),
    /// An HTTP connection failed.
    #[error("an HTTP connection failed")]
    Http(#[from] hyper::Error),
    /// A request was answered with another status than 200.
    #[error("a request was answered with {0}")]
    Status(http::StatusCode),
    /// A request was refused.
    #[error("a request failed: {0}")]
    Refused(Box<tonic::Status>),
    /// A call of the A2A client failed.
    #[error("a call failed")]
    Call(#[from] a2a::ClientError),
    /// An answer is not what the work should give.
    #[error("an answer to {work} is wrong: {what}")]
    Answer {
        /// The kind of work.
        work: &'static str,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The store under test refused or failed.
    #[error("the store failed")]
    Store(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A pinned measurement needs `taskset` (Debian: util-linux).
    #[error("taskset failed with {0}")]
    Taskset(std::process::ExitStatus),
}

impl Error {
    pub(crate) fn io(doing: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { doing, path, source }
    }
}

impl From<tonic::Status> for Error {
    fn from(status: tonic::Status) -> Self {
        Self::Refused(Box::new(status))
    }
}

/// An error and its causes on one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        // Writing to a String cannot fail.
        let _ = write!(text, ": {next}");
        cause = next.source();
    }
    text
}
