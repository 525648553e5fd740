//! Our ProtoJSON against Python's: the same texts read, refused and written.
//! `golden/json.txt` is written by `golden.py`; each case is a message, a text, and what Python makes of it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may unwrap as tests do")]

use prost::{Message, Name};
use proto::a2a;
use proto::{from_json, to_json};
use serde_json::Value;

/// Where Python is lenient and we refuse: bytes that are no base64, a oneof set twice, and an array for an object.
const STRICTER: [&str; 3] = [r#"{"raw":"?"}"#, r#"{"text":"x","data":null}"#, "[]"];

#[test]
fn c76_texts_are_read_refused_and_written_as_python_does() {
    let mut differences = Vec::new();
    let lines: Vec<&str> = include_str!("golden/json.txt").lines().collect();
    let cases: Vec<_> = lines.split(|line| line.is_empty()).filter(|case| !case.is_empty()).collect();
    for case in &cases {
        let [name, text, python] = case else { panic!("no case: {case:?}") };
        let ours = through(name, text);
        let expected = if STRICTER.contains(text) { "error" } else { python };
        if !agree(&ours, expected) {
            differences.push(format!("{name} {text}\n  python {python}\n  ours   {ours}"));
        }
    }
    assert!(cases.len() > 60);
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

fn agree(ours: &str, python: &str) -> bool {
    match (serde_json::from_str::<Value>(ours), serde_json::from_str::<Value>(python)) {
        (Ok(ours), Ok(python)) => plain(ours) == plain(python),
        _ => ours == python,
    }
}

/// Numbers as what they are worth: Python writes 1 as 1.0 inside a Value.
fn plain(value: Value) -> Value {
    match value {
        Value::Number(number) => Value::from(number.as_f64().unwrap()),
        Value::Array(values) => values.into_iter().map(plain).collect(),
        Value::Object(members) => members.into_iter().map(|(name, value)| (name, plain(value))).collect(),
        Value::Null | Value::Bool(_) | Value::String(_) => value,
    }
}

fn through(name: &str, text: &str) -> String {
    match name {
        "AgentCapabilities" => again::<a2a::AgentCapabilities>(text),
        "AgentCard" => again::<a2a::AgentCard>(text),
        "ListTasksRequest" => again::<a2a::ListTasksRequest>(text),
        "Message" => again::<a2a::Message>(text),
        "OAuthFlows" => again::<a2a::OAuthFlows>(text),
        "Part" => again::<a2a::Part>(text),
        "SendMessageConfiguration" => again::<a2a::SendMessageConfiguration>(text),
        "StreamResponse" => again::<a2a::StreamResponse>(text),
        "TaskStatus" => again::<a2a::TaskStatus>(text),
        _ => panic!("no message {name} in this test"),
    }
}

/// Reads the text and writes it again; what was written must read as the same message.
fn again<M: Message + Name + Default + PartialEq>(text: &str) -> String {
    let Ok(message) = from_json::<M>(text) else { return "error".into() };
    let written = to_json(&message).unwrap();
    assert!(from_json::<M>(&written).unwrap() == message, "{written}");
    written
}
