//! A run with a clock, for tests: tells it news and keeps the log.
#![allow(dead_code, reason = "each test binary uses its own part of it")]

use engine::{
    Answer, Cause, ChildNews, Code, Effect, Event, Fact, FollowUp, Input, News, Origin, Payload, Plan, Refused, Route,
};
use engine::{Reply, Routes, Run, Step, StepFact, StepState};
use types::{StoreId, Timestamp};

/// A run, its time and its log.
pub(crate) struct Bench {
    pub(crate) run: Run,
    pub(crate) now: Timestamp,
    pub(crate) log: Vec<Event>,
    pub(crate) effects: Vec<Effect>,
    /// Whether every agent has an endpoint.
    pub(crate) routed: bool,
    pub(crate) jitter: f64,
    /// Where every step goes.
    pub(crate) route: Route,
}

impl Bench {
    pub(crate) fn new() -> Self {
        let now = Timestamp::from_millis(1_000_000);
        let route = route();
        Self { run: Run::default(), now, log: Vec::new(), effects: Vec::new(), routed: true, jitter: 0.5, route }
    }

    pub(crate) fn accepted(plan: Plan) -> Self {
        let mut bench = Self::new();
        bench.tell(News::Accept(plan)).unwrap();
        bench
    }

    pub(crate) fn tell(&mut self, news: News) -> Result<Vec<Event>, Refused> {
        let input = Input { routes: self.routes(&news), jitter: self.jitter, news };
        let events = self.run.decide(self.now, input.clone())?;
        assert_eq!(self.run.decide(self.now, input), Ok(events.clone()), "decisions are deterministic");
        for event in &events {
            self.effects.extend(self.run.apply(event));
        }
        self.log.extend(events.clone());
        Ok(events)
    }

    pub(crate) fn child(&mut self, step: &str, attempt: u32, news: ChildNews) -> Vec<Event> {
        self.tell(News::Child { step: step.parse().unwrap(), attempt, news }).unwrap()
    }

    pub(crate) fn completes(&mut self, step: &str, attempt: u32) -> Vec<Event> {
        self.child(step, attempt, completed(step, attempt))
    }

    pub(crate) fn fails(&mut self, step: &str, attempt: u32) -> Vec<Event> {
        self.child(step, attempt, failed(step, attempt))
    }

    pub(crate) fn tick_after(&mut self, millis: u64) -> Vec<Event> {
        self.now = Timestamp::from_millis(self.now.as_millis() + millis);
        self.tell(News::Tick).unwrap()
    }

    /// Ticks at the deadline.
    pub(crate) fn tick(&mut self) -> Vec<Event> {
        self.now = self.run.deadline().expect("something is due");
        self.tell(News::Tick).unwrap()
    }

    pub(crate) fn state(&self, step: &str) -> StepState {
        self.run.step(&step.parse().unwrap()).unwrap().2.state.clone()
    }

    pub(crate) fn dispatched(&self) -> Vec<String> {
        let launches = self.log.iter().filter_map(|event| match &event.fact {
            Fact::Step(id, StepFact::Dispatched(launch)) => Some(format!("{id}/{}", launch.attempt)),
            _ => None,
        });
        launches.collect()
    }

    /// The strays of a step, as `attempt` and whether the reaper has it.
    pub(crate) fn strays(&self, step: &str) -> Vec<(u32, bool)> {
        let (_, _, status) = self.run.step(&step.parse().unwrap()).unwrap();
        let stray = |stray: &engine::Stray| (stray.attempt.launch.attempt, stray.held == engine::Held::Reaper);
        status.strays.iter().map(stray).collect()
    }

    /// Fences asked for so far.
    pub(crate) fn fenced(&self) -> Vec<String> {
        let fences = self.effects.iter().filter_map(|effect| match effect {
            Effect::Fence(fence) => Some(format!("{}/{}", fence.step, fence.launch.attempt)),
            _ => None,
        });
        fences.collect()
    }

    pub(crate) fn rebuilt(&self) -> Run {
        replay(&self.run.fold())
    }

    fn routes(&self, news: &News) -> Routes {
        if !self.routed {
            return Routes::default();
        }
        let added: &[Step] = match news {
            News::Accept(plan) => &plan.steps,
            News::Reply(reply) => &reply.steps,
            News::Resume(resume) => &resume.plan.steps,
            News::Child { .. } | News::Tick | News::Cancel => &[],
        };
        let open = self.run.wanting().chain(added).map(|step| (step.id.clone(), self.route.clone())).collect();
        Routes { open, ..Routes::default() }
    }
}

pub(crate) fn replay(events: &[Event]) -> Run {
    let mut run = Run::default();
    for event in events {
        run.apply(event);
    }
    run
}

pub(crate) fn route() -> Route {
    Route { endpoint: "http://127.0.0.1:7411".into(), store_id: Some(StoreId::from_bytes([7; 16])) }
}

pub(crate) fn other_route() -> Route {
    Route { endpoint: "http://127.0.0.1:7511".into(), store_id: Some(StoreId::from_bytes([8; 16])) }
}

pub(crate) fn foreign_route() -> Route {
    Route { endpoint: "http://127.0.0.1:9000".into(), store_id: None }
}

pub(crate) fn reply(ids: &[&str]) -> News {
    let (steps, about) = (ids.iter().map(|id| step(id)).collect(), Payload::from(b"all of it".to_vec()));
    News::Reply(Reply { title: Some("all of it".into()), question: None, renewed: Vec::new(), steps, about })
}

/// An answer that changes what steps get, and tells those of `told` that were sent before.
pub(crate) fn moving(renewed: &[&str], told: &[&str]) -> News {
    let about = Payload::from(b"the new place".to_vec());
    let renewed = renewed.iter().map(|id| id.parse().unwrap()).collect();
    let steps = told.iter().map(|id| tell(id, &about)).collect();
    News::Reply(Reply { title: None, question: None, renewed, steps, about })
}

/// The step that tells the agent of step `of` something.
pub(crate) fn tell(of: &str, input: &Payload) -> Step {
    let agent = format!("{of} Agent").parse().unwrap();
    Step {
        skill: Some("redirect".parse().unwrap()),
        follow_up: Some(FollowUp::Tell(of.parse().unwrap())),
        ..Step::new(format!("{of}.redirect").parse().unwrap(), agent, input.clone())
    }
}

pub(crate) fn step(id: &str) -> Step {
    Step::new(id.parse().unwrap(), format!("{id} Agent").parse().unwrap(), Payload::from(id.as_bytes().to_vec()))
}

pub(crate) fn plan(ids: &[&str]) -> Plan {
    Plan::new("a test", Origin::Explicit, ids.iter().map(|id| step(id)).collect())
}

pub(crate) fn completed(step: &str, attempt: u32) -> ChildNews {
    let answer = Answer::Completed(Payload::from(format!("done {step}").into_bytes()));
    ChildNews::Ended { child: Some(child(step, attempt)), answer }
}

pub(crate) fn failed(step: &str, attempt: u32) -> ChildNews {
    let answer = Answer::Failed(Cause::new(Code::AgentFailed, "no hose"));
    ChildNews::Ended { child: Some(child(step, attempt)), answer }
}

pub(crate) fn child(step: &str, attempt: u32) -> types::RemoteTask {
    format!("{step}-{attempt}").parse().unwrap()
}
