//! Random plans, and what their callers do with them.

use std::time::Duration;

use agent::words::text_part;
use engine::{
    FollowUp, Mode, OnFailure, OnUnknown, Origin, Patience, Payload, Plan, Question, Reason, Reply, Run, Step,
};
use prost::Message as _;
use proto::a2a::Message;
use types::{AgentName, RetryPolicy, StepId};

use crate::chance::Chance;
use crate::world::FOREIGN;

/// One call to the operator.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// What it asks for.
    pub(crate) plan: Plan,
    /// When it comes.
    pub(crate) at: Duration,
    /// How long after that it is canceled, if it is.
    pub(crate) cancel: Option<Duration>,
    /// Whether it is asked to go on when it has ended with something left undone.
    pub(crate) resume: bool,
    /// What is answered to the plan's question, if it is. Where it says more than the call, whoever was sent is told.
    pub(crate) reply: Option<Reply>,
    /// How long after the call it is answered, where nobody waits for the question.
    pub(crate) early: Option<Duration>,
}

/// The calls of a world.
pub(crate) fn calls(seed: u64) -> Vec<Call> {
    let mut chance = Chance::of(seed, "plans");
    let count = 1 + chance.below(2);
    let mut calls: Vec<Call> = (0..count).map(|number| call(&mut chance, number)).collect();
    // From another sequence, so that the calls of a seed are what they were before anybody answered early.
    let mut chance = Chance::of(seed, "answers");
    for (call, number) in calls.iter_mut().zip(0..) {
        let Some(reply) = call.reply.as_mut() else { continue };
        if chance.hit(700) {
            reply.about = payload(&format!("{number} moved"));
        }
        call.early = chance.hit(500).then(|| chance.millis(0, 8_000));
    }
    calls
}

fn call(chance: &mut Chance, number: u64) -> Call {
    let plan = plan(chance, number);
    let reply = (plan.question.is_some() && chance.hit(700)).then(|| reply(chance, number));
    let cancel = chance.hit(300).then(|| chance.millis(0, 30_000));
    Call { plan, at: chance.millis(0, 3_000), cancel, resume: chance.hit(500), reply, early: None }
}

fn plan(chance: &mut Chance, number: u64) -> Plan {
    let origin = if chance.hit(400) { Origin::Text } else { Origin::Explicit };
    let count = 1 + chance.below(4);
    let mut steps: Vec<Step> = Vec::new();
    for place in 0..count {
        let mut step = step(chance, number, &format!("s{place}"));
        let earlier = steps.iter().map(|step| step.id.clone());
        step.depends_on = earlier.filter(|_| origin == Origin::Explicit && chance.hit(350)).collect();
        steps.push(step);
    }
    let question = Question { reason: Reason::Location, text: "where?".into() };
    Plan {
        mode: if chance.hit(500) { Mode::Sequential } else { Mode::Parallel },
        timeout: chance.millis(5_000, 90_000),
        patience: Patience {
            waiting: chance.millis(2_000, 40_000),
            endpoint: chance.millis(1_000, 10_000),
            stopping: chance.millis(500, 10_000),
        },
        question: (origin == Origin::Text && chance.hit(400)).then_some(question),
        ..Plan::new(&format!("plan {number}"), origin, steps)
    }
}

fn reply(chance: &mut Chance, number: u64) -> Reply {
    let steps = (0..chance.below(3)).map(|place| step(chance, number, &format!("r{place}"))).collect();
    Reply { title: None, question: None, renewed: Vec::new(), steps, about: Payload::default() }
}

/// The answer as the operator makes it of a run: where it says more than the call, what is not sent yet goes with it, and
/// whoever was sent is told.
pub(crate) fn moving(run: &Run, reply: Reply) -> Reply {
    if reply.about == Payload::default() {
        return reply;
    }
    let told = run.steps().filter(|(_, status)| status.may_be_out()).map(|(step, _)| telling(step, &reply.about));
    let steps = reply.steps.iter().cloned().chain(told).collect();
    Reply { renewed: run.plan().steps.iter().map(|step| step.id.clone()).collect(), steps, ..reply }
}

fn telling(step: &Step, about: &Payload) -> Step {
    Step {
        follow_up: Some(FollowUp::Tell(step.id.clone())),
        retry: step.retry.clone(),
        attempt_timeout: step.attempt_timeout,
        ..Step::new(word(&format!("{}.told", step.id)), step.agent.clone(), about.clone())
    }
}

fn step(chance: &mut Chance, number: u64, id: &str) -> Step {
    // Nobody is called Nobody.
    let agent = match chance.below(100) {
        0..=2 => "Nobody",
        3..=22 => FOREIGN,
        23..=61 => "North",
        _ => "South",
    };
    Step {
        retry: RetryPolicy {
            attempts: 1 + u32::try_from(chance.below(4)).unwrap_or(0),
            backoff: chance.millis(0, 2_000),
            max_backoff: Duration::from_secs(5),
        },
        attempt_timeout: chance.millis(300, 15_000),
        on_failure: if chance.hit(400) { OnFailure::Continue } else { OnFailure::SkipDependents },
        undo: chance.hit(400).then(|| "release".parse().expect("a plain word")),
        at_most_once: chance.hit(300),
        on_unknown: if chance.hit(600) { OnUnknown::Another } else { OnUnknown::Fail },
        ..Step::new(word(id), name(agent), payload(&format!("{number}")))
    }
}

/// An agent's name.
pub(crate) fn name(text: &str) -> AgentName {
    text.parse().expect("a plain word")
}

fn word(text: &str) -> StepId {
    text.parse().expect("a plain word")
}

/// Words as the engine carries them.
pub(crate) fn payload(words: &str) -> Payload {
    Payload::from(Message { parts: vec![text_part(words)], ..Message::default() }.encode_to_vec())
}

/// The words of a payload.
pub(crate) fn words_of(payload: &Payload) -> String {
    Message::decode(payload.as_bytes()).map(|message| agent::words::text_of(&message)).unwrap_or_default()
}

/// What an agent does with one attempt; the same each time that it is asked, because a handler that runs again after
/// a crash has to say the same things in the same order.
#[derive(Debug, Clone)]
pub(crate) struct Behaviour {
    /// A pause before each thing that it says.
    pub(crate) pauses: Vec<Duration>,
    /// How much it says each time.
    pub(crate) words: usize,
    /// For how long it says that it is queued.
    pub(crate) queued: Option<Duration>,
    /// How it ends.
    pub(crate) end: End,
}

/// How an agent ends an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Completes,
    Fails,
    Declines,
    Asks,
    /// It answers with a message and makes no task.
    Replies,
    /// It works on until it is told to stop.
    Hangs,
    /// It does not stop when it is told to.
    Stubborn,
}

impl Behaviour {
    pub(crate) fn of(seed: u64, call: &str, step: &StepId, attempt: u32) -> Self {
        let mut chance = Chance::of(seed, &format!("behaviour {call} {step} {attempt}"));
        let long = if chance.hit(250) { 8_000 } else { 400 };
        let (pauses, words) = if chance.hit(80) { (12, 500) } else { (chance.below(4), 1) };
        let end = match chance.below(100) {
            0..=4 => End::Replies,
            5..=64 => End::Completes,
            65..=76 => End::Fails,
            77..=80 => End::Declines,
            81..=85 => End::Asks,
            86..=93 => End::Hangs,
            _ => End::Stubborn,
        };
        Self {
            pauses: (0..pauses).map(|_| chance.millis(0, long)).collect(),
            words,
            queued: chance.hit(100).then(|| chance.millis(100, 10_000)),
            end,
        }
    }
}
