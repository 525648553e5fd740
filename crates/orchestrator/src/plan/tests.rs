//! Plans survive the wire, and what they do not say takes the defaults.

use std::time::Duration;

use agent::words::text_part;
use engine::{Mode, OnFailure, OnUnknown, Origin, Plan, Step};
use proto::watchroom::orchestrator::v1 as wire;

use super::{explicit, payload, to_wire};
use crate::settings::Settings;

fn step(id: &str) -> Step {
    let input = payload(vec![text_part(format!("do {id}"))]);
    Step::new(id.parse().unwrap(), "Worker".parse().unwrap(), input)
}

#[test]
fn a_plan_survives_the_wire() {
    let last = Step {
        title: "the last one".into(),
        skill: Some("sort".parse().unwrap()),
        depends_on: vec!["first".parse().unwrap()],
        attempt_timeout: Duration::from_millis(1_500),
        on_failure: OnFailure::Continue,
        at_most_once: true,
        on_unknown: OnUnknown::Fail,
        ..step("last")
    };
    let first = Step { title: "the first one".into(), ..step("first") };
    let plan = Plan { mode: Mode::Parallel, ..Plan::new("two", Origin::Explicit, vec![first, last]) };
    assert_eq!(explicit(&to_wire(&plan), "plan", &Settings::default()), Ok(plan));
}

#[test]
fn what_a_plan_does_not_say_takes_the_settings_but_for_the_order() {
    let settings = Settings {
        mode: Mode::Parallel,
        attempt_timeout: Duration::from_secs(7),
        timeout: Duration::from_secs(70),
        ..Settings::default()
    };
    let input = vec![text_part("do it")];
    let bare = wire::Step { id: "only".into(), agent: "Worker".into(), input, ..wire::Step::default() };
    let plan = explicit(&wire::Plan { steps: vec![bare], ..wire::Plan::default() }, "plan", &settings).unwrap();
    assert_eq!((plan.mode, plan.timeout), (Mode::Sequential, settings.timeout));
    let [step] = &plan.steps[..] else { panic!("{plan:?}") };
    assert_eq!((step.attempt_timeout, &step.retry), (settings.attempt_timeout, &settings.retry));
    assert_eq!(&*step.title, "Dispatching Worker");
}

#[test]
fn durations_are_kept_to_the_millisecond() {
    let input = vec![text_part("do it")];
    let odd = Some(prost_types::Duration { seconds: 2, nanos: 1_999_999 });
    let step =
        wire::Step { id: "only".into(), agent: "Worker".into(), input, attempt_timeout: odd, ..wire::Step::default() };
    let plan =
        explicit(&wire::Plan { steps: vec![step], ..wire::Plan::default() }, "plan", &Settings::default()).unwrap();
    assert_eq!(plan.steps[0].attempt_timeout, Duration::from_millis(2_001));
}

#[test]
fn data_that_no_decoder_would_follow_is_refused_by_its_place() {
    let list =
        |inner| proto::Value { kind: Some(proto::value::Kind::ListValue(proto::ListValue { values: vec![inner] })) };
    let deep = (0..=proto::value::MAX_LEVELS / 2).fold(a2a::metadata::text("core"), |inner, _| list(inner));
    let data = proto::a2a::Part { content: Some(proto::a2a::part::Content::Data(deep)), ..Default::default() };
    let mut wire = to_wire(&Plan::new("deep", Origin::Explicit, vec![step("first")]));
    wire.steps[0].input.push(data);
    let Err(a2a::Error::Validation(violations)) = explicit(&wire, "plan", &Settings::default()) else { panic!() };
    assert_eq!(violations[0].field, "plan.steps[0].input[1]");
}
