//! Why a call of `Incidents` is not answered, as gRPC statuses with details; the only place that chooses codes.

use std::collections::HashMap;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt as _};
use types::StoreId;

/// The domain of the reasons below.
const DOMAIN: &str = "emergency.watchroom";

/// Why a call is not answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    #[error("{field} {problem}")]
    Invalid { field: String, problem: String },
    #[error("incident not found")]
    NotFound,
    #[error("version {given} is beyond the newest, which is {current}; take a new snapshot")]
    Beyond { given: u64, current: u64 },
    #[error("version {given} was counted by another store than {here}; take a new snapshot")]
    OtherStore { given: u64, here: StoreId },
    #[error("the watch reads too slowly; resume it from the last version that it saw")]
    Slow,
    #[error("the service is stopping; resume from the last version")]
    Stopped,
}

impl Fault {
    pub(super) fn invalid(field: &str, problem: impl ToString) -> Self {
        Self::Invalid { field: field.to_owned(), problem: problem.to_string() }
    }

    fn code(&self) -> (Code, &'static str) {
        match self {
            Self::Invalid { .. } => (Code::InvalidArgument, "INVALID_REQUEST"),
            Self::NotFound => (Code::NotFound, "INCIDENT_NOT_FOUND"),
            Self::Beyond { .. } | Self::OtherStore { .. } => (Code::OutOfRange, "VERSION_UNKNOWN"),
            Self::Slow => (Code::Unavailable, "SLOW_WATCH"),
            Self::Stopped => (Code::Unavailable, "STOPPING"),
        }
    }
}

impl From<Fault> for Status {
    fn from(fault: Fault) -> Self {
        let mut details = match &fault {
            Fault::Invalid { field, problem } => {
                ErrorDetails::with_bad_request(vec![FieldViolation::new(field.as_str(), problem.as_str())])
            }
            Fault::NotFound | Fault::Beyond { .. } | Fault::OtherStore { .. } | Fault::Slow | Fault::Stopped => {
                ErrorDetails::new()
            }
        };
        let (code, reason) = fault.code();
        details.set_error_info(reason, DOMAIN, HashMap::new());
        Self::with_error_details(code, fault.to_string(), details)
    }
}
