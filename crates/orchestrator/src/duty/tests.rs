//! What a duty came to is one commit: what its run says about it, the row that leaves the list, and what was found.

use std::time::Duration;

use agent::{Decision, Input, View};
use engine::{Answer, Cause, ChildNews, Code, Mode, News, Origin, Payload, Plan, Route, Routes, Step, StepState};
use store::RowChange;
use types::{ContextId, Head, Owner, Seq, StepId, StoreId, TaskId, TaskState, Timestamp};

use super::{FOUND, Found, KIND};
use crate::codec::decode_finding;
use crate::driver::{Deed, Signal};
use crate::state::{Outside, RunState};

const RUN: TaskId = TaskId::from_bytes([3; 16]);

/// A run whose step `lost` has strayed while `slow` goes on.
struct Bench {
    state: RunState,
    now: Timestamp,
}

fn id(text: &str) -> StepId {
    text.parse().unwrap()
}

fn step(text: &str, seconds: u64) -> Step {
    let agent = "Fire Agent".parse().unwrap();
    Step { attempt_timeout: Duration::from_secs(seconds), ..Step::new(id(text), agent, Payload::default()) }
}

impl Bench {
    fn new() -> (Self, Vec<RowChange>) {
        let mut bench = Self { state: RunState::default(), now: Timestamp::from_millis(1_000) };
        let steps = vec![step("lost", 1), step("slow", 3_000)];
        let plan = Plan { mode: Mode::Parallel, ..Plan::new("a plan", Origin::Explicit, steps) };
        let message = Input::Message(std::sync::Arc::default());
        bench.feed(News::Accept(plan), &message);
        bench.pass(2);
        bench.feed(News::Tick, &Input::Timer);
        bench.pass(60);
        let rows = bench.feed(News::Tick, &Input::Timer).rows;
        (bench, rows)
    }

    fn pass(&mut self, seconds: u64) {
        self.now = self.now.after(Duration::from_secs(seconds));
    }

    fn feed(&mut self, news: News, input: &Input<Signal>) -> Decision<Deed> {
        let route = |text: &str| {
            let route = Route { endpoint: "127.0.0.1:1".into(), store_id: Some(StoreId::from_bytes([5; 16])) };
            (id(text), route)
        };
        let routes = Routes { open: vec![route("lost"), route("slow")], closed: Vec::new() };
        let outside = |_: &_, _: &_| Outside { routes: routes.clone(), jitter: 0.5 };
        let events = self.state.decide(self.now, vec![news], outside).unwrap();
        let (owner, context) = (Owner::anonymous(), ContextId::fresh());
        let view = View {
            id: RUN,
            owner: &owner,
            context: &context,
            state: TaskState::Working,
            commit: Head(9),
            seq: Seq(9),
            room: usize::MAX,
            now: self.now,
        };
        self.state.take(&view, &events, input)
    }

    /// What the reaper finds out about the strayed attempt.
    fn finds(&mut self, news: ChildNews, earlier: u64) -> Vec<RowChange> {
        let found = Found { step: id("lost"), attempt: 1, news, earlier };
        self.feed(found.clone().told(), &Input::Signal(Signal::Found(found))).rows
    }

    fn says(&mut self, news: ChildNews) -> Vec<RowChange> {
        let signal = Signal::Child { step: id("lost"), attempt: 1, news: vec![news.clone()] };
        self.feed(News::Child { step: id("lost"), attempt: 1, news }, &Input::Signal(signal)).rows
    }
}

/// Each change in short: its kind, the version that it expects, and whether something is written.
fn told(rows: &[RowChange]) -> Vec<(&'static str, u64, bool)> {
    rows.iter().map(|row| (row.kind, row.expected, row.body.is_some())).collect()
}

fn done() -> ChildNews {
    ChildNews::Ended { child: Some("child".parse().unwrap()), answer: Answer::Completed(Payload::from(vec![1])) }
}

#[test]
fn what_is_handed_over_is_listed_and_what_is_adopted_leaves_the_list_with_it() {
    let (mut bench, rows) = Bench::new();
    assert_eq!(told(&rows), [(KIND, 0, true)]);
    let rows = bench.finds(done(), 0);
    assert_eq!(told(&rows), [(KIND, 1, false), (FOUND, 0, true)]);
    assert!(matches!(bench.state.run().step(&id("lost")).unwrap().2.state, StepState::Completed { .. }));
    assert_eq!(bench.finds(done(), 1).len(), 0, "what is found twice is written once");
}

#[test]
fn a_late_answer_leaves_the_list_with_what_is_recorded_of_it() {
    for news in [
        ChildNews::NotAccepted(Cause::new(Code::Timeout, "never")),
        ChildNews::NothingLive,
        ChildNews::Ended { child: None, answer: Answer::Failed(Cause::new(Code::AgentCanceled, "stopped")) },
    ] {
        let (mut bench, listed) = Bench::new();
        let rows = bench.finds(news.clone(), 0);
        assert_eq!(told(&rows), [(KIND, 1, false), (FOUND, 0, true)], "{news:?}");
        assert_eq!(rows[0].key, listed[0].key);
        assert_eq!(decode_finding(rows[1].body.as_ref().unwrap()).unwrap().step, id("lost"));
    }
}

#[test]
fn what_is_lost_sight_of_and_shows_again_is_listed_again_and_found_again() {
    let (mut bench, _) = Bench::new();
    assert_eq!(told(&bench.finds(ChildNews::NotFound, 0)), [(KIND, 1, false), (FOUND, 0, true)]);
    let child = || "child".parse().unwrap();
    let shows = ChildNews::Progress { child: child(), cursor: Seq(1), note: Payload::default() };
    assert_eq!(told(&bench.says(shows)), [(KIND, 0, true)]);
    assert_eq!(told(&bench.finds(ChildNews::NothingLive, 1)), [(KIND, 1, false), (FOUND, 1, true)]);
}

#[test]
fn what_a_pursuit_still_hears_leaves_the_list_too() {
    let (mut bench, _) = Bench::new();
    assert_eq!(told(&bench.says(done())), [(KIND, 1, false), (FOUND, 0, true)]);
}
