//! An answer that says more than steps were sent with: who has them is told, where they went, once; and what is sent
//! later is sent with it.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::{Bench, child, foreign_route, moving, other_route, plan, reply, step, tell};
use engine::{Cause, ChildNews, Code, Dispatch, Done, Effect, Fact, Fate, Finding, Input, Missing, Mode, News};
use engine::{
    Origin, Outcome, Payload, Phase, Plan, PlanError, Question, Reason, Refused, Reply, Routes, StepFact, StepState,
    WaitsOn,
};
use types::{Seq, StepId, TaskId};

const NEW: &[u8] = b"the new place";

/// A dispatch that asks where.
fn asking(ids: &[&str], mode: Mode) -> Plan {
    let question = Some(Question { reason: Reason::Location, text: "where?".into() });
    Plan { mode, question, origin: Origin::Text, ..plan(ids) }
}

fn waits(step: &str, attempt: u32) -> ChildNews {
    let note = Payload::default();
    ChildNews::Waiting { child: child(step, attempt), cursor: Seq(4), on: WaitsOn::Queue, note }
}

fn works(step: &str, attempt: u32) -> ChildNews {
    ChildNews::Progress { child: child(step, attempt), cursor: Seq(3), note: Payload::default() }
}

/// What is sent of a step, newest last.
fn sent(bench: &Bench, step: &str) -> Vec<Dispatch> {
    let of_step = bench.effects.iter().filter_map(|effect| match effect {
        Effect::Dispatch(dispatch) if dispatch.step.as_str() == step => Some(dispatch.clone()),
        _ => None,
    });
    of_step.collect()
}

fn cause(bench: &Bench, step: &str) -> Cause {
    let id: StepId = step.parse().unwrap();
    bench.run.step(&id).unwrap().2.cause.clone().unwrap()
}

#[test]
fn who_was_sent_is_told_at_once_and_where_it_went() {
    let mut bench = Bench::accepted(asking(&["fire"], Mode::Sequential));
    bench.completes("fire", 1);
    assert!(matches!(bench.run.phase(), Phase::Asking { .. }));
    bench.tell(moving(&["fire"], &["fire"])).unwrap();
    let told = sent(&bench, "fire.redirect");
    let [told] = &told[..] else { panic!("{told:?}") };
    assert_eq!((told.input.as_bytes(), &told.launch.route), (NEW, &bench.route));
    assert_eq!(told.follow_up, tell("fire", &Payload::default()).follow_up);
    assert_eq!(bench.run.outcome(), None, "the run is not over before they know");
    bench.completes("fire.redirect", 1);
    assert_eq!(bench.run.outcome(), Some(Outcome::Completed));
    let counts = bench.run.counts();
    assert_eq!((counts.total, counts.completed), (1, 1), "who was told was counted when it was sent");
}

#[test]
fn an_answer_is_taken_while_steps_are_under_way_and_once() {
    let mut bench = Bench::accepted(asking(&["fire"], Mode::Sequential));
    bench.child("fire", 1, waits("fire", 1));
    assert!(bench.run.asks());
    bench.tell(moving(&["fire"], &["fire"])).unwrap();
    assert_eq!(bench.dispatched(), ["fire/1", "fire.redirect/1"]);
    assert!(!bench.run.asks());
    assert_eq!(bench.tell(moving(&["fire"], &["fire"])), Err(Refused::NoQuestion));
    bench.completes("fire.redirect", 1);
    bench.completes("fire", 1);
    assert_eq!(bench.run.outcome(), Some(Outcome::Completed), "nothing is left to ask");
    assert!(!bench.log.iter().any(|event| event.fact == Fact::Asked));
}

#[test]
fn an_answer_may_leave_something_to_ask_that_is_asked_in_its_turn() {
    let mut bench = Bench::accepted(asking(&["fire"], Mode::Sequential));
    let question = bench.run.plan().question.clone();
    let News::Reply(first) = reply(&["police"]) else { panic!() };
    bench.tell(News::Reply(Reply { question, ..first })).unwrap();
    assert!(bench.run.asks());
    bench.completes("fire", 1);
    bench.completes("police", 1);
    assert!(matches!(bench.run.phase(), Phase::Asking { .. }), "only once what it has added is done");
    assert_eq!(bench.rebuilt(), bench.run);
    bench.tell(moving(&["fire", "police"], &["fire", "police"])).unwrap();
    bench.completes("fire.redirect", 1);
    bench.completes("police.redirect", 1);
    assert_eq!(bench.run.outcome(), Some(Outcome::Completed));
}

#[test]
fn nobody_is_told_before_it_has_said_how_it_stands() {
    let mut bench = Bench::accepted(asking(&["fire"], Mode::Parallel));
    bench.tell(moving(&["fire"], &["fire"])).unwrap();
    assert_eq!(bench.state("fire.redirect"), StepState::Pending, "on its way");
    bench.child("fire", 1, works("fire", 1));
    assert_eq!(bench.state("fire.redirect"), StepState::Pending, "accepted, and perhaps not begun");
    bench.child("fire", 1, waits("fire", 1));
    assert_eq!(bench.state("fire.redirect"), StepState::Dispatching);
}

#[test]
fn what_is_told_neither_waits_for_the_order_nor_holds_it() {
    let mut bench = Bench::accepted(asking(&["fire", "police"], Mode::Sequential));
    bench.completes("fire", 1);
    assert_eq!(bench.state("police"), StepState::Dispatching);
    bench.tell(moving(&["fire", "police"], &["fire", "police"])).unwrap();
    assert_eq!(bench.state("fire.redirect"), StepState::Dispatching, "beside the police");
    let mut bench = Bench::accepted(asking(&["fire"], Mode::Sequential));
    bench.completes("fire", 1);
    let News::Reply(moved) = moving(&["fire"], &["fire"]) else { panic!() };
    let steps = moved.steps.iter().cloned().chain([step("ambulance")]).collect();
    bench.tell(News::Reply(Reply { steps, ..moved })).unwrap();
    assert_eq!(bench.dispatched(), ["fire/1", "fire.redirect/1", "ambulance/1"]);
}

#[test]
fn nobody_is_told_of_what_was_not_done() {
    let mut asked = asking(&["fire", "police"], Mode::Parallel);
    asked.steps[0].retry.attempts = 1;
    let mut bench = Bench::accepted(asked);
    bench.tell(moving(&["fire", "police"], &["fire", "police"])).unwrap();
    bench.fails("fire", 1);
    assert_eq!(bench.state("fire.redirect"), StepState::Skipped);
    let why = cause(&bench, "fire.redirect");
    assert_eq!(why, Cause::new(Code::DependencyFailed, "fire did not complete, so nobody there is to be told"));
    bench.completes("police", 1);
    bench.completes("police.redirect", 1);
    let counts = bench.run.counts();
    assert_eq!((counts.completed, counts.failed, counts.skipped, counts.left()), (1, 1, 1, 0));
}

#[test]
fn another_store_is_never_told_and_the_first_one_is_waited_for() {
    for elsewhere in [other_route(), foreign_route()] {
        let mut bench = Bench::accepted(asking(&["fire"], Mode::Parallel));
        bench.completes("fire", 1);
        let first = std::mem::replace(&mut bench.route, elsewhere);
        bench.tell(moving(&["fire"], &["fire"])).unwrap();
        assert!(matches!(bench.state("fire.redirect"), StepState::Parked { .. }));
        let waits = |effect: &Effect| matches!(effect, Effect::AwaitRoute { only: Some(only), .. } if *only == first);
        assert!(bench.effects.iter().any(waits));
        assert!(bench.run.outstanding().iter().any(waits), "also after a restart");
        bench.route = first.clone();
        bench.tick_after(1);
        assert_eq!(sent(&bench, "fire.redirect")[0].launch.route, first);
    }
}

#[test]
fn an_agent_without_the_skill_is_not_asked_and_the_run_says_so() {
    let mut bench = Bench::accepted(asking(&["fire"], Mode::Parallel));
    bench.completes("fire", 1);
    bench.routed = false;
    bench.tell(moving(&["fire"], &["fire"])).unwrap();
    let closed = vec![("fire.redirect".parse().unwrap(), Missing::Skill)];
    let input = Input { routes: Routes { closed, ..Routes::default() }, ..Input::of(News::Tick) };
    for event in bench.run.decide(bench.run.deadline().unwrap(), input).unwrap() {
        bench.run.apply(&event);
    }
    let why = cause(&bench, "fire.redirect");
    assert_eq!(why.text.as_ref(), "fire Agent offers no skill redirect; see `watchroom agents`");
    let counts = bench.run.counts();
    assert_eq!((counts.completed, counts.failed, bench.run.outcome()), (1, 1, Some(Outcome::Completed)));
}

#[test]
fn later_attempts_are_sent_with_the_answer_and_what_is_under_way_stays_as_it_was() {
    let mut bench = Bench::accepted(asking(&["fire", "police"], Mode::Sequential));
    bench.tell(moving(&["fire", "police"], &["fire"])).unwrap();
    for run in [&bench.run, &bench.rebuilt()] {
        let outstanding = run.outstanding();
        let [Effect::Dispatch(again)] = &outstanding[..] else { panic!("{outstanding:?}") };
        assert_eq!(again.input.as_bytes(), b"fire", "its agent may have it, and takes one message for it");
    }
    bench.fails("fire", 1);
    bench.tick();
    let inputs: Vec<Vec<u8>> = sent(&bench, "fire").iter().map(|it| it.input.as_bytes().to_vec()).collect();
    assert_eq!(inputs, [b"fire".to_vec(), NEW.to_vec()]);
    bench.completes("fire", 2);
    assert_eq!(sent(&bench, "police")[0].input.as_bytes(), NEW);
    assert_eq!(bench.rebuilt(), bench.run);
}

#[test]
fn a_cancel_takes_back_each_dispatch_once_and_nothing_that_was_told() {
    let mut asked = asking(&["fire", "police"], Mode::Parallel);
    asked.steps.iter_mut().for_each(|step| step.undo = Some("release".parse().unwrap()));
    let mut bench = Bench::accepted(asked);
    bench.completes("fire", 1);
    bench.completes("police", 1);
    bench.tell(moving(&["fire", "police"], &["fire", "police"])).unwrap();
    bench.completes("fire.redirect", 1);
    bench.tell(News::Cancel).unwrap();
    bench.fails("police.redirect", 1);
    let released = bench.dispatched().split_off(4);
    assert_eq!(released, ["fire.undo/1", "police.undo/1"]);
    bench.completes("fire.undo", 1);
    bench.completes("police.undo", 1);
    assert_eq!(bench.run.outcome(), Some(Outcome::Canceled));
    assert_eq!(bench.run.counts().completed, 2);
}

#[test]
fn a_run_that_goes_on_tells_those_that_were_sent_before_and_sends_the_others_with_it() {
    let mut asked = asking(&["fire", "police"], Mode::Parallel);
    asked.steps[1].retry.attempts = 1;
    let mut bench = Bench::accepted(asked);
    bench.completes("fire", 1);
    bench.tell(moving(&["fire", "police"], &["fire", "police"])).unwrap();
    bench.fails("police", 1);
    bench.child("fire.redirect", 1, ChildNews::NotAccepted(Cause::new(Code::Refused, "no such skill")));
    let first = TaskId::from_bytes([3; 16]);
    let resume = bench.run.resume(first, &[], &[]).unwrap();
    let ids: Vec<&str> = resume.plan.steps.iter().map(|step| step.id.as_str()).collect();
    assert_eq!(ids, ["fire", "police", "fire.redirect"], "the police hears everything when it is sent");
    let mut next = Bench::new();
    next.tell(News::Resume(resume)).unwrap();
    assert_eq!(next.dispatched(), ["police/1", "fire.redirect/1"]);
    assert_eq!(sent(&next, "police")[0].input.as_bytes(), NEW);
    let told = &sent(&next, "fire.redirect")[0];
    assert_eq!((told.done_by, told.input.as_bytes()), (Some(first), NEW));
}

#[test]
fn who_is_found_to_have_been_sent_is_told_by_the_run_that_goes_on() {
    let mut asked = asking(&["fire"], Mode::Parallel);
    asked.steps[0].retry.attempts = 1;
    let mut bench = Bench::accepted(asked);
    // Nobody answers, neither the dispatch nor its fence.
    bench.tick();
    bench.tick();
    let (_, _, fire) = bench.run.step(&"fire".parse().unwrap()).unwrap();
    assert!(fire.may_be_out() && bench.strays("fire") == [(1, true)], "{fire:?}");
    let launch = fire.attempt.as_ref().unwrap().launch.clone();
    bench.tell(moving(&["fire"], &["fire"])).unwrap();
    assert_eq!(bench.state("fire.redirect"), StepState::Skipped);
    let text = "what became of fire is not known, so nobody there can be told";
    assert_eq!(cause(&bench, "fire.redirect"), Cause::new(Code::DependencyFailed, text));
    let (first, at, answer) = (TaskId::from_bytes([3; 16]), bench.now, Payload::default());
    let done = Done { run: first, launch, child: None, at, answer };
    let found = Finding { step: "fire".parse().unwrap(), fate: Fate::Done(Box::new(done)) };
    let mut next = Bench::new();
    next.tell(News::Resume(bench.run.resume(first, &[found], &[]).unwrap())).unwrap();
    // Where it has to go is known once what was done is taken over.
    next.tick_after(1);
    assert_eq!(next.dispatched(), ["fire.redirect/1"]);
    let told = &sent(&next, "fire.redirect")[0];
    assert_eq!((told.done_by, told.input.as_bytes()), (Some(first), NEW));
}

#[test]
fn an_answer_names_steps_that_there_are() {
    let mut bench = Bench::accepted(asking(&["fire"], Mode::Parallel));
    for answer in [moving(&["nobody"], &[]), moving(&[], &["nobody"])] {
        let error = PlanError { field: "steps".into(), reason: "no step nobody".into() };
        assert_eq!(bench.tell(answer), Err(Refused::Plan(error)));
    }
    bench.tell(reply(&["police"])).unwrap();
    assert!(
        bench
            .log
            .iter()
            .any(|event| matches!(&event.fact, Fact::Step(id, StepFact::Dispatched(_)) if id.as_str() == "police"))
    );
}
