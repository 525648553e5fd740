//! How HTTP answers say that they refuse: `google.rpc.Status` in JSON, in this one form on every route.

use axum::response::{IntoResponse as _, Response};
use http::{StatusCode, header};
use serde_json::{Value, json};
use tonic::Code;

use crate::rpc::{Ended, code_name};

/// The body of an answer that refuses with this status, which gRPC would have refused with this code.
pub fn error_body(status: StatusCode, code: Code, message: &str, details: Vec<Value>) -> Value {
    json!({"error": {
        "code": status.as_u16(), "status": code_name(code), "message": message, "details": details
    }})
}

/// A whole answer without details, counted as a call of no known method.
pub(crate) fn refuse(status: StatusCode, code: Code, message: &str) -> Response {
    let body = error_body(status, code, message, Vec::new()).to_string();
    let mut response = (status, [(header::CONTENT_TYPE, "application/json")], body).into_response();
    response.extensions_mut().insert(Ended { path: "", code });
    response
}
