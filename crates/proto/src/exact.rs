//! Decoding that notices what it does not know, and what is written otherwise than any encoder writes it.

use prost::{Message, Name};
use prost_reflect::{DynamicMessage, Value};

use crate::json::{JsonError, descriptor};

/// A decoded message, and what of its encoding is not in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Exact<M> {
    /// The message.
    pub message: M,
    /// Whether its encoding says nothing else: no field, at any depth, that this version does not know and has left out,
    /// and no value in other bytes than an encoder would choose, such as a `true` that is not 1.
    pub is_whole: bool,
}

/// Decodes a message and compares it with its bytes.
pub fn decode_exact<M: Message + Name + Default>(wire: &[u8]) -> Result<Exact<M>, JsonError> {
    let failed = |source| JsonError::Wire { name: M::full_name(), source };
    let message = M::decode(wire).map_err(failed)?;
    let dynamic = DynamicMessage::decode(descriptor::<M>()?, wire).map_err(failed)?;
    // Encoders differ in the order of fields, and in whether an entry of a map has its empty value.
    let written = sorted(wire.to_vec());
    let is_written = || sorted(message.encode_to_vec()) == written || sorted(dynamic.encode_to_vec()) == written;
    let is_whole = !has_unknown(&dynamic) && is_written();
    Ok(Exact { message, is_whole })
}

fn sorted(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.sort_unstable();
    bytes
}

fn has_unknown(message: &DynamicMessage) -> bool {
    message.unknown_fields().next().is_some() || message.fields().any(|(_, value)| holds_unknown(value))
}

fn holds_unknown(value: &Value) -> bool {
    match value {
        Value::Message(message) => has_unknown(message),
        Value::List(items) => items.iter().any(holds_unknown),
        Value::Map(entries) => entries.values().any(holds_unknown),
        _ => false,
    }
}
