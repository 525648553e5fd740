//! Why a process cannot go on, and the exit code that says so (the numbers of sysexits.h).

use std::error::Error as StdError;
use std::fmt::{self, Write as _};
use std::net::SocketAddr;

type Cause = Box<dyn StdError + Send + Sync>;

/// The end of a process. The message names what failed and, where one can act, what to do.
#[derive(Debug, thiserror::Error)]
pub enum Fatal {
    /// The command line, the environment or a configuration file is wrong: exit code 64.
    #[error("{0}")]
    Usage(String),
    /// Something that this process needs cannot be reached: exit code 69.
    #[error("{what}")]
    Unreachable {
        /// What could not be reached.
        what: String,
        /// How it failed.
        #[source]
        source: Cause,
    },
    /// A fault of our own: exit code 70.
    #[error("{what}")]
    Internal {
        /// What could not be done.
        what: String,
        /// How it failed.
        #[source]
        source: Cause,
    },
    /// A file, a directory or a socket: exit code 74.
    #[error("{what}")]
    Io {
        /// What could not be read or written.
        what: String,
        /// How it failed.
        #[source]
        source: Cause,
    },
    /// Another process has the port; it may go away: exit code 75.
    #[error("{address} is in use; stop the process that has it, or choose another address with {flag}")]
    PortInUse {
        /// The address that was asked for.
        address: SocketAddr,
        /// The flag that names it.
        flag: &'static str,
    },
}

impl Fatal {
    /// The user's mistake, in words that say how to put it right.
    pub fn usage(message: impl fmt::Display) -> Self {
        Self::Usage(message.to_string())
    }

    /// `what` could not be reached because of `source`.
    pub fn unreachable(what: impl fmt::Display, source: impl Into<Cause>) -> Self {
        Self::Unreachable { what: what.to_string(), source: source.into() }
    }

    /// `what` failed because of `source`, and nobody outside can help it.
    pub fn internal(what: impl fmt::Display, source: impl Into<Cause>) -> Self {
        Self::Internal { what: what.to_string(), source: source.into() }
    }

    /// `what` could not be read or written because of `source`.
    pub fn io(what: impl fmt::Display, source: impl Into<Cause>) -> Self {
        Self::Io { what: what.to_string(), source: source.into() }
    }

    /// The process's exit code.
    pub const fn code(&self) -> u8 {
        match self {
            Self::Usage(_) => 64,
            Self::Unreachable { .. } => 69,
            Self::Internal { .. } => 70,
            Self::Io { .. } => 74,
            Self::PortInUse { .. } => 75,
        }
    }

    /// The message and all its causes in one line.
    pub fn line(&self) -> String {
        let mut line = self.to_string();
        let mut cause = self.source();
        while let Some(source) = cause {
            // Writing to a String cannot fail.
            write!(line, ": {source}").ok();
            cause = source.source();
        }
        line
    }
}
