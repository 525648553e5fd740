//! JSON values on the wire: `google.protobuf.Struct`, `Value` and `ListValue`, field for field as in `prost-types`.
//! They are written in one pass over the tree; see [`nested`]. What is generated asks for the length of a message again
//! at each level above it, and a level of JSON is three levels of messages: of a plan that is the larger part of its cost.

mod append;
mod check;
mod json;
mod write;

use std::collections::BTreeMap;

use bytes::{Buf, BufMut};
use prost::encoding::{DecodeContext, WireType, message, skip_field};
use prost::{DecodeError, Message, Oneof};

use self::append::Measured as _;

pub(crate) use self::append::framed;
pub use self::append::{delimited, nested};
pub use self::check::NotJson;
pub(crate) use self::json::Number;
pub use self::write::{List, Object, Slot};

/// How many levels of messages a value may have below it. Decoders stop at a hundred; a page of tasks has six of its
/// own around a value, and a record of the log a few more.
pub const MAX_LEVELS: usize = 80;

/// A JSON object.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Struct {
    /// The members, by name.
    pub fields: BTreeMap<String, Value>,
}

/// A JSON value; without a kind it is none.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Value {
    /// What it is.
    pub kind: Option<Kind>,
}

/// A JSON array.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct ListValue {
    /// The items, in order.
    pub values: Vec<Value>,
}

/// What a JSON value is.
#[derive(Clone, PartialEq, Oneof)]
pub enum Kind {
    /// `null`, always 0.
    #[prost(enumeration = "prost_types::NullValue", tag = "1")]
    NullValue(i32),
    /// A number.
    #[prost(double, tag = "2")]
    NumberValue(f64),
    /// A string.
    #[prost(string, tag = "3")]
    StringValue(String),
    /// `true` or `false`.
    #[prost(bool, tag = "4")]
    BoolValue(bool),
    /// An object.
    #[prost(message, tag = "5")]
    StructValue(Struct),
    /// An array.
    #[prost(message, tag = "6")]
    ListValue(ListValue),
}

/// A member of an object, as it comes.
#[derive(Clone, PartialEq, Message)]
struct Member {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, optional, tag = "2")]
    value: Option<Value>,
}

impl Message for Struct {
    fn encode_raw(&self, out: &mut impl BufMut) {
        let mut bytes = Vec::new();
        self.append(&mut bytes);
        out.put_slice(&bytes);
    }

    fn merge_field(
        &mut self,
        tag: u32,
        wire: WireType,
        input: &mut impl Buf,
        context: DecodeContext,
    ) -> Result<(), DecodeError> {
        if tag != 1 {
            return skip_field(wire, tag, input, context);
        }
        let mut member = Member::default();
        message::merge(wire, &mut member, input, context)?;
        self.fields.insert(member.name, member.value.unwrap_or_default());
        Ok(())
    }

    fn encoded_len(&self) -> usize {
        self.measure()
    }

    fn clear(&mut self) {
        self.fields.clear();
    }
}

impl Message for Value {
    fn encode_raw(&self, out: &mut impl BufMut) {
        let mut bytes = Vec::new();
        self.append(&mut bytes);
        out.put_slice(&bytes);
    }

    fn merge_field(
        &mut self,
        tag: u32,
        wire: WireType,
        input: &mut impl Buf,
        context: DecodeContext,
    ) -> Result<(), DecodeError> {
        match tag {
            1..=6 => Kind::merge(&mut self.kind, tag, wire, input, context),
            _ => skip_field(wire, tag, input, context),
        }
    }

    fn encoded_len(&self) -> usize {
        self.measure()
    }

    fn clear(&mut self) {
        self.kind = None;
    }
}

impl Message for ListValue {
    fn encode_raw(&self, out: &mut impl BufMut) {
        let mut bytes = Vec::new();
        self.append(&mut bytes);
        out.put_slice(&bytes);
    }

    fn merge_field(
        &mut self,
        tag: u32,
        wire: WireType,
        input: &mut impl Buf,
        context: DecodeContext,
    ) -> Result<(), DecodeError> {
        match tag {
            1 => message::merge_repeated(wire, &mut self.values, input, context),
            _ => skip_field(wire, tag, input, context),
        }
    }

    fn encoded_len(&self) -> usize {
        self.measure()
    }

    fn clear(&mut self) {
        self.values.clear();
    }
}

#[cfg(test)]
mod tests;
