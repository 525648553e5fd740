//! ProtoJSON as values, for the JSON edges: encoded messages out, with every REQUIRED field there, and requests in,
//! with the path of the member that does not fit.

use prost::{Message, Name};
use prost_reflect::{DeserializeOptions, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, SerializeOptions};
use serde_json::{Map, Value};

use crate::json::{JsonError, descriptor};
use crate::required::required_fields;

const PACKAGE: &str = "lf.a2a.v1.";

/// The message that `wire` encodes, as JSON. Unset fields are left out, but those that A2A requires are there also
/// when they are empty; timestamps have milliseconds, and whole numbers no fraction.
pub fn to_value<M: Name>(wire: &[u8]) -> Result<Value, JsonError> {
    let message = descriptor::<M>()?;
    let dynamic = DynamicMessage::decode(message.clone(), wire)
        .map_err(|source| JsonError::Wire { name: M::full_name(), source })?;
    let options = SerializeOptions::new().skip_default_fields(true);
    let mut value = dynamic
        .serialize_with_options(serde_json::value::Serializer, &options)
        .map_err(|source| JsonError::Syntax { name: M::full_name(), source })?;
    complete(&mut value, &message);
    Ok(value)
}

/// Reads a message from JSON; unknown fields are ignored, as A2A asks of receivers, but not unknown names of an enum:
/// a filter that is not understood must not read as none.
pub fn from_value<M: Message + Name + Default>(value: Value) -> Result<M, JsonError> {
    if let Some((path, value)) = unknown_name(&value, &descriptor::<M>()?) {
        return Err(JsonError::Enum { name: M::full_name(), path, value });
    }
    let options = DeserializeOptions::new().deny_unknown_fields(false);
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(value, &mut track);
    let read = DynamicMessage::deserialize_with_options(descriptor::<M>()?, tracked, &options);
    let dynamic =
        read.map_err(|source| JsonError::Member { name: M::full_name(), path: track.path().to_string(), source })?;
    dynamic.transcode_to().map_err(|source| JsonError::Wire { name: M::full_name(), source })
}

/// The first name of an enum that there is not, with its path.
fn unknown_name(value: &Value, message: &MessageDescriptor) -> Option<(String, String)> {
    let Value::Object(members) = value else { return None };
    members.iter().find_map(|(key, member)| {
        let field = message.get_field_by_json_name(key).or_else(|| message.get_field_by_name(key))?;
        match member {
            Value::Array(items) if field.is_list() => items.iter().enumerate().find_map(|(index, item)| {
                let (path, name) = unknown_in(item, &field)?;
                Some((format!("{key}[{index}]{path}"), name))
            }),
            one => unknown_in(one, &field).map(|(path, name)| (format!("{key}{path}"), name)),
        }
    })
}

fn unknown_in(value: &Value, field: &FieldDescriptor) -> Option<(String, String)> {
    match (field.kind(), value) {
        (Kind::Enum(kind), Value::String(name)) if kind.get_value_by_name(name).is_none() => {
            Some((String::new(), name.clone()))
        }
        (Kind::Message(inner), _) if inner.full_name().starts_with(PACKAGE) => {
            unknown_name(value, &inner).map(|(path, name)| (format!(".{path}"), name))
        }
        _ => None,
    }
}

fn complete(value: &mut Value, message: &MessageDescriptor) {
    match (message.full_name(), value) {
        ("google.protobuf.Timestamp", Value::String(time)) => with_millis(time),
        (name, Value::Object(members)) if name.starts_with(PACKAGE) => complete_members(members, message),
        ("google.protobuf.Struct" | "google.protobuf.Value" | "google.protobuf.ListValue", free) => whole(free),
        _ => {}
    }
}

fn complete_members(members: &mut Map<String, Value>, message: &MessageDescriptor) {
    let required = required_fields(message.name());
    for field in message.fields() {
        match members.get_mut(field.json_name()) {
            Some(member) => complete_field(member, &field),
            None if required.contains(&field.name()) => {
                members.extend(empty(&field).map(|empty| (field.json_name().to_owned(), empty)));
            }
            None => {}
        }
    }
}

fn complete_field(member: &mut Value, field: &FieldDescriptor) {
    let Kind::Message(message) = field.kind() else { return };
    match member {
        Value::Array(items) if field.is_list() => items.iter_mut().for_each(|item| complete(item, &message)),
        Value::Object(entries) if field.is_map() => {
            let Kind::Message(message) = message.map_entry_value_field().kind() else { return };
            entries.values_mut().for_each(|entry| complete(entry, &message));
        }
        one => complete(one, &message),
    }
}

/// What stands for a field without content; a message has nothing of that kind.
fn empty(field: &FieldDescriptor) -> Option<Value> {
    Some(match field.kind() {
        _ if field.is_list() => Value::Array(Vec::new()),
        _ if field.is_map() => Value::Object(Map::new()),
        Kind::Message(_) => return None,
        Kind::Enum(kind) => kind.default_value().name().into(),
        Kind::String | Kind::Bytes => "".into(),
        Kind::Bool => false.into(),
        _ => 0.into(),
    })
}

/// A Struct knows doubles only; a whole one is written without a fraction, so that readers of integers read it.
#[allow(clippy::cast_possible_truncation, reason = "compared with the range before")]
fn whole(value: &mut Value) {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::Number(number) => {
            if let Some(whole) = number.as_f64().filter(|it| it.fract() == 0.0 && it.abs() <= EXACT) {
                *number = (whole as i64).into();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(whole),
        Value::Object(members) => members.values_mut().for_each(whole),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

/// ProtoJSON leaves out a fraction that is zero; A2A's pattern has three digits.
fn with_millis(time: &mut String) {
    if !time.contains('.') && time.ends_with('Z') {
        time.insert_str(time.len() - 1, ".000");
    }
}
