//! A place that is learnt later: who goes on to it and when, who waits, who is past it, and what happens to them then.

use std::time::Duration;

use triage::Service;

use super::sim::{Sim, ids, key, order};
use crate::dispatch::redirect::{Past, Redirected};
use crate::dispatch::scenario::Scenario;
use crate::dispatch::unit::{Reason, Record, Spot, State};

const ENGINE: &[(&str, u16)] = &[("engine", 1)];
/// The engines of the built-in town, the neighbour's included.
const ENGINES: u16 = 14;

fn town() -> Sim {
    Sim::of(Scenario::sample(), Service::Fire)
}

/// The town with a failure injected into the engine that goes to an unknown place.
fn failing(at: &str) -> Sim {
    let unit = ids(&town().dispatch("a", 2, "", ENGINE))[0].to_owned();
    let sample = include_str!("../../../scenario.toml");
    let id = format!("id = \"{unit}\"\n");
    Sim::new(&sample.replacen(&id, &format!("{id}fails = {{ at = \"{at}\" }}\n"), 1), Service::Fire)
}

/// Sends an engine to a place that nobody knows, and waits until it is in this state.
fn sent(sim: &mut Sim, state: State) -> String {
    let unit = ids(&sim.dispatch("a", 2, "", ENGINE))[0].to_owned();
    while sim.record(&unit).state != state {
        sim.secs(1);
    }
    unit
}

fn place(record: &Record) -> &str {
    record.assignment.as_ref().map_or("", |part| part.place.as_str())
}

/// The one dispatch that was turned, and the units that it has on their way.
fn turned(outcome: &Redirected) -> Vec<&str> {
    let [turned] = outcome.turned.as_slice() else { panic!("one dispatch in {outcome:?}") };
    ids(&turned.sent)
}

#[test]
fn who_is_on_the_way_goes_on_to_the_new_place_and_arrives_when_it_says() {
    for state in [State::Assigned, State::Acknowledged, State::EnRoute, State::OnScene] {
        let mut sim = town();
        let unit = sent(&mut sim, state);
        let before = sim.record(&unit);
        let outcome = sim.redirect("a", "Mill Lane");
        assert_eq!((turned(&outcome), outcome.turned[0].past.len()), (vec![unit.as_str()], 0));
        let after = sim.record(&unit);
        let on = if state == State::OnScene { State::EnRoute } else { state };
        assert_eq!((after.state, place(&after), after.epoch), (on, "Mill Lane", before.epoch), "{state:?}");
        let part = after.assignment.clone().unwrap();
        assert_eq!(
            (part.scene.unwrap(), part.redirected_at),
            (Scenario::sample().locate("Mill Lane").position, Some(sim.now))
        );
        assert!(part.arrival() > sim.now);
        if !matches!(on, State::EnRoute) {
            assert_eq!(after.next, before.next, "where to makes no difference to when it turns out");
        }
        sim.restart();
        let eta = after.eta(sim.now);
        sim.secs(u64::from(eta) - 1);
        assert_ne!(sim.record(&unit).state, State::OnScene, "{state:?}");
        sim.secs(1);
        assert_eq!(sim.record(&unit).state, State::OnScene, "{state:?}");
        let changes = sim.changes();
        let told: Vec<_> = changes.iter().filter(|change| change.reason == Reason::Redirected).collect();
        assert_eq!((told.len(), told[0].from, told[0].eta()), (1, state, eta));
    }
}

#[test]
fn a_unit_is_where_it_was_when_it_is_redirected() {
    let mut sim = town();
    let unit = sent(&mut sim, State::EnRoute);
    sim.secs(20);
    let scenario = Scenario::sample();
    let at = |sim: &Sim| scenario.position(scenario.unit(&unit).unwrap(), &sim.record(&unit), sim.now);
    let before = at(&sim);
    sim.redirect("a", "Mill Lane");
    assert!(before.distance(at(&sim)) < 1.0);
    let to = scenario.locate("Mill Lane").position;
    sim.secs(30);
    assert!(at(&sim).distance(to) < before.distance(to), "it drives to the new place");
}

#[test]
fn the_same_point_in_other_words_moves_nobody() {
    let mut sim = town();
    let unit = ids(&sim.dispatch("a", 2, "12 Mill Lane", ENGINE))[0].to_owned();
    for state in [State::Assigned, State::EnRoute, State::OnScene] {
        while sim.record(&unit).state != state {
            sim.secs(1);
        }
        let words = format!("{state:?}, Mill Lane");
        let before = sim.record(&unit);
        assert_eq!(turned(&sim.redirect("a", &words)), [unit.as_str()]);
        let after = sim.record(&unit);
        assert_eq!((after.state, place(&after), after.next), (state, words.as_str(), before.next));
        assert_eq!(after.eta(sim.now), before.eta(sim.now));
    }
}

#[test]
fn who_waits_keeps_its_place_in_the_queue_and_goes_to_the_new_place_later() {
    let mut sim = town();
    for call in 0..ENGINES {
        sim.dispatch(&format!("gone-{call}"), 2, "London Road", ENGINE);
    }
    sim.dispatch("before", 2, "London Road", ENGINE);
    sim.secs(1);
    sim.dispatch("a", 2, "", ENGINE);
    let outcome = sim.redirect("a", "Mill Lane");
    let waits = &outcome.turned[0].sent;
    assert_eq!((waits.units.len(), waits.position, waits.missing[0].count), (0, 2, 1));
    sim.restart();
    assert_eq!(sim.redirect("a", "Mill Lane"), outcome, "told again");
    for call in 0..2 {
        sim.release(&format!("gone-{call}"));
    }
    sim.secs(0);
    let sent = sim.sent("a");
    assert_eq!((sent.units.len(), sent.at.map(|at| at.place)), (1, Some("Mill Lane".to_owned())));
    assert_eq!(sent.units[0].1.place, "Mill Lane");
}

#[test]
fn what_a_dispatch_loses_after_a_redirect_is_replaced_at_the_new_place() {
    let mut sim = failing("turn-out");
    let unit = sent(&mut sim, State::Acknowledged);
    sim.redirect("a", "Mill Lane");
    sim.secs(90);
    assert_eq!(sim.record(&unit).state, State::OutOfService, "a redirect gives no more time to turn out");
    let other = ids(&sim.sent("a")).into_iter().find(|id| *id != unit).unwrap().to_owned();
    assert_eq!(place(&sim.record(&other)), "Mill Lane");
    let mut sim = town();
    sim.dispatch("a", 4, "", ENGINE);
    sim.redirect("a", "Mill Lane");
    sim.dispatch("urgent", 1, "London Road", &[("engine", ENGINES - 1)]);
    sim.dispatch("more", 1, "London Road", ENGINE);
    assert!(sim.changes().iter().any(|change| change.reason == Reason::Preempted));
    let waits = sim.sent("a");
    assert_eq!((waits.units.len(), waits.at.unwrap().place.as_str()), (0, "Mill Lane"));
    let waits = sim.redirect("a", "Church Road").turned.remove(0).sent;
    assert_eq!((waits.units.len(), waits.position, waits.at.unwrap().place.as_str()), (0, 1, "Church Road"));
}

#[test]
fn a_unit_that_overruns_after_a_redirect_is_given_half_its_new_eta_more() {
    let mut sim = failing("arrive");
    let unit = sent(&mut sim, State::EnRoute);
    sim.secs(60);
    sim.redirect("a", "Mill Lane");
    let part = sim.record(&unit).assignment.unwrap();
    let until = sim.now.after(Duration::from_secs(part.eta.into()).mul_f64(1.5));
    sim.secs(7200);
    let out = sim.changes().into_iter().find(|change| change.reason == Reason::Withdrawn).unwrap();
    assert_eq!((out.unit, out.after.since), (unit, until));
}

#[test]
fn who_has_done_its_work_at_the_place_does_not_count_as_sent_there() {
    let mut sim = town();
    let unit = ids(&sim.dispatch("a", 2, "12 Mill Lane", ENGINE))[0].to_owned();
    for state in [State::Cleared, State::Available] {
        while sim.record(&unit).state != state {
            sim.secs(1);
        }
        let outcome = sim.redirect("a", "14 Mill Lane");
        let past = vec![Past { unit: unit.clone(), state: State::Cleared }];
        assert_eq!(outcome, Redirected { turned: Vec::new(), past });
    }
}

#[test]
fn nobody_decides_about_a_dispatch_that_another_decision_holds() {
    let mut sim = town();
    let held = |sim: &Sim| sim.board().look(|inner| inner.draft().is_held(|it| *it == key("a")));
    let (order, to) = (order("a", ""), order("a", "Mill Lane"));
    let to = Spot { place: to.place, scene: to.scene };
    let (sent, pending) = sim.board().decide(sim.now, |draft| draft.dispatch(&order));
    assert!(held(&sim), "its first units are on their way to the store");
    pending.unwrap().settle(true);
    assert!(!held(&sim));
    let unit = ids(&sent)[0].to_owned();
    for made in [false, true] {
        let (turned, pending) = sim.board().decide(sim.now, |draft| draft.redirect(|it| *it == key("a"), &to));
        assert_eq!(
            (turned.turned.len(), held(&sim), place(&sim.record(&unit))),
            (1, true, ""),
            "not before it is stored"
        );
        pending.unwrap().settle(made);
        assert_eq!((held(&sim), place(&sim.record(&unit))), (false, if made { "Mill Lane" } else { "" }));
    }
    sim.secs(0);
}

#[test]
fn d6_a_release_after_a_redirect_gives_everybody_back_once() {
    let mut sim = town();
    let unit = sent(&mut sim, State::OnScene);
    sim.redirect("a", "Mill Lane");
    assert_eq!(sim.release("a").units, [unit.as_str()]);
    assert!(sim.release("a").is_empty());
    assert_eq!(sim.record(&unit).state, State::Available, "it was on its way again, so it is called off");
    let outcome = sim.redirect("a", "Church Road");
    assert_eq!(outcome, Redirected::default(), "nobody is left to be sent anywhere");
}

#[test]
fn who_has_a_patient_or_has_cleared_stays_out_of_it() {
    let mut sim = Sim::of(Scenario::sample(), Service::Ambulance);
    let crew = &[("ambulance", 4)];
    let units: Vec<String> = ids(&sim.dispatch("a", 2, "", crew)).into_iter().map(str::to_owned).collect();
    let busy = |sim: &Sim| units.iter().any(|unit| sim.record(unit).state == State::Transporting);
    while !busy(&sim) {
        sim.secs(1);
    }
    let before = sim.records();
    let outcome = sim.redirect("a", "Mill Lane");
    let past = &outcome.turned[0].past;
    assert!(!past.is_empty() && past.len() < units.len(), "{past:?}");
    for Past { unit, state } in past {
        assert_eq!((&before[unit], before[unit].state), (&sim.record(unit), *state));
    }
    let at = sim.sent("a").at.unwrap();
    assert_eq!(at.place, "Mill Lane", "where the dispatch goes is what the others were told");
    let arrived = |at: Option<&Spot>| sim.board().look(|inner| inner.draft().arrived(&key("a"), at));
    assert!(!arrived(None).is_empty() && arrived(Some(&at)).is_empty(), "nobody is there yet");
    sim.secs(4 * 3600);
    let over = sim.redirect("a", "Church Road");
    assert_eq!((over.turned.len(), over.past.len()), (0, units.len()));
    assert!(over.past.iter().all(|past| past.state == State::Cleared));
    assert_eq!(turned(&sim.redirect("a", "Mill Lane")).len(), units.len(), "what was done is told again as done");
}

#[test]
fn a_dispatch_is_told_in_the_newest_words_also_where_who_stays_out_of_it_keeps_the_old_ones() {
    let to = "behind the church, Mill Lane";
    let turned = (2..9).filter_map(|crews| {
        let mut sim = Sim::of(Scenario::sample(), Service::Ambulance);
        let units: Vec<String> = ids(&sim.dispatch("a", 2, "12 Mill Lane", &[("ambulance", crews)]))
            .into_iter()
            .map(str::to_owned)
            .collect();
        // Until the last of them has left.
        while sim.record(units.last()?).goes() {
            sim.secs(1);
        }
        sim.redirect("a", to).turned.pop()
    });
    let turned: Vec<_> = turned.filter(|turned| !turned.past.is_empty()).collect();
    assert!(!turned.is_empty(), "somebody goes and somebody stays out of it");
    assert!(turned.iter().all(|turned| turned.sent.at.as_ref().unwrap().place == to), "{turned:?}");
}
