//! What agents say, as they say it on the wire, and what of it is noted.

use std::collections::BTreeMap;

use a2a::metadata::{PROGRESS, list, number, object, structure, text};
use agent::words::{data_part, text_part};
use engine::{Payload, WaitsOn};
use prost::Message as _;
use proto::Value;
use proto::a2a::Message;
use proto::watchroom::emergency::v1::{DispatchStatus, Requirement};
use types::Timestamp;

use crate::call::Call;
use crate::incident::note::For;
use crate::incident::tell::judged;
use crate::incident::tell::read::{answer, waiting};

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
