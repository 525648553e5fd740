//! JSON values to and from JSON. How deep they may go is bounded, so that what was read can be decoded wherever it
//! is put: decoders stop at a hundred messages within each other, and a level of JSON is two or three of them.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use super::{Kind, ListValue, MAX_LEVELS, NotJson, Struct, Value};
use crate::members::MemberName;

impl Serialize for Struct {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(&self.fields)
    }
}

impl Serialize for ListValue {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(&self.values)
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match &self.kind {
            None | Some(Kind::NullValue(_)) => to.serialize_unit(),
            Some(Kind::NumberValue(number)) => Number(*number).serialize(to),
            Some(Kind::StringValue(text)) => to.serialize_str(text),
            Some(Kind::BoolValue(truth)) => to.serialize_bool(*truth),
            Some(Kind::StructValue(object)) => object.serialize(to),
            Some(Kind::ListValue(list)) => list.serialize(to),
        }
    }
}

/// There are doubles only; a whole one is written without a fraction, so that readers of integers read it.
/// What JSON has no number for is `null`, as in JavaScript: the rest of a task stays readable.
pub(crate) struct Number(pub(crate) f64);

impl Serialize for Number {
    #[allow(clippy::cast_possible_truncation, reason = "compared with the range before")]
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        let Self(number) = *self;
        let is_whole = number.fract() == 0.0 && number.abs() <= EXACT && !(number == 0.0 && number.is_sign_negative());
        match number {
            whole if is_whole => to.serialize_i64(whole as i64),
            number if number.is_finite() => to.serialize_f64(number),
            _ => to.serialize_unit(),
        }
    }
}

impl<'de> Deserialize<'de> for Struct {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(StructVisitor(MAX_LEVELS))
    }
}

impl<'de> Deserialize<'de> for ListValue {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_seq(ListVisitor(MAX_LEVELS))
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Nested(MAX_LEVELS).deserialize(from)
    }
}

/// A value with so many levels of messages below it at most.
#[derive(Clone, Copy)]
struct Nested(usize);

struct StructVisitor(usize);

struct ListVisitor(usize);

/// The levels that are left.
fn below<E: Error>(levels: usize, taken: usize) -> Result<usize, E> {
    levels.checked_sub(taken).ok_or_else(|| E::custom(NotJson::Deep))
}

impl<'de> DeserializeSeed<'de> for Nested {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Nested {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Kind::NullValue(0).into())
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Value, E> {
        Ok(Kind::BoolValue(truth).into())
    }

    #[allow(clippy::cast_precision_loss, reason = "there are doubles only")]
    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Kind::NumberValue(number as f64).into())
    }

    #[allow(clippy::cast_precision_loss, reason = "there are doubles only")]
    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Kind::NumberValue(number as f64).into())
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Kind::NumberValue(number).into())
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Kind::StringValue(text.to_owned()).into())
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Kind::StringValue(text).into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Value, A::Error> {
        ListVisitor(below::<A::Error>(self.0, 1)?).visit_seq(items).map(|list| Kind::ListValue(list).into())
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Value, A::Error> {
        StructVisitor(below::<A::Error>(self.0, 1)?).visit_map(members).map(|object| Kind::StructValue(object).into())
    }
}

impl<'de> Visitor<'de> for StructVisitor {
    type Value = Struct;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Struct, A::Error> {
        // A member is a message of its own around its value.
        let (mut fields, levels) = (BTreeMap::new(), below::<A::Error>(self.0, 2)?);
        while let Some(name) = members.next_key_seed(MemberName)? {
            let value = members.next_value_seed(Nested(levels))?;
            match fields.entry(name.into_owned()) {
                Entry::Vacant(free) => free.insert(value),
                Entry::Occupied(taken) => {
                    return Err(A::Error::custom(format_args!("{} is given twice", taken.key())));
                }
            };
        }
        Ok(Struct { fields })
    }
}

impl<'de> Visitor<'de> for ListVisitor {
    type Value = ListValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<ListValue, A::Error> {
        let (mut values, levels) = (Vec::new(), below::<A::Error>(self.0, 1)?);
        while let Some(value) = items.next_element_seed(Nested(levels))? {
            values.push(value);
        }
        Ok(ListValue { values })
    }
}

impl From<Kind> for Value {
    fn from(kind: Kind) -> Self {
        Self { kind: Some(kind) }
    }
}
