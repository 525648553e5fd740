//! Generates the members of A2A's messages for JSON, from their descriptors and the table of REQUIRED fields.

use std::fmt::Write as _;

use heck::{ToSnakeCase as _, ToUpperCamelCase as _};
use prost_reflect::{Cardinality, DescriptorPool, FieldDescriptor, Kind, MessageDescriptor};

const PACKAGE: &str = "lf.a2a.v1";

/// The code of all messages of A2A.
pub(crate) fn code(pool: &DescriptorPool) -> String {
    let mut out = String::from(
        "// Generated from the descriptors; see tests/generated/json.rs.\n\
         use serde::de::MapAccess;\nuse serde::ser::SerializeMap;\n\n\
         use crate::a2a::*;\nuse crate::members::{Members, put, take::Taking};\nuse crate::straight::{Field, Rule, Shape};\n",
    );
    let entries = |message: &MessageDescriptor| message.package_name() == PACKAGE && !message.is_map_entry();
    for message in pool.all_messages().filter(entries) {
        members(&mut out, &message);
    }
    out
}

fn members(out: &mut String, message: &MessageDescriptor) {
    assert!(message.oneofs().filter(|oneof| !oneof.is_synthetic()).count() < 2, "{}", message.full_name());
    let put: String = message.fields().filter(is_first).map(|field| putting(&field)).collect();
    let take: String = message.fields().map(|field| taking(&field)).collect();
    let mut fields: Vec<FieldDescriptor> = message.fields().collect();
    fields.sort_by_key(FieldDescriptor::number);
    let fields: String = fields.iter().map(straight).collect();
    let put = if put.is_empty() { "        let _ = out;\n".to_owned() } else { put };
    write!(
        out,
        "\nimpl Members for {name} {{\n\
         \x20   const FIELDS: &'static [Field] = &[\n{fields}    ];\n\n\
         \x20   fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {{\n{put}        Ok(())\n    }}\n\n\
         \x20   fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {{\n\
         \x20       match name {{\n{take}            _ => from.unknown(),\n        }}\n    }}\n}}\n",
        name = message.name().to_upper_camel_case(),
    )
    .unwrap();
}

/// A field as it is written straight from its bytes.
fn straight(field: &FieldDescriptor) -> String {
    let required = proto::required_fields(field.parent_message().name()).contains(&field.name());
    let rule = match field.cardinality() {
        _ if choice(field).is_some() => "Choice",
        Cardinality::Repeated if required => "RequiredEach",
        Cardinality::Repeated => "Each",
        Cardinality::Optional | Cardinality::Required if field.supports_presence() => "Present",
        Cardinality::Optional | Cardinality::Required if required => "Required",
        Cardinality::Optional | Cardinality::Required => "Implied",
    };
    let shape = match field.kind() {
        _ if field.is_map() => "Map".to_owned(),
        Kind::String => "Text".to_owned(),
        Kind::Bytes => "Bytes".to_owned(),
        Kind::Bool => "Flag".to_owned(),
        Kind::Int32 => "Whole".to_owned(),
        Kind::Enum(_) => format!("Named(|number| {})", known(field, "number")),
        Kind::Message(kind) => match kind.full_name() {
            "google.protobuf.Timestamp" => "Time".to_owned(),
            "google.protobuf.Struct" => "Struct".to_owned(),
            "google.protobuf.Value" => "Value".to_owned(),
            _ => format!("Message({}::FIELDS)", kind.name().to_upper_camel_case()),
        },
        kind => panic!("{} has a shape that is not generated: {kind:?}", field.full_name()),
    };
    let (tag, json) = (field.number(), field.json_name());
    format!("        Field {{ tag: {tag}, name: \"\\\"{json}\\\":\", rule: Rule::{rule}, shape: Shape::{shape} }},\n")
}

/// A oneof is written where its first field is.
fn is_first(field: &FieldDescriptor) -> bool {
    choice(field).is_none_or(|oneof| oneof.fields().next().as_ref() == Some(field))
}

fn choice(field: &FieldDescriptor) -> Option<prost_reflect::OneofDescriptor> {
    field.containing_oneof().filter(|oneof| !oneof.is_synthetic())
}

fn putting(field: &FieldDescriptor) -> String {
    if let Some(oneof) = choice(field) {
        let arms: String = oneof.fields().map(|field| arm(&field)).collect();
        return format!("        match &self.{} {{\n            None => {{}}\n{arms}        }}\n", oneof.name());
    }
    let (name, json) = (field.name(), field.json_name());
    let required = proto::required_fields(field.parent_message().name()).contains(&name);
    let of = format!("self.{name}");
    let statement = match (field.kind(), field.cardinality()) {
        (Kind::Message(entry), _) if field.is_map() => {
            let texts = matches!(entry.map_entry_value_field().kind(), Kind::String);
            guarded(required, &of, &format!("put::{}(out, \"{json}\", &{of})", if texts { "texts" } else { "entries" }))
        }
        (Kind::Message(kind), Cardinality::Repeated) if is_ours(&kind) => {
            guarded(required, &of, &format!("put::messages(out, \"{json}\", &{of})"))
        }
        (Kind::String, Cardinality::Repeated) => {
            guarded(required, &of, &format!("put::always(out, \"{json}\", &{of})"))
        }
        (Kind::Message(kind), _) if kind.full_name() == "google.protobuf.Timestamp" => {
            format!("put::time(out, \"{json}\", {of}.as_ref())?;")
        }
        (Kind::Message(kind), _) if is_ours(&kind) => format!("put::message(out, \"{json}\", {of}.as_ref())?;"),
        (Kind::Message(kind), _) if kind.full_name() == "google.protobuf.Struct" => {
            format!("put::some(out, \"{json}\", &{of})?;")
        }
        (Kind::Enum(_), Cardinality::Optional) => {
            let put = format!("put::named(out, \"{json}\", {of}, {})", known(field, &of));
            if required { format!("{put}?;") } else { format!("if {of} != 0 {{\n            {put}?;\n        }}") }
        }
        (Kind::String | Kind::Bool | Kind::Int32, Cardinality::Optional) => {
            let put = match (field.supports_presence(), required) {
                (true, _) => "some",
                (false, true) => "always",
                (false, false) => "unless_default",
            };
            format!("put::{put}(out, \"{json}\", &{of})?;")
        }
        (kind, cardinality) => {
            panic!("{} has a shape that is not generated: {cardinality:?} {kind:?}", field.full_name())
        }
    };
    format!("        {statement}\n")
}

fn guarded(required: bool, of: &str, put: &str) -> String {
    if required { format!("{put}?;") } else { format!("if !{of}.is_empty() {{\n            {put}?;\n        }}") }
}

/// The name of an enum's value, if it has one.
fn known(field: &FieldDescriptor, of: &str) -> String {
    let Kind::Enum(kind) = field.kind() else { unreachable!() };
    let kind = kind.name().to_upper_camel_case();
    format!("{kind}::try_from({of}).ok().map(|known| known.as_str_name())")
}

/// A case of a oneof on its way out.
fn arm(field: &FieldDescriptor) -> String {
    let (case, json) = (case(field), field.json_name());
    let put = match field.kind() {
        Kind::Bytes => format!("put::bytes(out, \"{json}\", it)"),
        Kind::String => format!("put::always(out, \"{json}\", it)"),
        Kind::Message(kind) if kind.full_name() == "google.protobuf.Value" => {
            format!("put::always(out, \"{json}\", it)")
        }
        Kind::Message(kind) if is_ours(&kind) => format!("put::message(out, \"{json}\", Some(it))"),
        kind => panic!("{} has a shape that is not generated: {kind:?}", field.full_name()),
    };
    format!("            Some({case}(it)) => {put}?,\n")
}

/// The path of a case, as prost names it.
fn case(field: &FieldDescriptor) -> String {
    let module = field.parent_message().name().to_snake_case();
    let oneof = choice(field).unwrap().name().to_upper_camel_case();
    format!("{module}::{oneof}::{}", field.name().to_upper_camel_case())
}

fn taking(field: &FieldDescriptor) -> String {
    let (name, json) = (field.name(), field.json_name());
    let names = if name == json { format!("\"{json}\"") } else { format!("\"{json}\" | \"{name}\"") };
    let place = field.parent_message().fields().position(|other| other == *field).unwrap();
    let step = match choice(field) {
        Some(oneof) => chosen(field, place, oneof.name()),
        None => format!("from.{}", read(field, place)),
    };
    format!("            {names} => {step},\n")
}

fn read(field: &FieldDescriptor, place: usize) -> String {
    let of = format!("&mut self.{}", field.name());
    let how = match (field.kind(), field.cardinality()) {
        (Kind::Message(entry), _) if field.is_map() => match entry.map_entry_value_field().kind() {
            Kind::String => "texts",
            _ => "entries",
        },
        (Kind::Message(kind), Cardinality::Repeated) if is_ours(&kind) => "messages",
        (Kind::String, Cardinality::Repeated) => "plain",
        (Kind::Message(kind), _) if kind.full_name() == "google.protobuf.Timestamp" => "time",
        (Kind::Message(kind), _) if is_ours(&kind) => "message",
        (Kind::Message(kind), _) if kind.full_name() == "google.protobuf.Struct" => "some",
        (Kind::Enum(kind), Cardinality::Optional) => {
            let kind = kind.name().to_upper_camel_case();
            let known = format!("|name| {kind}::from_str_name(name).map(i32::from)");
            return format!("named({place}, {of}, {known})");
        }
        (Kind::Int32, Cardinality::Optional) if field.supports_presence() => "some_number",
        (Kind::Int32, Cardinality::Optional) => "number",
        (Kind::String | Kind::Bool, Cardinality::Optional) if field.supports_presence() => "some",
        (Kind::String | Kind::Bool, Cardinality::Optional) => "plain",
        (kind, cardinality) => {
            panic!("{} has a shape that is not generated: {cardinality:?} {kind:?}", field.full_name())
        }
    };
    format!("{how}({place}, {of})")
}

/// A case of a oneof on its way in. All cases of a message share a bit beyond those of its fields.
fn chosen(field: &FieldDescriptor, place: usize, oneof: &str) -> String {
    let (case, bit) = (case(field), 63);
    match field.kind() {
        Kind::Message(kind) if kind.full_name() == "google.protobuf.Value" => {
            format!(
                "{{\n                self.{oneof} = Some({case}(from.any({place}, {bit})?));\n                Ok(())\n            }}"
            )
        }
        Kind::Bytes => guarded_case(oneof, &case, &format!("from.bytes({place}, {bit})?"), "it"),
        Kind::String => guarded_case(oneof, &case, &format!("from.choice({place}, {bit})?"), "it"),
        _ => guarded_case(oneof, &case, &format!("from.choice_message({place}, {bit})?"), "it"),
    }
}

fn guarded_case(oneof: &str, case: &str, read: &str, it: &str) -> String {
    format!(
        "{{\n                if let Some({it}) = {read} {{\n                    self.{oneof} = Some({case}({it}));\n                }}\n                Ok(())\n            }}"
    )
}

fn is_ours(message: &MessageDescriptor) -> bool {
    message.package_name() == PACKAGE
}
