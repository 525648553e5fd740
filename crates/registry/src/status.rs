//! Errors as gRPC statuses with details; the only place that chooses codes.

use std::collections::HashMap;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt};

use crate::catalog::Refused;
use crate::error::Error;
use crate::history::OutOfRange;

/// The domain of the reasons below.
const DOMAIN: &str = "registry.watchroom";

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        let details = details(&error);
        Self::with_error_details(code(&error), message(&error), details)
    }
}

fn code(error: &Error) -> Code {
    match error {
        Error::Invalid(_) => Code::InvalidArgument,
        Error::NotFound(_) | Error::Refused(Refused::Unknown) => Code::NotFound,
        Error::Refused(Refused::Stale { .. }) => Code::FailedPrecondition,
        Error::OutOfRange(_) | Error::OtherRegistry { .. } => Code::OutOfRange,
        Error::Busy { .. } | Error::NoSpace | Error::TooManyWatches(_) => Code::ResourceExhausted,
        Error::SlowWatch | Error::Stopped => Code::Unavailable,
    }
}

fn message(error: &Error) -> String {
    match error {
        Error::Invalid(violations) => {
            let each = violations.iter().map(|violation| format!("{} {}", violation.field, violation.description));
            each.collect::<Vec<_>>().join("; ")
        }
        other => other.to_string(),
    }
}

fn details(error: &Error) -> ErrorDetails {
    let mut details = match error {
        Error::Invalid(violations) => ErrorDetails::with_bad_request(
            violations.iter().map(|one| FieldViolation::new(&one.field, &one.description)).collect::<Vec<_>>(),
        ),
        Error::Busy { retry_after } => ErrorDetails::with_retry_info(Some(*retry_after)),
        _ => ErrorDetails::new(),
    };
    details.set_error_info(reason(error), DOMAIN, metadata(error));
    details
}

fn reason(error: &Error) -> &'static str {
    match error {
        Error::Invalid(_) => "INVALID_REQUEST",
        Error::NotFound(_) => "AGENT_NOT_FOUND",
        Error::Refused(Refused::Unknown) => "LEASE_NOT_FOUND",
        Error::Refused(Refused::Stale { .. }) => "LEASE_SUPERSEDED",
        Error::OutOfRange(OutOfRange::Compacted { .. }) => "VERSION_COMPACTED",
        Error::OutOfRange(OutOfRange::Foreign { .. }) | Error::OtherRegistry { .. } => "VERSION_UNKNOWN",
        Error::Busy { .. } => "BUSY",
        Error::NoSpace => "NO_SPACE",
        Error::TooManyWatches(_) => "TOO_MANY_WATCHES",
        Error::SlowWatch => "SLOW_WATCH",
        Error::Stopped => "STOPPING",
    }
}

fn metadata(error: &Error) -> HashMap<String, String> {
    let pairs: Vec<(&str, u64)> = match error {
        Error::OutOfRange(
            OutOfRange::Compacted { given, compacted, current } | OutOfRange::Foreign { given, compacted, current },
        ) => vec![("given", *given), ("compacted", *compacted), ("current", *current)],
        Error::OtherRegistry { given, .. } => vec![("given", *given)],
        Error::Refused(Refused::Stale { given, newest }) => vec![("given", *given), ("newest", *newest)],
        _ => Vec::new(),
    };
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value.to_string())).collect()
}
