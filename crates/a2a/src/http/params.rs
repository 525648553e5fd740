//! The parameters of an operation as they came, and how they become its request.

use bytes::Bytes;
use proto::{JsonError, Members};
use serde_json::{Map, Value};

use crate::error::Error;
use crate::http::body;

/// Parameters, read no further than the binding had to.
#[derive(Debug)]
pub(super) enum Params {
    /// The member `params` of a JSON-RPC request, whose text is this.
    Rpc(Bytes),
    /// A body that is the request.
    Body(Bytes),
    /// What a path and a query say, or a path and a body.
    Named(Map<String, Value>),
}

impl Params {
    /// The request of an operation; a refusal names the member as the proto does, like every other.
    pub(super) fn read<M: Members>(self) -> Result<M, Error> {
        let (read, whole) = match self {
            Self::Rpc(body) => (proto::from_member(text(&body)?, "params"), "params"),
            Self::Body(body) => (proto::from_text(text(&body)?), "request"),
            Self::Named(members) => (proto::from_value(Value::Object(members)), "request"),
        };
        read.map_err(|error| match error {
            JsonError::Member { path, source, .. } if path != "." => Error::invalid(snake(&path), source.to_string()),
            JsonError::Member { source, .. } => Error::invalid(whole, source.to_string()),
            other => Error::invalid(whole, other.to_string()),
        })
    }
}

fn text(body: &[u8]) -> Result<&str, Error> {
    body::text(body).map_err(|why| Error::invalid("request", why))
}

/// `message.messageId` as `message.message_id`.
fn snake(path: &str) -> String {
    let mut out = String::with_capacity(path.len() + 4);
    for letter in path.chars() {
        if letter.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}
