//! What can become of a call to another agent, sorted by what the caller may do next.

use std::error::Error as _;
use std::time::Duration;

use http::StatusCode;
use outbound::{Stranger, TlsError};
use serde_json::Value;
use service::client::{NotGrpc, UrlError};
use tonic::{Code, ConnectError, Status, TimeoutExpired};

use crate::client::ANSWER_LIMIT;
use crate::error::Error;
use crate::frame::BadFrame;

/// Why a call to an agent brought no answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The agent answered with an error.
    #[error("the agent refused: {0}")]
    Refused(#[source] Error),
    /// No connection came about: the agent has seen nothing.
    #[error("the agent is unreachable")]
    Unreachable(#[source] Status),
    /// The deadline passed. The agent may have done what it was asked.
    #[error("the agent did not answer in time")]
    Timeout,
    /// The connection broke before the answer was complete. The agent may have done what it was asked.
    #[error("the connection to the agent broke")]
    Ambiguous(#[source] Status),
    /// The answer is none.
    #[error("the agent's answer is invalid: {0}")]
    Invalid(&'static str),
    /// The text names no address.
    #[error("that is no address of an agent")]
    Address(#[source] UrlError),
    /// The card has no interface that this client speaks.
    #[error("the agent offers no interface of A2A 1.0 that is spoken here")]
    NoInterface,
    /// There is no card where one was looked for.
    #[error("there is no agent card at that address")]
    NoCard,
}

impl ClientError {
    /// Whether the agent may have done what it was asked although no answer came.
    pub fn outcome_unknown(&self) -> bool {
        match self {
            Self::Timeout | Self::Ambiguous(_) | Self::Invalid(_) => true,
            Self::Refused(error) => match error {
                Error::Unavailable { .. } | Error::Internal | Error::TaskDamaged | Error::InvalidAgentResponse(_) => {
                    true
                }
                Error::Other { code, .. } => !refusal(*code),
                Error::TaskNotFound
                | Error::ForeignTenant
                | Error::TaskNotCancelable
                | Error::PushNotificationNotSupported
                | Error::UnsupportedOperation(_)
                | Error::ContentTypeNotSupported(_)
                | Error::ExtendedAgentCardNotConfigured
                | Error::ExtensionSupportRequired(_)
                | Error::VersionNotSupported(_)
                | Error::Validation(_)
                | Error::MessageIdReused(_)
                | Error::Overloaded { .. }
                | Error::TooLarge { .. }
                | Error::WrongStore
                | Error::DispatchFenced
                | Error::DispatchExpired => false,
            },
            Self::Unreachable(_) | Self::Address(_) | Self::NoInterface | Self::NoCard => false,
        }
    }

    /// Whether the same call may succeed later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::Timeout | Self::Ambiguous(_) => true,
            Self::Refused(Error::Unavailable { .. } | Error::Overloaded { .. }) => true,
            Self::Refused(error) if error.is_for_size() => false,
            Self::Refused(Error::Other { code, .. }) => {
                matches!(code, Code::Unavailable | Code::ResourceExhausted | Code::Aborted | Code::Cancelled)
            }
            Self::Refused(_) | Self::Invalid(_) | Self::Address(_) | Self::NoInterface | Self::NoCard => false,
        }
    }

    /// How long the agent asked to be left alone; zero when it did not say.
    pub(crate) fn retry_after(&self) -> Duration {
        match self {
            Self::Refused(
                Error::Overloaded { retry_after } | Error::Unavailable { retry_after: Some(retry_after), .. },
            ) => *retry_after,
            _ => Duration::ZERO,
        }
    }
}

/// Codes with which a peer says that it did nothing.
fn refusal(code: Code) -> bool {
    matches!(
        code,
        Code::InvalidArgument
            | Code::NotFound
            | Code::AlreadyExists
            | Code::PermissionDenied
            | Code::Unauthenticated
            | Code::ResourceExhausted
            | Code::FailedPrecondition
            | Code::OutOfRange
            | Code::Unimplemented
    )
}

impl From<Status> for ClientError {
    fn from(status: Status) -> Self {
        if is_unread(&status) {
            return Self::Invalid("it is larger than the 64 MiB that are read");
        }
        // Only a status that was made on this side has a source.
        if status.source().is_none() && status.code() != Code::DeadlineExceeded {
            return Self::Refused(Error::from_status(&status));
        }
        if status.code() == Code::DeadlineExceeded || caused_by::<TimeoutExpired>(&status).is_some() {
            return Self::Timeout;
        }
        if let Some(answer) = caused_by::<NotGrpc>(&status) {
            return Self::of_http(answer.status, status);
        }
        // What speaks HTTP/2 says so before it takes a request: where something else was found without a word of it,
        // nothing was taken.
        let stranger = TlsError::behind(&status).is_some() || caused_by::<Stranger>(&status).is_some();
        let unheard = caused_by::<ConnectError>(&status).is_some() || stranger;
        if unheard { Self::Unreachable(status) } else { Self::Ambiguous(status) }
    }
}

impl ClientError {
    /// What an answer with this status says that is none of gRPC.
    fn of_http(http: StatusCode, status: Status) -> Self {
        match http.as_u16() {
            // Of whatever is between, which is what these are for.
            401 | 403 | 413 | 429 | 502..=504 => {
                Self::Refused(Error::from_status(&Error::status_of_http(http, &Value::Null)))
            }
            // Of whoever has given up waiting, perhaps for what it has passed on.
            408 | 499 => Self::Timeout,
            400..=499 => Self::Unreachable(status),
            _ => Self::Invalid("it is nothing of gRPC"),
        }
    }

    /// What answers there instead of an agent, in words, where it is something else.
    pub fn stranger(&self) -> Option<String> {
        let Self::Unreachable(status) = self else { return None };
        let answers = caused_by::<NotGrpc>(status).map(ToString::to_string);
        answers.or_else(|| caused_by::<Stranger>(status).map(ToString::to_string))
    }
}

impl From<BadFrame> for ClientError {
    fn from(bad: BadFrame) -> Self {
        match bad {
            BadFrame::Wire(_) => Self::Invalid("a frame does not decode"),
            BadFrame::Empty => Self::Invalid("a frame is empty"),
        }
    }
}

/// Whether the transport on this side refused to decode an answer; only it has this limit.
fn is_unread(status: &Status) -> bool {
    status.code() == Code::OutOfRange
        && status.message().contains("decoded message length too large")
        && status.message().ends_with(&format!("limit is: {ANSWER_LIMIT} bytes"))
}

fn caused_by<E: std::error::Error + 'static>(status: &Status) -> Option<&E> {
    let mut cause = status.source();
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        cause = error.source();
    }
    None
}
