//! JSON straight from encoded bytes: what we have encoded ourselves has its fields in order and each once, and needs
//! no message in between. Whatever is not as simple as that is left to the way over the message, by `None`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use prost::Message as _;
use prost_types::Timestamp;
use serde::Serialize;

use crate::time;
use crate::value::Number;
use crate::wire::{Key, Wire};

/// Messages within each other at most, as decoders have it.
const DEEPEST: usize = 100;
/// Members of one Struct that are looked for among all of it at most: those that come out of order.
const STRAYS: usize = 4;

/// A field as it is on the wire, and as a member.
#[derive(Debug)]
pub struct Field {
    pub(crate) tag: u32,
    /// The name of the member in quotes, and the colon.
    pub(crate) name: &'static str,
    pub(crate) rule: Rule,
    pub(crate) shape: Shape,
}

/// When a field is a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// Also where the bytes do not have it.
    Required,
    /// Where they have it, whatever it is.
    Present,
    /// Where they have it; they do not if it is empty, false or zero.
    Implied,
    /// All of them, if there are any.
    Each,
    /// All of them, also if there are none.
    RequiredEach,
    /// Where they have it, and no other one of the message's oneof.
    Choice,
}

/// What a field holds.
#[derive(Debug)]
pub(crate) enum Shape {
    Text,
    Flag,
    Whole,
    Bytes,
    /// By what knows the names.
    Named(fn(i32) -> Option<&'static str>),
    Time,
    Struct,
    Value,
    Message(&'static [Field]),
    /// Entries of a map, which only cards have: always the other way.
    Map,
}

/// The JSON of the message with these fields that `wire` encodes, if it is simple.
pub(crate) fn text(wire: &[u8], fields: &'static [Field]) -> Option<String> {
    // Names and quotes take more than tags and lengths do.
    let mut out = Vec::with_capacity(128 + 2 * wire.len());
    object(&mut out, Wire(wire), fields, DEEPEST)?;
    String::from_utf8(out).ok()
}

fn object(out: &mut Vec<u8>, mut wire: Wire<'_>, fields: &'static [Field], depth: usize) -> Option<()> {
    let depth = depth.checked_sub(1)?;
    let (mut rest, mut chosen) = (fields, false);
    out.push(b'{');
    while let Some(key) = wire.key()? {
        let place = rest.iter().position(|field| field.tag == key.tag)?;
        rest[..place].iter().try_for_each(|field| absent(out, field))?;
        let field = &rest[place];
        rest = &rest[place + 1..];
        if field.rule == Rule::Choice && std::mem::replace(&mut chosen, true) {
            return None;
        }
        name(out, field);
        match field.rule {
            Rule::Each | Rule::RequiredEach => each(out, &mut wire, key, field, depth)?,
            Rule::Required | Rule::Present | Rule::Implied | Rule::Choice => {
                member(out, &mut wire, key, field, depth)?;
            }
        }
    }
    rest.iter().try_for_each(|field| absent(out, field))?;
    out.push(b'}');
    Some(())
}

fn name(out: &mut Vec<u8>, field: &Field) {
    separate(out, b'{');
    out.extend_from_slice(field.name.as_bytes());
}

/// A comma, unless nothing has come since the bracket.
fn separate(out: &mut Vec<u8>, bracket: u8) {
    if out.last() != Some(&bracket) {
        out.push(b',');
    }
}

/// What stands for a field that the bytes do not have.
fn absent(out: &mut Vec<u8>, field: &Field) -> Option<()> {
    match (field.rule, &field.shape) {
        (Rule::RequiredEach, Shape::Map) => {
            name(out, field);
            out.extend_from_slice(b"{}");
        }
        (Rule::RequiredEach, _) => {
            name(out, field);
            out.extend_from_slice(b"[]");
        }
        (Rule::Required, shape) => {
            name(out, field);
            match shape {
                Shape::Text | Shape::Bytes => out.extend_from_slice(b"\"\""),
                Shape::Flag => out.extend_from_slice(b"false"),
                Shape::Whole => out.push(b'0'),
                Shape::Named(known) => named(out, 0, *known)?,
                Shape::Time | Shape::Struct | Shape::Value | Shape::Message(_) | Shape::Map => return None,
            }
        }
        (Rule::Present | Rule::Implied | Rule::Each | Rule::Choice, _) => {}
    }
    Some(())
}

fn each(out: &mut Vec<u8>, wire: &mut Wire<'_>, key: Key, field: &Field, depth: usize) -> Option<()> {
    out.push(b'[');
    loop {
        separate(out, b'[');
        member(out, wire, key, field, depth)?;
        let mut ahead = Wire(wire.0);
        match ahead.key()? {
            Some(next) if next == key => *wire = ahead,
            Some(_) | None => break,
        }
    }
    out.push(b']');
    Some(())
}

fn member(out: &mut Vec<u8>, wire: &mut Wire<'_>, key: Key, field: &Field, depth: usize) -> Option<()> {
    let implied = field.rule == Rule::Implied;
    match &field.shape {
        Shape::Flag | Shape::Whole | Shape::Named(_) => {
            let number = narrow(wire.number(key)?, &field.shape);
            if implied && number == 0 {
                return None;
            }
            scalar(out, number, &field.shape)
        }
        Shape::Text => {
            let text = wire.text(key)?;
            if implied && text.is_empty() { None } else { json(out, text) }
        }
        Shape::Bytes => json(out, &STANDARD.encode(wire.bytes(key)?)),
        Shape::Time => json(out, &time::write(&Timestamp::decode(wire.bytes(key)?).ok()?)?),
        Shape::Struct => structure(out, Wire(wire.bytes(key)?), depth),
        Shape::Value => value(out, Wire(wire.bytes(key)?), depth),
        Shape::Message(fields) => object(out, Wire(wire.bytes(key)?), fields, depth),
        Shape::Map => None,
    }
}

/// A number as decoders have it, of which only the lower half counts; a flag is 0 or 1.
#[allow(clippy::cast_possible_truncation, reason = "as decoders do")]
fn narrow(number: u64, shape: &Shape) -> i32 {
    match shape {
        Shape::Flag => i32::from(number != 0),
        _ => number as i32,
    }
}

fn scalar(out: &mut Vec<u8>, number: i32, shape: &Shape) -> Option<()> {
    match shape {
        Shape::Flag => json(out, &(number != 0)),
        Shape::Named(known) => named(out, number, *known),
        _ => json(out, &number),
    }
}

fn named(out: &mut Vec<u8>, number: i32, known: fn(i32) -> Option<&'static str>) -> Option<()> {
    match known(number) {
        Some(name) => json(out, name),
        None => json(out, &number),
    }
}

fn json<T: Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) -> Option<()> {
    serde_json::to_writer(out, value).ok()
}

/// A `google.protobuf.Struct`. Members come as they are encoded; where they are not in order, none may come twice
/// and few may be out of it.
fn structure(out: &mut Vec<u8>, mut wire: Wire<'_>, depth: usize) -> Option<()> {
    // A member is a message of its own around its value.
    let depth = depth.checked_sub(2)?;
    let all = Wire(wire.0);
    let (mut greatest, mut strays) = (None, STRAYS);
    out.push(b'{');
    while let Some(key) = wire.key()? {
        let member = Wire(wire.bytes(key.tagged(1)?)?).member()?;
        if greatest >= Some(member.name) {
            strays = strays.checked_sub(1)?;
            if all.names(member.name)? > 1 {
                return None;
            }
        }
        greatest = greatest.max(Some(member.name));
        separate(out, b'{');
        json(out, member.name)?;
        out.push(b':');
        value(out, member.value, depth)?;
    }
    out.push(b'}');
    Some(())
}

/// A `google.protobuf.Value`.
fn value(out: &mut Vec<u8>, mut wire: Wire<'_>, depth: usize) -> Option<()> {
    let depth = depth.checked_sub(1)?;
    match wire.key()? {
        None => out.extend_from_slice(b"null"),
        Some(key) => match key.tag {
            1 => wire.number(key).map(|_| out.extend_from_slice(b"null"))?,
            2 => json(out, &Number(wire.double(key)?))?,
            3 => json(out, wire.text(key)?)?,
            4 => json(out, &(wire.number(key)? != 0))?,
            5 => structure(out, Wire(wire.bytes(key)?), depth)?,
            6 => list(out, Wire(wire.bytes(key)?), depth)?,
            _ => return None,
        },
    }
    wire.0.is_empty().then_some(())
}

/// A `google.protobuf.ListValue`.
fn list(out: &mut Vec<u8>, mut wire: Wire<'_>, depth: usize) -> Option<()> {
    let depth = depth.checked_sub(1)?;
    out.push(b'[');
    while let Some(key) = wire.key()? {
        separate(out, b'[');
        value(out, Wire(wire.bytes(key.tagged(1)?)?), depth)?;
    }
    out.push(b']');
    Some(())
}

#[cfg(test)]
mod tests;
