//! Other texts of a message, right and wrong ones: names and values in their other spellings, `null`, members that
//! nobody knows or that come twice, values of the wrong kind, spaces and escapes.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};
use rand::RngExt as _;
use rand::rngs::StdRng;
use serde_json::Value;

use crate::generate::pick;

/// Out of place almost everywhere.
const JUNK: [&str; 24] = [
    "null",
    "true",
    "0",
    "-0",
    "1.5",
    "1e3",
    "1E400",
    "-1e-400",
    "123456789012345678901234567890",
    "\"\"",
    "\"x\"",
    "[]",
    "{}",
    "[null]",
    "[[]]",
    "{\"a\":null}",
    "{\"a\":1,\"a\":2}",
    "NaN",
    "Infinity",
    "2147483648",
    "\"7\"",
    "\"+7\"",
    "\"1.0\"",
    "\"TASK_STATE_WORKING\"",
];

const TIMES: [&str; 17] = [
    "2026-11-21T05:00:00Z",
    "2026-11-21T05:00:00.1Z",
    "2026-11-21T05:00:00.123456789Z",
    "2026-11-21T05:00:00.1234567891Z",
    "2026-11-21T05:00:00.Z",
    "2026-11-21T05:00:00+02:00",
    "2026-11-21T05:00:00-23:59",
    "2026-11-21T05:00:00.5+00:30",
    "2026-02-30T05:00:00Z",
    "2024-02-29T23:59:59Z",
    "2026-11-21T24:00:00Z",
    "2026-11-21T05:60:00Z",
    "2026-11-21t05:00:00z",
    "2026-11-21 05:00:00Z",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999999Z",
    "10000-01-01T00:00:00Z",
];

const DURATIONS: [&str; 10] =
    ["0s", "1.5s", "-1.000000001s", "315576000000s", "315576000001s", "1", "1.s", ".5s", "1.0000000001s", "1e3s"];

const ENUMS: [&str; 7] = ["\"TASK_STATE_COMPLETED\"", "2", "99", "\"NO_SUCH\"", "1.0", "-1", "null"];

pub(crate) fn text(rng: &mut StdRng, value: &Value, kind: &MessageDescriptor) -> String {
    let text = object(rng, value, kind);
    match rng.random_range(0..100) {
        0 => text[..text.floor_char_boundary(rng.random_range(0..text.len()))].to_owned(),
        1 => text + " x",
        2 => format!("\n {text}\t"),
        _ => text,
    }
}

fn object(rng: &mut StdRng, value: &Value, kind: &MessageDescriptor) -> String {
    let known = value.as_object().filter(|_| !kind.full_name().starts_with("google.protobuf."));
    let Some(members) = known else { return free(rng, value) };
    let mut out = Vec::new();
    for (name, value) in members {
        let Some(field) = kind.get_field_by_json_name(name) else { continue };
        out.push(format!("{}{}", spelled(rng, name, &field), member(rng, value, &field)));
        if rng.random_bool(0.004) {
            out.push(format!("{}{}", spelled(rng, name, &field), member(rng, value, &field)));
        }
    }
    if rng.random_bool(0.05) {
        out.push(format!("\"unknown\":{}", pick(rng, &["null", "{\"deep\":[1,{\"a\":\"b\"}]}", "1e9", "\"x\""])));
    }
    let fields: Vec<FieldDescriptor> = kind.fields().collect();
    if rng.random_bool(0.05) && !fields.is_empty() {
        let field = pick(rng, &fields);
        out.push(format!("\"{}\":{}", field.json_name(), pick(rng, &["null", "{}", "[]", "\"\"", "false", "0"])));
    }
    if rng.random_bool(0.3) {
        out.reverse();
    }
    let between = *pick(rng, &[",", ", ", "\n,\t"]);
    format!("{{{}}}", out.join(between))
}

fn spelled(rng: &mut StdRng, name: &str, field: &FieldDescriptor) -> String {
    let name = if rng.random_bool(0.2) { field.name() } else { name };
    if rng.random_bool(0.02) {
        let escaped: String = name.chars().map(|letter| format!("\\u{:04x}", u32::from(letter))).collect();
        return format!("\"{escaped}\" : ");
    }
    format!("\"{name}\":")
}

fn member(rng: &mut StdRng, value: &Value, field: &FieldDescriptor) -> String {
    if rng.random_bool(0.01) {
        return (*pick(rng, &JUNK)).to_owned();
    }
    match (value, field.kind()) {
        (Value::Array(items), _) if field.is_list() => {
            let items: Vec<String> = items.iter().map(|item| one(rng, item, &field.kind())).collect();
            format!("[{}]", items.join(","))
        }
        (Value::Object(entries), Kind::Message(entry)) if field.is_map() => {
            let kind = entry.map_entry_value_field().kind();
            let each = entries.iter().map(|(key, entry)| format!("{}:{}", quoted(rng, key), one(rng, entry, &kind)));
            format!("{{{}}}", each.collect::<Vec<_>>().join(","))
        }
        (one_value, kind) => one(rng, one_value, &kind),
    }
}

fn one(rng: &mut StdRng, value: &Value, kind: &Kind) -> String {
    let other = rng.random_bool(0.15);
    match (kind, value) {
        (Kind::Message(kind), _) if kind.full_name() == "google.protobuf.Timestamp" && other => {
            format!("\"{}\"", pick(rng, &TIMES))
        }
        (Kind::Message(kind), _) if kind.full_name() == "google.protobuf.Duration" && other => {
            format!("\"{}\"", pick(rng, &DURATIONS))
        }
        (Kind::Message(kind), _) => object(rng, value, kind),
        (Kind::Enum(_), _) if other => (*pick(rng, &ENUMS)).to_owned(),
        (Kind::Bytes, Value::String(text)) if other => {
            let bytes = STANDARD.decode(text).unwrap();
            format!("\"{}\"", URL_SAFE_NO_PAD.encode(bytes))
        }
        (Kind::Bool | Kind::String, _) => free(rng, value),
        (_, Value::Number(number)) if other => {
            pick(rng, &[format!("\"{number}\""), format!("{number}.0"), format!("{number}e0")]).clone()
        }
        _ => free(rng, value),
    }
}

/// A value of no message's.
fn free(rng: &mut StdRng, value: &Value) -> String {
    if rng.random_bool(0.003) {
        return (*pick(rng, &JUNK)).to_owned();
    }
    match value {
        Value::String(text) => quoted(rng, text),
        Value::Array(items) => format!("[{}]", items.iter().map(|item| free(rng, item)).collect::<Vec<_>>().join(",")),
        Value::Object(members) => {
            let each = members.iter().map(|(name, member)| format!("{}: {}", quoted(rng, name), free(rng, member)));
            format!("{{{}}}", each.collect::<Vec<_>>().join(","))
        }
        other => other.to_string(),
    }
}

/// A string, sometimes with every letter escaped.
fn quoted(rng: &mut StdRng, text: &str) -> String {
    if rng.random_bool(0.9) {
        return Value::from(text).to_string();
    }
    let units: String = text.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect();
    format!("\"{units}\"")
}

/// Encoded bytes that another encoder could have made, or nobody.
pub(crate) fn bytes(rng: &mut StdRng, wire: &[u8], other: &[u8]) -> Vec<u8> {
    let mut bytes = wire.to_vec();
    match rng.random_range(0..4) {
        0 => bytes.extend_from_slice(other),
        1 => bytes.truncate(rng.random_range(0..=wire.len())),
        2 => bytes = [other, wire, other].concat(),
        _ => {
            if let Some(place) = (!bytes.is_empty()).then(|| rng.random_range(0..bytes.len())) {
                bytes[place] = rng.random();
            }
        }
    }
    bytes
}
