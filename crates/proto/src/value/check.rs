//! Whether a value that came as protobuf has a place in JSON, and in the messages that it will be put into.

use super::{Kind, MAX_LEVELS, Struct, Value};
use crate::a2a::Part;
use crate::a2a::part::Content;

/// Why a value is none of JSON's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotJson {
    /// It has more levels than [`MAX_LEVELS`].
    #[error("is nested too deep")]
    Deep,
    /// It holds an infinity or what is no number.
    #[error("holds a number that JSON does not have")]
    Number,
}

impl Value {
    /// Checks that this is a JSON value, and no deeper than decoders follow.
    pub fn check(&self) -> Result<(), NotJson> {
        within(self, MAX_LEVELS)
    }
}

impl Struct {
    /// Checks that this is a JSON object, and no deeper than decoders follow.
    pub fn check(&self) -> Result<(), NotJson> {
        members(self, MAX_LEVELS)
    }
}

impl Part {
    /// Checks the data and the metadata of this part, as [`Value::check`] does.
    pub fn check(&self) -> Result<(), NotJson> {
        if let Some(Content::Data(data)) = &self.content {
            data.check()?;
        }
        self.metadata.as_ref().map_or(Ok(()), Struct::check)
    }
}

fn within(value: &Value, levels: usize) -> Result<(), NotJson> {
    match &value.kind {
        Some(Kind::NumberValue(number)) if !number.is_finite() => Err(NotJson::Number),
        Some(Kind::StructValue(object)) => members(object, below(levels, 1)?),
        Some(Kind::ListValue(list)) => {
            let levels = below(levels, 2)?;
            list.values.iter().try_for_each(|item| within(item, levels))
        }
        None | Some(Kind::NullValue(_) | Kind::NumberValue(_) | Kind::StringValue(_) | Kind::BoolValue(_)) => Ok(()),
    }
}

/// A member is a message of its own around its value.
fn members(object: &Struct, levels: usize) -> Result<(), NotJson> {
    let levels = below(levels, 2)?;
    object.fields.values().try_for_each(|value| within(value, levels))
}

fn below(levels: usize, taken: usize) -> Result<usize, NotJson> {
    levels.checked_sub(taken).ok_or(NotJson::Deep)
}
