//! What each policy promises, over tables and drawn clusters.

use super::*;

const AT: Occasion<'static> = Occasion { turn: 0, chance: 0, context: "" };
const POLICIES: [Policy; 4] = [Policy::RoundRobin, Policy::LeastInFlight, Policy::PowerOfTwo, Policy::Sticky];

fn ids(count: usize) -> Vec<InstanceId> {
    (0..count).map(|number| format!("i-{number}").parse().unwrap()).collect()
}

/// One serving candidate for each number of tasks under way.
fn serving<'c>(ids: &'c [InstanceId], in_flight: &[u32]) -> Vec<Candidate<'c>> {
    ids.iter()
        .zip(in_flight)
        .enumerate()
        .map(|(number, (instance, &in_flight))| Candidate {
            store_id: StoreId::from_bytes([u8::try_from(number).unwrap(); 16]),
            instance,
            health: Health::Serving,
            in_flight,
            load: None,
            failing: false,
        })
        .collect()
}

fn indices(places: &[Place]) -> Vec<usize> {
    places.iter().map(|place| place.index).collect()
}

#[test]
fn who_drains_or_does_not_serve_is_never_chosen_and_who_fails_comes_last() {
    let ids = ids(5);
    let mut all = serving(&ids, &[0, 0, 9, 9, 0]);
    all[0].health = Health::Draining;
    all[1].health = Health::NotServing;
    all[4].failing = true;
    for policy in POLICIES {
        for number in 0..50 {
            let occasion = Occasion { turn: number, chance: number, context: &format!("c-{number}") };
            let places = order(policy, occasion, &all);
            let mut chosen = indices(&places);
            assert_eq!(places[2], Place { index: 4, why: Why::Failing }, "{policy:?}");
            assert!(places[..2].iter().all(|place| place.why != Why::Failing));
            chosen.sort_unstable();
            assert_eq!(chosen, [2, 3, 4], "{policy:?}");
        }
    }
}

#[test]
fn all_of_one_agent_may_fail_and_it_is_still_called() {
    let ids = ids(2);
    let mut all = serving(&ids, &[1, 0]);
    all.iter_mut().for_each(|one| one.failing = true);
    let failing = |index| Place { index, why: Why::Failing };
    assert_eq!(order(Policy::LeastInFlight, AT, &all), [failing(1), failing(0)]);
    assert_eq!(order(Policy::PowerOfTwo, AT, &[]), []);
}

#[test]
fn in_turn_everybody_gets_the_same_share() {
    let ids = ids(3);
    let all = serving(&ids, &[7, 0, 3]);
    let mut turns = Turns::default();
    let mut firsts = Vec::new();
    for _ in 0..6 {
        let occasion = Occasion { turn: turns.next("dispatch"), ..AT };
        firsts.push(order(Policy::RoundRobin, occasion, &all)[0].index);
    }
    assert_eq!(firsts, [0, 1, 2, 0, 1, 2]);
    assert_eq!((turns.so_far(&"dispatch"), turns.so_far(&"release")), (6, 0), "each kind of work has turns of its own");
}

#[test]
fn turns_of_many_kinds_are_bounded() {
    let mut turns = Turns::default();
    for kind in 0..KINDS {
        assert_eq!(turns.next(kind), 0);
    }
    assert_eq!((turns.next(0), turns.next(KINDS), turns.next(0)), (1, 0, 0));
    assert_eq!(turns.0.len(), 2);
}

#[test]
fn the_least_busy_comes_first_and_equals_take_turns() {
    let ids = ids(4);
    let all = serving(&ids, &[2, 0, 5, 0]);
    assert_eq!(indices(&order(Policy::LeastInFlight, AT, &all)), [1, 3, 0, 2]);
    let next = Occasion { turn: 2, ..AT };
    assert_eq!(indices(&order(Policy::LeastInFlight, next, &all)), [3, 1, 0, 2]);
}

#[test]
fn of_two_the_less_loaded_is_taken_and_the_most_loaded_is_never_first() {
    let ids = ids(4);
    let mut all = serving(&ids, &[3, 9, 1, 2]);
    let mut firsts = [0u32; 4];
    for chance in 0..4000u64 {
        let places = order(Policy::PowerOfTwo, Occasion { chance, ..AT }, &all);
        assert_eq!(places.len(), 4);
        firsts[places[0].index] += 1;
    }
    assert_eq!(firsts[1], 0, "it loses against whoever it is drawn with");
    assert!(firsts[2] > firsts[3] && firsts[3] > firsts[0] && firsts[0] > 0, "{firsts:?}");
    // A measure of one's own counts for more than the number of tasks, where both have one.
    for (one, load) in all.iter_mut().zip([90, 5, 80, 70]) {
        one.load = Some(load);
    }
    let firsts: Vec<usize> =
        (0..200).map(|chance| order(Policy::PowerOfTwo, Occasion { chance, ..AT }, &all)[0].index).collect();
    assert!(firsts.contains(&1) && !firsts.contains(&0));
}

#[test]
fn equals_share_what_chance_gives() {
    let ids = ids(2);
    let all = serving(&ids, &[0, 0]);
    let ones = (0..1000).filter(|&chance| order(Policy::PowerOfTwo, Occasion { chance, ..AT }, &all)[0].index == 1);
    let ones = ones.count();
    assert!((400..=600).contains(&ones), "{ones} of 1000");
}

#[test]
fn a_context_stays_where_it_is_and_only_those_of_a_lost_instance_move() {
    let ids = ids(5);
    let all = serving(&ids, &[0; 5]);
    let mut fewer = all.clone();
    fewer[3].health = Health::Draining;
    let mut owned = [0u32; 5];
    for number in 0..1000u32 {
        let context = format!("context-{number}");
        let occasion = |chance| Occasion { turn: chance, chance, context: &context };
        let home = order(Policy::Sticky, occasion(1), &all)[0].index;
        owned[home] += 1;
        assert_eq!(order(Policy::Sticky, occasion(2), &all)[0].index, home);
        let then = order(Policy::Sticky, occasion(3), &fewer)[0].index;
        assert!(if home == 3 { then != 3 } else { then == home }, "{context} moved from {home} to {then}");
    }
    assert!(owned.iter().all(|&share| (120..=280).contains(&share)), "{owned:?}");
}

#[test]
fn a_context_has_the_same_home_in_every_version_of_this_code() {
    let ids = ids(3);
    let all = serving(&ids, &[0; 3]);
    let homes: Vec<usize> = (0..8)
        .map(|number| order(Policy::Sticky, Occasion { context: &format!("call-{number}"), ..AT }, &all)[0].index)
        .collect();
    assert_eq!(homes, [0, 2, 1, 2, 2, 2, 0, 2]);
}
