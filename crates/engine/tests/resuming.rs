//! Going on from a run that has ended: what is carried over, what begins anew, what is left alone.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod common;

use common::{Bench, plan};
use engine::{
    Cause, ChildNews, Code, Done, Earlier, Effect, Fate, Finding, Launch, News, NotResumable, Outcome, Payload,
};
use engine::{Plan, Refused, Resume, StepState};
use types::{TaskId, Timestamp};

fn never() -> ChildNews {
    ChildNews::NotAccepted(Cause::new(Code::Timeout, "never accepted"))
}

/// A plan of one attempt a step, whose steps are under way together.
fn once(ids: &[&str]) -> Plan {
    let mut plan = Plan { mode: engine::Mode::Parallel, ..plan(ids) };
    for step in &mut plan.steps {
        step.retry.attempts = 1;
        step.undo = Some("release".parse().unwrap());
    }
    plan
}

/// A run that ended with `fire` done and `police` not.
fn partly_failed() -> Bench {
    let mut bench = Bench::accepted(once(&["fire", "police"]));
    bench.completes("fire", 1);
    bench.fails("police", 1);
    assert_eq!(bench.run.outcome(), Some(Outcome::Completed));
    bench
}

/// A run whose only step was handed to the reaper.
fn strayed(at_most_once: bool) -> Bench {
    let mut plan = once(&["fire"]);
    plan.steps[0].at_most_once = at_most_once;
    let mut bench = Bench::accepted(plan);
    bench.tick();
    bench.tick();
    assert_eq!((bench.run.outcome(), bench.strays("fire")), (Some(Outcome::Failed), vec![(1, true)]));
    bench
}

fn finding(step: &str, fate: Fate) -> Finding {
    Finding { step: step.parse().unwrap(), fate }
}

/// The run that goes on from `bench`, with the earlier one's id.
fn resumed(bench: &Bench, findings: &[Finding]) -> (TaskId, Bench) {
    resumed_after(bench, findings, &[])
}

/// As `resumed`, with what is known of the runs before that one.
fn resumed_after(bench: &Bench, findings: &[Finding], earlier: &[Earlier]) -> (TaskId, Bench) {
    let id = TaskId::fresh();
    let mut next = Bench { now: bench.now, ..Bench::new() };
    next.tell(News::Resume(bench.run.resume(id, findings, earlier).unwrap())).unwrap();
    (id, next)
}

fn earlier(bench: &Bench, fate: Fate) -> Earlier {
    Earlier { run: Some(bench.run.clone()), findings: vec![finding("fire", fate)] }
}

fn ids<T>(named: &[(types::StepId, T)]) -> Vec<&str> {
    named.iter().map(|(id, _)| id.as_str()).collect()
}

#[test]
fn only_what_is_not_done_begins_anew() {
    let (id, mut next) = resumed(&partly_failed(), &[]);
    assert_eq!((next.dispatched(), next.run.plan().resumes), (vec!["police/1".to_owned()], Some(id)));
    assert_eq!(next.rebuilt(), next.run);
    next.completes("police", 1);
    assert_eq!((next.run.outcome(), next.run.counts().completed), (Some(Outcome::Completed), 2));
    assert_eq!(next.rebuilt(), next.run);
}

#[test]
fn what_a_run_before_the_last_did_stays_its_own() {
    let (first, mut second) = resumed(&partly_failed(), &[]);
    second.fails("police", 1);
    let resume = second.run.resume(TaskId::fresh(), &[], &[]).unwrap();
    assert_eq!((ids(&resume.done), resume.done[0].1.run), (vec!["fire"], first));
}

#[test]
fn a_cancel_takes_back_what_the_earlier_run_did_in_its_name() {
    let (id, mut next) = resumed(&partly_failed(), &[]);
    next.tell(News::Cancel).unwrap();
    next.child("police", 1, never());
    let Some(Effect::Dispatch(undo)) = next.effects.last() else { panic!("{:?}", next.effects) };
    assert_eq!((undo.step.as_str(), undo.done_by), ("fire.undo", Some(id)));
    let outstanding = next.rebuilt().outstanding();
    assert!(matches!(&outstanding[..], [Effect::Dispatch(it)] if it.done_by == Some(id)));
}

#[test]
fn what_a_cancel_took_back_begins_anew_and_what_it_may_have_does_not() {
    let mut bench = Bench::accepted(once(&["fire", "police", "ambulance"]));
    for step in ["fire", "police"] {
        bench.completes(step, 1);
    }
    bench.tell(News::Cancel).unwrap();
    bench.child("ambulance", 1, never());
    bench.completes("fire.undo", 1);
    bench.child("police.undo", 1, ChildNews::NothingLive);
    assert_eq!(bench.run.outcome(), Some(Outcome::Canceled));
    let Resume { plan, done, left } = bench.run.resume(TaskId::fresh(), &[], &[]).unwrap();
    assert_eq!(plan.steps.len(), 3, "what was taken back is not taken back again");
    assert_eq!((ids(&done), ids(&left)), (vec![], vec!["police"]));
}

#[test]
fn a_run_that_has_not_ended_or_has_nothing_to_do_is_not_gone_on_from() {
    let mut bench = Bench::accepted(once(&["fire"]));
    assert_eq!(bench.run.resume(TaskId::fresh(), &[], &[]), Err(NotResumable::UnderWay));
    bench.completes("fire", 1);
    assert_eq!(bench.run.resume(TaskId::fresh(), &[], &[]), Err(NotResumable::AllDone));
    assert_eq!(engine::Run::default().resume(TaskId::fresh(), &[], &[]), Err(NotResumable::UnderWay));
}

#[test]
fn what_the_reaper_still_asks_for_is_left_alone() {
    let bench = strayed(false);
    let open = [finding("fire", Fate::Open)];
    let Err(NotResumable::AllLeft(left)) = bench.run.resume(TaskId::fresh(), &open, &[]) else {
        panic!("it began anew")
    };
    assert_eq!((ids(&left), left[0].1.code), (vec!["fire"], Code::OutcomeUnknown));
    // Once it is accounted for, it is not.
    let (_, next) = resumed(&bench, &[finding("fire", Fate::Over)]);
    assert_eq!(next.dispatched(), ["fire/1"]);
}

#[test]
fn a_step_that_is_left_alone_is_skipped_and_can_be_gone_on_with_later() {
    let mut bench = Bench::accepted(once(&["fire", "police"]));
    bench.tick();
    bench.fails("police", 1);
    bench.tick();
    let (_, mut second) = resumed(&bench, &[finding("fire", Fate::Open)]);
    assert_eq!((second.state("fire"), second.dispatched()), (StepState::Skipped, vec!["police/1".to_owned()]));
    assert_eq!(second.rebuilt(), second.run);
    second.completes("police", 1);
    assert_eq!(second.run.outcome(), Some(Outcome::Completed));
    let (_, third) = resumed_after(&second, &[], &[earlier(&bench, Fate::NeverAccepted)]);
    assert_eq!(third.dispatched(), ["fire/1"]);
}

#[test]
fn what_the_reaper_found_done_is_not_done_again() {
    let bench = strayed(false);
    let launch = bench.run.steps().next().unwrap().1.attempt.clone().unwrap().launch;
    let (first, at) = (TaskId::fresh(), Timestamp::from_millis(5));
    let done = Done { run: first, launch, child: Some(common::child("fire", 1)), at, answer: Payload::default() };
    let (_, next) = resumed(&bench, &[finding("fire", Fate::Done(Box::new(done)))]);
    assert_eq!((next.dispatched(), next.run.outcome()), (vec![], Some(Outcome::Completed)));
    assert_eq!(next.run.steps().next().unwrap().1.done_by, Some(first));
}

/// How the only step of a run ended, and whether another run may begin it again when it must not be done twice.
#[test]
fn what_may_have_been_done_is_not_done_twice() {
    type Way = fn(&mut Bench);
    let ways: [(&str, Way, bool); 7] = [
        ("the agent failed", |bench| drop(bench.fails("fire", 1)), true),
        ("nobody took it", |bench| drop(bench.child("fire", 1, refused())), true),
        ("no endpoint", |bench| drop((bench.routed, bench.tick()).1), true),
        ("it took too long", |bench| drop((bench.tick(), bench.fails("fire", 1))), false),
        ("nothing lives", |bench| drop(bench.child("fire", 1, ChildNews::NothingLive)), false),
        ("not found", |bench| drop(bench.child("fire", 1, ChildNews::NotFound)), false),
        ("canceled", |bench| drop((bench.tell(News::Cancel).unwrap(), bench.fails("fire", 1))), false),
    ];
    for (what, way, again) in ways {
        let mut plan = once(&["fire"]);
        plan.steps[0].at_most_once = true;
        let mut bench = Bench { routed: what != "no endpoint", ..Bench::new() };
        bench.tell(News::Accept(plan)).unwrap();
        way(&mut bench);
        assert!(bench.run.outcome().is_some(), "{what}");
        let resume = bench.run.resume(TaskId::fresh(), &[], &[]);
        assert_eq!(resume.is_ok(), again, "{what}: {resume:?}");
    }
}

fn refused() -> ChildNews {
    ChildNews::NotAccepted(Cause::new(Code::Refused, "no such skill"))
}

#[test]
fn what_was_certainly_never_accepted_may_be_done_once() {
    let bench = strayed(true);
    let over = [finding("fire", Fate::NeverAccepted), finding("fire", Fate::Over)];
    assert!(matches!(bench.run.resume(TaskId::fresh(), &over, &[]), Err(NotResumable::AllLeft(_))));
    let (_, next) = resumed(&bench, &over[..1]);
    assert_eq!(next.dispatched(), ["fire/1"]);
}

#[test]
fn that_an_earlier_run_did_not_do_it_says_nothing_of_a_later_one() {
    let first = strayed(true);
    let (_, mut second) = resumed(&first, &[finding("fire", Fate::NeverAccepted)]);
    assert_eq!(second.dispatched(), ["fire/1"]);
    // Accepted this time, and stopped in the middle of it.
    second.tick();
    second.fails("fire", 1);
    assert_eq!(second.run.outcome(), Some(Outcome::Failed));
    let before = [earlier(&first, Fate::NeverAccepted)];
    let left = second.run.resume(TaskId::fresh(), &[], &before);
    assert!(matches!(left, Err(NotResumable::AllLeft(_))), "{left:?}");
}

#[test]
fn what_was_left_alone_stays_so_when_the_run_that_tells_why_is_gone() {
    let mut plan = once(&["fire", "police"]);
    plan.steps[0].at_most_once = true;
    let mut first = Bench::accepted(plan);
    first.fails("police", 1);
    first.tick();
    first.tick();
    let (_, mut second) = resumed(&first, &[finding("fire", Fate::Open)]);
    second.fails("police", 1);
    let (_, told) = resumed_after(&second, &[], &[earlier(&first, Fate::NeverAccepted)]);
    assert_eq!(told.dispatched(), ["fire/1", "police/1"]);
    let swept = Earlier { run: None, findings: Vec::new() };
    let (_, gone) = resumed_after(&second, &[], &[swept]);
    assert_eq!(gone.dispatched(), ["police/1"]);
}

#[test]
fn only_steps_of_the_plan_can_be_named() {
    let launch: Launch = partly_failed().run.steps().next().unwrap().1.attempt.clone().unwrap().launch;
    let done =
        Done { run: TaskId::fresh(), launch, child: None, at: Timestamp::from_millis(5), answer: Payload::default() };
    let unknown = || "fire".parse().unwrap();
    let carried = Resume { plan: once(&["police"]), done: vec![(unknown(), done)], left: Vec::new() };
    let cause = Cause::new(Code::OutcomeUnknown, "left");
    let left = Resume { plan: once(&["police"]), done: Vec::new(), left: vec![(unknown(), cause)] };
    for resume in [carried, left] {
        assert_eq!(Bench::new().tell(News::Resume(resume)), Err(Refused::UnknownStep(unknown())));
    }
}
