//! What messages ask for.

mod plans;

use a2a::Error;
use a2a::metadata::{structure, text};
use agent::words::{data_part, text_part};
use engine::{Mode, Origin, Plan, Reply};
use proto::a2a::{Message, Part};
use proto::watchroom::orchestrator::v1 as wire;

use super::{mode_metadata, plan_part};
use crate::settings::Settings;

fn plan(message: &Message, settings: &Settings) -> Result<Plan, Error> {
    super::plan(message, settings).map(|(plan, _)| plan)
}

fn reply(plan: &Plan, message: &Message, settings: &Settings) -> Result<Reply, Error> {
    super::reply(plan, message, settings).map(|(reply, _)| reply)
}

fn said(words: &str) -> Message {
    Message { parts: vec![text_part(words)], ..Message::default() }
}

fn field(error: &Error) -> &str {
    let Error::Validation(violations) = error else { panic!("{error:?}") };
    &violations[0].field
}

#[test]
fn words_are_triaged_in_the_order_of_the_services() {
    let plan = plan(&said("Fire at 123 Main St, someone is hurt"), &Settings::default()).unwrap();
    let steps: Vec<&str> = plan.steps.iter().map(|step| step.id.as_str()).collect();
    assert_eq!((steps, plan.origin, plan.mode), (vec!["fire", "ambulance"], Origin::Text, Mode::Sequential));
}

#[test]
fn the_mode_is_found_in_the_message_or_in_its_text() {
    let words = "Fire at 123 Main St";
    let own = Message { metadata: Some(structure([("mode", text("parallel"))])), ..said(words) };
    let extension = Message { metadata: Some(mode_metadata(Mode::Parallel)), ..said(words) };
    let part = Part { metadata: Some(mode_metadata(Mode::Parallel)), ..text_part(words) };
    for message in [own, extension, Message { parts: vec![part], ..Message::default() }] {
        assert_eq!(plan(&message, &Settings::default()).unwrap().mode, Mode::Parallel);
    }
    let wrong = Message { metadata: Some(structure([("mode", text("sideways"))])), ..said(words) };
    assert_eq!(field(&plan(&wrong, &Settings::default()).unwrap_err()), "message.metadata.mode");
}

#[test]
fn an_explicit_plan_comes_as_data() {
    let step =
        wire::Step { id: "only".into(), agent: "Worker".into(), input: vec![text_part("go")], ..wire::Step::default() };
    let wire = wire::Plan { title: "one thing".into(), steps: vec![step], ..wire::Plan::default() };
    let message = Message { parts: vec![plan_part(&wire)], ..Message::default() };
    let plan_ = plan(&message, &Settings::default()).unwrap();
    assert_eq!((plan_.origin, &*plan_.title, plan_.steps.len()), (Origin::Explicit, "one thing", 1));

    let marked = plan_part(&wire::Plan::default());
    let bad = Part { metadata: marked.metadata, ..data_part(text("no plan")) };
    let message = Message { parts: vec![text_part("this:"), bad], ..Message::default() };
    assert_eq!(field(&plan(&message, &Settings::default()).unwrap_err()), "message.parts[1]");
}

#[test]
fn a_message_without_words_is_refused() {
    assert_eq!(field(&plan(&said("  "), &Settings::default()).unwrap_err()), "message.parts");
}

#[test]
fn an_answer_adds_only_what_is_missing() {
    let settings = Settings::default();
    let asked = plan(&said("There is a fire, come quickly!"), &settings).unwrap();
    assert!(asked.question.is_some());
    let added = reply(&asked, &said("12 Mill Lane, and somebody is hurt"), &settings).unwrap();
    let ids: Vec<&str> = added.steps.iter().map(|step| step.id.as_str()).collect();
    assert_eq!(ids, ["ambulance"]);
}

#[test]
fn the_title_follows_the_call_and_its_answer() {
    let settings = Settings::default();
    let asked = plan(&said("Please help, come quickly"), &settings).unwrap();
    let answered = reply(&asked, &said("A fire at 12 Mill Lane"), &settings).unwrap();
    assert_eq!(answered.title.as_deref(), Some("Emergency dispatch to 12 Mill Lane"));
}

#[test]
fn a_mode_beside_an_explicit_plan_is_refused() {
    let message = Message {
        parts: vec![plan_part(&wire::Plan::default())],
        metadata: Some(mode_metadata(Mode::Parallel)),
        ..Message::default()
    };
    assert_eq!(field(&plan(&message, &Settings::default()).unwrap_err()), "message.metadata.mode");
}

#[test]
fn a_message_that_is_too_large_is_refused_by_its_field() {
    let long = plan(&said(&"a fire ".repeat(10_000)), &Settings::default());
    let padded = Message { metadata: Some(structure([("pad", text("x".repeat(2_000_000)))])), ..said("a fire") };
    for (asked, named) in [(long, "message.parts"), (plan(&padded, &Settings::default()), "message")] {
        let Err(Error::TooLarge { field, .. }) = asked else { panic!("{asked:?}") };
        assert_eq!(field, named);
    }
}
