//! How a call that did not come over gRPC ended.

use std::sync::{Arc, OnceLock};

use http::StatusCode;
use tonic::Code;

/// What an HTTP call was and how it ended, for the metrics and the span: HTTP routes put it into the extensions of
/// their responses. Without it a call is of no known method, and its code follows from the status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// The path of the gRPC method that does the same; empty for none.
    pub path: &'static str,
    /// The code with which that would have ended.
    pub code: Code,
}

/// How a stream over HTTP ends, told when it does: its head has long gone out by then. The route that streams keeps one
/// and puts another into the extensions of its response. A stream that is cut before its end counts as cancelled.
#[derive(Debug, Clone, Default)]
pub struct LateEnd(Arc<OnceLock<Code>>);

impl LateEnd {
    /// Says that an error ends the stream; the first one counts.
    pub fn failed(&self, code: Code) {
        self.0.get_or_init(|| code);
    }

    pub(crate) fn code(&self) -> Option<Code> {
        self.0.get().copied()
    }
}

impl Ended {
    /// What is known of a response that says nothing of it.
    pub(crate) fn by_status(status: StatusCode) -> Self {
        let code = match status {
            StatusCode::NOT_FOUND => Code::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Code::Unimplemented,
            _ if status.is_server_error() => Code::Internal,
            _ if status.is_client_error() => Code::InvalidArgument,
            _ => Code::Ok,
        };
        Self { path: "", code }
    }
}
