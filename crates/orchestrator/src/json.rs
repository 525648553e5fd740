//! Protobuf messages as JSON values, for data parts. A Part is the carrier: its JSON is `{"data": …}`.

use prost::{Message, Name};
use prost_types::Value;
use prost_types::value::Kind;
use proto::a2a::Part;
use proto::a2a::part::Content;
use proto::{from_json, to_json};

/// The message as a JSON value; null if its descriptor is missing, which the wire's own tests rule out.
pub(crate) fn value<M: Message + Name>(message: &M) -> Value {
    let carried = to_json(message).and_then(|text| from_json::<Part>(&format!("{{\"data\":{text}}}")));
    match carried.map(|part| part.content) {
        Ok(Some(Content::Data(value))) => value,
        Ok(_) => Value { kind: Some(Kind::NullValue(0)) },
        Err(error) => {
            tracing::error!(%error, "a message has no JSON");
            Value { kind: Some(Kind::NullValue(0)) }
        }
    }
}

/// The message that a JSON value is.
pub(crate) fn message<M: Message + Name + Default>(value: &Value) -> Result<M, proto::JsonError> {
    let carrier = Part { content: Some(Content::Data(value.clone())), ..Part::default() };
    let text = to_json(&carrier)?;
    from_json(text.strip_prefix("{\"data\":").and_then(|text| text.strip_suffix('}')).unwrap_or(&text))
}
