//! What a caller is told when the store refuses or fails. The cause is logged here, once.

use std::time::Duration;

use a2a::Error;
use store::Refusal;
use types::TaskId;

/// When a caller should come back after the disk was full.
const FULL_DISK: Duration = Duration::from_secs(30);

/// A read that failed.
pub(crate) fn read(error: store::Error) -> Error {
    tracing::error!(error = &error as &dyn std::error::Error, "reading from the store failed");
    match error {
        store::Error::Closed => unavailable("the service is stopping"),
        store::Error::Damaged { .. } => Error::TaskDamaged,
        store::Error::Storage(_) => Error::Internal,
    }
}

/// A task whose bytes are none.
pub(crate) fn undecodable(task: TaskId, error: &prost::DecodeError) -> Error {
    tracing::error!(%task, error = error as &dyn std::error::Error, "a task does not decode");
    Error::TaskDamaged
}

/// A commit that was refused for good.
pub(crate) fn write(refusal: &Refusal) -> Error {
    match refusal {
        Refusal::Full { retry_after } => Error::Overloaded { retry_after: *retry_after },
        Refusal::NoSpace => Error::Overloaded { retry_after: FULL_DISK },
        Refusal::Expired => Error::DispatchExpired,
        Refusal::Fenced { .. } => unavailable("another process owns the store now"),
        Refusal::Closed => unavailable("the service is stopping"),
        Refusal::Seen(_) | Refusal::Head { .. } | Refusal::Superseded | Refusal::Row { .. } => changing(),
    }
}

/// Whether deciding again on the reloaded state can help.
pub(crate) fn is_transient(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::Head { .. } | Refusal::Superseded | Refusal::Row { .. })
}

/// The task kept changing while a request was being decided.
pub(crate) fn changing() -> Error {
    unavailable("the task keeps changing under this request; send it again")
}

/// The service cannot answer now.
pub(crate) fn unavailable(why: &str) -> Error {
    Error::Unavailable { retry_after: None, why: why.to_owned() }
}
