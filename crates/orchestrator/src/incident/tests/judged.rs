//! What calls and answers make of the incident as a whole.

use proto::watchroom::emergency::v1::{self as wire, Location, Position};

use super::scene::{Scene, judged};
use crate::incident::note::{Dispatched, Judged, What};

/// An answer that says type, priority and perhaps a point.
fn answered(scene: &mut Scene, run: &str, service: &str, kind: &str, priority: u32, location: Option<Location>) {
    let (id, service) = (format!("{run}/{service}"), service.to_owned());
    let dispatch = Some(wire::Dispatch { id, service, ..wire::Dispatch::default() });
    let kind = kind.to_owned();
    let told = Dispatched { dispatch, kind, priority, location, ..Dispatched::default() };
    scene.told(run, What::Dispatched(Box::new(told)));
}

fn is(scene: &Scene) -> (&str, u32) {
    (&scene.record.shown.r#type, scene.record.shown.priority)
}

fn place(text: &str) -> Location {
    let position = Some(Position { lat: 51.5, lon: -0.1 });
    Location { text: text.to_owned(), position, confidence: 0.9, ..Location::default() }
}

#[test]
fn the_most_pressing_call_gives_the_priority_and_the_last_place_counts() {
    let mut scene = Scene::new();
    scene.called("r");
    scene.told("r", What::Heard(judged("explosion", 1, "14 Mill Lane")));
    scene.told("s", What::Called(judged("crime", 3, "")));
    assert_eq!(is(&scene), ("explosion", 1));
    assert_eq!(scene.record.shown.location.as_ref().unwrap().text, "14 Mill Lane");
}

#[test]
fn an_answer_that_is_less_pressing_takes_nothing_back_and_one_that_is_as_pressing_names_the_type() {
    let mut scene = Scene::new();
    scene.told("r", What::Called(judged("fire", 2, "")));
    answered(&mut scene, "r", "fire", "chip-pan", 2, None);
    assert_eq!(is(&scene), ("chip-pan", 2), "the agent has the town's types");
    answered(&mut scene, "s", "police", "crime", 3, None);
    assert_eq!(is(&scene), ("chip-pan", 2));
    answered(&mut scene, "s", "ambulance", "hazmat", 1, None);
    assert_eq!(is(&scene), ("hazmat", 1));
    answered(&mut scene, "s", "ambulance", "", 0, None);
    assert_eq!(is(&scene), ("hazmat", 1), "an agent that says nothing changes nothing");
}

#[test]
fn the_postcode_is_that_of_the_words_wherever_they_come_from() {
    let mut scene = Scene::new();
    scene.told("r", What::Called(judged("fire", 2, "170 London road sm6 7an")));
    let postcode = |scene: &Scene| scene.record.shown.location.as_ref().unwrap().postcode.clone();
    assert_eq!(postcode(&scene), "SM6 7AN");
    answered(&mut scene, "r", "fire", "fire", 2, Some(place("170 London road sm6 7an")));
    assert_eq!(postcode(&scene), "SM6 7AN");
    answered(&mut scene, "r", "police", "fire", 2, Some(place("")));
    assert_eq!(scene.record.shown.location.as_ref().unwrap().text, "170 London road sm6 7an", "words are not lost");
    scene.told("s", What::Called(judged("fire", 2, "the quarry")));
    assert_eq!(postcode(&scene), "");
}

#[test]
fn casualties_are_the_most_that_any_call_told() {
    let mut scene = Scene::new();
    let told = |casualties| What::Called(Judged { casualties, ..judged("collision", 2, "") });
    scene.told("r", told(None));
    assert_eq!(scene.record.shown.casualties, None);
    for (run, casualties, most) in [("s", Some(2), 2), ("t", None, 2), ("u", Some(4), 4), ("v", Some(1), 4)] {
        scene.told(run, told(casualties));
        assert_eq!(scene.record.shown.casualties, Some(most));
    }
    assert!(!scene.record.shown.major);
}

#[test]
fn what_needs_more_than_the_usual_is_major_and_stays_so() {
    let mut casualties = Scene::new();
    casualties.told("r", What::Called(Judged { casualties: Some(5), ..judged("collision", 2, "") }));
    let mut services = Scene::new();
    services.told("r", What::Called(judged("explosion", 1, "")));
    for service in ["fire", "police"] {
        answered(&mut services, "r", service, "explosion", 1, None);
        assert!(!services.record.shown.major);
    }
    answered(&mut services, "r", "ambulance", "explosion", 1, None);
    let mut calls = Scene::new();
    for call in 0..10 {
        assert!(!calls.record.shown.major, "after {call} calls");
        calls.told(&format!("r{call}"), What::Called(judged("fire", 2, "")));
    }
    for mut scene in [casualties, services, calls] {
        assert!(scene.record.shown.major);
        scene.told("z", What::Called(judged("crime", 3, "")));
        assert!(scene.record.shown.major);
    }
}
