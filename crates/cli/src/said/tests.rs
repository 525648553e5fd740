//! Plans from files of anything.

use proptest::prelude::*;
use proptest::sample::select;
use prost::Message as _;

use super::*;

/// What the text of a plan is made of, right and wrong.
const TOKENS: [&str; 26] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"steps\":[",
    "\"title\":\"t\"",
    "\"mode\":\"MODE_PARALLEL\"",
    "\"mode\":7",
    "\"timeout\":\"5s\"",
    "\"timeout\":\"soon\"",
    "{\"id\":\"a\",\"agent\":\"Worker\",\"input\":[{\"text\":\"do it\"}]}",
    "{\"id\":\"a\",\"agent\":\"Worker\",\"input\":[{\"data\":{\"deep\":[[[1]]]}}]}",
    "{\"id\":\"a\",\"novelty\":1}",
    "\"dependsOn\":[\"a\"]",
    "\"retry\":{\"attempts\":3}",
    "\"retry\":{\"attempts\":-3}",
    "null",
    "1e999",
    "\"\\ud800\"",
    "\"data\":{",
    "}}",
    "\u{feff}",
    "\u{0}",
    "",
];

fn any_text() -> impl Strategy<Value = String> {
    let token = prop_oneof![9 => select(&TOKENS[..]).prop_map(str::to_owned), 1 => ".{0,6}"];
    let tokens = prop::collection::vec(token, 0..12).prop_map(|tokens| tokens.concat());
    let steps = prop::collection::vec(select(&TOKENS[12..15]), 0..3);
    let whole = steps.prop_map(|steps| format!("{{\"title\":\"t\",\"steps\":[{}]}}", steps.join(",")));
    prop_oneof![2 => tokens, 1 => whole, 1 => (0..300_usize).prop_map(|levels| "[".repeat(levels) + &"]".repeat(levels))]
}

/// The same value with every number as data has it.
fn in_doubles(value: serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::Number(number) => number.as_f64().into(),
        serde_json::Value::Array(items) => items.into_iter().map(in_doubles).collect(),
        serde_json::Value::Object(members) => {
            members.into_iter().map(|(name, value)| (name, in_doubles(value))).collect()
        }
        other => other,
    }
}

proptest! {
    #[test]
    fn a_file_holds_a_plan_or_it_is_said_why_not(text in any_text()) {
        match planned(&text, "plan.json") {
            Ok(part) => {
                // What is sent is what was written, and can be sent.
                let sent: serde_json::Value = serde_json::from_str(&proto::to_json(&part).unwrap()).unwrap();
                prop_assert_eq!(in_doubles(sent["data"].clone()), in_doubles(serde_json::from_str(&text).unwrap()));
                prop_assert_eq!(Part::decode(part.encode_to_vec().as_slice()).unwrap(), part);
            }
            Err(Failure::Usage(why)) => {
                prop_assert!(why.starts_with("plan.json holds no plan: ") && why.len() <= 512, "{why}");
                prop_assert!(!why.chars().any(char::is_control), "{why:?}");
            }
            Err(other) => prop_assert!(false, "{other:?}"),
        }
    }
}
