//! ProtoJSON of anything: what nobody would send is refused and never ends the process; what is read is written and
//! read again as the same; what a message cannot hold is named. `PROPTEST_CASES` makes it longer, and
//! `make fuzz` does.

#![allow(clippy::unwrap_used, reason = "helpers of tests may unwrap as tests do")]

use proptest::prelude::*;
use prost::Message as _;
use proto::a2a::{AgentCard, ListTasksResponse, SendMessageRequest, StreamResponse, Task};
use proto::value::{Kind, MAX_LEVELS};
use proto::{JsonError, ListValue, Members, Struct, Value};

/// What texts of messages are made of.
const WORDS: [&str; 40] = [
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    " ",
    "\n",
    "null",
    "true",
    "false",
    "0",
    "-1",
    "1.5",
    "1e999",
    "NaN",
    "\"\"",
    "\"x\"",
    "\"\\ud83d\"",
    "\"\\u0000\"",
    "\"2026-11-21T05:00:00Z\"",
    "\"AP_-\"",
    "\"TASK_STATE_WORKING\"",
    "\"task\":",
    "\"message\":",
    "\"parts\":",
    "\"text\":",
    "\"data\":",
    "\"raw\":",
    "\"metadata\":",
    "\"status\":",
    "\"state\":",
    "\"timestamp\":",
    "\"history\":",
    "\"artifacts\":",
    "\"role\":",
    "\"messageId\":",
    "\"message_id\":",
    "\"id\":",
    "\"securitySchemes\":",
];

/// A tree of objects with the names of messages' members.
fn any_tree() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        any::<f64>().prop_map(serde_json::Value::from),
        ".{0,8}".prop_map(serde_json::Value::from),
        prop::sample::select(vec!["ROLE_USER", "TASK_STATE_FAILED", "AQ==", "2026-11-21T05:00:00.5Z"])
            .prop_map(serde_json::Value::from),
    ];
    let names = vec![
        "task",
        "message",
        "statusUpdate",
        "artifactUpdate",
        "id",
        "contextId",
        "status",
        "state",
        "timestamp",
        "parts",
        "text",
        "raw",
        "url",
        "data",
        "metadata",
        "history",
        "artifacts",
        "artifactId",
        "role",
        "messageId",
        "extensions",
    ];
    leaf.prop_recursive(8, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
            prop::collection::vec((prop::sample::select(names.clone()), inner), 0..6).prop_map(|members| {
                serde_json::Value::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
            }),
        ]
    })
}

/// A text is refused, or read, written, and read again as the same.
fn holds<M: Members + PartialEq>(text: &str) {
    match proto::from_text::<M>(text) {
        Ok(read) => {
            let written = proto::write_text(&read).unwrap();
            assert!(proto::from_text::<M>(&written).unwrap() == read, "{text}\n{written}");
            let wire = read.encode_to_vec();
            assert!(M::decode(&wire[..]).unwrap() == read, "{text}");
            assert_eq!(proto::to_text::<M>(&wire).unwrap().len(), written.len());
        }
        Err(JsonError::Member { path, .. }) => assert!(!path.is_empty()),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

fn all(text: &str) {
    holds::<SendMessageRequest>(text);
    holds::<StreamResponse>(text);
    holds::<ListTasksResponse>(text);
    holds::<Task>(text);
    holds::<AgentCard>(text);
}

proptest! {
    #[test]
    fn texts_of_any_words_are_read_or_refused(words in prop::collection::vec(prop::sample::select(&WORDS[..]), 0..40)) {
        all(&words.concat());
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,60}") {
        all(&text);
    }

    #[test]
    fn trees_of_any_values_are_read_or_refused(tree in any_tree()) {
        all(&tree.to_string());
        // By values as by text.
        let (text, values) = (proto::from_text::<StreamResponse>(&tree.to_string()), proto::from_value::<StreamResponse>(tree));
        prop_assert_eq!(text.ok(), values.ok());
    }

    #[test]
    fn any_bytes_that_decode_are_written(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(task) = Task::decode(&bytes[..]) {
            // Only a time that RFC 3339 has no year for cannot be written.
            if let Ok(text) = proto::write_text(&task) {
                proto::from_text::<Task>(&text).unwrap();
            }
        }
    }
}

fn listed(levels: usize) -> Value {
    let list = |inner| Value::from(Kind::ListValue(ListValue { values: vec![inner] }));
    (0..levels).fold(Value::from(Kind::BoolValue(true)), |inner, _| list(inner))
}

fn boxed(levels: usize) -> Value {
    let member = |inner| Value::from(Kind::StructValue(Struct { fields: [("a".to_owned(), inner)].into() }));
    (0..levels).fold(Value::from(Kind::BoolValue(true)), |inner, _| member(inner))
}

/// What is read may be put into any other message: it must decode there too.
#[test]
fn a_value_is_as_deep_as_decoders_follow_and_no_deeper() {
    for (deepest, deeper) in
        [(listed(MAX_LEVELS / 2), listed(MAX_LEVELS / 2 + 1)), (boxed(MAX_LEVELS / 3), boxed(MAX_LEVELS / 3 + 1))]
    {
        deepest.check().unwrap();
        deeper.check().unwrap_err();
        let part = |value: &Value| format!("{{\"data\":{}}}", serde_json::to_string(value).unwrap());
        let read: proto::a2a::Part = proto::from_text(&part(&deepest)).unwrap();
        let error = proto::from_text::<proto::a2a::Part>(&part(&deeper)).unwrap_err();
        assert!(matches!(&error, JsonError::Member { path, .. } if path.starts_with("data")), "{error:?}");
        let message = proto::a2a::Message { parts: vec![read], ..Default::default() };
        let status = proto::a2a::TaskStatus { message: Some(message), ..Default::default() };
        let task = Task { status: Some(status), ..Task::default() };
        let page = ListTasksResponse { tasks: vec![task], ..ListTasksResponse::default() };
        assert_eq!(ListTasksResponse::decode(&page.encode_to_vec()[..]).unwrap(), page);
    }
}

#[test]
fn a_text_that_is_nested_without_end_is_refused() {
    for text in ["[".repeat(100_000), "{\"a\":".repeat(100_000), format!("{{\"data\":{}", "[".repeat(100_000))] {
        all(&text);
        proto::from_text::<proto::a2a::Part>(&text).unwrap_err();
    }
}

#[test]
fn numbers_that_json_does_not_have_are_found_and_written_as_null() {
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let value = Value::from(Kind::NumberValue(number));
        assert_eq!(value.check(), Err(proto::value::NotJson::Number));
        let part = proto::a2a::Part { content: Some(proto::a2a::part::Content::Data(value)), ..Default::default() };
        assert_eq!(proto::write_text(&part).unwrap(), r#"{"data":null}"#);
    }
}

#[test]
fn a_member_that_comes_twice_is_refused() {
    for (text, at) in [
        (r#"{"data":1,"data":1}"#, "data"),
        (r#"{"mediaType":"a","media_type":"a"}"#, "media_type"),
        // What is known only when its value has been read is told by its object.
        (r#"{"text":"a","url":"b"}"#, "."),
        (r#"{"text":"a","data":null}"#, "."),
        (r#"{"data":{"a":1,"a":1}}"#, "data"),
        (r#"{"metadata":{"a":1,"a":1}}"#, "metadata"),
    ] {
        let refused = proto::from_text::<proto::a2a::Part>(text).unwrap_err();
        assert!(matches!(&refused, JsonError::Member { path, .. } if path == at), "{text}: {refused:?}");
        let params = format!(r#"{{"id":1,"params":{text}}}"#);
        let refused = proto::from_member::<proto::a2a::Part>(&params, "params").unwrap_err();
        assert!(matches!(&refused, JsonError::Member { path, .. } if path == at), "{params}: {refused:?}");
    }
    let one: proto::a2a::Part = proto::from_text(r#"{"text":"a","url":null}"#).unwrap();
    assert_eq!(one.content, Some(proto::a2a::part::Content::Text("a".into())));
}

#[test]
fn a_zero_keeps_its_sign() {
    let part: proto::a2a::Part = proto::from_text(r#"{"data":[-0.0,0,1]}"#).unwrap();
    assert_eq!(proto::write_text(&part).unwrap(), r#"{"data":[-0.0,0,1]}"#);
}
