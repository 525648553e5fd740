//! The parameters of an operation as they came, and how they become its request.

use bytes::Bytes;
use proto::{JsonError, Members};
use serde_json::{Map, Value};

use crate::error::Error;
use crate::http::body;
use crate::http::place::{self, Field, Placed};

/// Parameters, read no further than the binding had to.
#[derive(Debug)]
pub(super) struct Params {
    given: Given,
    /// What the path holds of them.
    path: Vec<(Field, String)>,
}

/// What is said beside the path.
#[derive(Debug)]
pub(super) enum Given {
    /// The member `params` of a JSON-RPC request, whose text is this.
    Rpc(Bytes),
    /// A body that is the request.
    Body(Bytes),
    /// What a query says, or nothing.
    Named(Map<String, Value>),
}

impl From<Given> for Params {
    fn from(given: Given) -> Self {
        Self { given, path: Vec::new() }
    }
}

impl Params {
    /// With what the path says.
    pub(super) fn placed(given: Given, path: Vec<(Field, String)>) -> Self {
        Self { given, path }
    }

    /// The request of an operation, of which path and parameters say the same.
    pub(super) fn read<M: Placed>(self) -> Result<M, Error> {
        let mut request: M = self.given.read()?;
        for (field, value) in self.path {
            place::put(&mut request, field, value)?;
        }
        Ok(request)
    }
}

impl Given {
    /// A refusal names the member as the proto does, like every other.
    fn read<M: Members>(self) -> Result<M, Error> {
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
pub(super) fn snake(path: &str) -> String {
    let mut out = String::with_capacity(path.len() + 4);
    for letter in path.chars() {
        if letter.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}
