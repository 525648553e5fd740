//! The lengths of all messages in a value, taken in the order in which the writer meets them.

use bytes::BufMut;
use prost::encoding::{WireType, encode_key, encode_varint, encoded_len_varint, key_len};

use super::{Kind, ListValue, Struct, Value};

/// Told the length of each message below the measured one. A length is asked for before its parts are known, so the
/// teller is told in the order of the ends; [`Lengths`] turns that around.
pub(super) trait Measured {
    /// The length of the message; `told` hears of every message below it, the last ones first.
    fn measure(&self, told: &mut impl FnMut(usize)) -> usize;

    /// Writes the message; `next` knows the length of each message below it, the first ones first.
    fn put(&self, next: &mut impl FnMut() -> usize, out: &mut impl BufMut);
}

/// The lengths of all messages below one, the last to be written first.
pub(super) struct Lengths(Vec<usize>);

impl Lengths {
    pub(super) fn of(message: &impl Measured) -> Self {
        let mut lengths = Vec::new();
        message.measure(&mut |length| lengths.push(length));
        Self(lengths)
    }

    pub(super) fn write(mut self, message: &impl Measured, out: &mut impl BufMut) {
        message.put(&mut || self.0.pop().unwrap_or_default(), out);
    }
}

impl Measured for Struct {
    fn measure(&self, told: &mut impl FnMut(usize)) -> usize {
        let members = self.fields.iter().rev().map(|(name, value)| {
            let value = delimited(value.measure(told), told);
            let member = if name.is_empty() { 0 } else { framed(name.len()) } + value;
            delimited(member, told)
        });
        members.sum()
    }

    fn put(&self, next: &mut impl FnMut() -> usize, out: &mut impl BufMut) {
        for (name, value) in &self.fields {
            open(1, next(), out);
            if !name.is_empty() {
                text(1, name, out);
            }
            open(2, next(), out);
            value.put(next, out);
        }
    }
}

impl Measured for ListValue {
    fn measure(&self, told: &mut impl FnMut(usize)) -> usize {
        self.values.iter().rev().map(|value| delimited(value.measure(told), told)).sum()
    }

    fn put(&self, next: &mut impl FnMut() -> usize, out: &mut impl BufMut) {
        for value in &self.values {
            open(1, next(), out);
            value.put(next, out);
        }
    }
}

impl Measured for Value {
    fn measure(&self, told: &mut impl FnMut(usize)) -> usize {
        match &self.kind {
            None => 0,
            Some(Kind::StructValue(object)) => delimited(object.measure(told), told),
            Some(Kind::ListValue(list)) => delimited(list.measure(told), told),
            Some(Kind::StringValue(text)) => framed(text.len()),
            Some(scalar @ (Kind::NullValue(_) | Kind::NumberValue(_) | Kind::BoolValue(_))) => scalar.encoded_len(),
        }
    }

    fn put(&self, next: &mut impl FnMut() -> usize, out: &mut impl BufMut) {
        match &self.kind {
            None => {}
            Some(Kind::StructValue(object)) => {
                open(5, next(), out);
                object.put(next, out);
            }
            Some(Kind::ListValue(list)) => {
                open(6, next(), out);
                list.put(next, out);
            }
            Some(Kind::StringValue(words)) => text(3, words, out),
            Some(scalar @ (Kind::NullValue(_) | Kind::NumberValue(_) | Kind::BoolValue(_))) => scalar.encode(out),
        }
    }
}

/// Bytes of a field that holds so many; all tags here fit one byte.
fn framed(length: usize) -> usize {
    key_len(1) + encoded_len_varint(length as u64) + length
}

/// The same, told.
fn delimited(length: usize, told: &mut impl FnMut(usize)) -> usize {
    told(length);
    framed(length)
}

fn open(tag: u32, length: usize, out: &mut impl BufMut) {
    encode_key(tag, WireType::LengthDelimited, out);
    encode_varint(length as u64, out);
}

fn text(tag: u32, text: &str, out: &mut impl BufMut) {
    open(tag, text.len(), out);
    out.put_slice(text.as_bytes());
}
