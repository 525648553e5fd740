//! Attempts whose outcome is in doubt: what is asked, what is concluded, what goes on, what is left to the reaper.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod common;

use std::time::Duration;

use common::{Bench, child, completed, foreign_route, other_route, plan, replay};
use engine::{Answer, Cause, ChildEnd, ChildNews, Code, Effect, Event, Fact, Held, News, OnUnknown, Outcome, Payload};
use engine::{Plan, StepFact, StepState};
use types::{SKEW, Seq, Timestamp};

fn one_step(change: impl FnOnce(&mut engine::Step)) -> Plan {
    let mut plan = plan(&["fire"]);
    change(&mut plan.steps[0]);
    plan
}

fn never() -> ChildNews {
    ChildNews::NotAccepted(Cause::new(Code::Timeout, "never accepted"))
}

fn working(attempt: u32) -> ChildNews {
    ChildNews::Progress { child: child("fire", attempt), cursor: Seq(3), note: Payload::default() }
}

fn code(bench: &Bench) -> Option<Code> {
    bench.run.step(&"fire".parse().unwrap()).unwrap().2.cause.as_ref().map(|cause| cause.code)
}

/// A bench whose first attempt has been told to stop and has not answered in time.
fn handed_over(plan: Plan) -> Bench {
    let mut bench = Bench::accepted(plan);
    bench.tick();
    bench.tick();
    bench
}

fn late(events: &[Event]) -> Option<ChildEnd> {
    events.iter().find_map(|event| match &event.fact {
        Fact::Step(_, StepFact::LateAnswer { end, .. }) => Some(*end),
        _ => None,
    })
}

#[test]
fn a_new_attempt_waits_for_the_fence_of_the_old_one() {
    let mut bench = Bench::accepted(plan(&["fire"]));
    bench.tick();
    assert_eq!((bench.fenced(), bench.dispatched()), (vec!["fire/1".to_owned()], vec!["fire/1".to_owned()]));
    bench.child("fire", 1, never());
    bench.tick();
    assert_eq!(bench.dispatched(), ["fire/1", "fire/2"]);
    assert!(bench.run.duties().next().is_none());
}

#[test]
fn an_unanswered_fence_becomes_a_duty_and_the_step_goes_to_another_store() {
    let mut bench = handed_over(plan(&["fire"]));
    assert_eq!((code(&bench), bench.strays("fire")), (Some(Code::OutcomeUnknown), vec![(1, true)]));
    bench.tick();
    assert!(matches!(bench.state("fire"), StepState::Parked { .. }), "the silent store gets no other attempt");
    bench.route = other_route();
    bench.tell(News::Tick).unwrap();
    assert_eq!(bench.dispatched(), ["fire/1", "fire/2"]);
    assert_eq!(bench.rebuilt(), bench.run);
    bench.completes("fire", 2);
    assert_eq!(bench.run.outcome(), Some(Outcome::Completed), "the duty does not hold the run");
    assert_eq!(bench.strays("fire"), [(1, true)], "and outlives it");
    assert_eq!(bench.rebuilt(), bench.run);
}

#[test]
fn no_other_attempt_begins_before_the_old_one_cannot_be_accepted_any_more() {
    let mut short = plan(&["fire"]);
    short.patience.stopping = Duration::from_millis(10);
    let mut bench = Bench::accepted(short);
    bench.route = other_route();
    let over = Timestamp::from_millis(bench.now.as_millis() + 30_000).after(SKEW);
    bench.tick();
    bench.tick();
    let StepState::Backoff { until, .. } = bench.state("fire") else { panic!("{:?}", bench.state("fire")) };
    assert_eq!(until, over);
}

#[test]
fn without_another_store_the_step_fails_with_its_outcome_unknown() {
    let mut bench = handed_over(plan(&["fire"]));
    bench.tick();
    bench.tick();
    assert_eq!((bench.run.outcome(), code(&bench)), (Some(Outcome::Failed), Some(Code::OutcomeUnknown)));
    assert!(matches!(&bench.run.outstanding()[..], [Effect::Fence(fence)] if fence.launch.attempt == 1));
}

#[test]
fn a_step_may_say_that_it_fails_when_its_outcome_is_unknown() {
    for news in [None, Some(ChildNews::NothingLive)] {
        let mut bench = Bench::accepted(one_step(|step| step.on_unknown = OnUnknown::Fail));
        bench.tick();
        match news {
            Some(news) => drop(bench.child("fire", 1, news)),
            None => drop(bench.tick()),
        }
        assert_eq!((bench.run.outcome(), code(&bench)), (Some(Outcome::Failed), Some(Code::OutcomeUnknown)));
    }
}

#[test]
fn nothing_live_allows_another_attempt_after_the_deadline() {
    let mut bench = Bench::accepted(plan(&["fire"]));
    bench.tick();
    bench.child("fire", 1, ChildNews::NothingLive);
    assert_eq!((code(&bench), bench.strays("fire")), (Some(Code::OutcomeUnknown), Vec::new()));
    bench.tick();
    assert_eq!(bench.dispatched(), ["fire/1", "fire/2"], "the same store has answered and may be asked again");
}

/// How an attempt ends.
type End = fn(&mut Bench);

#[test]
fn at_most_once_goes_on_only_after_never_accepted() {
    let ends: [(End, bool); 5] = [
        (|bench| drop(bench.child("fire", 1, never())), true),
        (|bench| drop(bench.child("fire", 1, ChildNews::NotAccepted(Cause::new(Code::Unreachable, "gone")))), true),
        (|bench| drop(bench.fails("fire", 1)), false),
        (|bench| drop(bench.child("fire", 1, ChildNews::NothingLive)), false),
        (|bench| drop(bench.tick()), false),
    ];
    for (case, (end, again)) in ends.into_iter().enumerate() {
        let mut bench = Bench::accepted(one_step(|step| step.at_most_once = true));
        assert!(matches!(&bench.effects[..], [Effect::Dispatch(it)] if it.launch.at_most_once));
        bench.tick();
        end(&mut bench);
        assert_eq!(bench.run.outcome().is_none(), again, "case {case}");
        if again {
            bench.tick();
        }
        assert_eq!(bench.dispatched().len(), if again { 2 } else { 1 }, "case {case}");
    }
}

/// What a plan says of its step.
type Change = fn(&mut engine::Step);

#[test]
fn an_agent_that_cannot_say_what_it_did_leaves_it_to_the_policy_of_the_step() {
    let unknown = Answer::Failed(Cause::new(Code::OutcomeUnknown, "it was begun; whether it was done is not known"));
    let changes: [(Change, bool); 3] =
        [(|_| {}, true), (|step| step.on_unknown = OnUnknown::Fail, false), (|step| step.at_most_once = true, false)];
    for (case, (change, again)) in changes.into_iter().enumerate() {
        let mut bench = Bench::accepted(one_step(change));
        bench.child("fire", 1, ChildNews::Ended { child: Some(child("fire", 1)), answer: unknown.clone() });
        assert_eq!((code(&bench), bench.run.outcome().is_none()), (Some(Code::OutcomeUnknown), again), "case {case}");
        assert_eq!(bench.strays("fire"), Vec::new(), "it has ended");
    }
}

#[test]
fn a_completed_result_of_a_stray_is_adopted_while_no_newer_attempt_is_committed() {
    let mut bench = handed_over(plan(&["fire"]));
    assert!(matches!(bench.state("fire"), StepState::Backoff { .. }));
    bench.completes("fire", 1);
    assert_eq!((bench.run.outcome(), bench.strays("fire")), (Some(Outcome::Completed), Vec::new()));
    assert_eq!(bench.rebuilt(), bench.run);
}

#[test]
fn a_late_result_of_a_stray_is_recorded_and_never_applied() {
    let mut bench = handed_over(plan(&["fire"]));
    bench.route = other_route();
    bench.tick();
    let events = bench.completes("fire", 1);
    assert_eq!(late(&events), Some(ChildEnd::Completed));
    assert_eq!((bench.state("fire"), bench.strays("fire")), (StepState::Dispatching, Vec::new()));
    bench.completes("fire", 2);
    assert_eq!(bench.run.outcome(), Some(Outcome::Completed));
    let StepState::Completed { answer } = bench.state("fire") else { panic!("not completed") };
    assert_eq!(answer.as_bytes(), b"done fire");
}

#[test]
fn a_stray_that_ends_gives_its_store_back() {
    let mut bench = handed_over(plan(&["fire"]));
    bench.tick();
    bench.child("fire", 1, never());
    assert_eq!(bench.dispatched(), ["fire/1", "fire/2"]);
}

#[test]
fn cancel_and_run_timeout_do_not_wait_for_a_silent_store_for_ever() {
    for (cancel, outcome, code_wanted) in
        [(true, Outcome::Canceled, None), (false, Outcome::Failed, Some(Code::OutcomeUnknown))]
    {
        let mut bench = Bench::accepted(Plan { timeout: Duration::from_secs(3), ..plan(&["fire"]) });
        if cancel {
            bench.tell(News::Cancel).unwrap();
        } else {
            bench.tick();
        }
        assert_eq!((bench.run.outcome(), bench.fenced()), (None, vec!["fire/1".to_owned()]));
        let events = bench.tick();
        assert_eq!((bench.run.outcome(), code(&bench)), (Some(outcome), code_wanted));
        let strayed = StepFact::Strayed { attempt: 1, held: Held::Reaper };
        let fact = Fact::Step("fire".parse().unwrap(), strayed);
        assert!(events.iter().any(|event| event.fact == fact), "in the commit of the terminal event");
        assert_eq!(bench.rebuilt(), bench.run);
    }
}

#[test]
fn a_cancel_after_the_hand_over_leaves_the_duty_with_the_reaper() {
    let mut bench = handed_over(plan(&["fire"]));
    bench.tell(News::Cancel).unwrap();
    assert_eq!((bench.run.outcome(), bench.strays("fire")), (Some(Outcome::Canceled), vec![(1, true)]));
}

#[test]
fn a_foreign_attempt_that_is_not_found_is_told_about_and_followed_by_another() {
    let mut bench = Bench::new();
    bench.route = foreign_route();
    bench.tell(News::Accept(plan(&["fire"]))).unwrap();
    bench.tick();
    bench.child("fire", 1, ChildNews::NotFound);
    assert_eq!((code(&bench), bench.strays("fire")), (Some(Code::OutcomeUnknown), vec![(1, false)]));
    bench.tick();
    assert_eq!(bench.dispatched(), ["fire/1", "fire/2"]);
    bench.completes("fire", 2);
    assert_eq!((bench.run.outcome(), bench.strays("fire")), (Some(Outcome::Completed), vec![(1, false)]));
    assert_eq!(bench.rebuilt(), bench.run);
    assert!(bench.run.outstanding().is_empty(), "nobody can do anything about it");
}

#[test]
fn a_child_that_turns_up_late_is_stopped() {
    let mut bench = Bench::new();
    bench.route = foreign_route();
    bench.tell(News::Accept(plan(&["fire"]))).unwrap();
    bench.tick();
    bench.child("fire", 1, ChildNews::NotFound);
    let asked = bench.fenced().len();
    bench.child("fire", 1, working(1));
    assert_eq!((bench.strays("fire"), bench.fenced().len()), (vec![(1, true)], asked + 1));
    assert!(matches!(bench.effects.last(), Some(Effect::Fence(fence)) if fence.child == Some(child("fire", 1))));
    assert_eq!(bench.rebuilt(), bench.run);
}

#[test]
fn a_duty_that_cannot_be_done_is_only_told_about() {
    let mut bench = handed_over(one_step(|step| step.on_unknown = OnUnknown::Fail));
    assert_eq!(bench.run.outcome(), Some(Outcome::Failed));
    assert!(bench.child("fire", 1, ChildNews::NotFound).is_empty(), "nothing follows in a run that has ended");
    let mut bench = handed_over(plan(&["fire"]));
    bench.child("fire", 1, ChildNews::NotFound);
    assert_eq!(bench.strays("fire"), [(1, false)]);
}

#[test]
fn a_message_completes_a_step_without_a_child() {
    let mut bench = Bench::accepted(plan(&["fire"]));
    let answer = Answer::Completed(Payload::from(b"it burns no more".to_vec()));
    bench.child("fire", 1, ChildNews::Ended { child: None, answer });
    assert_eq!(bench.run.outcome(), Some(Outcome::Completed));
    assert!(!bench.log.iter().any(|event| matches!(event.fact, Fact::Step(_, StepFact::ChildKnown { .. }))));
}

#[test]
fn a_restart_fences_what_was_to_be_stopped_instead_of_sending_it_again() {
    let mut bench = Bench::accepted(plan(&["fire"]));
    bench.tick();
    assert!(matches!(&bench.rebuilt().outstanding()[..], [Effect::Fence(_)]));
    bench.tick();
    assert!(matches!(&bench.rebuilt().outstanding()[..], [Effect::Fence(_)]), "the duty");
}

#[test]
fn deadlines_of_attempts_and_runs_are_those_of_before_the_restart() {
    let mut bench = Bench::accepted(Plan { timeout: Duration::from_secs(40), ..plan(&["fire"]) });
    let before = bench.run.deadline();
    assert_eq!((before, bench.rebuilt().deadline()), (Some(bench.now.after(Duration::from_secs(30))), before));
    bench.run = replay(&bench.log);
    bench.tick();
    bench.fails("fire", 1);
    assert_eq!(bench.rebuilt().deadline(), bench.run.deadline());
    let run_deadline = Timestamp::from_millis(1_040_000);
    bench.now = run_deadline;
    bench.run = bench.rebuilt();
    let events = bench.tell(News::Tick).unwrap();
    assert!(events.iter().any(|event| event.fact == Fact::TimedOut));
}

/// A history from before there were strays: the step failed, and its attempt was left live.
#[test]
fn an_old_history_with_a_live_attempt_of_a_failed_step_goes_on() {
    let mut bench = Bench::accepted(plan(&["fire"]));
    bench.tick();
    let cause = Cause::new(Code::OutcomeUnknown, "it has not answered");
    let old = Event { at: bench.now, fact: Fact::Step("fire".parse().unwrap(), StepFact::Failed(cause)) };
    bench.run.apply(&old);
    assert_eq!(bench.rebuilt(), bench.run);
    assert!(matches!(&bench.run.outstanding()[..], [Effect::Fence(_)]));
    let mut answered = Bench { run: bench.run.clone(), ..Bench::new() };
    answered.child("fire", 1, completed("fire", 1));
    assert_eq!((answered.state("fire"), answered.run.outcome()), (StepState::Failed, Some(Outcome::Failed)));
    bench.tell(News::Tick).unwrap();
    assert_eq!((bench.run.outcome(), bench.strays("fire")), (Some(Outcome::Failed), vec![(1, true)]));
}
