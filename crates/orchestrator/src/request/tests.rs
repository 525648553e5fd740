//! What messages ask for.

mod plans;

use a2a::Error;
use a2a::metadata::{structure, text};
use agent::words::{data_part, text_part};
use engine::Step;
use engine::{
    Answer, Cause, ChildNews, Code, Input, Mode, News, Origin, Payload, Phase, Plan, Reason, Reply, Route, Routes, Run,
};
use proto::a2a::{Message, Part};
use proto::watchroom::orchestrator::v1 as wire;

use types::{StoreId, Timestamp};

use super::{mode_metadata, plan_part};
use crate::call::place_of;
use crate::settings::Settings;

fn plan(message: &Message, settings: &Settings) -> Result<Plan, Error> {
    super::plan(message, settings).map(|(plan, _)| plan)
}

fn reply(run: &Run, message: &Message, settings: &Settings) -> Result<Reply, Error> {
    super::reply(run, message, settings).map(|(reply, _)| reply)
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

/// A run of the call, whose steps of `done` have completed, the others being under way.
fn run(words: &str, done: &[&str]) -> Run {
    let settings = Settings { mode: Mode::Parallel, ..Settings::default() };
    let mut run = Run::default();
    hear(&mut run, News::Accept(plan(&said(words), &settings).unwrap()));
    done.iter().for_each(|step| hear(&mut run, completes(step)));
    run
}

/// Takes up news when something is due next, every service being there.
fn hear(run: &mut Run, news: News) {
    let route = Route { endpoint: "http://127.0.0.1:7411".into(), store_id: Some(StoreId::from_bytes([7; 16])) };
    let open = ["fire", "police", "ambulance"].map(|step| (step.parse().unwrap(), route.clone())).to_vec();
    let now = if news == News::Tick { run.deadline().unwrap() } else { Timestamp::from_millis(1) };
    let input = Input { routes: Routes { open, ..Routes::default() }, ..Input::of(news) };
    let events = run.decide(now, input).unwrap();
    events.iter().for_each(|event| drop(run.apply(event)));
}

fn completes(step: &str) -> News {
    let answer = Answer::Completed(Payload::default());
    let news = ChildNews::Ended { child: None, answer };
    News::Child { step: step.parse().unwrap(), attempt: 1, news }
}

fn ids(steps: &[Step]) -> Vec<&str> {
    steps.iter().map(|step| step.id.as_str()).collect()
}

#[test]
fn an_answer_adds_only_what_is_missing() {
    let asked = run("There is a fire, come quickly!", &[]);
    assert!(asked.asks());
    let added = reply(&asked, &said("And somebody is hurt"), &Settings::default()).unwrap();
    assert_eq!((ids(&added.steps), added.renewed), (vec!["ambulance"], vec![]));
}

#[test]
fn a_place_that_is_learnt_is_told_to_those_who_were_sent_and_goes_with_those_who_are_not_yet() {
    let asked = run("There is a fire, come quickly, my wife is hurt!", &["fire"]);
    let moved = reply(&asked, &said("12 Mill Lane"), &Settings::default()).unwrap();
    assert_eq!(ids(&moved.steps), ["fire.redirect", "ambulance.redirect"]);
    let told = &moved.steps[0];
    assert_eq!(
        (told.skill.as_ref().unwrap().as_str(), &*told.title),
        ("redirect", "Telling Fire Brigade Agent the place")
    );
    assert_eq!((told.tells().unwrap().as_str(), &told.undo, &told.input), ("fire", &None, &moved.about));
    assert_eq!(place_of(&moved.about), "12 Mill Lane");
    let renewed: Vec<&str> = moved.renewed.iter().map(|id| id.as_str()).collect();
    assert_eq!(renewed, ["fire", "ambulance"]);
    let none_sent = Run::default();
    let moved = reply(&none_sent, &said("A fire at 12 Mill Lane"), &Settings::default()).unwrap();
    assert_eq!(ids(&moved.steps), ["fire"], "what is added goes with the place");
}

#[test]
fn a_place_is_also_for_those_of_whom_nobody_knows_whether_they_were_sent_and_for_none_who_were_not() {
    let outcomes = [
        (ChildNews::NotFound, vec!["fire.redirect"]),
        (ChildNews::NothingLive, vec!["fire.redirect"]),
        (ChildNews::NotAccepted(Cause::new(Code::Refused, "no such skill")), vec![]),
    ];
    for (news, told) in outcomes {
        let mut asked = run("There is a fire, come quickly!", &[]);
        // Until its attempts are used up.
        while !matches!(asked.phase(), Phase::Asking { .. }) {
            let (_, _, fire) = asked.step(&"fire".parse().unwrap()).unwrap();
            let (step, attempt) = ("fire".parse().unwrap(), fire.attempts());
            let next = if fire.live() { News::Child { step, attempt, news: news.clone() } } else { News::Tick };
            hear(&mut asked, next);
        }
        let moved = reply(&asked, &said("12 Mill Lane"), &Settings::default()).unwrap();
        assert_eq!(ids(&moved.steps), told);
    }
}

#[test]
fn a_place_that_is_corrected_is_told_and_one_that_is_said_again_is_not() {
    let unsure = "Please help, come quickly, something is wrong at 12 Mill Lane";
    let asked = run(unsure, &[]);
    let same = reply(&asked, &said("A fire at 12 Mill Lane"), &Settings::default()).unwrap();
    assert!(same.renewed.is_empty() && same.steps.iter().all(|step| step.tells().is_none()), "{same:?}");
    let corrected = reply(&asked, &said("Sorry, it is 14 Oak Road, a fire"), &Settings::default()).unwrap();
    assert_eq!(place_of(&corrected.about), "14 Oak Road");
    assert_eq!(ids(&corrected.steps), ["fire.redirect", "police.redirect", "ambulance.redirect"]);
}

#[test]
fn what_has_happened_is_asked_once_and_where_until_it_is_said() {
    let reason = |asked: &Run, words: &str| {
        let reply = reply(asked, &said(words), &Settings::default()).unwrap();
        reply.question.map(|question| question.reason)
    };
    let unsure = run("help", &[]);
    assert_eq!(unsure.plan().question.as_ref().map(|it| it.reason), Some(Reason::Clarification));
    assert_eq!(reason(&unsure, "There is a fire"), Some(Reason::Location));
    assert_eq!(reason(&unsure, "Please come"), Some(Reason::Location));
    assert_eq!(reason(&unsure, "There is a fire at 12 Mill Lane"), None);
    assert_eq!(reason(&unsure, "nobody is hurt"), None);
    let fire = run("There is a fire", &[]);
    for says_nothing in ["Please hurry", "I don't know", "?", "no idea"] {
        assert_eq!(reason(&fire, says_nothing), Some(Reason::Location), "{says_nothing}");
    }
    assert_eq!(reason(&fire, "behind the old gasworks"), None);
}

/// The run once it has been answered.
fn answered(mut run: Run, words: &str) -> Run {
    let reply = reply(&run, &said(words), &Settings::default()).unwrap();
    let events = run.decide(Timestamp::from_millis(2), Input::of(News::Reply(reply))).unwrap();
    events.iter().for_each(|event| drop(run.apply(event)));
    run
}

#[test]
fn a_place_that_triage_does_not_know_is_kept_in_the_words_of_its_caller() {
    for (answer, place) in [
        ("behind the old gasworks", "behind the old gasworks"),
        ("It is the industrial estate.", "the industrial estate"),
        ("Hauptstrasse 5", "Hauptstrasse 5"),
        ("12", "12"),
    ] {
        // Whoever does not know at first is asked again.
        let lost = answered(run("there is a fire", &["fire"]), "I don't know");
        let question = lost.plan().question.clone().unwrap();
        assert!(question.text.starts_with("No place was found in that answer."), "{question:?}");
        for asked in [run("there is a fire", &["fire"]), lost] {
            let moved = reply(&asked, &said(answer), &Settings::default()).unwrap();
            assert_eq!((place_of(&moved.about).as_str(), ids(&moved.steps)), (place, vec!["fire.redirect"]));
            assert_eq!(moved.title, Some(format!("Emergency dispatch to {place}").into()));
            let told = answered(asked, answer);
            let again = crate::call::Call::of_plan(told.plan(), None);
            assert_eq!((again.place(), told.plan().question.is_none()), (place, true), "a restart finds the same");
        }
    }
}

#[test]
fn who_says_neither_what_nor_where_is_asked_both_and_then_what_is_missing() {
    let asked = run("burglar in my shed", &[]);
    let text = |run: &Run| run.plan().question.as_ref().map(|question| question.text.to_string());
    assert_eq!(text(&asked).as_deref(), Some("What has happened, where, and is anybody hurt?"));
    let what = answered(asked.clone(), "He has a knife, nobody is hurt");
    assert_eq!(text(&what).as_deref(), Some("Where is help needed?"));
    assert_eq!(text(&answered(asked, "He has a knife, nobody is hurt, 12 Mill Lane")), None);
    let placed = run("Please help, come quickly, something is wrong at 12 Mill Lane", &[]);
    assert_eq!(text(&placed).as_deref(), Some("What has happened, and is anybody hurt?"));
}

#[test]
fn nobody_is_asked_for_ever() {
    let mut asked = run("there is a fire", &[]);
    for answers in 0.. {
        assert!(answers < 32, "it still asks");
        if !asked.asks() {
            break;
        }
        asked = answered(asked, "no idea");
    }
}

#[test]
fn the_title_follows_the_call_and_its_answer() {
    let asked = run("Please help, come quickly", &[]);
    let answered = reply(&asked, &said("A fire at 12 Mill Lane"), &Settings::default()).unwrap();
    assert_eq!(answered.title.as_deref(), Some("Emergency dispatch to 12 Mill Lane"));
    let nobody =
        reply(&asked, &said("It was nothing, everybody at 12 Mill Lane is fine"), &Settings::default()).unwrap();
    assert_eq!(nobody.title.as_deref(), Some("Emergency dispatch to 12 Mill Lane"), "somebody is on the way there");
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
