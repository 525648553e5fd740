//! Who goes: nearest by time, the right type, free, the same every time; never neither units nor a shortfall.

use std::sync::Arc;

use proptest::prelude::*;
use triage::Service;

use crate::dispatch::choice::{Pick, choose};
use crate::dispatch::geo::Position;
use crate::dispatch::scenario::{Need, Scenario, Unit};

fn need(kind: &str, count: u16) -> Need {
    Need { kind: kind.to_owned(), count }
}

fn ids(picks: &[Pick]) -> Vec<&str> {
    picks.iter().map(|pick| pick.unit.id.as_str()).collect()
}

#[test]
fn the_nearest_goes_and_a_tie_is_settled_by_id() {
    let town = Scenario::sample();
    let at_wallington = town.locate("170 London road SM6 7AN").position;
    let choice = choose(&town, &[need("engine", 2)], town.units_of(Service::Fire), at_wallington);
    assert_eq!(ids(&choice.picks), ["E1", "E2"]);
    assert!(choice.shortfall.is_empty());
}

#[test]
fn units_of_another_type_do_not_stand_in() {
    let town = Scenario::sample();
    let to = town.locate("London Road").position;
    let choice = choose(&town, &[need("rescue", 9)], town.units_of(Service::Fire), to);
    assert!(choice.picks.iter().all(|pick| pick.unit.kind == "rescue"));
    assert_eq!(choice.shortfall, [need("rescue", 5)]);
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
        let choice = choose(&town, &needs, free(), to);
        for need in &needs {
            let sent: Vec<_> = choice.picks.iter().filter(|pick| pick.unit.kind == need.kind).collect();
            let short: usize = choice.shortfall.iter().filter(|it| it.kind == need.kind).map(|it| usize::from(it.count)).sum();
            prop_assert_eq!(sent.len() + short, usize::from(need.count));
            let kept = free().filter(|unit| unit.kind == need.kind && !sent.iter().any(|pick| pick.unit.id == unit.id));
            for left in kept {
                prop_assert!(short == 0, "a free unit is left and one is missing");
                prop_assert!(sent.iter().all(|pick| pick.eta <= town.eta(left, to)));
            }
        }
        let mut backwards: Vec<&Arc<Unit>> = free().collect();
        backwards.reverse();
        prop_assert_eq!(choice, choose(&town, &needs, backwards.into_iter(), to));
    }
}
