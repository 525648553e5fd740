//! The frame of a JSON-RPC request.

use serde_json::{Map, Value};

use crate::error::Error;
use crate::http::body;
use crate::http::rpc::fault::Fault;

/// A request, or a notification.
#[derive(Debug, PartialEq)]
pub(super) struct Envelope {
    /// What the answer repeats; `None` makes it a notification.
    pub(super) id: Option<Value>,
    /// What is asked for.
    pub(super) method: String,
    /// With what; an empty object when it was left out.
    pub(super) params: Value,
}

/// Why a body is no request, and the id to say so under.
#[derive(Debug)]
pub(super) struct NoRequest {
    pub(super) id: Value,
    pub(super) fault: Fault,
}

impl From<Error> for NoRequest {
    fn from(error: Error) -> Self {
        Self { id: Value::Null, fault: error.into() }
    }
}

impl Envelope {
    pub(super) fn parse(body: &[u8]) -> Result<Self, NoRequest> {
        let refuse = |fault| NoRequest { id: Value::Null, fault };
        let value = body::parse(body).map_err(|why| refuse(Fault::NotJson(why)))?;
        match value {
            Value::Object(members) => Self::read(members),
            Value::Array(_) => Err(refuse(Fault::NotRequest("batches are not taken; send one request at a time"))),
            _ => Err(refuse(Fault::NotRequest("the request must be an object"))),
        }
    }

    fn read(mut members: Map<String, Value>) -> Result<Self, NoRequest> {
        let id = members.remove("id");
        let told = id.clone().filter(is_id);
        let refuse = |why| NoRequest { id: told.clone().unwrap_or_default(), fault: Fault::NotRequest(why) };
        if members.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
            return Err(refuse("the member jsonrpc must be \"2.0\""));
        }
        let Some(Value::String(method)) = members.remove("method") else {
            return Err(refuse("the member method must be a string"));
        };
        if id.is_some() && told.is_none() {
            return Err(refuse("the member id must be a string, a number or null"));
        }
        let params = members.remove("params").unwrap_or_else(|| Value::Object(Map::new()));
        Ok(Self { id, method, params })
    }
}

fn is_id(id: &Value) -> bool {
    matches!(id, Value::String(_) | Value::Number(_) | Value::Null)
}
