//! Errors on the JSON wires: the codes of JSON-RPC and of HTTP, and the details as JSON. What an error is called
//! and what it tells beside its words is in `status.rs`, for gRPC and for these alike.

use std::time::Duration;

use http::StatusCode;
use serde_json::{Map, Value, json};
use tonic::Code;

use crate::error::Error;
use crate::status::DOMAIN;

/// A code of JSON-RPC for what has no code of its own there.
const OTHER: i64 = -32000;
/// Parameters that do not fit.
const PARAMETERS: i64 = -32602;
/// Our own fault.
const INTERNAL: i64 = -32603;

impl Error {
    /// The code in a JSON-RPC error.
    pub(crate) fn rpc_code(&self) -> i64 {
        match self {
            Self::TaskNotFound | Self::ForeignTenant => -32001,
            Self::TaskNotCancelable => -32002,
            Self::PushNotificationNotSupported => -32003,
            Self::UnsupportedOperation(_) => -32004,
            Self::ContentTypeNotSupported(_) => -32005,
            Self::InvalidAgentResponse(_) => -32006,
            Self::ExtendedAgentCardNotConfigured => -32007,
            Self::ExtensionSupportRequired(_) => -32008,
            Self::VersionNotSupported(_) => -32009,
            Self::Validation(_) => PARAMETERS,
            Self::Unavailable { .. } | Self::TaskDamaged | Self::Internal => INTERNAL,
            Self::WrongStore
            | Self::DispatchFenced
            | Self::DispatchExpired
            | Self::MessageIdReused(_)
            | Self::Overloaded { .. }
            | Self::TooLarge { .. } => OTHER,
            Self::Other { code, .. } => match code {
                Code::InvalidArgument => PARAMETERS,
                Code::Internal | Code::Unavailable | Code::DataLoss | Code::Unknown => INTERNAL,
                _ => OTHER,
            },
        }
    }

    /// The status of an HTTP answer.
    pub(crate) fn http_status(&self) -> StatusCode {
        http_status(self.wire().0)
    }

    /// The error object of a JSON-RPC response.
    pub(crate) fn to_rpc(&self) -> Value {
        json!({"code": self.rpc_code(), "message": self.to_string(), "data": self.details()})
    }

    /// The `google.rpc.Status` of an HTTP answer.
    pub(crate) fn to_http(&self) -> Value {
        service::error_body(self.http_status(), self.wire().0, &self.to_string(), self.details())
    }

    /// The details of `google.rpc`, each with its `@type`, in the order in which gRPC has them.
    fn details(&self) -> Vec<Value> {
        let mut details = Vec::new();
        if let Some(reason) = self.wire().1 {
            details.push(self.info(reason));
        }
        if let Self::Validation(violations) = self {
            let each = violations.iter().map(|one| json!({"field": one.field, "description": one.description}));
            details.push(typed("BadRequest", [("fieldViolations", each.collect())]));
        }
        if let Some(pause) = self.retry_after() {
            details.push(typed("RetryInfo", [("retryDelay", seconds(pause).into())]));
        }
        details
    }

    fn info(&self, reason: &str) -> Value {
        let facts: Map<String, Value> = self.facts().into_iter().map(|(name, value)| (name, value.into())).collect();
        let metadata = (!facts.is_empty()).then_some(("metadata", Value::Object(facts)));
        let named = [("reason", reason.into()), ("domain", DOMAIN.into())];
        typed("ErrorInfo", named.into_iter().chain(metadata))
    }
}

/// The status of HTTP that stands for a code.
pub(crate) fn http_status(code: Code) -> StatusCode {
    match code {
        Code::InvalidArgument | Code::FailedPrecondition | Code::OutOfRange => StatusCode::BAD_REQUEST,
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::PermissionDenied => StatusCode::FORBIDDEN,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::AlreadyExists | Code::Aborted => StatusCode::CONFLICT,
        Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
        Code::Unimplemented => StatusCode::NOT_IMPLEMENTED,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
        Code::Ok | Code::Cancelled | Code::Unknown | Code::Internal | Code::DataLoss => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}

fn typed<'k>(kind: &str, members: impl IntoIterator<Item = (&'k str, Value)>) -> Value {
    let kind = ("@type", Value::from(format!("type.googleapis.com/google.rpc.{kind}")));
    Value::Object([kind].into_iter().chain(members).map(|(key, value)| (key.to_owned(), value)).collect())
}

/// A duration as ProtoJSON writes it.
fn seconds(pause: Duration) -> String {
    match pause.subsec_millis() {
        0 => format!("{}s", pause.as_secs()),
        millis => format!("{}.{millis:03}s", pause.as_secs()),
    }
}
