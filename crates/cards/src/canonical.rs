//! What a signature covers: the card without its signatures and without fields that have no content, in the canonical
//! form of RFC 8785.
//!
//! The rule has two readings in use. By the letter a REQUIRED field stays when it is empty; the official SDKs drop
//! everything that is empty, at any depth. Both agree on a card in which nothing is empty.

#[cfg(test)]
mod tests;

use prost::Message as _;
use proto::JsonError;
use proto::a2a::AgentCard;
use serde_json::{Map, Value};

/// Why a card has no canonical form.
#[derive(Debug, thiserror::Error)]
pub enum NotCanonical {
    /// It cannot be written as JSON.
    #[error("the card cannot be written as JSON")]
    Json(#[source] JsonError),
    /// It holds what JSON has no canonical form for, such as an infinite number.
    #[error("the card has no canonical form")]
    Form(#[source] serde_json::Error),
}

/// The payload of a card's signatures, by both readings.
#[derive(Debug)]
pub(crate) struct Payload {
    /// REQUIRED fields stay.
    pub(crate) literal: Vec<u8>,
    /// Nothing empty stays.
    pub(crate) lean: Vec<u8>,
    /// Where the first value is that the readings treat differently, such as `skills[0].tags`.
    pub(crate) empty_at: Option<String>,
}

impl Payload {
    pub(crate) fn of(card: &AgentCard) -> Result<Self, NotCanonical> {
        let unsigned = AgentCard { signatures: Vec::new(), ..card.clone() };
        // Has what is REQUIRED also where it is empty.
        let literal = proto::to_value::<AgentCard>(&unsigned.encode_to_vec()).map_err(NotCanonical::Json)?;
        let lean = without_empty(&literal).unwrap_or_else(|| Value::Object(Map::new()));
        Ok(Self { literal: canonical(&literal)?, lean: canonical(&lean)?, empty_at: first_empty(&literal) })
    }

    /// The readings that differ.
    pub(crate) fn readings(&self) -> impl Iterator<Item = &[u8]> {
        let lean = (self.lean != self.literal).then_some(self.lean.as_slice());
        std::iter::once(self.literal.as_slice()).chain(lean)
    }
}

fn canonical(value: &Value) -> Result<Vec<u8>, NotCanonical> {
    serde_json_canonicalizer::to_vec(value).map_err(NotCanonical::Form)
}

/// `None` when nothing is left.
fn without_empty(value: &Value) -> Option<Value> {
    match value {
        Value::Object(members) => {
            let kept = members.iter().filter_map(|(name, member)| Some((name.clone(), without_empty(member)?)));
            let kept: Map<String, Value> = kept.collect();
            (!kept.is_empty()).then_some(Value::Object(kept))
        }
        Value::Array(items) => {
            let kept: Vec<Value> = items.iter().filter_map(without_empty).collect();
            (!kept.is_empty()).then_some(Value::Array(kept))
        }
        Value::String(text) => (!text.is_empty()).then(|| value.clone()),
        Value::Null => None,
        Value::Bool(_) | Value::Number(_) => Some(value.clone()),
    }
}

/// The path of the first value that has no content.
fn first_empty(value: &Value) -> Option<String> {
    match value {
        Value::Object(members) if !members.is_empty() => {
            members.iter().find_map(|(name, member)| first_empty(member).map(|rest| join(name, &rest)))
        }
        Value::Array(items) if !items.is_empty() => {
            let found = |(index, item)| first_empty(item).map(|rest| join(&format!("[{index}]"), &rest));
            items.iter().enumerate().find_map(found)
        }
        Value::Object(_) | Value::Array(_) | Value::Null => Some(String::new()),
        Value::String(text) => text.is_empty().then(String::new),
        Value::Bool(_) | Value::Number(_) => None,
    }
}

fn join(name: &str, rest: &str) -> String {
    match rest.chars().next() {
        None => name.to_owned(),
        Some('[') => format!("{name}{rest}"),
        Some(_) => format!("{name}.{rest}"),
    }
}
