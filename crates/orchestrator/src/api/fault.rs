//! Refusals in the words of this API: a run is a task of the kit, but its caller has never heard of tasks.

use a2a::Error;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

/// The domain of reasons that A2A does not have.
const DOMAIN: &str = "watchroom";

/// The status of a refusal. Code, reason and details are those of A2A; only the words are this API's.
pub(super) fn status(error: Error) -> Status {
    let words = match &error {
        Error::TaskNotFound => "run not found".to_owned(),
        Error::TaskNotCancelable => "the run has ended and cannot be canceled".to_owned(),
        Error::TaskDamaged => "what is stored of this run is damaged; the service's log says where".to_owned(),
        Error::MessageIdReused(id) => format!("request_id {id} was used before for another run"),
        _ => return error.into(),
    };
    let status = Status::from(error);
    let details = status.get_error_details();
    Status::with_error_details(status.code(), words, details)
}

/// A watch that would start after the end of the log.
pub(super) fn beyond(after: u64, end: u64) -> Status {
    let why = format!("{after} is beyond the run's log, which now ends at {end}");
    let mut details = ErrorDetails::with_bad_request_violation("after_seq", &why);
    let facts = [("after_seq".to_owned(), after.to_string()), ("last_seq".to_owned(), end.to_string())];
    details.set_error_info("CURSOR_OUT_OF_RANGE", DOMAIN, facts);
    Status::with_error_details(Code::OutOfRange, format!("after_seq: {why}"), details)
}
