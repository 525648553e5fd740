//! Errors on the gRPC wire: code, message and rich details, and the way back.

use std::collections::HashMap;
use std::time::Duration;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt};

use crate::error::{Error, Violation};
use crate::oversize;

/// The domain of every ErrorInfo of the protocol.
pub(crate) const DOMAIN: &str = "a2a-protocol.org";

/// What the ErrorInfo of [`Error::ForeignTenant`] has beside the reason, which is that of any task that is not found.
const TENANT: &str = "tenant";

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        let (code, reason) = error.wire();
        let mut details = ErrorDetails::new();
        if let Some(reason) = reason {
            details.set_error_info(reason, DOMAIN, error.facts());
        }
        error.add_details(&mut details);
        Self::with_error_details(code, error.to_string(), details)
    }
}

impl Error {
    /// The code, and the reason for the ErrorInfo.
    pub(crate) fn wire(&self) -> (Code, Option<&str>) {
        match self {
            Self::TaskNotFound | Self::ForeignTenant => (Code::NotFound, Some("TASK_NOT_FOUND")),
            Self::TaskNotCancelable => (Code::FailedPrecondition, Some("TASK_NOT_CANCELABLE")),
            Self::PushNotificationNotSupported => (Code::FailedPrecondition, Some("PUSH_NOTIFICATION_NOT_SUPPORTED")),
            Self::UnsupportedOperation(_) => (Code::FailedPrecondition, Some("UNSUPPORTED_OPERATION")),
            Self::ContentTypeNotSupported(_) => (Code::InvalidArgument, Some("CONTENT_TYPE_NOT_SUPPORTED")),
            Self::InvalidAgentResponse(_) => (Code::Internal, Some("INVALID_AGENT_RESPONSE")),
            Self::ExtendedAgentCardNotConfigured => {
                (Code::FailedPrecondition, Some("EXTENDED_AGENT_CARD_NOT_CONFIGURED"))
            }
            Self::ExtensionSupportRequired(_) => (Code::FailedPrecondition, Some("EXTENSION_SUPPORT_REQUIRED")),
            Self::VersionNotSupported(_) => (Code::FailedPrecondition, Some("VERSION_NOT_SUPPORTED")),
            Self::Validation(_) => (Code::InvalidArgument, Some("INVALID_PARAMS")),
            Self::WrongStore => (Code::FailedPrecondition, Some("WRONG_STORE")),
            Self::DispatchFenced => (Code::FailedPrecondition, Some("DISPATCH_FENCED")),
            Self::DispatchExpired => (Code::FailedPrecondition, Some("DISPATCH_EXPIRED")),
            Self::MessageIdReused(_) => (Code::AlreadyExists, Some("MESSAGE_ID_REUSED")),
            Self::Overloaded { .. } => (Code::ResourceExhausted, Some("OVERLOADED")),
            Self::TooLarge { .. } => (Code::ResourceExhausted, Some("TOO_LARGE")),
            Self::Unavailable { .. } => (Code::Unavailable, Some("UNAVAILABLE")),
            Self::TaskDamaged => (Code::DataLoss, Some("TASK_DAMAGED")),
            Self::Internal => (Code::Internal, Some("INTERNAL_ERROR")),
            Self::Other { code, reason, .. } => (*code, reason.as_deref()),
        }
    }

    /// What the ErrorInfo says beside the reason: whatever the way back needs.
    pub(crate) fn facts(&self) -> HashMap<String, String> {
        let facts: Vec<(&str, String)> = match self {
            Self::MessageIdReused(id) => vec![("message_id", id.clone())],
            Self::ExtensionSupportRequired(uri) => vec![("extension", uri.clone())],
            Self::TooLarge { field, size, limit } => {
                vec![("field", field.clone()), ("size", size.to_string()), ("limit", limit.to_string())]
            }
            Self::InvalidAgentResponse(what) => vec![("response", what.clone())],
            Self::VersionNotSupported(_) => vec![("supported", "1.0".into())],
            Self::ForeignTenant => vec![(TENANT, "foreign".into())],
            Self::TaskNotFound
            | Self::TaskNotCancelable
            | Self::PushNotificationNotSupported
            | Self::UnsupportedOperation(_)
            | Self::ContentTypeNotSupported(_)
            | Self::ExtendedAgentCardNotConfigured
            | Self::Validation(_)
            | Self::WrongStore
            | Self::DispatchFenced
            | Self::DispatchExpired
            | Self::Overloaded { .. }
            | Self::Unavailable { .. }
            | Self::TaskDamaged
            | Self::Internal
            | Self::Other { .. } => Vec::new(),
        };
        facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn add_details(&self, details: &mut ErrorDetails) {
        if let Self::Validation(violations) = self {
            let each = |violation: &Violation| FieldViolation::new(&violation.field, &violation.description);
            details.set_bad_request(violations.iter().map(each).collect::<Vec<_>>());
        }
        if let Some(pause) = self.retry_after() {
            details.set_retry_info(Some(pause));
        }
    }

    /// When to try again, where that is known.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Overloaded { retry_after } => Some(*retry_after),
            Self::Unavailable { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// What a peer's status means. A reason of another domain, or an unknown one, keeps code and message.
    pub fn from_status(status: &Status) -> Self {
        let details = status.get_error_details();
        let info = details.error_info();
        let reason = info.filter(|info| info.domain == DOMAIN).map_or("", |info| info.reason.as_str());
        let fact = |name: &str| info.and_then(|info| info.metadata.get(name)).cloned().unwrap_or_default();
        let retry_after = details.retry_info().and_then(|retry| retry.retry_delay);
        let message = status.message().to_owned();
        match reason {
            "TASK_NOT_FOUND" if !fact(TENANT).is_empty() => Self::ForeignTenant,
            "TASK_NOT_FOUND" => Self::TaskNotFound,
            "TASK_NOT_CANCELABLE" => Self::TaskNotCancelable,
            "PUSH_NOTIFICATION_NOT_SUPPORTED" => Self::PushNotificationNotSupported,
            "UNSUPPORTED_OPERATION" => Self::UnsupportedOperation(message),
            "CONTENT_TYPE_NOT_SUPPORTED" => Self::ContentTypeNotSupported(message),
            "INVALID_AGENT_RESPONSE" => Self::InvalidAgentResponse(fact("response")),
            "EXTENDED_AGENT_CARD_NOT_CONFIGURED" => Self::ExtendedAgentCardNotConfigured,
            "EXTENSION_SUPPORT_REQUIRED" => Self::ExtensionSupportRequired(fact("extension")),
            "VERSION_NOT_SUPPORTED" => Self::VersionNotSupported(message),
            "WRONG_STORE" => Self::WrongStore,
            "DISPATCH_FENCED" => Self::DispatchFenced,
            "DISPATCH_EXPIRED" => Self::DispatchExpired,
            "MESSAGE_ID_REUSED" => Self::MessageIdReused(fact("message_id")),
            "OVERLOADED" => Self::Overloaded { retry_after: retry_after.unwrap_or_default() },
            "TOO_LARGE" => Self::too_large(&fact),
            "UNAVAILABLE" => Self::Unavailable { retry_after, why: message },
            "TASK_DAMAGED" => Self::TaskDamaged,
            "INTERNAL_ERROR" => Self::Internal,
            _ => Self::unnamed(status, &details),
        }
    }

    fn too_large(fact: &impl Fn(&str) -> String) -> Self {
        let bytes = |name| fact(name).parse().unwrap_or_default();
        Self::TooLarge { field: fact("field"), size: bytes("size"), limit: bytes("limit") }
    }

    /// A status without a reason of the protocol.
    fn unnamed(status: &Status, details: &ErrorDetails) -> Self {
        if let Some(bad) = details.bad_request().filter(|_| status.code() == Code::InvalidArgument) {
            let each = |violation: &FieldViolation| Violation {
                field: violation.field.clone(),
                description: violation.description.clone(),
            };
            return Self::Validation(bad.field_violations.iter().map(each).collect());
        }
        let retry_after = details.retry_info().and_then(|retry| retry.retry_delay);
        let message = status.message().to_owned();
        let reason = details.error_info().map(|info| info.reason.clone());
        match (status.code(), retry_after) {
            (Code::ResourceExhausted, Some(retry_after)) => Self::Overloaded { retry_after },
            (Code::Unavailable, retry_after) => Self::Unavailable { retry_after, why: message },
            (code, _) if reason.is_none() => {
                oversize::named(code, &message).unwrap_or(Self::Other { code, reason, message })
            }
            (code, _) => Self::Other { code, reason, message },
        }
    }
}
