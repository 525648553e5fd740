//! Runs told one story each: what is dispatched when, what failure leads to, how a run ends.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::time::Duration;

use common::{Bench, child, completed, failed, plan, reply};
use engine::{
    ChildNews, Code, Effect, Fact, FollowUp, Input, Missing, Mode, News, OnFailure, Origin, Outcome, Payload,
};
use engine::{Phase, Plan, Question, Reason, Refused, Routes, Sent, StepFact, StepState, StopReason, WaitsOn};
use types::Seq;

fn parallel(ids: &[&str]) -> Plan {
    Plan { mode: Mode::Parallel, ..plan(ids) }
}

fn working(step: &str, attempt: u32) -> ChildNews {
    ChildNews::Progress { child: child(step, attempt), cursor: Seq(3), note: Payload::default() }
}

fn waiting(step: &str, attempt: u32) -> ChildNews {
    let note = Payload::default();
    ChildNews::Waiting { child: child(step, attempt), cursor: Seq(4), on: WaitsOn::Queue, note }
}

fn failure(bench: &Bench, step: &str) -> Option<Code> {
    let (_, _, status) = bench.run.step(&step.parse().unwrap()).unwrap();
    status.cause.as_ref().map(|cause| cause.code)
}

#[test]
fn a_result_and_the_next_dispatch_are_one_decision() {
    let mut bench = Bench::accepted(plan(&["fire", "police"]));
    assert_eq!(bench.dispatched(), ["fire/1"], "accepted and dispatched at once");
    let events = bench.completes("fire", 1);
    assert!(events.iter().any(|event| matches!(&event.fact, Fact::Step(_, StepFact::Completed { .. }))));
    assert_eq!(bench.dispatched(), ["fire/1", "police/1"]);
    bench.completes("police", 1);
    assert_eq!(bench.run.outcome(), Some(Outcome::Completed));
    assert_eq!(bench.run.deadline(), None);
}

#[test]
fn parallel_steps_begin_together() {
    let mut bench = Bench::accepted(parallel(&["fire", "police", "ambulance"]));
    assert_eq!(bench.dispatched(), ["fire/1", "police/1", "ambulance/1"]);
    for id in ["police", "ambulance", "fire"] {
        assert_eq!(bench.run.outcome(), None);
        bench.completes(id, 1);
    }
    assert_eq!(bench.run.outcome(), Some(Outcome::Completed));
}

#[test]
fn a_step_begins_after_its_dependencies() {
    let mut dag = parallel(&["last", "left", "right", "first"]);
    dag.steps[0].depends_on = vec!["left".parse().unwrap(), "right".parse().unwrap()];
    dag.steps[1].depends_on = vec!["first".parse().unwrap()];
    let mut bench = Bench::accepted(dag);
    assert_eq!(bench.dispatched(), ["right/1", "first/1"]);
    bench.completes("first", 1);
    bench.completes("left", 1);
    assert_eq!(bench.dispatched().len(), 3);
    bench.completes("right", 1);
    assert_eq!(bench.dispatched().last().unwrap(), "last/1");
}

#[test]
fn failed_attempts_back_off_and_are_tried_again() {
    let mut bench = Bench::accepted(plan(&["fire"]));
    bench.fails("fire", 1);
    let began = bench.now;
    assert!(matches!(bench.state("fire"), StepState::Backoff { until, .. } if until > began));
    bench.tick();
    assert!(bench.now.since(began) <= Duration::from_secs(1));
    bench.fails("fire", 2);
    bench.tick();
    bench.fails("fire", 3);
    assert_eq!(bench.dispatched(), ["fire/1", "fire/2", "fire/3"]);
    assert_eq!(bench.run.outcome(), Some(Outcome::Failed));
    assert_eq!(failure(&bench, "fire"), Some(Code::AgentFailed));
}

#[test]
fn a_refusal_is_not_tried_again() {
    let mut bench = Bench::accepted(plan(&["fire"]));
    bench.child("fire", 1, ChildNews::NotAccepted(engine::Cause::new(Code::Refused, "no such skill")));
    assert_eq!(bench.run.outcome(), Some(Outcome::Failed));
}

#[test]
fn partial_success_completes() {
    let mut steps = plan(&["fire", "police"]);
    steps.steps[0].retry.attempts = 1;
    let mut bench = Bench::accepted(steps);
    bench.fails("fire", 1);
    bench.completes("police", 1);
    assert_eq!(bench.run.outcome(), Some(Outcome::Completed));
    let counts = bench.run.counts();
    assert_eq!((counts.completed, counts.failed), (1, 1));
}

#[test]
fn dependents_of_a_failure_are_skipped_unless_its_policy_says_continue() {
    for (policy, expected) in
        [(OnFailure::SkipDependents, StepState::Skipped), (OnFailure::Continue, StepState::Dispatching)]
    {
        let mut steps = parallel(&["fire", "police"]);
        steps.steps[0].retry.attempts = 1;
        steps.steps[0].on_failure = policy;
        steps.steps[1].depends_on = vec!["fire".parse().unwrap()];
        let mut bench = Bench::accepted(steps);
        bench.fails("fire", 1);
        assert_eq!(bench.state("police"), expected);
        let skipped = usize::from(expected == StepState::Skipped);
        assert_eq!((bench.run.counts().failed, bench.run.counts().skipped), (1, skipped));
    }
}

#[test]
fn an_empty_dispatch_completes_at_once() {
    let bench = Bench::accepted(Plan::new("nobody", Origin::Text, Vec::new()));
    assert_eq!(bench.run.outcome(), Some(Outcome::Completed));
}

#[test]
fn a_step_that_can_be_sent_nowhere_says_what_is_missing() {
    let cases = [
        (Some(Missing::Agent), "no fire Agent is registered within 10 s; see `watchroom agents`"),
        (Some(Missing::Skill), "fire Agent offers no skill juggle; see `watchroom agents`"),
        (Some(Missing::Health), "no endpoint of fire Agent is healthy within 10 s; see `watchroom agents`"),
        (
            Some(Missing::Signature),
            "no card of fire Agent is signed by a trusted key, and others are not called (--only-signed); see \
             `watchroom agents`",
        ),
        (None, "no endpoint of fire Agent is known within 10 s"),
    ];
    for (missing, words) in cases {
        let mut bench = Bench::new();
        bench.routed = false;
        let mut steps = plan(&["fire"]);
        steps.steps[0].skill = Some("juggle".parse().unwrap());
        bench.tell(News::Accept(steps)).unwrap();
        let closed = missing.map(|missing| ("fire".parse().unwrap(), missing)).into_iter().collect();
        let routes = Routes { closed, ..Routes::default() };
        let due = bench.run.deadline().unwrap();
        let events = bench.run.decide(due, Input { routes, ..Input::of(News::Tick) }).unwrap();
        let told = events.iter().find_map(|event| match &event.fact {
            Fact::Step(_, StepFact::Failed(cause)) => Some(cause.text.to_string()),
            _ => None,
        });
        assert_eq!(told.as_deref(), Some(words));
    }
}

#[test]
fn a_step_without_an_endpoint_parks_and_uses_no_attempt() {
    let mut bench = Bench::new();
    bench.routed = false;
    bench.tell(News::Accept(plan(&["fire", "police"]))).unwrap();
    assert!(matches!(bench.effects[..], [Effect::AwaitRoute { .. }]));
    bench.tick_after(4_000);
    bench.routed = true;
    bench.tell(News::Tick).unwrap();
    assert_eq!(bench.dispatched(), ["fire/1"]);
}

#[test]
fn in_a_dispatch_a_service_that_cannot_be_reached_delays_no_other() {
    for (origin, dispatched) in [(Origin::Text, &["fire/1", "police/1"][..]), (Origin::Explicit, &["fire/1"][..])] {
        let mut bench = Bench::accepted(Plan { origin, ..plan(&["fire", "police"]) });
        bench.fails("fire", 1);
        assert_eq!(bench.dispatched(), dispatched);
    }
}

#[test]
fn the_wait_for_an_endpoint_is_granted_once_per_step() {
    let mut bench = Bench::new();
    bench.routed = false;
    bench.tell(News::Accept(plan(&["fire"]))).unwrap();
    bench.tick_after(6_000);
    bench.routed = true;
    bench.tell(News::Tick).unwrap();
    bench.routed = false;
    bench.child("fire", 1, ChildNews::NotAccepted(engine::Cause::new(Code::Unreachable, "refused")));
    bench.tick();
    assert!(matches!(bench.state("fire"), StepState::Parked { .. }));
    let parked = bench.now;
    bench.tick();
    assert_eq!(bench.now.since(parked), Duration::from_secs(4));
    assert_eq!(failure(&bench, "fire"), Some(Code::NoEndpoint));
    assert_eq!(bench.run.outcome(), Some(Outcome::Failed));
}

#[test]
fn a_timed_out_attempt_is_stopped_and_its_end_allows_the_next() {
    let mut bench = Bench::accepted(plan(&["fire"]));
    bench.child("fire", 1, working("fire", 1));
    bench.tick();
    assert!(matches!(bench.state("fire"), StepState::Stopping { why: StopReason::Timeout, .. }));
    assert_eq!(bench.fenced(), ["fire/1"]);
    bench.fails("fire", 1);
    assert_eq!(failure(&bench, "fire"), Some(Code::Timeout));
    bench.tick();
    assert_eq!(bench.dispatched(), ["fire/1", "fire/2"]);
}

#[test]
fn a_completed_answer_after_the_timeout_is_adopted() {
    let mut bench = Bench::accepted(plan(&["fire"]));
    bench.tick();
    assert!(matches!(bench.effects[..], [Effect::Dispatch(_), Effect::Fence(_)]));
    bench.completes("fire", 1);
    assert_eq!(bench.run.outcome(), Some(Outcome::Completed));
}

#[test]
fn timeouts_stand_still_while_a_child_waits() {
    let mut bench = Bench::accepted(Plan { timeout: Duration::from_secs(60), ..plan(&["fire", "police"]) });
    bench.tick_after(10_000);
    bench.child("fire", 1, waiting("fire", 1));
    assert_eq!(bench.dispatched(), ["fire/1", "police/1"], "a queued service does not keep the next one waiting");
    bench.completes("police", 1);
    bench.tick_after(3_600_000);
    assert!(matches!(bench.state("fire"), StepState::Waiting { .. }));
    bench.completes("fire", 1);
    assert_eq!(bench.run.outcome(), Some(Outcome::Completed));
    assert!(bench.log.iter().any(|event| matches!(event.fact, Fact::DeadlineMoved(_))));
}

#[test]
fn waiting_has_its_own_limit() {
    let mut bench = Bench::accepted(plan(&["fire"]));
    bench.child("fire", 1, waiting("fire", 1));
    let since = bench.now;
    bench.tick();
    assert_eq!(bench.now.since(since), Duration::from_secs(24 * 3600));
    bench.fails("fire", 1);
    assert_eq!(failure(&bench, "fire"), Some(Code::WaitTimeout));
    assert_eq!(bench.run.outcome(), Some(Outcome::Failed));
}

#[test]
fn the_run_timeout_stops_what_is_under_way_and_skips_the_rest() {
    let short = Plan { timeout: Duration::from_secs(5), ..plan(&["fire", "police"]) };
    let mut bench = Bench::accepted(short);
    bench.child("fire", 1, working("fire", 1));
    bench.tick();
    assert!(matches!(bench.state("fire"), StepState::Stopping { why: StopReason::RunTimeout, .. }));
    assert_eq!(bench.state("police"), StepState::Skipped);
    assert_eq!(bench.run.outcome(), None, "its child is still live");
    bench.fails("fire", 1);
    assert_eq!(bench.run.outcome(), Some(Outcome::Failed));
}

#[test]
fn cancel_ends_the_run_once_its_children_have() {
    let mut bench = Bench::accepted(plan(&["fire", "police"]));
    bench.tell(News::Cancel).unwrap();
    assert_eq!(bench.state("police"), StepState::Canceled);
    assert_eq!(bench.run.outcome(), None);
    assert_eq!(bench.tell(News::Cancel), Ok(Vec::new()), "repeated while under way");
    assert_eq!(bench.fenced(), ["fire/1"], "whether its child is known or not");
    bench.fails("fire", 1);
    assert_eq!(bench.run.outcome(), Some(Outcome::Canceled));
    assert_eq!(bench.tell(News::Cancel), Err(Refused::Ended));
}

#[test]
fn cancel_takes_back_what_completed() {
    let mut steps = plan(&["fire", "police", "ambulance"]);
    steps.steps[0].undo = Some("release".parse().unwrap());
    let mut bench = Bench::accepted(steps);
    bench.completes("fire", 1);
    bench.tell(News::Cancel).unwrap();
    assert_eq!(bench.dispatched(), ["fire/1", "police/1"], "not before everything has stopped");
    bench.fails("police", 1);
    assert_eq!(bench.dispatched().last().unwrap(), "fire.undo/1");
    bench.routed = false;
    let Some(Effect::Dispatch(undo)) = bench.effects.last() else { panic!("{:?}", bench.effects) };
    assert_eq!(undo.skill, Some("release".parse().unwrap()));
    assert_eq!(undo.follow_up, Some(FollowUp::Undo("fire".parse().unwrap())));
    bench.fails("fire.undo", 1);
    bench.tick();
    assert_eq!(bench.rebuilt(), bench.run);
    bench.completes("fire.undo", 2);
    assert_eq!(bench.run.outcome(), Some(Outcome::Canceled));
    let counts = bench.run.counts();
    assert_eq!((counts.total, counts.completed, counts.canceled), (3, 1, 2));
}

#[test]
fn a_question_does_not_keep_a_canceled_run_from_taking_back() {
    let question = Question { reason: Reason::Location, text: "Where is it?".into() };
    let mut asking = Plan { question: Some(question), ..plan(&["fire"]) };
    asking.steps[0].undo = Some("release".parse().unwrap());
    let mut bench = Bench::accepted(asking);
    bench.completes("fire", 1);
    bench.tell(News::Cancel).unwrap();
    assert_eq!((bench.run.phase(), bench.run.outcome()), (Phase::Running, None));
    bench.completes("fire.undo", 1);
    assert_eq!(bench.run.outcome(), Some(Outcome::Canceled));
}

#[test]
fn an_answer_that_races_the_cancel_is_kept() {
    let mut bench = Bench::accepted(plan(&["fire"]));
    bench.tell(News::Cancel).unwrap();
    bench.completes("fire", 1);
    assert!(matches!(bench.state("fire"), StepState::Completed { .. }));
    assert_eq!(bench.run.outcome(), Some(Outcome::Canceled));
}

#[test]
fn terminal_absorbs() {
    let mut bench = Bench::accepted(plan(&["fire"]));
    bench.completes("fire", 1);
    let ended = bench.run.clone();
    assert!(bench.fails("fire", 1).is_empty());
    assert!(bench.tick_after(1_000_000).is_empty());
    assert_eq!(bench.tell(News::Accept(plan(&["fire"]))), Err(Refused::Ended));
    assert_eq!(bench.run, ended);
}

#[test]
fn an_answer_of_an_old_attempt_is_recorded_and_never_applied() {
    let mut bench = Bench::accepted(plan(&["fire"]));
    bench.fails("fire", 1);
    bench.tick();
    let events = bench.child("fire", 1, completed("fire", 1));
    assert!(matches!(&events[..], [event] if matches!(event.fact, Fact::Step(_, StepFact::LateAnswer { .. }))));
    assert_eq!(bench.state("fire"), StepState::Dispatching);
}

#[test]
fn a_question_is_asked_after_the_provisional_steps_and_its_answer_goes_on() {
    let question = Question { reason: Reason::Location, text: "Where is it?".into() };
    let mut bench = Bench::accepted(Plan { question: Some(question), ..plan(&["fire"]) });
    bench.completes("fire", 1);
    assert!(matches!(bench.run.phase(), Phase::Asking { .. }));
    bench.tick_after(3_600_000);
    bench.tell(reply(&["police"])).unwrap();
    assert_eq!(bench.dispatched(), ["fire/1", "police/1"]);
    assert_eq!(bench.run.plan().about.as_bytes(), b"all of it");
    assert_eq!(bench.tell(reply(&[])), Err(Refused::NoQuestion));
    assert_eq!(bench.rebuilt(), bench.run);
    bench.completes("police", 1);
    assert_eq!(bench.run.outcome(), Some(Outcome::Completed));
}

#[test]
fn a_question_that_nobody_answers_ends_the_run_as_it_stands() {
    let question = Question { reason: Reason::Clarification, text: "What happened?".into() };
    let mut bench = Bench::accepted(Plan { question: Some(question), ..plan(&["fire"]) });
    bench.completes("fire", 1);
    bench.tick();
    assert_eq!(bench.run.outcome(), Some(Outcome::Completed));
    assert_eq!(bench.rebuilt(), bench.run);
}

#[test]
fn a_restart_sends_again_what_perhaps_went_out_and_follows_what_is_known() {
    let mut bench = Bench::accepted(parallel(&["fire", "police"]));
    bench.child("police", 1, working("police", 1));
    let outstanding = bench.rebuilt().outstanding();
    assert!(matches!(&outstanding[..], [Effect::Dispatch(it), Effect::Follow { after: Seq(3), .. }]
        if it.sent == Sent::Perhaps && it.launch.attempt == 1));
}

#[test]
fn news_that_fit_nothing_are_refused() {
    let mut bench = Bench::new();
    assert_eq!(bench.tell(News::Cancel), Err(Refused::NotAccepted));
    bench.tell(News::Accept(plan(&["fire"]))).unwrap();
    let unknown = News::Child { step: "air".parse().unwrap(), attempt: 1, news: failed("air", 1) };
    assert_eq!(bench.tell(unknown), Err(Refused::UnknownStep("air".parse().unwrap())));
    let early = News::Child { step: "fire".parse().unwrap(), attempt: 2, news: failed("fire", 2) };
    assert!(matches!(bench.tell(early), Err(Refused::UnknownAttempt { attempt: 2, .. })));
}

#[test]
fn a_faulty_plan_is_refused_by_its_field() {
    type Spoil = fn(&mut Plan);
    let cases: [(&str, Spoil); 8] = [
        ("steps", |plan| plan.steps.clear()),
        ("steps[1].id", |plan| plan.steps[1].id = "a".parse().unwrap()),
        ("steps[0].id", |plan| plan.steps[0].id = "a b".parse().unwrap()),
        ("steps[0].depends_on", |plan| plan.steps[0].depends_on = vec!["x".parse().unwrap()]),
        ("steps[1].depends_on", |plan| plan.steps[1].depends_on = vec!["b".parse().unwrap()]),
        ("steps[0].retry.attempts", |plan| plan.steps[0].retry.attempts = 0),
        ("steps[0].attempt_timeout", |plan| plan.steps[0].attempt_timeout = Duration::ZERO),
        ("timeout", |plan| plan.timeout = Duration::from_secs(8 * 24 * 3600)),
    ];
    for (field, spoil) in cases {
        let mut plan = plan(&["a", "b"]);
        spoil(&mut plan);
        assert_eq!(plan.check().unwrap_err().field, field);
    }
    let many: Vec<String> = (0..101).map(|number| format!("s{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(plan(&many).check().unwrap_err().field, "steps");
}
