//! Random news in random order: whatever happens, the invariants of a run hold.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use common::{Bench, child, completed, failed, foreign_route, moving, other_route, replay, reply, route, step};
use engine::{Cause, ChildNews, Code, Fact, Mode, News, OnFailure, Origin, Payload, Phase, Plan, Question, Reason};
use engine::{Effect, OnUnknown, StepFact, WaitsOn};
use proptest::prelude::{Just, Strategy, any, prop};
use proptest::{prop_assert, prop_assert_eq, prop_oneof, proptest};
use types::{RetryPolicy, SKEW, Seq, StepId, Timestamp};

/// One thing that happens; numbers are taken modulo what there is.
#[derive(Debug, Clone)]
enum Happening {
    Pass { millis: u64 },
    ToDeadline,
    Route(bool),
    Move(usize),
    Cancel,
    Reply { moves: bool, asks: bool },
    Child { step: usize, back: u32, what: usize },
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        3 => (0_u64..20_000).prop_map(|millis| Happening::Pass { millis }),
        4 => Just(Happening::ToDeadline),
        1 => any::<bool>().prop_map(Happening::Route),
        1 => (0..3_usize).prop_map(Happening::Move),
        1 => Just(Happening::Cancel),
        1 => any::<(bool, bool)>().prop_map(|(moves, asks)| Happening::Reply { moves, asks }),
        12 => (0..6_usize, 0..3_u32, 0..8_usize)
            .prop_map(|(step, back, what)| Happening::Child { step, back, what }),
    ]
}

/// A plan whose steps depend only on steps before or after them in one fixed order, so never in a circle.
fn any_plan() -> impl Strategy<Value = Plan> {
    let steps = prop::collection::vec((any::<u8>(), 1_u32..4, any::<bool>()), 0..6);
    (steps, any::<bool>(), any::<bool>(), any::<bool>(), 1_u64..400).prop_map(
        |(rows, par, asks, backwards, timeout)| {
            let mut steps: Vec<_> = rows.iter().enumerate().map(|(place, row)| any_step(place, *row)).collect();
            if backwards {
                steps.reverse();
            }
            let question = asks.then(where_is_it);
            let mode = if par { Mode::Parallel } else { Mode::Sequential };
            let timeout = Duration::from_secs(timeout);
            Plan { mode, question, timeout, ..Plan::new("random", Origin::Text, steps) }
        },
    )
}

fn where_is_it() -> Question {
    Question { reason: Reason::Location, text: "where?".into() }
}

fn any_step(place: usize, (depends, attempts, goes_on): (u8, u32, bool)) -> engine::Step {
    let on_failure = if goes_on { OnFailure::Continue } else { OnFailure::SkipDependents };
    let depends_on = (0..place).filter(|bit| depends & (1 << bit) != 0).map(id).collect();
    let retry = RetryPolicy { attempts, ..RetryPolicy::default() };
    let undo = (depends >= 128).then(|| "release".parse().unwrap());
    let on_unknown = if depends & 64 == 0 { OnUnknown::Another } else { OnUnknown::Fail };
    let at_most_once = depends & 32 != 0;
    engine::Step { depends_on, retry, on_failure, undo, on_unknown, at_most_once, ..step(&format!("s{place}")) }
}

fn id(place: usize) -> StepId {
    format!("s{place}").parse().unwrap()
}

fn child_news(step: &str, attempt: u32, what: usize) -> ChildNews {
    let (child, cursor, note) = (child(step, attempt), Seq(2), Payload::default());
    match what {
        0 => ChildNews::Progress { child, cursor, note },
        1 => ChildNews::Waiting { child, cursor, on: WaitsOn::Input, note },
        2 | 3 => completed(step, attempt),
        4 => failed(step, attempt),
        5 => ChildNews::NothingLive,
        6 => ChildNews::NotFound,
        _ => ChildNews::NotAccepted(Cause::new(Code::Unreachable, "refused")),
    }
}

fn happen(bench: &mut Bench, happening: &Happening) {
    match happening {
        Happening::Pass { millis } => drop(bench.tick_after(*millis)),
        Happening::ToDeadline if bench.run.deadline().is_some_and(|at| at >= bench.now) => drop(bench.tick()),
        Happening::ToDeadline => {}
        Happening::Route(routed) => bench.routed = *routed,
        Happening::Move(place) => bench.route = [route(), other_route(), foreign_route()][*place].clone(),
        Happening::Cancel => drop(bench.tell(News::Cancel)),
        Happening::Reply { moves, asks } => {
            let News::Reply(reply) = (if *moves { self::moves(bench) } else { reply(&["added"]) }) else { return };
            let question = asks.then(where_is_it);
            drop(bench.tell(News::Reply(engine::Reply { question, ..reply })));
        }
        Happening::Child { step: place, back, what } => tell_child(bench, *place, *back, *what),
    }
}

/// All steps get something else from now on, and who was sent before is told.
fn moves(bench: &Bench) -> News {
    let all: Vec<&str> = bench.run.steps().map(|(step, _)| step.id.as_str()).collect();
    let told = bench.run.steps().filter(|(_, status)| status.may_be_out());
    let told: Vec<&str> = told.map(|(step, _)| step.id.as_str()).collect();
    moving(&all, &told)
}

fn tell_child(bench: &mut Bench, place: usize, back: u32, what: usize) {
    let steps: Vec<(StepId, u32)> =
        bench.run.steps().map(|(step, status)| (step.id.clone(), status.attempts())).collect();
    let Some((step, newest)) = steps.get(place % steps.len().max(1)) else { return };
    let attempt = newest.saturating_sub(back);
    if attempt > 0 {
        drop(bench.child(step.as_str(), attempt, child_news(step.as_str(), attempt, what)));
    }
}

/// Tells every open attempt that it has ended until the run has.
fn drain(bench: &mut Bench) {
    drop(bench.tell(News::Cancel));
    // First what is under way stops, then what was done is taken back: three attempts each, and their pauses.
    for _ in 0..8 {
        let live = bench.run.steps().filter(|(_, status)| status.live());
        let live: Vec<_> = live.map(|(step, status)| (step.id.clone(), status.attempts())).collect();
        for (step, attempt) in live {
            drop(bench.fails(step.as_str(), attempt));
        }
        drop(bench.tick_after(60_000));
    }
}

/// Dispatches come in order, within the policy, and only after their dependencies have ended.
fn check_dispatches(bench: &Bench) {
    let mut run = engine::Run::default();
    let mut newest: BTreeMap<StepId, u32> = BTreeMap::new();
    for event in &bench.log {
        if let Fact::Step(id, StepFact::Dispatched(launch)) = &event.fact {
            let (_, step, status) = run.step(id).unwrap();
            let count = newest.entry(id.clone()).or_default();
            *count += 1;
            assert_eq!(launch.attempt, *count);
            assert!(launch.attempt <= step.retry.attempts);
            assert!(!status.live(), "a second attempt while the first may live");
            check_strays(step, status, event.at);
            assert!(step.depends_on.iter().all(|dependency| run.step(dependency).unwrap().2.ended()));
            let undoes = step.undoes().map(|id| run.step(id).unwrap().2.completed());
            check_telling(&run, step, launch);
            assert!(run.ending().is_none() || undoes == Some(true), "nothing begins in a run that ends");
        }
        run.apply(event);
    }
}

/// What tells an agent something goes where that one's attempt went, once that has said how it stands; and what is sent
/// first is what the step gets by then.
fn check_telling(run: &engine::Run, step: &engine::Step, launch: &engine::Launch) {
    assert_eq!(launch.input, None, "a new attempt gets what its step gets");
    let Some(of) = step.tells() else { return };
    let (_, _, status) = run.step(of).unwrap();
    assert!(status.completed() || status.waiting(), "nobody there knows of it: {status:?}");
    assert!(status.attempt.as_ref().unwrap().launch.route.meets(&launch.route), "told somewhere else");
}

/// An attempt that follows one of unknown outcome does so by the step's policy, and not before the old one's time.
fn check_strays(step: &engine::Step, status: &engine::StepStatus, now: Timestamp) {
    for stray in &status.strays {
        let launch = &stray.attempt.launch;
        assert!(!step.at_most_once && step.on_unknown == OnUnknown::Another, "{launch:?}");
        assert!(now >= launch.not_after.after(SKEW), "the old one may still be accepted: {launch:?}");
    }
}

/// What was sent and has not ended, as the log tells it, is what is live or strayed: nothing is forgotten.
fn check_accounts(bench: &Bench) {
    let mut open: BTreeSet<(StepId, u32)> = BTreeSet::new();
    for event in &bench.log {
        let Fact::Step(id, fact) = &event.fact else { continue };
        match fact {
            StepFact::Dispatched(launch) => drop(open.insert((id.clone(), launch.attempt))),
            StepFact::LateAnswer { attempt, .. } => drop(open.remove(&(id.clone(), *attempt))),
            _ => {}
        }
    }
    for (step, status) in bench.run.steps() {
        let strays = status.strays.iter().map(|stray| stray.attempt.launch.attempt);
        let known: BTreeSet<u32> = strays.chain(status.attempt.iter().map(|it| it.launch.attempt)).collect();
        assert!(known.iter().all(|attempt| step.undoes().is_some() || *attempt <= status.attempts()));
        let listed = bench.run.outstanding();
        for attempt in status.duties() {
            let number = attempt.launch.attempt;
            assert!(open.contains(&(step.id.clone(), number)), "a duty for an attempt that has ended");
            let fence = |effect: &Effect| matches!(effect, Effect::Fence(it) if it.step == step.id && it.launch.attempt == number);
            assert!(listed.iter().any(fence), "a duty that nobody does");
        }
    }
}

fn terminal_events(bench: &Bench) -> usize {
    bench.log.iter().filter(|event| matches!(event.fact, Fact::Ended(_))).count()
}

proptest! {
    #[test]
    fn the_invariants_hold_whatever_happens(
        plan in any_plan(),
        happenings in prop::collection::vec((happening(), 0.0..1.0), 0..60),
    ) {
        let mut bench = Bench::accepted(plan);
        for (happening, jitter) in &happenings {
            bench.jitter = *jitter;
            happen(&mut bench, happening);
            bench.tell(News::Tick).unwrap();
            prop_assert!(bench.run.deadline().is_none_or(|at| at > bench.now), "a deadline in the past");
            prop_assert_eq!(&replay(&bench.log), &bench.run, "replay of the log");
            prop_assert_eq!(&bench.rebuilt(), &bench.run, "fold");
            let ended = matches!(bench.run.phase(), Phase::Ended { .. });
            prop_assert_eq!(terminal_events(&bench), usize::from(ended));
            let duties = bench.run.duties().count();
            prop_assert!(!ended || bench.run.outstanding().len() == duties, "a live child of an ended run is not listed");
            check_accounts(&bench);
        }
        check_dispatches(&bench);
        drain(&mut bench);
        prop_assert_eq!(terminal_events(&bench), 1, "every run can end");
    }

    #[test]
    fn any_acyclic_plan_whose_agents_answer_completes(plan in any_plan()) {
        let mut bench = Bench::accepted(Plan { question: None, ..plan });
        let count = bench.run.plan().steps.len();
        for _ in 0..count {
            let live = bench.run.steps().find(|(_, status)| status.live()).map(|(step, _)| step.id.clone());
            prop_assert!(live.is_some(), "nothing is under way and the run has not ended");
            bench.completes(live.unwrap().as_str(), 1);
        }
        prop_assert_eq!(bench.run.counts().completed, count);
        prop_assert_eq!(terminal_events(&bench), 1);
    }
}
