//! Who goes: nearest by time, the right type, free, the same every time; never neither units nor a shortfall.

use std::sync::Arc;

use proptest::prelude::*;
use triage::Service;
use types::Timestamp;

use crate::dispatch::choice::{Candidate, Choice, Source, choose};
use crate::dispatch::geo::Position;
use crate::dispatch::life::Crew;
use crate::dispatch::scenario::{Need, Scenario, Unit};
use crate::dispatch::unit::Record;

fn need(kind: &str, count: u16) -> Need {
    Need { kind: kind.to_owned(), count }
}

fn ids(picks: &[Candidate]) -> Vec<&str> {
    picks.iter().map(|pick| pick.unit.id.as_str()).collect()
}

fn candidate(town: &Scenario, unit: &Arc<Unit>, to: Position) -> Candidate {
    let eta = Crew { scenario: town, unit }.estimate(&Record::IDLE, to, Timestamp::default());
    Candidate { unit: unit.clone(), source: Source::Free, eta }
}

fn chosen<'s>(town: &Scenario, needs: &[Need], free: impl Iterator<Item = &'s Arc<Unit>>, to: Position) -> Choice {
    choose(needs, free.map(|unit| candidate(town, unit, to)).collect())
}

#[test]
fn the_nearest_goes_and_a_tie_is_settled_by_id() {
    let town = Scenario::sample();
    let at_wallington = town.locate("170 London road SM6 7AN").position;
    let choice = chosen(&town, &[need("engine", 2)], town.units_of(Service::Fire), at_wallington);
    assert_eq!(ids(&choice.picks), ["E1", "E2"]);
    assert!(choice.shortfall.is_empty());
}

#[test]
fn units_of_another_type_do_not_stand_in() {
    let town = Scenario::sample();
    let to = town.locate("London Road").position;
    let choice = chosen(&town, &[need("rescue", 9)], town.units_of(Service::Fire), to);
    assert!(choice.picks.iter().all(|pick| pick.unit.kind == "rescue"));
    assert_eq!(choice.shortfall, [need("rescue", 5)]);
}

#[test]
fn ours_go_before_what_others_can_spare_and_a_neighbour_goes_last() {
    let town = Scenario::sample();
    let to = town.locate("London Road").position;
    let mut four: Vec<Candidate> =
        town.units_of(Service::Fire).take(4).map(|unit| candidate(&town, unit, to)).collect();
    let sources = [Source::Partner, Source::preempted(3), Source::preempted(5), Source::Free];
    four.iter_mut().zip(sources).for_each(|(one, source)| one.source = source);
    let order = choose(&[need("engine", 4)], four).picks.into_iter().map(|pick| pick.source);
    assert_eq!(order.collect::<Vec<_>>(), [Source::Free, Source::preempted(5), Source::preempted(3), Source::Partner]);
}

proptest! {
    #[test]
    fn a_requirement_is_met_or_its_shortfall_is_told(
        lat in 51.33..51.42, lon in -0.22..-0.09, engines in 0_u16..20, rescues in 0_u16..8, skip in 0_usize..16,
    ) {
        let town = Scenario::sample();
        let needs = [need("engine", engines), need("rescue", rescues)];
        let free = || town.units_of(Service::Fire).skip(skip);
        let to = Position { lat, lon };
        let choice = chosen(&town, &needs, free(), to);
        for need in &needs {
            let sent: Vec<_> = choice.picks.iter().filter(|pick| pick.unit.kind == need.kind).collect();
            let short: usize = choice.shortfall.iter().filter(|it| it.kind == need.kind).map(|it| usize::from(it.count)).sum();
            prop_assert_eq!(sent.len() + short, usize::from(need.count));
            let kept = free().filter(|unit| unit.kind == need.kind && !sent.iter().any(|pick| pick.unit.id == unit.id));
            for left in kept {
                prop_assert!(short == 0, "a free unit is left and one is missing");
                prop_assert!(sent.iter().all(|pick| pick.eta <= candidate(&town, left, to).eta));
            }
        }
        let mut backwards: Vec<&Arc<Unit>> = free().collect();
        backwards.reverse();
        prop_assert_eq!(choice, chosen(&town, &needs, backwards.into_iter(), to));
    }
}
