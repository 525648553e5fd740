//! Which decisions of a run are in haste.

use std::time::Duration;

use agent::{Haste, Input, View};
use engine::{Answer, Cause, ChildNews, Code, Mode, News, Origin, Payload, Plan, Route, Routes, Step, WaitsOn};
use types::{ContextId, Head, Owner, RetryPolicy, Seq, StepId, StoreId, TaskId, TaskState, Timestamp};

use super::{Outside, RunState};
use crate::driver::Signal;

fn id(text: &str) -> StepId {
    text.parse().unwrap()
}

/// A run of two steps, and how soon its first decision has to be durable.
fn begun(mode: Mode) -> (RunState, Haste) {
    let retry = RetryPolicy { attempts: 2, backoff: Duration::from_millis(10), max_backoff: Duration::from_secs(1) };
    let step =
        |text| Step { retry: retry.clone(), ..Step::new(id(text), "Agent".parse().unwrap(), Payload::default()) };
    let plan = Plan { mode, ..Plan::new("a plan", Origin::Explicit, vec![step("one"), step("two")]) };
    let mut state = RunState::default();
    let haste = decide(&mut state, News::Accept(plan), &Input::Message(std::sync::Arc::default()));
    (state, haste)
}

fn decide(state: &mut RunState, news: News, input: &Input<Signal>) -> Haste {
    let now = Timestamp::from_millis(1_000);
    let route = Route { endpoint: "127.0.0.1:1".into(), store_id: Some(StoreId::from_bytes([5; 16])) };
    let open = ["one", "two"].map(|text| (id(text), route.clone())).to_vec();
    let outside = |_: &_, _: &_| Outside { routes: Routes { open: open.clone(), closed: Vec::new() }, jitter: 0.5 };
    let events = state.decide(now, vec![news], outside).unwrap();
    let (owner, context) = (Owner::anonymous(), ContextId::fresh());
    let view = View {
        id: TaskId::from_bytes([3; 16]),
        owner: &owner,
        context: &context,
        state: TaskState::Working,
        commit: Head(1),
        seq: Seq(1),
        room: usize::MAX,
        now,
    };
    state.take(&view, &events, input).haste
}

fn hear(state: &mut RunState, step: &str, news: ChildNews) -> Haste {
    let signal = Signal::Child { step: id(step), attempt: 1, news: vec![news.clone()] };
    decide(state, News::Child { step: id(step), attempt: 1, news }, &Input::Signal(signal))
}

fn ended(answer: Answer) -> ChildNews {
    ChildNews::Ended { child: Some("child".parse().unwrap()), answer }
}

fn done() -> ChildNews {
    ended(Answer::Completed(Payload::default()))
}

#[test]
fn of_several_answers_only_the_last_is_in_haste() {
    let (mut state, first) = begun(Mode::Parallel);
    assert_eq!(first, Haste::Now, "it sends");
    assert_eq!(hear(&mut state, "two", done()), Haste::Soon);
    assert_eq!(hear(&mut state, "one", done()), Haste::Now, "it ends the run");
}

#[test]
fn an_answer_that_the_next_step_waits_for_is_in_haste() {
    let (mut state, _) = begun(Mode::Sequential);
    assert_eq!(hear(&mut state, "one", done()), Haste::Now);
}

#[test]
fn what_a_child_says_on_the_way_is_in_no_haste() {
    let (mut state, _) = begun(Mode::Sequential);
    let (child, cursor, note) = ("child".parse().unwrap(), Seq(1), Payload::default());
    assert_eq!(hear(&mut state, "one", ChildNews::Progress { child, cursor, note }), Haste::Soon);
}

#[test]
fn a_step_that_waits_lets_the_next_one_go_and_is_in_haste() {
    let (mut state, _) = begun(Mode::Sequential);
    let (child, cursor, on, note) = ("child".parse().unwrap(), Seq(1), WaitsOn::Queue, Payload::default());
    assert_eq!(hear(&mut state, "one", ChildNews::Waiting { child, cursor, on, note }), Haste::Now);
}

#[test]
fn what_sets_a_timer_is_in_haste() {
    let (mut state, _) = begun(Mode::Parallel);
    let failed = ended(Answer::Failed(Cause::new(Code::AgentFailed, "no hose")));
    assert_eq!(hear(&mut state, "one", failed), Haste::Now);
}

#[test]
fn an_answer_that_is_no_task_cannot_be_asked_for_again_and_is_in_haste() {
    let (mut state, _) = begun(Mode::Parallel);
    let answer = Answer::Completed(Payload::default());
    assert_eq!(hear(&mut state, "two", ChildNews::Ended { child: None, answer }), Haste::Now);
}
