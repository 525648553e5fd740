//! Engine events in words, for people who read a log.

use a2a::time::to_wire;
use engine::{Cause, Event, Fact, Held, Plan, StepFact};
use types::StepId;

use crate::plan::mode_word;

/// What happened: a kind and a sentence.
pub(crate) fn describe(event: &Event) -> (&'static str, String) {
    match &event.fact {
        Fact::Accepted(plan) => ("accepted", describe_plan(plan)),
        Fact::Step(step, fact) => describe_step(step, fact),
        Fact::CancelRequested => ("cancel", "a caller asked to stop".to_owned()),
        Fact::TimedOut => ("timeout", "the run took too long".to_owned()),
        Fact::DeadlineMoved(deadline) => ("deadline", format!("moved to {}", to_wire(*deadline))),
        Fact::Asked => ("asked", "the caller was asked".to_owned()),
        Fact::Answered(reply) => ("answered", format!("steps added: {}", reply.steps.len())),
        Fact::Compensating(steps) => ("compensating", format!("steps that take back what was done: {}", steps.len())),
        Fact::Ended(outcome) => ("ended", format!("{outcome:?}").to_lowercase()),
    }
}

fn describe_plan(plan: &Plan) -> String {
    let steps = match plan.steps.len() {
        1 => "1 step".to_owned(),
        many => format!("{many} steps"),
    };
    let title = if plan.title.is_empty() { "a plan without title" } else { &plan.title };
    format!("{title}: {steps}, {}", mode_word(plan.mode))
}

fn describe_step(step: &StepId, fact: &StepFact) -> (&'static str, String) {
    match fact {
        StepFact::Dispatched(launch) => {
            let (attempt, route) = (launch.attempt, &launch.route);
            let store = route.store_id.map_or_else(|| "a foreign agent".to_owned(), |store| format!("store {store}"));
            ("dispatched", format!("{step}/{attempt} to {}, {store}", route.endpoint))
        }
        StepFact::Parked { .. } => ("parked", format!("{step}: no endpoint")),
        StepFact::ChildKnown { attempt, child } => ("child", format!("{step}/{attempt} is task {child}")),
        StepFact::ChildProgressed { attempt, cursor, .. } => {
            ("progress", format!("{step}/{attempt}: events up to {cursor}"))
        }
        StepFact::ChildWaiting { attempt, on, .. } => ("waiting", format!("{step}/{attempt} waits: {on:?}")),
        StepFact::Stopping(why) => ("stopping", format!("{step}: {why:?}")),
        StepFact::AttemptFailed { cause, retry_at: Some(at) } => {
            ("attempt-failed", format!("{}, next at {}", because(step, cause), to_wire(*at)))
        }
        StepFact::AttemptFailed { cause, retry_at: None } => ("attempt-failed", because(step, cause)),
        StepFact::Completed { answer } => ("completed", format!("{step}: {} bytes", answer.as_bytes().len())),
        StepFact::Failed(cause) => ("failed", because(step, cause)),
        StepFact::Skipped(cause) => ("skipped", because(step, cause)),
        StepFact::Canceled => ("canceled", step.to_string()),
        StepFact::LateAnswer { attempt, end } => ("late", format!("{step}/{attempt}: {end:?}, not applied")),
        StepFact::Strayed { attempt, held: Held::Reaper } => {
            ("strayed", format!("{step}/{attempt}: not answered, asked again until it is"))
        }
        StepFact::Strayed { attempt, held: Held::Nobody } => {
            ("strayed", format!("{step}/{attempt}: not found at its agent, and may be at work there"))
        }
        StepFact::Carried(done) => ("carried", format!("{step}: done by run {}", done.run)),
    }
}

fn because(step: &StepId, cause: &Cause) -> String {
    format!("{step}: {} {cause}", cause.code.as_str())
}
