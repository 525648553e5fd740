//! The errors of the JSON wires on their way back: as the gRPC status that says the same, so that there is one table.

use std::collections::HashMap;
use std::time::Duration;

use http::StatusCode;
use serde_json::Value;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt as _};

use crate::error::Error;
use crate::status_json::http_status;

impl Error {
    /// The status that an error object of JSON-RPC stands for, in an answer of this status of HTTP.
    pub(crate) fn status_of_rpc(error: &Value, http: StatusCode) -> Status {
        let (code, message) = (error["code"].as_i64().unwrap_or_default(), text(error, "message"));
        let details = details(&error["data"]);
        match Self::of_rpc_code(code, &message) {
            // A code without details says as much as a reason.
            Some(named) if details.error_info().is_none() => named.into(),
            named => {
                let code = named.map_or_else(|| of_json_rpc(code, http), |named| named.wire().0);
                Status::with_error_details(code, sized(http, message), details)
            }
        }
    }

    /// The status that an HTTP answer stands for.
    pub(crate) fn status_of_http(status: StatusCode, body: &Value) -> Status {
        let error = &body["error"];
        let named = error["status"].as_str().and_then(code_named);
        let code = named.unwrap_or_else(|| of_http(status));
        let message = match text(error, "message") {
            message if message.is_empty() => format!("the answer is HTTP {status}"),
            message => message,
        };
        Status::with_error_details(code, sized(status, message), details(&error["details"]))
    }

    /// The error of the protocol that has this code of JSON-RPC to itself.
    fn of_rpc_code(code: i64, message: &str) -> Option<Self> {
        let named = [
            Self::TaskNotFound,
            Self::TaskNotCancelable,
            Self::PushNotificationNotSupported,
            Self::UnsupportedOperation(message.to_owned()),
            Self::ContentTypeNotSupported(message.to_owned()),
            Self::InvalidAgentResponse(message.to_owned()),
            Self::ExtendedAgentCardNotConfigured,
            Self::ExtensionSupportRequired(String::new()),
            Self::VersionNotSupported(message.to_owned()),
        ];
        named.into_iter().find(|error| error.rpc_code() == code)
    }
}

/// What the codes of JSON-RPC itself are in gRPC. Any other says as much as the status: with a successful one it is not
/// known whether something was done.
fn of_json_rpc(code: i64, http: StatusCode) -> Code {
    match code {
        -32700 | -32600 | -32602 => Code::InvalidArgument,
        -32601 => Code::Unimplemented,
        -32603 => Code::Internal,
        _ => of_http(http),
    }
}

/// A message with what the status says of size: whatever is between a client and an agent has words of its own for it.
fn sized(status: StatusCode, message: String) -> String {
    if status == StatusCode::PAYLOAD_TOO_LARGE { format!("the request is too large: {message}") } else { message }
}

/// The code that this status stands for, where nothing else says it: the first one, and of a failure none in particular.
fn of_http(status: StatusCode) -> Code {
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        return Code::ResourceExhausted;
    }
    if status.is_success() || status == StatusCode::INTERNAL_SERVER_ERROR {
        return Code::Unknown;
    }
    let mut codes = (0..=16).map(Code::from);
    match codes.find(|code| http_status(*code) == status) {
        Some(code) => code,
        None if status.is_client_error() => Code::InvalidArgument,
        // A gateway between: the agent may come back.
        None if status == StatusCode::BAD_GATEWAY => Code::Unavailable,
        None => Code::Unknown,
    }
}

fn code_named(name: &str) -> Option<Code> {
    (0..=16).map(Code::from).find(|code| service::code_name(*code) == name)
}

/// The details that are told in JSON; unknown kinds are passed over.
fn details(list: &Value) -> ErrorDetails {
    let mut details = ErrorDetails::new();
    for detail in list.as_array().into_iter().flatten() {
        match text(detail, "@type").rsplit('.').next() {
            Some("ErrorInfo") => {
                details.set_error_info(text(detail, "reason"), text(detail, "domain"), facts(&detail["metadata"]));
            }
            Some("BadRequest") => {
                let each = detail["fieldViolations"].as_array().into_iter().flatten();
                let each = each.map(|one| FieldViolation::new(text(one, "field"), text(one, "description")));
                details.set_bad_request(each.collect::<Vec<_>>());
            }
            Some("RetryInfo") => {
                details.set_retry_info(duration(&text(detail, "retryDelay")));
            }
            _ => {}
        }
    }
    details
}

fn facts(metadata: &Value) -> HashMap<String, String> {
    let each = metadata.as_object().into_iter().flatten();
    each.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

/// A duration of ProtoJSON, such as `1.250s`.
fn duration(text: &str) -> Option<Duration> {
    Duration::try_from_secs_f64(text.strip_suffix('s')?.parse().ok()?).ok()
}
