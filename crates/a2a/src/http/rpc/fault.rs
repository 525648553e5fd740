//! What a JSON-RPC call is refused for: the faults of JSON-RPC itself, and those of the operations.

use serde_json::{Value, json};
use tonic::Code;

use crate::error::Error;

/// Why a call has no result.
#[derive(Debug)]
pub(super) enum Fault {
    /// The body is not JSON; says where.
    NotJson(String),
    /// It is JSON, but no request; says why.
    NotRequest(&'static str),
    /// There is no such method.
    NoMethod(String),
    /// The operation says so.
    Operation(Error),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Operation(error)
    }
}

impl Fault {
    /// The error object of the response.
    pub(super) fn to_json(&self) -> Value {
        let plain = |code: i32, message: String| json!({"code": code, "message": message});
        match self {
            Self::NotJson(why) => plain(-32700, format!("Invalid JSON payload: the body {why}")),
            Self::NotRequest(why) => plain(-32600, format!("Request payload validation error: {why}")),
            Self::NoMethod(method) => plain(-32601, format!("Method not found: {method}")),
            Self::Operation(error) => error.to_rpc(),
        }
    }

    /// The code that the same refusal has in gRPC.
    pub(super) fn code(&self) -> Code {
        match self {
            Self::NotJson(_) | Self::NotRequest(_) => Code::InvalidArgument,
            Self::NoMethod(_) => Code::Unimplemented,
            Self::Operation(error) => error.wire().0,
        }
    }
}
