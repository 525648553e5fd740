//! Parameters in a query, as the members of a request.

use serde_json::{Map, Value};

use crate::error::Error;
use crate::http::params::snake;

/// The one boolean among the parameters of reads. Numbers, enums and times are strings in ProtoJSON too.
const TRUTHS: [&str; 1] = ["includeArtifacts"];

/// The members that a query names; of two with one name nobody knows which one was meant. Names that no request has are
/// ignored when the request is read, like everywhere in the protocol. No read takes a repeated field.
pub(super) fn read(query: &str) -> Result<Map<String, Value>, Error> {
    let mut members = Map::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if members.insert(name.to_string(), typed(&name, &value)).is_some() {
            return Err(Error::invalid(snake(&name), "is given twice"));
        }
    }
    Ok(members)
}

fn typed(name: &str, value: &str) -> Value {
    match value {
        "true" if TRUTHS.contains(&name) => Value::Bool(true),
        "false" if TRUTHS.contains(&name) => Value::Bool(false),
        _ => Value::from(value),
    }
}
