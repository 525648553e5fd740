//! Plans as data of anything: each is a plan that can run, or is refused by the field that is wrong.
//! `PROPTEST_CASES` makes it longer, and `make fuzz` does.

use engine::Plan;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use super::*;
use crate::plan::{explicit, to_wire};

const OF_PLAN: [&str; 6] = ["title", "mode", "steps", "timeout", "id", "novelty"];

const OF_STEP: [&str; 14] = [
    "id",
    "title",
    "agent",
    "skill",
    "input",
    "dependsOn",
    "depends_on",
    "retry",
    "attemptTimeout",
    "onFailure",
    "onUnknown",
    "atMostOnce",
    "undo",
    "\u{0}",
];

const INSIDE: [&str; 10] =
    ["text", "data", "raw", "url", "attempts", "backoff", "maxBackoff", "metadata", "mediaType", "x"];

const TEXTS: [&str; 22] = [
    "",
    " ",
    "a",
    "b",
    "no such step",
    "Worker",
    "dispatch",
    "do it",
    "\u{0}\u{7}\u{1b}[2J",
    "0s",
    "1.5s",
    "-1s",
    "315576000000s",
    "315576000001s",
    "1e9s",
    "MODE_PARALLEL",
    "MODE_SIDEWAYS",
    "ON_FAILURE_CONTINUE",
    "ON_UNKNOWN_FAIL",
    "AQ==",
    "NaN",
    "9223372036854775808",
];

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => select(&TEXTS[..]).prop_map(str::to_owned),
        1 => ".{0,12}",
        1 => (1_usize..2_000).prop_map(|length| "é".repeat(length)),
    ]
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (0..5_i64).prop_map(Value::from),
        any_text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(select(&INSIDE[..]), inner, 0..4)
                .prop_map(|members| members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()),
        ]
    })
}

/// What replaces members of something that is right, or comes beside them.
fn any_slips(names: &'static [&'static str]) -> impl Strategy<Value = Vec<(String, Value)>> {
    prop_oneof![
        2 => Just(Vec::new()),
        3 => prop::collection::vec((select(names).prop_map(str::to_owned), any_value()), 1..3),
    ]
}

fn with(object: Value, slips: Vec<(String, Value)>) -> Value {
    let mut members: Map<String, Value> = object.as_object().cloned().unwrap_or_default();
    members.extend(slips);
    members.into()
}

/// Steps that could be run one after the other, but for their slips; now and then more than any plan may have.
fn any_steps() -> impl Strategy<Value = Vec<Value>> {
    let retry = prop::option::of((0..4_u32).prop_map(|attempts| json!({"attempts": attempts, "backoff": "0.1s"})));
    let step = (any_slips(&OF_STEP), retry, any::<bool>()).boxed();
    let length = prop_oneof![20 => 0..4_usize, 1 => 60..300_usize];
    length.prop_flat_map(move |length| prop::collection::vec(step.clone(), length)).prop_map(|steps| {
        let steps = steps.into_iter().enumerate().map(|(place, (slips, retry, follows))| {
            let mut step = json!({"id": format!("step-{place}"), "agent": "Worker", "input": [{"text": "do it"}]});
            if let Some(retry) = retry {
                step["retry"] = retry;
            }
            if follows && place > 0 {
                step["dependsOn"] = json!([format!("step-{}", place - 1)]);
            }
            with(step, slips)
        });
        steps.collect()
    })
}

fn any_plan() -> impl Strategy<Value = Value> {
    let plan = (any_steps(), any_slips(&OF_PLAN)).prop_map(|(steps, slips)| with(json!({"steps": steps}), slips));
    prop_oneof![9 => plan, 1 => any_value()]
}

/// The message of `watchroom send --plan`, or of anybody else.
fn message(plan: &Value) -> Option<Message> {
    let part = json!({"data": plan, "metadata": {a2a::metadata::PLAN: {}}});
    let part: Part = proto::from_json(&part.to_string()).ok()?;
    Some(Message { parts: vec![part], ..Message::default() })
}

/// A plan that was taken is within all bounds, and is the same when it comes again as it is shown.
fn runs(plan: &Plan, settings: &Settings) -> Result<(), TestCaseError> {
    prop_assert!(plan.check().is_ok());
    prop_assert!(!plan.steps.is_empty() && plan.steps.len() <= Plan::STEPS_MAX);
    let again = explicit(&to_wire(plan), "plan", settings);
    prop_assert_eq!(again.as_ref(), Ok(plan));
    Ok(())
}

proptest! {
    #[test]
    fn a_plan_of_anything_can_run_or_is_refused_by_its_field(wanted in any_plan()) {
        let settings = Settings::default();
        let Some(message) = message(&wanted) else { return Ok(()) };
        match plan(&message, &settings) {
            Ok(plan) => runs(&plan, &settings)?,
            Err(Error::Validation(violations)) => {
                prop_assert!(!violations.is_empty());
                for violation in violations {
                    let (field, why) = (violation.field, violation.description);
                    prop_assert!(field.starts_with("message.parts[0]") && field.len() <= 128, "{field}");
                    prop_assert!(!why.is_empty() && why.len() <= 512 && !why.chars().any(char::is_control), "{why:?}");
                }
            }
            Err(Error::TooLarge { field, .. }) => prop_assert!(field.starts_with("message"), "{field}"),
            Err(other) => prop_assert!(false, "{other:?}"),
        }
    }
}
