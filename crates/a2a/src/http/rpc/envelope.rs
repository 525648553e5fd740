//! The frame of a JSON-RPC request. The parameters stay text until it is known what they are of.

use bytes::Bytes;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::error::Category;

use crate::error::Error;
use crate::http::body;
use crate::http::params::{Given, Params};
use crate::http::rpc::fault::Fault;

/// A request, or a notification.
#[derive(Debug)]
pub(super) struct Envelope {
    /// What the answer repeats; `None` makes it a notification.
    pub(super) id: Option<Value>,
    /// What is asked for.
    pub(super) method: String,
    /// With what.
    pub(super) params: Params,
}

/// Why a body is no request, and the id to say so under.
#[derive(Debug)]
pub(super) struct NoRequest {
    pub(super) id: Value,
    pub(super) fault: Fault,
}

/// The members that are no parameters, whatever they are; each at most once.
#[derive(Deserialize)]
struct Frame {
    #[serde(default)]
    jsonrpc: Value,
    #[serde(default, deserialize_with = "given")]
    id: Option<Value>,
    #[serde(default)]
    method: Value,
}

impl From<Error> for NoRequest {
    fn from(error: Error) -> Self {
        Self { id: Value::Null, fault: error.into() }
    }
}

impl Envelope {
    pub(super) fn parse(body: Bytes) -> Result<Self, NoRequest> {
        let refuse = |fault| NoRequest { id: Value::Null, fault };
        let text = body::text(&body).map_err(|why| refuse(Fault::NotJson(why)))?;
        if !text.trim_ascii_start().starts_with('{') {
            return Err(refuse(no_object(&body)));
        }
        let frame = serde_json::from_str(text).map_err(|error| match error.classify() {
            Category::Data => refuse(Fault::NotRequest("a member of the request is given twice")),
            Category::Io | Category::Syntax | Category::Eof => refuse(Fault::NotJson(format!("is not JSON: {error}"))),
        })?;
        Self::read(frame, body)
    }

    fn read(Frame { jsonrpc, id, method }: Frame, body: Bytes) -> Result<Self, NoRequest> {
        let told = id.clone().filter(is_id);
        let refuse = |why| NoRequest { id: told.clone().unwrap_or_default(), fault: Fault::NotRequest(why) };
        if jsonrpc.as_str() != Some("2.0") {
            return Err(refuse("the member jsonrpc must be \"2.0\""));
        }
        let Value::String(method) = method else {
            return Err(refuse("the member method must be a string"));
        };
        if id.is_some() && told.is_none() {
            return Err(refuse("the member id must be a string, a number or null"));
        }
        Ok(Self { id, method, params: Given::Rpc(body).into() })
    }
}

/// What is wrong with a body that is no object.
fn no_object(body: &[u8]) -> Fault {
    match body::parse(body) {
        Ok(Value::Array(_)) => Fault::NotRequest("batches are not taken; send one request at a time"),
        Ok(_) => Fault::NotRequest("the request must be an object"),
        Err(why) => Fault::NotJson(why),
    }
}

fn is_id(id: &Value) -> bool {
    matches!(id, Value::String(_) | Value::Number(_) | Value::Null)
}

/// A member that is there, also as `null`.
fn given<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(from).map(Some)
}
