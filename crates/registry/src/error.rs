//! What a caller can be told instead of an answer.

use std::time::Duration;

use a2a::Violation;
use types::StoreId;

use crate::catalog::Refused;
use crate::history::OutOfRange;

/// Why a call has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Error {
    /// The request is wrong; nothing was done.
    #[error("the request is not valid")]
    Invalid(Vec<Violation>),
    /// There is no such instance.
    #[error("{0} is not registered")]
    NotFound(String),
    /// The lease is not the caller's.
    #[error("{0}")]
    Refused(#[from] Refused),
    /// The version cannot be gone on from.
    #[error("{0}")]
    OutOfRange(#[from] OutOfRange),
    /// The version was counted by another registry.
    #[error("version {given} is not of registry {registry}; take a new snapshot")]
    OtherRegistry {
        /// The version.
        given: u64,
        /// This registry.
        registry: StoreId,
    },
    /// Too much waits to be written.
    #[error("too many registrations at once")]
    Busy {
        /// When to try again.
        retry_after: Duration,
    },
    /// The disk is full.
    #[error("the registry's disk is full")]
    NoSpace,
    /// Too many watches are open.
    #[error("{0} watches are open, the most that this registry serves")]
    TooManyWatches(usize),
    /// The watch was too far behind.
    #[error("the watch read too slowly; resume it from its last version")]
    SlowWatch,
    /// The registry is stopping.
    #[error("the registry is stopping")]
    Stopped,
}

impl Error {
    /// A refusal for one field.
    pub(crate) fn invalid(field: &str, description: impl ToString) -> Self {
        Self::Invalid(vec![Violation::new(field, description.to_string())])
    }
}
