//! Why a call is not answered, as gRPC statuses with details; the only place that chooses codes.

use std::collections::HashMap;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt};
use types::StoreId;

use crate::dispatch::history::OutOfRange;

/// The domain of the reasons below.
const DOMAIN: &str = "emergency.watchroom";

/// Why a call is not answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Error {
    #[error("{field} {problem}")]
    Invalid { field: &'static str, problem: String },
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
    #[error("version {given} was counted by another store than {here}; take a new snapshot")]
    OtherStore { given: u64, here: StoreId },
    #[error("the watch reads too slowly; resume it from the last version that it saw")]
    Slow,
    #[error("the service is stopping; resume from the last version")]
    Stopped,
}

impl Error {
    pub(crate) fn invalid(field: &'static str, problem: impl ToString) -> Self {
        Self::Invalid { field, problem: problem.to_string() }
    }
}

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        let mut details = match &error {
            Error::Invalid { field, problem } => {
                ErrorDetails::with_bad_request(vec![FieldViolation::new(*field, problem.as_str())])
            }
            Error::OutOfRange(_) | Error::OtherStore { .. } | Error::Slow | Error::Stopped => ErrorDetails::new(),
        };
        let (code, reason) = code(&error);
        details.set_error_info(reason, DOMAIN, metadata(&error));
        Self::with_error_details(code, error.to_string(), details)
    }
}

fn code(error: &Error) -> (Code, &'static str) {
    match error {
        Error::Invalid { .. } => (Code::InvalidArgument, "INVALID_REQUEST"),
        Error::OutOfRange(OutOfRange::Compacted { .. }) => (Code::OutOfRange, "VERSION_COMPACTED"),
        Error::OutOfRange(OutOfRange::Foreign { .. }) | Error::OtherStore { .. } => {
            (Code::OutOfRange, "VERSION_UNKNOWN")
        }
        Error::Slow => (Code::Unavailable, "SLOW_WATCH"),
        Error::Stopped => (Code::Unavailable, "STOPPING"),
    }
}

fn metadata(error: &Error) -> HashMap<String, String> {
    let pairs: Vec<(&str, u64)> = match error {
        Error::OutOfRange(
            OutOfRange::Compacted { given, kept_after, current } | OutOfRange::Foreign { given, kept_after, current },
        ) => vec![("given", *given), ("compacted", *kept_after), ("current", *current)],
        Error::OtherStore { given, .. } => vec![("given", *given)],
        Error::Invalid { .. } | Error::Slow | Error::Stopped => Vec::new(),
    };
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value.to_string())).collect()
}
