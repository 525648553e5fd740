//! What agents say, as they say it on the wire, and what of it is noted.

use std::collections::BTreeMap;

use a2a::metadata::{PROGRESS, list, number, object, structure, text};
use agent::words::{data_part, text_part};
use engine::{Answer, ChildNews, Input, News, Payload, Route, Routes, Run, WaitsOn};
use prost::Message as _;
use proto::Value;
use proto::a2a::Message;
use proto::watchroom::emergency::v1::{DispatchStatus, Requirement};
use types::{ContextId, Owner, StoreId, TaskId, Timestamp};

use crate::call::Call;
use crate::duty::Subject;
use crate::incident::note::{For, What};
use crate::incident::tell::read::{answer, waiting};
use crate::incident::tell::{judged, note};
use crate::request;
use crate::settings::Settings;

fn members<const N: usize>(members: [(&str, Value); N]) -> Value {
    object(BTreeMap::from(members.map(|(name, value)| (name.to_owned(), value))))
}

fn need(kind: &str, count: u32) -> Requirement {
    Requirement { unit_type: kind.to_owned(), count }
}

/// An update of a task that waits.
fn update(progress: Value) -> Payload {
    let (parts, metadata) = (vec![text_part("nobody is free")], Some(structure([(PROGRESS, progress)])));
    Payload::from(Message { parts, metadata, ..Message::default() }.encode_to_vec())
}

fn answered(data: Value) -> Payload {
    Payload::from(Message { parts: vec![text_part("words"), data_part(data)], ..Message::default() }.encode_to_vec())
}

fn needs(kind: &str, count: u32) -> Value {
    list([members([("type", text(kind)), ("count", number(count))])])
}

#[test]
fn a_task_in_the_queue_says_its_place_and_what_is_missing_beside_its_words() {
    let progress = members([
        ("waits", text("queue")),
        ("position", number(3)),
        ("shortfall", needs("engine", 2)),
        ("dispatch", text("d")),
    ]);
    let told = waiting(&update(progress.clone()), WaitsOn::Queue);
    assert_eq!((told.what(), told.position, told.shortfall), (For::Units, 3, vec![need("engine", 2)]));
    let elsewhere = waiting(&update(progress), WaitsOn::Input);
    assert_eq!((elsewhere.what(), elsewhere.position, elsewhere.shortfall.len()), (For::Answer, 0, 0));
    let silent = waiting(&Payload::default(), WaitsOn::Queue);
    assert_eq!((silent.what(), silent.position), (For::Units, 0));
}

#[test]
fn an_answer_says_who_goes_who_is_missing_and_so_what_was_needed() {
    let unit = |id: &str| members([("id", text(id)), ("type", text("engine"))]);
    let told = answer(&answered(members([
        ("service", text("fire")),
        ("incident", members([("type", text("hazmat")), ("priority", number(1))])),
        ("units", list([unit("E1"), unit("E2")])),
        ("shortfall", needs("ladder", 1)),
        ("queue_position", number(4)),
    ])));
    let dispatch = told.dispatch.unwrap();
    assert_eq!((dispatch.status(), dispatch.queue_position), (DispatchStatus::Assigned, 4));
    assert_eq!(
        (dispatch.assigned, told.kinds),
        (vec!["E1".into(), "E2".into()], vec!["engine".into(), "engine".into()])
    );
    assert_eq!(dispatch.required, [need("ladder", 1), need("engine", 2)]);
    assert_eq!((told.kind.as_str(), told.priority), ("hazmat", 1));
}

#[test]
fn words_of_any_length_and_lists_of_any_size_are_cut() {
    let long = "x".repeat(100_000);
    let unit = || members([("id", text(long.as_str())), ("type", text(long.as_str()))]);
    let place = members([("text", text(long.as_str())), ("lat", number(51.0)), ("lon", number(0.0))]);
    let told = answer(&answered(members([
        ("service", text(long.as_str())),
        ("incident", members([("type", text(long.as_str()))])),
        ("location", place),
        ("units", list((0..1_000).map(|_| unit()))),
        ("required", list((0..1_000).map(|_| members([("type", text(long.as_str())), ("count", number(1))])))),
    ])));
    assert!(told.encoded_len() < 64 << 10, "{} bytes", told.encoded_len());
}

#[test]
fn the_log_is_told_of_other_places_and_why_nobody_is_sent() {
    let rules = |words: &str| {
        let judged = judged(&Call::new(words.to_owned()), Timestamp::from_millis(1));
        judged.decisions.into_iter().map(|decision| decision.rule).collect::<Vec<_>>()
    };
    let two = rules("There is a fire at 5 Elm Street and another at 9 Oak Road");
    assert!(two.contains(&"also named: \"9 Oak Road\"; units go to 5 Elm Street".to_owned()), "{two:?}");
    let out = rules("The fire is out, there is no smoke any more");
    assert!(out.iter().any(|rule| rule.contains("send nobody (")), "{out:?}");
    let long = format!("Fire at 5 {} Street and another at 9 Oak Road", "Elm ".repeat(100));
    assert!(rules(&long).iter().all(|rule| rule.chars().count() <= 201), "{:?}", rules(&long));
}

/// A call for the fire brigade, with what is told of it.
#[derive(Default)]
struct Told {
    run: Run,
    what: Vec<What>,
}

impl Told {
    fn hear(&mut self, news: News) {
        let route = Route { endpoint: "http://127.0.0.1:7411".into(), store_id: Some(StoreId::from_bytes([7; 16])) };
        let open = ["fire", "fire.redirect"].map(|step| (step.parse().unwrap(), route.clone())).to_vec();
        let input = Input { routes: Routes { open, ..Routes::default() }, ..Input::of(news) };
        let (owner, context) = (Owner::anonymous(), ContextId::fresh());
        let subject = Subject { owner: &owner, run: TaskId::from_bytes([1; 16]), context: &context };
        for event in self.run.decide(Timestamp::from_millis(1), input).unwrap() {
            drop(self.run.apply(&event));
            let call = Call::told_by(&self.run, &event, &mut None);
            self.what.extend(note(subject, &self.run, &event, call.as_ref()).and_then(|note| note.what));
        }
    }

    /// The brigade answers a step with the place that it goes to.
    fn answers(&mut self, step: &str, place: &str) {
        let location = members([("text", text(place)), ("lat", number(51_u32)), ("lon", number(0_u32))]);
        let answer = Answer::Completed(answered(members([("service", text("fire")), ("location", location)])));
        let news = ChildNews::Ended { child: None, answer };
        self.hear(News::Child { step: step.parse().unwrap(), attempt: 1, news });
    }

    /// The places that services told.
    fn places(&self) -> Vec<Option<&str>> {
        let of = |what| match what {
            &What::Dispatched(ref told) | &What::Told(ref told) => Some(told.location.as_ref().map(|it| &*it.text)),
            _ => None,
        };
        self.what.iter().filter_map(of).collect()
    }
}

#[test]
fn a_place_that_is_no_longer_the_one_is_not_told_by_who_was_sent_to_it() {
    let called = |told: &mut Told| {
        told.hear(News::Accept(Call::new("There is a fire, come quickly!".into()).plan(None, &Settings::default())));
    };
    let mut first = Told::default();
    called(&mut first);
    first.answers("fire", "");
    assert_eq!(first.places(), [Some("")], "nothing else is known yet");
    let mut late = Told::default();
    called(&mut late);
    let message = Message { parts: vec![text_part("12 Mill Lane")], ..Message::default() };
    let (reply, _) = request::reply(&late.run, &message, &Settings::default()).unwrap();
    late.hear(News::Reply(reply));
    late.answers("fire", "");
    late.answers("fire.redirect", "12 Mill Lane");
    assert_eq!(late.places(), [None, Some("12 Mill Lane")]);
}
