//! Our descriptors of A2A against the official ones: every name, number and type.
//! `golden/wire.txt` is written by `golden.py` from the official SDK.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "helpers of tests may unwrap as tests do")]

use std::path::{Path, PathBuf};
use std::process::Command;

use prost::Message as _;
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{DescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet};
use prost_types::{EnumDescriptorProto, MethodDescriptorProto};

#[test]
fn our_wire_is_the_official_one() {
    let set = FileDescriptorSet::decode(proto::DESCRIPTORS).unwrap();
    let file = set.file.iter().find(|file| file.package() == "lf.a2a.v1").unwrap();
    let have = listing(file);
    let want: Vec<&str> = include_str!("golden/wire.txt").lines().collect();
    let missing: Vec<_> = want.iter().filter(|line| !have.iter().any(|ours| ours == *line)).collect();
    let surplus: Vec<_> = have.iter().filter(|line| !want.contains(&line.as_str())).collect();
    assert!(missing.is_empty() && surplus.is_empty(), "missing {missing:#?}\nsurplus {surplus:#?}");
    assert_eq!(have, want);
}

/// `make test` installs the SDK first; without it the golden files stand alone.
#[test]
fn the_golden_files_are_what_the_installed_sdk_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("../../target"), PathBuf::from);
    let python = target.join("tools/venv/bin/python");
    if !python.exists() {
        eprintln!("not compared: there is no {}", python.display());
        return;
    }
    let output = Command::new(python).arg(root.join("tests/golden.py")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&[output.stdout, output.stderr].concat()));
}

fn listing(file: &FileDescriptorProto) -> Vec<String> {
    let mut lines: Vec<String> = file.message_type.iter().flat_map(|message| of_message("", message)).collect();
    lines.extend(file.enum_type.iter().flat_map(of_enum));
    for service in &file.service {
        lines.extend(service.method.iter().map(|method| of_method(service.name(), method)));
    }
    lines.sort();
    lines.insert(0, format!("{} {}", file.package(), file.syntax()));
    lines
}

fn of_message(prefix: &str, message: &DescriptorProto) -> Vec<String> {
    let path = format!("{prefix}{}", message.name());
    let map = message.options.as_ref().is_some_and(prost_types::MessageOptions::map_entry);
    let mut lines = vec![format!("{path}{}", if map { " map" } else { "" })];
    lines.extend(message.field.iter().map(|field| of_field(&path, message, field)));
    lines.extend(message.nested_type.iter().flat_map(|nested| of_message(&format!("{path}."), nested)));
    lines
}

fn of_field(path: &str, message: &DescriptorProto, field: &FieldDescriptorProto) -> String {
    let name = field.name();
    let mut line = format!("{path}.{name} = {} {} {}", field.number(), kind(field), field.json_name());
    if field.label() == Label::Repeated {
        line += " repeated";
    }
    match field.oneof_index {
        _ if field.proto3_optional() => line += " optional",
        Some(index) => line += &format!(" oneof {}", message.oneof_decl[usize::try_from(index).unwrap()].name()),
        None => {}
    }
    line
}

fn kind(field: &FieldDescriptorProto) -> String {
    match field.r#type() {
        Type::Message | Type::Enum => field.type_name().to_owned(),
        plain => plain.as_str_name().trim_start_matches("TYPE_").to_lowercase(),
    }
}

fn of_enum(of: &EnumDescriptorProto) -> Vec<String> {
    of.value.iter().map(|value| format!("{}.{} = {}", of.name(), value.name(), value.number())).collect()
}

fn of_method(service: &str, method: &MethodDescriptorProto) -> String {
    let stream = |streams| if streams { "stream " } else { "" };
    let (request, answer) = (stream(method.client_streaming()), stream(method.server_streaming()));
    let (input, output) = (method.input_type(), method.output_type());
    format!("{service}/{} {request}{input} -> {answer}{output}", method.name())
}
