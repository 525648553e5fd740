//! What messages ask for: data first, words where the data is silent, a clear refusal otherwise.

use std::collections::BTreeMap;

use a2a::metadata::{list, number, object, structure, text, truth};
use agent::words::{data_part, text_part};
use proto::Value;
use proto::a2a::{Message, Part};

use crate::dispatch::request::{BadRequest, Incident, Request, Until};
use crate::dispatch::scenario::Scenario;

fn read(message: &Message) -> Result<Request, BadRequest> {
    crate::dispatch::request::read(message, &Scenario::sample())
}

fn message(parts: Vec<Part>) -> Message {
    Message { parts, ..Message::default() }
}

fn data<const N: usize>(members: [(&str, Value); N]) -> Part {
    data_part(object(BTreeMap::from(members.map(|(name, value)| (name.to_owned(), value)))))
}

fn incident(kind: &str, priority: u8, place: &str) -> Request {
    Request::Dispatch(Incident { kind: kind.into(), priority, place: place.into(), until: Until::Assigned })
}

#[test]
fn the_data_part_says_what_for() {
    let place = object(BTreeMap::from([("text".to_owned(), text("9 Larch Road"))]));
    let part = data([("type", text("flood")), ("priority", number(2)), ("location", place), ("services", list([]))]);
    assert_eq!(
        read(&message(vec![text_part("water everywhere"), part])).unwrap(),
        incident("flood", 2, "9 Larch Road")
    );
}

/// What the operator sends: what its triage made of the words.
fn judged(words: &str, kind: &str, priority: u8) -> Message {
    let members = [
        ("type", text(kind)),
        ("priority", number(priority)),
        ("location", text("9 Larch Road")),
        ("confidence", number(0.9)),
    ];
    message(vec![text_part(words), data(members)])
}

#[test]
fn the_towns_words_name_what_somebody_only_judged_and_its_priority_can_only_be_more_pressing() {
    let cases = [
        (judged("a chlorine leak in the baths", "medical", 3), incident("hazmat", 1, "9 Larch Road")),
        (judged("smoke over the baths", "fire", 2), incident("fire", 2, "9 Larch Road")),
        (judged("smoke over the baths, a boy is inside", "fire", 1), incident("fire", 1, "9 Larch Road")),
        (judged("drums with a hazard sign", "hazmat", 3), incident("hazmat", 1, "9 Larch Road")),
    ];
    for (message, wanted) in cases {
        assert_eq!(read(&message).unwrap(), wanted);
    }
}

#[test]
fn what_a_sender_knows_is_taken_as_it_is_whatever_the_words() {
    let known = data([("type", text("medical")), ("priority", number(3)), ("location", text("9 Larch Road"))]);
    let message = message(vec![text_part("a chlorine leak in the baths"), known]);
    assert_eq!(read(&message).unwrap(), incident("medical", 3, "9 Larch Road"));
}

#[test]
fn words_alone_are_enough() {
    let asked = read(&message(vec![text_part("the barn is on fire at 9 Larch Road")])).unwrap();
    assert_eq!(asked, incident("fire", 2, "9 Larch Road"));
}

#[test]
fn a_dispatch_can_ask_to_be_followed() {
    let part = |follow| {
        data([("type", text("flood")), ("priority", number(2)), ("location", text("here")), ("follow", follow)])
    };
    let until = |follow| match read(&message(vec![part(follow)])) {
        Ok(Request::Dispatch(incident)) => Ok(incident.until),
        Ok(other) => panic!("a dispatch was asked for, not {other:?}"),
        Err(refusal) => Err(refusal),
    };
    assert_eq!((until(truth(true)), until(truth(false))), (Ok(Until::Cleared), Ok(Until::Assigned)));
    assert_eq!(until(number(1)), Err(BadRequest::Field { field: "follow", wanted: "true or false" }));
}

#[test]
fn a_release_is_told_by_data_or_by_metadata() {
    let part = data([("skill", text("release")), ("dispatch", text("d"))]);
    assert_eq!(read(&message(vec![part])).unwrap(), Request::Release(Some("d".into())));
    let metadata = Some(structure([("skill", text("release"))]));
    let message = Message { metadata, ..message(vec![text_part("stand down")]) };
    assert_eq!(read(&message).unwrap(), Request::Release(None));
}

#[test]
fn a_redirect_says_where_to_and_what_for() {
    let place = object(BTreeMap::from([("text".to_owned(), text(" 12 Mill Lane "))]));
    let members = [("type", text("gas")), ("priority", number(2)), ("location", place), ("dispatch", text("run/fire"))];
    let metadata = Some(structure([("skill", text("redirect"))]));
    let asked = Message { metadata, ..message(vec![text_part("gas leak at 9 Larch Road"), data(members)]) };
    let Request::Dispatch(incident) = incident("gas", 2, "12 Mill Lane") else { panic!("an incident") };
    assert_eq!(read(&asked).unwrap(), Request::Redirect { dispatch: Some("run/fire".into()), incident });
    let part = |location| data([("skill", text("redirect")), ("location", location)]);
    let refused = [
        message(vec![text_part("they are at 9 Larch Road"), data([("skill", text("redirect"))])]),
        message(vec![part(text("  "))]),
    ];
    for message in refused {
        let said = read(&message).unwrap_err().to_string();
        assert_eq!(said, "location must be the place to go to, as a text or an object with a text");
    }
}

#[test]
fn what_cannot_be_understood_is_refused_with_its_reason() {
    let cases = [
        (message(vec![text_part("  ")]), BadRequest::Empty),
        (message(vec![data([("skill", text("dance"))])]), BadRequest::Skill("dance".into())),
        (message(vec![data([("type", number(3))])]), BadRequest::Field { field: "type", wanted: "a text" }),
        (
            message(vec![data([("priority", number(0))])]),
            BadRequest::Field { field: "priority", wanted: "a whole number from 1 (highest)" },
        ),
        (
            message(vec![data([("location", number(3))])]),
            BadRequest::Field { field: "location", wanted: "a text or an object with a text" },
        ),
    ];
    for (message, refusal) in cases {
        assert_eq!(read(&message).unwrap_err(), refusal);
    }
}
