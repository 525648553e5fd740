//! What holds of every town whatever happens in it: random calls, releases, failures, stops, at random times.

use std::collections::BTreeMap;

use proptest::prelude::*;
use triage::Service;

use super::sim::{Sim, ids};
use crate::dispatch::scenario::Scenario;
use crate::dispatch::unit::{Change, Reason, Record, State};

const PLACES: [&str; 4] = ["London Road", "Mill Lane", "Church Road", "9 Nowhere"];

/// The sample town, in which every third engine fails in some way.
fn brittle() -> Scenario {
    let mut text = include_str!("../../../scenario.toml").to_owned();
    let failures = ["acknowledge", "turn-out", "arrive", "break-down"];
    for (unit, at) in ["E1", "E4", "E7", "E10"].into_iter().zip(failures) {
        let id = format!("id = \"{unit}\"\n");
        assert!(text.contains(&id));
        text = text.replace(&id, &format!("{id}fails = {{ at = \"{at}\", every = 2 }}\n"));
    }
    Scenario::parse(&text).unwrap()
}

#[derive(Debug, Clone)]
enum Act {
    Dispatch { id: u8, priority: u8, place: u8, engines: u16, rescues: u16 },
    Release(u8),
    Redirect { id: u8, place: u8 },
    Pass(u64),
    Restart,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (any::<u8>(), 1..5_u8, 0..9_u8, 1..5_u16, 0..2_u16).prop_map(|(id, priority, place, engines, rescues)| {
            Act::Dispatch { id: id % 40, priority, place, engines, rescues }
        }),
        1 => (0..40_u8).prop_map(Act::Release),
        2 => (0..40_u8, 0..9_u8).prop_map(|(id, place)| Act::Redirect { id, place }),
        4 => (0..900_u64).prop_map(Act::Pass),
        1 => Just(Act::Restart),
    ]
}

fn place_of(number: u8) -> &'static str {
    PLACES[usize::from(number) % PLACES.len()]
}

/// Whether the table has a step.
fn is_known(change: &Change) -> bool {
    match change.reason {
        Reason::Redirected => change.from.turns_to(change.after.state),
        _ => change.from.leads_to(change.after.state),
    }
}

fn perform(sim: &mut Sim, act: &Act) {
    match act {
        Act::Dispatch { id, priority, place, engines, rescues } => {
            sim.dispatch(&id.to_string(), *priority, place_of(*place), &[("engine", *engines), ("rescue", *rescues)]);
        }
        Act::Release(id) => drop(sim.release(&id.to_string())),
        Act::Redirect { id, place } => drop(sim.redirect(&id.to_string(), place_of(*place))),
        Act::Pass(seconds) => sim.secs(*seconds),
        Act::Restart => sim.restart(),
    }
}

/// The units as the changes alone tell them.
fn replayed(sim: &Sim) -> BTreeMap<String, Record> {
    let mut units: BTreeMap<String, Record> = sim.records().into_keys().map(|id| (id, Record::IDLE)).collect();
    for change in sim.changes() {
        let before = &units[&change.unit];
        assert_eq!(before.state, change.from, "{change:?}");
        units.insert(change.unit, change.after);
    }
    units
}

fn dispatched(changes: &[Change]) -> impl Iterator<Item = (&str, u64, &str)> {
    let sent = changes.iter().filter(|change| change.reason == Reason::Dispatched);
    sent.filter_map(|change| {
        Some((change.unit.as_str(), change.after.epoch, change.part.as_ref()?.dispatch.id.as_str()))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn d1_d2_d9_units_have_one_assignment_follow_the_table_and_can_be_replayed(acts in prop::collection::vec(act(), 1..60)) {
        let mut sim = Sim::of(brittle(), Service::Fire);
        for act in &acts {
            perform(&mut sim, act);
            prop_assert_eq!(replayed(&sim), sim.records());
        }
        let changes = sim.changes();
        for pair in changes.windows(2) {
            prop_assert!(pair[0].seq < pair[1].seq);
            prop_assert!(pair[0].after.since <= pair[1].after.since, "{:?}", pair);
        }
        for change in &changes {
            prop_assert!(is_known(change), "{:?}", change);
            prop_assert_eq!(change.after.assignment.is_some(), change.after.state.works());
        }
        for (unit, epoch, _) in dispatched(&changes) {
            let times = dispatched(&changes).filter(|it| (it.0, it.1) == (unit, epoch)).count();
            prop_assert_eq!(times, 1, "{} {}", unit, epoch);
        }
        let before = sim.records();
        sim.restart();
        prop_assert_eq!(sim.records(), before);
    }

    #[test]
    fn d3_d12_a_dispatch_has_what_it_needs_or_waits_for_the_rest_at_a_place_of_the_queue(
        acts in prop::collection::vec(act(), 1..60), engines in 1..20_u16, priority in 1..5_u8,
    ) {
        let mut sim = Sim::of(brittle(), Service::Fire);
        acts.iter().for_each(|act| perform(&mut sim, act));
        let sent = sim.dispatch("last", priority, "London Road", &[("engine", engines)]);
        let missing: usize = sent.missing.iter().map(|need| usize::from(need.count)).sum();
        prop_assert_eq!(sent.units.len() + missing, usize::from(engines));
        let place = sim.queue().iter().position(|id| id == "last").map_or(0, |place| place + 1);
        prop_assert_eq!(sent.position as usize, place);
        prop_assert_eq!(sent.missing.is_empty(), place == 0);
    }

    #[test]
    fn d6_a_release_gives_every_unit_back_exactly_once(acts in prop::collection::vec(act(), 1..60), id in 0..40_u8) {
        let mut sim = Sim::of(brittle(), Service::Fire);
        acts.iter().for_each(|act| perform(&mut sim, act));
        let seq = sim.changes().last().map_or(0, |change| change.seq);
        let id = id.to_string();
        let released = sim.release(&id);
        prop_assert!(sim.release(&id).is_empty());
        sim.restart();
        prop_assert!(sim.release(&id).is_empty());
        let changes = sim.changes();
        let left = changes.iter().filter(|change| change.seq > seq && change.part.as_ref().is_some_and(|part| part.dispatch.id == id));
        let mut freed: Vec<&str> = left.map(|change| change.unit.as_str()).collect();
        freed.sort_unstable();
        prop_assert_eq!(freed, released.units.iter().map(String::as_str).collect::<Vec<_>>());
        let working = sim.records().into_values().filter(|record| record.is_for(|key| key.id == id));
        prop_assert!(working.into_iter().all(|record| !record.state.is_coming() && record.state != State::OnScene));
        prop_assert!(!sim.queue().contains(&id));
    }

    #[test]
    fn d11_a_dispatch_that_is_asked_for_again_assigns_nothing_new(acts in prop::collection::vec(act(), 1..60), id in 0..40_u8) {
        let mut sim = Sim::of(brittle(), Service::Fire);
        acts.iter().for_each(|act| perform(&mut sim, act));
        let first = sim.dispatch(&id.to_string(), 2, "London Road", &[("engine", 2)]);
        let changes = sim.changes().len();
        sim.restart();
        prop_assert_eq!(sim.dispatch(&id.to_string(), 2, "London Road", &[("engine", 2)]), first);
        prop_assert_eq!(sim.changes().len(), changes);
    }

    #[test]
    fn d11_a_redirect_reaches_all_who_wait_or_come_and_changes_nothing_when_it_is_told_again(
        acts in prop::collection::vec(act(), 1..60), id in 0..40_u8, place in 0..9_u8,
    ) {
        let mut sim = Sim::of(brittle(), Service::Fire);
        acts.iter().for_each(|act| perform(&mut sim, act));
        let (id, place, before) = (id.to_string(), place_of(place), sim.records());
        let (queue, first) = (sim.queue(), sim.redirect(&id, place));
        let (records, changes) = (sim.records(), sim.changes().len());
        let scene = Scenario::sample().locate(place).position;
        for (unit, record) in records.iter().filter(|(_, record)| record.is_for(|key| key.id == id)) {
            let part = record.assignment.as_ref().unwrap();
            let reached = part.scene == Some(scene) && part.place == place;
            prop_assert!(reached || before[unit] == *record, "{} {:?}", unit, record);
            prop_assert!(reached || !(record.state.is_coming() || record.state == State::OnScene), "{} {:?}", unit, record);
        }
        // Nobody else hears of it, and nobody's place in the queue changes.
        for (unit, record) in records.iter().filter(|(_, record)| !record.is_for(|key| key.id == id)) {
            prop_assert_eq!(&before[unit], record);
        }
        prop_assert_eq!(sim.queue(), queue);
        sim.restart();
        prop_assert_eq!(sim.redirect(&id, place), first);
        prop_assert_eq!((sim.changes().len(), sim.records()), (changes, records));
    }

    #[test]
    fn a_town_that_stood_still_catches_up_to_the_life_that_it_would_have_had(
        acts in prop::collection::vec(act(), 1..40), steps in prop::collection::vec(1..300_u64, 1..40),
    ) {
        let (mut awake, mut asleep) = (Sim::of(brittle(), Service::Fire), Sim::of(brittle(), Service::Fire));
        for sim in [&mut awake, &mut asleep] {
            acts.iter().for_each(|act| perform(sim, act));
        }
        steps.iter().for_each(|seconds| awake.secs(*seconds));
        asleep.restart();
        asleep.secs(steps.iter().sum());
        let (lived, caught_up) = (awake.changes(), asleep.changes());
        let apart = lived.iter().zip(&caught_up).find(|(lived, caught_up)| lived != caught_up);
        prop_assert!(apart.is_none(), "{:#?}", apart);
        prop_assert_eq!(lived.len(), caught_up.len());
        prop_assert_eq!(awake.records(), asleep.records());
    }

    #[test]
    fn d5_services_one_after_the_other_or_at_once_send_the_same_units(order in Just([0, 1, 2]).prop_shuffle(), pause in 0..600_u64) {
        let kinds = [("engine", Service::Fire), ("car", Service::Police), ("ambulance", Service::Ambulance)];
        let send = |which: usize, after: u64| {
            let mut sim = Sim::of(Scenario::sample(), kinds[which].1);
            sim.secs(after);
            let sent = sim.dispatch("a", 1, "14 Acacia Avenue", &[(kinds[which].0, 2)]);
            ids(&sent).into_iter().map(str::to_owned).zip(sent.units.iter().map(|(_, part)| part.eta)).collect::<Vec<_>>()
        };
        let at_once = [0, 1, 2].map(|which| send(which, 0));
        for (turn, which) in order.into_iter().enumerate() {
            prop_assert_eq!(&send(which, pause * turn as u64), &at_once[which]);
        }
    }
}
