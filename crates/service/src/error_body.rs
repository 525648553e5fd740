//! How HTTP answers say that they refuse: `google.rpc.Status` in JSON, in this one form on every route but JSON-RPC's.

use axum::response::{IntoResponse as _, Response};
use http::{StatusCode, header};
use serde_json::{Value, json};
use tonic::Code;

use crate::rpc::{Ended, code_name};

/// The code of JSON-RPC for what has none of its own there.
const OTHER: i32 = -32000;

/// The body of an answer that refuses with this status, which gRPC would have refused with this code.
pub fn error_body(status: StatusCode, code: Code, message: &str, details: Vec<Value>) -> Value {
    json!({"error": {
        "code": status.as_u16(), "status": code_name(code), "message": message, "details": details
    }})
}

/// A whole answer, counted as a call of no known method.
pub(crate) fn refuse(status: StatusCode, code: Code, message: &str, details: Vec<Value>) -> Response {
    answer(status, code, &error_body(status, code, message, details))
}

/// The same as JSON-RPC has it, for a request of which nothing was read: not even its id is known.
pub(crate) fn refuse_rpc(status: StatusCode, code: Code, message: &str, details: Vec<Value>) -> Response {
    let error = json!({"code": OTHER, "message": message, "data": details});
    answer(status, code, &json!({"jsonrpc": "2.0", "id": null, "error": error}))
}

fn answer(status: StatusCode, code: Code, body: &Value) -> Response {
    let mut response = (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response();
    response.extensions_mut().insert(Ended { path: "", code });
    response
}
