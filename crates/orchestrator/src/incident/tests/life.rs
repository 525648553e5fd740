//! From the call to the end: what a caller is shown after each thing that happens.

use proto::watchroom::emergency::v1::IncidentStatus::{
    Active, Cancelled, Closed, Reopened, ResourcesAssigned, ResourcesEnroute, ResourcesOnScene,
};
use proto::watchroom::emergency::v1::{self as wire, DispatchStatus, UnitChangeReason, UnitStatus};

use super::scene::{STORE, Scene, engines, judged};
use crate::incident::note::{End, Failed, For, What};

#[test]
fn an_incident_follows_its_units_from_the_call_to_the_end() {
    let mut scene = Scene::new();
    assert_eq!(scene.called("r"), Active);
    assert_eq!(scene.sent("r", "fire", &["E1", "E2"]), ResourcesAssigned);
    assert_eq!(scene.ended("r", End::Completed), ResourcesAssigned);
    assert_eq!(scene.unit("r/fire", "E1", UnitStatus::Acknowledged), ResourcesAssigned);
    assert_eq!(scene.unit("r/fire", "E1", UnitStatus::EnRoute), ResourcesEnroute);
    assert_eq!(scene.unit("r/fire", "E1", UnitStatus::OnScene), ResourcesOnScene);
    assert_eq!(scene.unit("r/fire", "E2", UnitStatus::EnRoute), ResourcesOnScene);
    assert_eq!(scene.unit("r/fire", "E1", UnitStatus::Cleared), ResourcesOnScene);
    assert_eq!(scene.dispatch("fire").status(), DispatchStatus::Assigned);
    assert_eq!(scene.unit("r/fire", "E2", UnitStatus::OnScene), ResourcesOnScene);
    assert_eq!(scene.unit("r/fire", "E2", UnitStatus::Cleared), Closed);
    assert_eq!(scene.dispatch("fire").status(), DispatchStatus::Closed);
    assert_eq!(scene.dispatch("fire").assigned, ["E1", "E2"]);
    assert_eq!(scene.unit("r/fire", "E2", UnitStatus::Available), Closed);
}

#[test]
fn a_further_call_reopens_what_was_over_and_its_own_units_move_it_on() {
    let mut scene = Scene::new();
    scene.called("r");
    scene.sent("r", "fire", &["E1"]);
    scene.ended("r", End::Completed);
    assert_eq!(scene.unit("r/fire", "E1", UnitStatus::Cleared), Closed);
    assert_eq!(scene.called("s"), Reopened);
    assert_eq!(scene.sent("s", "ambulance", &["A1"]), ResourcesAssigned);
    assert_eq!(scene.record.shown.calls.len(), 2);
}

#[test]
fn what_units_tell_before_the_run_counts_all_the_same() {
    let mut scene = Scene::new();
    scene.called("r");
    assert_eq!(scene.unit("r/fire", "E1", UnitStatus::Assigned), Active);
    assert_eq!(scene.unit("r/fire", "E1", UnitStatus::EnRoute), Active);
    assert_eq!(scene.sent("r", "fire", &["E1"]), ResourcesEnroute);
    let log: Vec<&str> = scene.record.shown.log.iter().map(|entry| entry.text.as_str()).collect();
    assert!(log.contains(&"E1: en route") && log.contains(&"resources en route"), "one spelling: {log:?}");
}

#[test]
fn a_dispatch_that_is_released_is_called_off_and_so_is_an_incident_without_another() {
    let mut scene = Scene::new();
    scene.called("r");
    scene.sent("r", "fire", &["E1"]);
    scene.sent("r", "police", &["P1"]);
    scene.ended("r", End::Completed);
    let off = |scene: &mut Scene, dispatch, unit| {
        scene.unit_for(dispatch, unit, UnitStatus::AssignmentCancelled, UnitChangeReason::Released)
    };
    assert_eq!(off(&mut scene, "r/fire", "E1"), ResourcesAssigned);
    assert_eq!(scene.dispatch("fire").status(), DispatchStatus::Cancelled);
    assert_eq!(off(&mut scene, "r/police", "P1"), Cancelled);
    assert!(scene.dispatch("police").assigned.is_empty());
}

#[test]
fn a_unit_that_is_withdrawn_leaves_its_dispatch_waiting_for_another() {
    let mut scene = Scene::new();
    scene.called("r");
    scene.sent("r", "fire", &["E1"]);
    scene.ended("r", End::Completed);
    scene.unit_for("r/fire", "E1", UnitStatus::AssignmentCancelled, UnitChangeReason::Withdrawn);
    assert_eq!(scene.dispatch("fire").status(), DispatchStatus::Queued);
    assert_eq!(scene.unit("r/fire", "E2", UnitStatus::Assigned), ResourcesAssigned);
    assert_eq!(scene.dispatch("fire").assigned, ["E2"]);
    assert_eq!(scene.unit("r/fire", "E2", UnitStatus::Cleared), Closed);
}

#[test]
fn a_dispatch_that_waits_shows_its_place_and_what_it_lacks_and_the_log_only_begin_and_end() {
    let mut scene = Scene::new();
    scene.called("r");
    for position in (1..=200).rev() {
        assert_eq!(scene.waits("r", For::Units, position), Active);
        let dispatch = scene.dispatch("fire");
        assert_eq!((dispatch.status(), dispatch.queue_position), (DispatchStatus::Queued, position));
        assert_eq!((&dispatch.shortfall, &dispatch.required), (&engines(2), &engines(2)));
    }
    assert_eq!(scene.said(0), ["fire waits for a free unit"]);
    assert_eq!(scene.half_sent("r"), ResourcesAssigned);
    assert_eq!(scene.said(1), ["fire sends 1 unit, short of 1 x engine"]);
    assert_eq!((&scene.dispatch("fire").shortfall, scene.dispatch("fire").queue_position), (&engines(1), 3));
}

#[test]
fn a_wait_that_says_nothing_of_the_queue_leaves_what_is_known_of_it() {
    let mut scene = Scene::new();
    scene.called("r");
    scene.waits("r", For::Units, 7);
    scene.waits("r", For::Authorisation, 0);
    let dispatch = scene.dispatch("fire");
    assert_eq!((dispatch.queue_position, &dispatch.shortfall), (7, &engines(2)));
}

#[test]
fn what_comes_later_is_no_longer_missing_and_what_is_lost_is_missing_again() {
    let mut scene = Scene::new();
    scene.called("r");
    scene.half_sent("r");
    scene.ended("r", End::Completed);
    scene.engine("E2", UnitStatus::Assigned, UnitChangeReason::Dispatched);
    let dispatch = scene.dispatch("fire");
    assert_eq!((dispatch.assigned.len(), dispatch.shortfall.len(), dispatch.queue_position), (2, 0, 0));
    scene.engine("E2", UnitStatus::OutOfService, UnitChangeReason::Withdrawn);
    assert_eq!(scene.dispatch("fire").shortfall, engines(1));
    let before = scene.record.shown.log.len();
    scene.engine("E1", UnitStatus::AssignmentCancelled, UnitChangeReason::Preempted);
    assert_eq!(
        (scene.dispatch("fire").status(), &scene.dispatch("fire").shortfall),
        (DispatchStatus::Queued, &engines(2))
    );
    scene.engine("E3", UnitStatus::Assigned, UnitChangeReason::Dispatched);
    assert_eq!(scene.dispatch("fire").shortfall, engines(1));
    assert_eq!(scene.said(before), ["fire waits for a free unit", "fire waits no longer"]);
}

#[test]
fn a_wait_that_is_told_after_its_units_takes_nothing_back() {
    let mut scene = Scene::new();
    scene.called("r");
    scene.engine("E1", UnitStatus::Assigned, UnitChangeReason::Dispatched);
    scene.engine("E2", UnitStatus::EnRoute, UnitChangeReason::Progress);
    assert_eq!(scene.waits("r", For::Units, 1), ResourcesEnroute);
    let dispatch = scene.dispatch("fire");
    assert_eq!(
        (dispatch.status(), dispatch.queue_position, dispatch.shortfall.len()),
        (DispatchStatus::Assigned, 0, 0)
    );
}

#[test]
fn a_dispatch_that_is_followed_is_told_once_and_lives_with_its_units() {
    let mut scene = Scene::new();
    scene.called("r");
    scene.waits("r", For::Clearing, 0);
    assert_eq!(scene.engine("E1", UnitStatus::EnRoute, UnitChangeReason::Progress), ResourcesEnroute);
    scene.waits("r", For::Clearing, 0);
    assert_eq!((scene.dispatch("fire").assigned.len(), scene.said(0)), (1, vec!["fire sends units"]));
    assert_eq!(scene.engine("E1", UnitStatus::Cleared, UnitChangeReason::Progress), ResourcesOnScene);
    scene.waits("r", For::Clearing, 0);
    scene.sent("r", "fire", &["E1"]);
    assert_eq!(scene.ended("r", End::Completed), Closed);
}

#[test]
fn a_service_that_sends_nobody_keeps_the_incident_open_until_a_later_run_has_sent_it() {
    let mut scene = Scene::new();
    scene.called("r");
    scene.sent("r", "fire", &["E1"]);
    scene.failed("r", "police");
    scene.ended("r", End::Completed);
    assert_eq!(scene.unit("r/fire", "E1", UnitStatus::Cleared), ResourcesOnScene);
    scene.called("s");
    scene.sent("s", "police", &["P1"]);
    scene.ended("s", End::Completed);
    assert_eq!(scene.unit("s/police", "P1", UnitStatus::Cleared), Closed);
}

#[test]
fn a_call_that_needs_nobody_is_closed_with_its_run_and_a_canceled_one_is_cancelled() {
    let mut scene = Scene::new();
    scene.called("r");
    assert_eq!(scene.ended("r", End::Completed), Closed);
    let mut scene = Scene::new();
    scene.called("r");
    assert_eq!(scene.ended("r", End::Canceled), Cancelled);
    let mut scene = Scene::new();
    scene.called("r");
    scene.sent("r", "fire", &["E1"]);
    scene.told("r", What::Released("r/fire".to_owned()));
    assert_eq!(scene.ended("r", End::Canceled), Cancelled);
}

#[test]
fn a_snapshot_says_who_is_still_there_and_who_has_left_unseen() {
    let mut scene = Scene::new();
    scene.called("r");
    scene.sent("r", "fire", &["E1", "E2"]);
    scene.ended("r", End::Completed);
    let working = |id: &str, status: UnitStatus| wire::Unit {
        id: id.to_owned(),
        status: status.into(),
        assignment: Some(wire::Assignment { dispatch: "r/fire".to_owned(), ..wire::Assignment::default() }),
        ..wire::Unit::default()
    };
    let (now, there) = (scene.tick(), working("E1", UnitStatus::OnScene));
    assert!(scene.record.differs(STORE, &[&there]));
    scene.record.take_snapshot(STORE, &[&there], now);
    assert_eq!(scene.record.shown.status(), ResourcesOnScene);
    assert!(!scene.record.differs(STORE, &[&there]), "nothing new");
    assert!(!scene.record.differs("another store", &[]), "not its units");
    scene.record.take_snapshot(STORE, &[], now);
    assert_eq!(scene.record.shown.status(), Closed);
}

#[test]
fn the_log_is_bounded_and_loses_its_oldest_entries() {
    let mut scene = Scene::new();
    scene.called("r");
    scene.sent("r", "fire", &["E1"]);
    for round in 0..200 {
        let to = if round % 2 == 0 { UnitStatus::Acknowledged } else { UnitStatus::EnRoute };
        scene.unit("r/fire", "E1", to);
    }
    let log = &scene.record.shown.log;
    assert_eq!(log.len(), crate::incident::log::ENTRIES);
    assert!(log.iter().all(|entry| entry.text.starts_with("E1: ")), "the first entries are gone");
}

#[test]
fn a_place_that_a_service_hears_of_later_is_that_of_the_incident_and_its_units_go_on() {
    let mut scene = Scene::new();
    scene.told("r", What::Called(judged("fire", 2, "")));
    scene.sent("r", "fire", &["E1"]);
    assert_eq!(scene.unit("r/fire", "E1", UnitStatus::OnScene), ResourcesOnScene);
    scene.told("r", What::Heard(judged("fire", 2, "12 Mill Lane")));
    let from = scene.record.shown.log.len();
    assert_eq!(scene.told_place("r", "12 Mill Lane", &["E1"]), ResourcesOnScene);
    assert_eq!(scene.said(from), ["fire is told the place: 12 Mill Lane"]);
    let location = scene.record.shown.location.clone().unwrap();
    assert_eq!((location.text.as_str(), location.position.is_some()), ("12 Mill Lane", true));
    assert_eq!(
        (&scene.dispatch("fire").assigned[..], scene.record.shown.dispatches.len()),
        (&["E1".to_owned()][..], 1)
    );
    assert_eq!(scene.unit("r/fire", "E1", UnitStatus::EnRoute), ResourcesEnroute, "nobody is where it happens");
    assert_eq!(scene.unit("r/fire", "E1", UnitStatus::OnScene), ResourcesOnScene);
    scene.ended("r", End::Completed);
    assert_eq!(scene.unit("r/fire", "E1", UnitStatus::Cleared), Closed);
    scene.told_place("r", "14 Mill Lane", &["E1"]);
    assert_eq!(scene.dispatch("fire").status(), DispatchStatus::Closed, "what is over does not begin again");
}

#[test]
fn a_dispatch_that_was_given_up_and_is_found_to_have_been_sent_is_where_its_units_are() {
    let mut scene = Scene::new();
    scene.told("r", What::Called(judged("fire", 2, "")));
    scene.failed("r", "fire");
    scene.unit("r/fire", "E1", UnitStatus::EnRoute);
    assert_eq!(scene.dispatch("fire").status(), DispatchStatus::Failed, "nobody knows of them");
    scene.ended("r", End::Failed);
    scene.told("s", What::Called(judged("fire", 2, "12 Mill Lane")));
    assert_eq!(scene.told_place("r", "12 Mill Lane", &["E1"]), ResourcesEnroute);
    assert_eq!(scene.dispatch("fire").status(), DispatchStatus::Assigned);
}

#[test]
fn an_incident_is_on_scene_as_long_as_one_of_its_units_is_where_it_happens() {
    let mut scene = Scene::new();
    scene.told("r", What::Called(judged("fire", 2, "")));
    scene.sent("r", "fire", &["E1", "E2"]);
    scene.sent("r", "police", &["P1"]);
    for (dispatch, unit) in [("r/fire", "E1"), ("r/fire", "E2"), ("r/police", "P1")] {
        scene.unit(dispatch, unit, UnitStatus::OnScene);
    }
    let on = |scene: &mut Scene, dispatch, unit| {
        scene.unit_for(dispatch, unit, UnitStatus::EnRoute, UnitChangeReason::Redirected)
    };
    assert_eq!(on(&mut scene, "r/fire", "E1"), ResourcesOnScene);
    assert_eq!(on(&mut scene, "r/police", "P1"), ResourcesOnScene);
    assert_eq!(on(&mut scene, "r/fire", "E2"), ResourcesEnroute);
    assert_eq!(scene.unit("r/fire", "E2", UnitStatus::OnScene), ResourcesOnScene);
    // The same where the changes themselves were missed.
    let engine = |unit: &str| wire::Unit {
        id: unit.to_owned(),
        status: UnitStatus::EnRoute.into(),
        assignment: Some(wire::Assignment { dispatch: "r/fire".to_owned(), ..wire::Assignment::default() }),
        ..wire::Unit::default()
    };
    let at = scene.tick();
    scene.record.take_snapshot(STORE, &[&engine("E1"), &engine("E2")], at);
    assert_eq!(scene.record.shown.status(), ResourcesEnroute);
}

#[test]
fn that_a_service_was_not_told_the_place_stands_in_the_log_and_takes_nothing_back() {
    let mut scene = Scene::new();
    scene.called("r");
    scene.sent("r", "fire", &["E1"]);
    let from = scene.record.shown.log.len();
    let (dispatch, service, cause) = ("r/fire".to_owned(), "fire".to_owned(), "no skill redirect".to_owned());
    assert_eq!(scene.told("r", What::Untold(Failed { dispatch, service, cause })), ResourcesAssigned);
    assert_eq!(scene.said(from), ["fire is not told the place: no skill redirect"]);
    assert_eq!(scene.dispatch("fire").status(), DispatchStatus::Assigned);
}
