//! Writing in one pass: what is nested is written first and given its length afterwards, so that nothing is measured
//! to be written. Moving some kilobytes by a byte or two costs less than walking a tree once more.

use prost::encoding::encoded_len_varint;
use prost::{encode_length_delimiter, length_delimiter_len};

use super::{Kind, ListValue, Struct, Value};

/// Largest length of which the delimiter takes one byte.
const SHORT: usize = 0x7f;

/// Writes a field that holds what `fill` writes, with its length before it. Tags here are below 16.
pub fn nested(out: &mut Vec<u8>, tag: u8, fill: impl FnOnce(&mut Vec<u8>)) {
    out.push(tag << 3 | 2);
    out.push(0);
    let from = out.len();
    fill(out);
    let length = out.len() - from;
    if length <= SHORT {
        out[from - 1] = u8::try_from(length).unwrap_or_default();
        return;
    }
    let more = length_delimiter_len(length) - 1;
    out.resize(out.len() + more, 0);
    out.copy_within(from..from + length, from + more);
    encode_length_delimiter(length, &mut &mut out[from - 1..from + more]).expect("the room is as wide as the length");
}

impl Struct {
    /// Writes it behind what is there, as [`prost::Message::encode`] does.
    pub fn append(&self, out: &mut Vec<u8>) {
        for (name, value) in &self.fields {
            nested(out, 1, |out| {
                if !name.is_empty() {
                    text(out, 1, name);
                }
                nested(out, 2, |out| value.append(out));
            });
        }
    }
}

impl ListValue {
    pub(super) fn append(&self, out: &mut Vec<u8>) {
        for value in &self.values {
            nested(out, 1, |out| value.append(out));
        }
    }
}

impl Value {
    /// Writes it behind what is there, as [`prost::Message::encode`] does.
    pub fn append(&self, out: &mut Vec<u8>) {
        match &self.kind {
            None => {}
            Some(Kind::StructValue(object)) => nested(out, 5, |out| object.append(out)),
            Some(Kind::ListValue(list)) => nested(out, 6, |out| list.append(out)),
            Some(Kind::StringValue(words)) => text(out, 3, words),
            Some(scalar @ (Kind::NullValue(_) | Kind::NumberValue(_) | Kind::BoolValue(_))) => scalar.encode(out),
        }
    }
}

pub(super) fn text(out: &mut Vec<u8>, tag: u8, text: &str) {
    delimited(out, tag, text.as_bytes());
}

/// Writes a field of these bytes behind their length. Nearly all lengths take one byte, so that is asked first.
pub fn delimited(out: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    out.reserve(1 + length_delimiter_len(bytes.len()) + bytes.len());
    match u8::try_from(bytes.len()) {
        Ok(short) if bytes.len() <= SHORT => {
            out.push(tag << 3 | 2);
            out.push(short);
        }
        Ok(_) | Err(_) => {
            out.push(tag << 3 | 2);
            encode_length_delimiter(bytes.len(), out).expect("a Vec grows");
        }
    }
    out.extend_from_slice(bytes);
}

/// The length of what is written, where it is asked for before.
pub(super) trait Measured {
    fn measure(&self) -> usize;
}

impl Measured for Struct {
    fn measure(&self) -> usize {
        let member = |(name, value): (&String, &Value)| {
            framed(if name.is_empty() { 0 } else { framed(name.len()) } + framed(value.measure()))
        };
        self.fields.iter().map(member).sum()
    }
}

impl Measured for ListValue {
    fn measure(&self) -> usize {
        self.values.iter().map(|value| framed(value.measure())).sum()
    }
}

impl Measured for Value {
    fn measure(&self) -> usize {
        match &self.kind {
            None => 0,
            Some(Kind::StructValue(object)) => framed(object.measure()),
            Some(Kind::ListValue(list)) => framed(list.measure()),
            Some(Kind::StringValue(text)) => framed(text.len()),
            Some(scalar @ (Kind::NullValue(_) | Kind::NumberValue(_) | Kind::BoolValue(_))) => scalar.encoded_len(),
        }
    }
}

/// Bytes of a field that holds so many; all tags here fit one byte.
pub(crate) fn framed(length: usize) -> usize {
    1 + encoded_len_varint(length as u64) + length
}
