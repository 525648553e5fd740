//! However much happens in one conversation, its incident stays small, and what is left out does not change its end.

use prost::Message as _;
use proto::watchroom::emergency::v1::{self as wire, DispatchStatus, IncidentStatus, UnitStatus};

use super::scene::Scene;
use crate::incident::note::{Dispatched, End, What};
use crate::incident::record::bounds::{CALLS, DISPATCHES, UNITS};

/// As long as the ids of tasks are.
fn run(number: usize) -> String {
    format!("019b0000-0000-7000-8000-{number:012}")
}

/// A call that sends two engines, of which the second may never clear.
fn happens(scene: &mut Scene, number: usize, clears: bool) {
    let (run, engines) = (run(number), [format!("E{number}-1"), format!("E{number}-2")]);
    scene.called(&run);
    scene.sent(&run, "fire", &[&engines[0], &engines[1]]);
    scene.ended(&run, End::Completed);
    let dispatch = format!("{run}/fire");
    scene.unit(&dispatch, &engines[0], UnitStatus::Cleared);
    if clears {
        scene.unit(&dispatch, &engines[1], UnitStatus::Cleared);
    }
}

#[test]
fn an_incident_of_any_number_of_calls_stays_small_and_says_how_many_are_not_listed() {
    let mut scene = Scene::new();
    for number in 0..1_000 {
        happens(&mut scene, number, true);
        let shown = &scene.record.shown;
        assert!(shown.calls.len() <= CALLS && shown.dispatches.len() <= DISPATCHES, "after {number}");
    }
    let shown = &scene.record.shown;
    assert_eq!((shown.calls.len(), shown.earlier_calls as usize), (CALLS, 1_000 - CALLS));
    assert_eq!((shown.dispatches.len(), shown.earlier_dispatches as usize), (DISPATCHES, 1_000 - DISPATCHES));
    assert_eq!((shown.calls[CALLS - 1].task_id.clone(), shown.status()), (run(999), IncidentStatus::Closed));
    let bare = wire::Incident { log: Vec::new(), ..shown.clone() };
    assert!(bare.encoded_len() < 20 << 10, "{} bytes", bare.encoded_len());
    assert!(scene.record.encoded_len() < 64 << 10, "{} bytes", scene.record.encoded_len());
}

#[test]
fn what_is_open_outlives_what_is_over_and_its_units_still_end_the_incident() {
    let mut scene = Scene::new();
    happens(&mut scene, 0, false);
    (1..200).for_each(|number| happens(&mut scene, number, true));
    assert_eq!(scene.record.shown.dispatches[0].id, format!("{}/fire", run(0)));
    assert!(scene.record.runs().any(|known| known == run(0)), "its units are found by its run");
    assert_eq!(scene.record.shown.status(), IncidentStatus::ResourcesOnScene);
    assert_eq!(scene.unit(&format!("{}/fire", run(0)), "E0-2", UnitStatus::Cleared), IncidentStatus::Closed);
}

#[test]
fn a_failure_that_was_made_good_does_not_come_back_when_that_is_left_out() {
    let mut scene = Scene::new();
    scene.called("a");
    scene.failed("a", "police");
    scene.ended("a", End::Completed);
    scene.called("b");
    scene.sent("b", "police", &["P1"]);
    scene.ended("b", End::Completed);
    scene.unit("b/police", "P1", UnitStatus::Cleared);
    (0..200).for_each(|number| happens(&mut scene, number, true));
    assert_eq!(scene.record.shown.status(), IncidentStatus::Closed);
}

#[test]
fn units_are_bounded_too_also_those_that_nobody_has_told_of() {
    let mut scene = Scene::new();
    scene.called("r");
    for number in 0..1_000 {
        scene.unit(&format!("r/step-{number}"), &format!("E{number}"), UnitStatus::Assigned);
    }
    let many: Vec<String> = (0..UNITS * 2).map(|number| format!("L{number}")).collect();
    let dispatch = wire::Dispatch {
        id: "r/fire".to_owned(),
        service: "fire".to_owned(),
        assigned: many,
        status: DispatchStatus::Assigned.into(),
        ..wire::Dispatch::default()
    };
    scene.told("r", What::Dispatched(Box::new(Dispatched { dispatch: Some(dispatch), ..Dispatched::default() })));
    let bytes = scene.record.encoded_len();
    assert!(bytes < 64 << 10, "{bytes} bytes");
}
