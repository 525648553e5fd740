//! The life of units: the table's timers, injected failures, the queue, pre-emption, mutual aid.

use std::time::Duration;

use triage::Service;

use super::sim::{Sim, ids};
use crate::dispatch::scenario::Scenario;
use crate::dispatch::unit::{Reason, State};

/// Three engines in a row, one of a neighbour, one place at the first station.
const ROW: &str = r#"version = 1
name = "a row"

[area]
south = 51.0
west = -1.0
north = 52.0
east = 0.0

[[place]]
name = "Mill Road"
lat = 51.5
lon = -0.51

[[place]]
name = "Far End"
lat = 51.5
lon = -0.9

[[station]]
id = "S1"
name = "One"
service = "fire"
lat = 51.5
lon = -0.5

[[station]]
id = "S2"
name = "Two"
service = "fire"
lat = 51.5
lon = -0.45

[[station]]
id = "P"
name = "Neighbour"
service = "fire"
lat = 51.5
lon = 0.2
partner = true

[[unit]]
id = "E1"
type = "engine"
station = "S1"

[[unit]]
id = "E2"
type = "engine"
station = "S2"

[[unit]]
id = "N1"
type = "engine"
station = "P"

[[run_card]]
incident = "*"
service = "fire"
units = [{ type = "engine", count = 1 }]
"#;

const ENGINE: &[(&str, u16)] = &[("engine", 1)];

fn town() -> Sim {
    Sim::new(ROW, Service::Fire)
}

fn failing(at: &str) -> Sim {
    let fails = format!("id = \"E1\"\nfails = {{ at = \"{at}\" }}");
    Sim::new(&ROW.replace("id = \"E1\"", &fails), Service::Fire)
}

fn life(sim: &Sim, unit: &str) -> Vec<State> {
    sim.changes().into_iter().filter(|change| change.unit == unit).map(|change| change.after.state).collect()
}

#[test]
fn a_unit_lives_from_assigned_to_available_by_itself() {
    let mut sim = town();
    let sent = sim.dispatch("a", 2, "Mill Road", ENGINE);
    assert_eq!(ids(&sent), ["E1"]);
    sim.secs(7200);
    let all = [State::Assigned, State::Acknowledged, State::EnRoute, State::OnScene, State::Cleared, State::Available];
    assert_eq!(life(&sim, "E1"), all);
    let changes = sim.changes();
    let part = &sent.units[0].1;
    assert_eq!(changes[3].after.since, part.arrival(), "it arrives when it said");
    assert!(changes.iter().skip(1).all(|change| change.reason == Reason::Progress));
    assert_eq!(sim.record("E1").assignment, None);
    assert_eq!(ids(&sim.sent("a")), ["E1"], "who was there is remembered");
}

#[test]
fn an_ambulance_with_a_patient_goes_to_hospital() {
    let mut sim = Sim::of(Scenario::sample(), Service::Ambulance);
    for call in 0..8 {
        sim.dispatch(&call.to_string(), 2, "London Road", &[("ambulance", 1)]);
    }
    sim.secs(4 * 3600);
    let lives: Vec<Vec<State>> =
        sim.records().keys().map(|unit| life(&sim, unit)).filter(|it| !it.is_empty()).collect();
    let hospital = |life: &&Vec<State>| life.contains(&State::Transporting) && life.contains(&State::AtHospital);
    let with_patient = lives.iter().filter(hospital).count();
    assert!((1..8).contains(&with_patient), "{with_patient} of {}", lives.len());
    assert!(lives.iter().all(|life| life.last() == Some(&State::Available)));
}

#[test]
fn a_crew_that_does_not_answer_is_withdrawn_after_thirty_seconds_and_another_goes() {
    let mut sim = failing("acknowledge");
    sim.dispatch("a", 2, "Mill Road", ENGINE);
    sim.pass(Duration::from_millis(29_999));
    assert_eq!(sim.record("E1").state, State::Assigned);
    sim.pass(Duration::from_millis(1));
    assert_eq!(sim.record("E1").state, State::OutOfService);
    assert_eq!((ids(&sim.sent("a")), sim.queue().len()), (vec!["E2"], 0));
    let withdrawn = sim.changes().into_iter().find(|change| change.reason == Reason::Withdrawn).unwrap();
    assert_eq!((withdrawn.unit.as_str(), withdrawn.part.unwrap().dispatch.id.as_str()), ("E1", "a"));
    sim.secs(900);
    assert_eq!(sim.record("E1").state, State::Available, "it is repaired");
}

#[test]
fn a_crew_that_does_not_turn_out_is_withdrawn_ninety_seconds_after_its_answer() {
    let mut sim = failing("turn-out");
    sim.dispatch("a", 2, "Mill Road", ENGINE);
    sim.secs(300);
    let changes = sim.changes();
    let of_e1: Vec<_> = changes.iter().filter(|change| change.unit == "E1").collect();
    assert_eq!(of_e1[2].after.since.since(of_e1[1].after.since), Duration::from_secs(90));
    assert_eq!((of_e1[1].after.state, of_e1[2].reason), (State::Acknowledged, Reason::Withdrawn));
    assert_eq!(ids(&sim.sent("a")), ["E2"]);
}

#[test]
fn a_unit_that_overruns_its_eta_by_half_is_withdrawn_and_one_that_breaks_down_is_replaced() {
    for (at, reason) in [("arrive", Reason::Withdrawn), ("break-down", Reason::Progress)] {
        let mut sim = failing(at);
        let sent = sim.dispatch("a", 2, "Far End", ENGINE);
        let part = sent.units[0].1.clone();
        sim.secs(u64::from(part.eta) * 2);
        let out = sim.changes().into_iter().find(|change| change.after.state == State::OutOfService).unwrap();
        assert_eq!((out.unit.as_str(), out.from, out.reason), ("E1", State::EnRoute, reason));
        if reason == Reason::Withdrawn {
            assert_eq!(out.after.since, part.assigned_at.after(Duration::from_secs(part.eta.into()).mul_f64(1.5)));
        }
        assert_eq!(ids(&sim.sent("a")), ["E2"]);
    }
}

#[test]
fn a_failure_can_come_only_every_so_often() {
    let fails = "id = \"E1\"\nfails = { at = \"acknowledge\", every = 2 }";
    let mut sim = Sim::new(&ROW.replace("id = \"E1\"", fails), Service::Fire);
    sim.dispatch("a", 2, "Mill Road", ENGINE);
    sim.secs(7200);
    assert_eq!(ids(&sim.sent("a")), ["E1"]);
    sim.dispatch("b", 2, "Mill Road", ENGINE);
    sim.secs(30);
    assert_eq!(ids(&sim.sent("b")), ["E2"]);
}

#[test]
fn a_unit_on_its_way_is_somewhere_between_and_can_be_sent_from_there() {
    let mut sim = town();
    let sent = sim.dispatch("a", 2, "Far End", ENGINE);
    sim.secs(u64::from(sent.units[0].1.eta) / 2);
    assert_eq!(sim.record("E1").state, State::EnRoute);
    assert_eq!(sim.release("a").units, ["E1"]);
    let record = sim.record("E1");
    let at = record.from.unwrap();
    assert!(at.lon < -0.6 && at.lon > -0.9, "{at:?}");
    // From there it is nearer to the far end than the other two, and needs no turn-out.
    let again = sim.dispatch("b", 2, "Far End", ENGINE);
    assert_eq!(ids(&again), ["E1"]);
    assert!(again.units[0].1.eta < sent.units[0].1.eta);
}

#[test]
fn who_waits_is_served_by_priority_then_by_age() {
    let mut sim = town();
    for id in ["a", "b", "c"] {
        sim.dispatch(id, 1, "Mill Road", ENGINE);
    }
    for (id, priority) in [("late", 3), ("later", 3), ("urgent", 2)] {
        sim.secs(1);
        let sent = sim.dispatch(id, priority, "Mill Road", ENGINE);
        assert!(sent.units.is_empty() && sent.missing.len() == 1);
    }
    assert_eq!(sim.queue(), ["urgent", "late", "later"]);
    assert_eq!((sim.sent("urgent").position, sim.sent("later").position), (1, 3));
    sim.restart();
    assert_eq!(sim.queue(), ["urgent", "late", "later"]);
    sim.release("a");
    sim.secs(0);
    assert_eq!((ids(&sim.sent("urgent")), sim.queue()), (vec!["E1"], vec!["late".to_owned(), "later".to_owned()]));
    sim.secs(7200);
    assert_eq!(sim.queue().len(), 0);
    assert_eq!((sim.sent("late").units.len(), sim.sent("later").units.len()), (1, 1));
}

#[test]
fn a_call_that_comes_later_does_not_take_what_those_who_wait_need() {
    let mut sim = town();
    for id in ["a", "b", "c"] {
        sim.dispatch(id, 1, "Mill Road", ENGINE);
    }
    sim.dispatch("waits", 2, "Mill Road", ENGINE);
    sim.secs(1);
    sim.release("b");
    let sent = sim.dispatch("new", 2, "Mill Road", ENGINE);
    assert_eq!((ids(&sim.sent("waits")).len(), sent.units.len(), sent.position), (1, 0, 1));
}

#[test]
fn only_a_less_urgent_unit_that_has_not_arrived_is_taken_away_and_its_dispatch_waits() {
    let mut sim = town();
    sim.dispatch("low", 3, "Mill Road", ENGINE);
    sim.dispatch("lower", 4, "Mill Road", ENGINE);
    let urgent = sim.dispatch("urgent", 1, "Mill Road", ENGINE);
    assert_eq!(ids(&urgent), ["E2"], "the least urgent gives way, though it is farther");
    let taken = sim.changes().into_iter().find(|change| change.reason == Reason::Preempted).unwrap();
    assert_eq!((taken.unit.as_str(), taken.part.unwrap().dispatch.id.as_str()), ("E2", "lower"));
    assert_eq!(ids(&sim.sent("lower")), ["N1"], "the neighbour helps who lost it");
    sim.secs(1200);
    assert!(["E1", "E2", "N1"].iter().any(|unit| sim.record(unit).state == State::OnScene));
    sim.dispatch("same", 1, "Mill Road", ENGINE);
    let preempted = sim.changes().into_iter().filter(|change| change.reason == Reason::Preempted);
    assert_eq!(
        preempted.filter(|change| !change.from.is_coming() && change.from != State::AssignmentCancelled).count(),
        0
    );
}

#[test]
fn a_neighbour_goes_only_when_nobody_of_ours_is_left() {
    let mut sim = town();
    assert_eq!(ids(&sim.dispatch("a", 2, "Mill Road", &[("engine", 2)])), ["E1", "E2"]);
    assert_eq!(ids(&sim.dispatch("b", 2, "Mill Road", ENGINE)), ["N1"]);
    let none = sim.dispatch("c", 2, "Mill Road", ENGINE);
    assert_eq!((none.units.len(), none.missing[0].count, none.position), (0, 1, 1));
}

#[test]
fn d3_what_a_dispatch_lacks_is_sent_later_unless_its_incident_is_over() {
    let mut sim = town();
    sim.dispatch("a", 2, "Mill Road", &[("engine", 2)]);
    let partly = sim.dispatch("b", 2, "Mill Road", &[("engine", 2)]);
    assert_eq!((ids(&partly), partly.missing[0].count, partly.position), (vec!["N1"], 1, 1));
    sim.release("a");
    sim.secs(0);
    assert_eq!((ids(&sim.sent("b")).len(), sim.sent("b").missing.len()), (2, 0));
    let mut sim = town();
    sim.dispatch("long", 2, "Far End", &[("engine", 2)]);
    sim.dispatch("short", 3, "Mill Road", &[("engine", 2)]);
    sim.secs(4 * 3600);
    assert_eq!(sim.queue().len(), 0);
}
