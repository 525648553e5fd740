//! The sentences of a run, as people read them.

use agent::words::text_of;
use engine::{Origin, Payload, Plan, Reason, Step, StepFact, StepStatus, StopReason};
use prost::Message as _;
use proto::a2a::Message;

use crate::call::Call;
use crate::plan::{is_untitled, mode_word};
use crate::services::spoken;

/// The plan as a list.
pub(super) fn plan(plan: &Plan, call: Option<&Call>) -> String {
    let order = mode_word(plan.mode);
    let size = match plan.steps.len() {
        0 => None,
        1 => Some(format!("1 step, {order}")),
        many => Some(format!("{many} steps, {order}")),
    };
    let title = Some(plan.title.to_string()).filter(|title| !title.is_empty());
    let head = title.into_iter().chain(size).collect::<Vec<_>>().join(": ");
    let lines = plan.steps.iter().zip(1..).map(|(step, k)| format!("\n{k}. {}", step.title));
    std::iter::once(head).chain(lines).chain(call.map(reasons)).chain(open_question(plan, call)).collect()
}

/// Which words send whom.
fn reasons(call: &Call) -> String {
    call.reasons().iter().map(|reason| format!("\n   {reason}")).collect()
}

/// What the caller will be asked, and why.
fn open_question(plan: &Plan, call: Option<&Call>) -> Option<String> {
    let question = plan.question.as_ref()?;
    let why = match question.reason {
        Reason::Location => "no place is named".to_owned(),
        Reason::Clarification => {
            let call = call?;
            format!("confidence {:.2}; {}", call.triage.confidence, call.doubts().join("; "))
        }
    };
    Some(format!("\nYou will be asked: {} ({why})", question.text))
}

/// The line that follows the plan; none when the plan has said it all.
pub(super) fn plan_created(plan: &Plan) -> Option<String> {
    let names: Vec<&str> = plan.steps.iter().map(name).collect();
    match (plan.origin, names.is_empty()) {
        (Origin::Text, true) => None,
        (Origin::Text, false) => Some(format!("Dispatch plan created: {}", names.join(", "))),
        (Origin::Explicit, _) => Some(format!("Plan accepted: {}", names.join(", "))),
    }
}

/// The line that follows the caller's answer to a question.
pub(super) fn answered(added: &[Step]) -> String {
    let names: Vec<&str> = added.iter().map(name).collect();
    if names.is_empty() {
        "Answer received. Nobody else is needed.".to_owned()
    } else {
        format!("Answer received. Also needed: {}", names.join(", "))
    }
}

/// What a step is called in lists and sentences: its agent, or its own title.
pub(super) fn name(step: &Step) -> &str {
    if is_untitled(step) { spoken(&step.agent) } else { &step.title }
}

/// What happened to a step, if it is worth a line; `[k/n]` stands before it.
pub(super) fn step(step: &Step, status: &StepStatus, fact: &StepFact) -> Option<String> {
    if step.undoes.is_some() {
        undo(name(step), fact).or_else(|| act(step, status, fact))
    } else {
        act(step, status, fact)
    }
}

/// The lines of a step that takes another one back, where they differ from those of others.
fn undo(name: &str, fact: &StepFact) -> Option<String> {
    match fact {
        StepFact::Dispatched(launch) if launch.attempt == 1 => Some(format!("Releasing {name}...")),
        StepFact::Dispatched(launch) => Some(format!("Releasing {name} again (attempt {})...", launch.attempt)),
        StepFact::Completed { .. } => Some(format!("{name} released")),
        StepFact::AttemptFailed { cause, retry_at: None } | StepFact::Failed(cause) => {
            Some(format!("Failed to release {name}: {cause}"))
        }
        StepFact::Parked { .. }
        | StepFact::ChildKnown { .. }
        | StepFact::ChildProgressed { .. }
        | StepFact::ChildWaiting { .. }
        | StepFact::Stopping(_)
        | StepFact::AttemptFailed { .. }
        | StepFact::Skipped(_)
        | StepFact::Canceled
        | StepFact::LateAnswer { .. }
        | StepFact::Strayed { .. }
        | StepFact::Carried(_) => None,
    }
}

fn act(step: &Step, status: &StepStatus, fact: &StepFact) -> Option<String> {
    let (name, dispatch) = (name(step), is_untitled(step));
    Some(match fact {
        StepFact::Dispatched(launch) if launch.attempt == 1 => format!("{}...", step.title),
        StepFact::Dispatched(launch) => {
            format!("{} again (attempt {} of {})...", step.title, launch.attempt, step.retry.attempts)
        }
        StepFact::Parked { .. } => format!("Waiting for an endpoint of {}...", spoken(&step.agent)),
        StepFact::ChildKnown { .. } => format!("{} is at work", spoken(&step.agent)),
        StepFact::ChildProgressed { note, .. } => format!("{}: {}", spoken(&step.agent), said(note)?),
        StepFact::ChildWaiting { note, .. } => match said(note) {
            Some(words) => format!("{} waits: {words}", spoken(&step.agent)),
            None => format!("{} waits", spoken(&step.agent)),
        },
        StepFact::Stopping(StopReason::Cancel) => format!("Asking {} to stop...", spoken(&step.agent)),
        StepFact::Stopping(StopReason::Timeout | StopReason::WaitTimeout | StopReason::RunTimeout) => {
            format!("{} has not finished in time. Asking it to stop...", spoken(&step.agent))
        }
        StepFact::AttemptFailed { cause, retry_at: Some(_) } => {
            format!("{name}: attempt {} of {} failed: {cause}", status.attempts(), step.retry.attempts)
        }
        StepFact::AttemptFailed { cause, retry_at: None } | StepFact::Failed(cause) if dispatch => {
            format!("Failed to dispatch {name}: {cause}")
        }
        StepFact::AttemptFailed { cause, retry_at: None } | StepFact::Failed(cause) => {
            format!("{name} failed: {cause}")
        }
        StepFact::Completed { .. } if dispatch => format!("{name} dispatched successfully"),
        StepFact::Completed { .. } => format!("{name} completed"),
        StepFact::Skipped(cause) => format!("Skipped {name}: {cause}"),
        StepFact::Canceled => format!("{name} canceled"),
        StepFact::Carried(done) => format!("{name}: done by run {}", done.run),
        // The failure that is decided with it says more.
        StepFact::Strayed { .. } | StepFact::LateAnswer { .. } => return None,
    })
}

/// The words of a note, if it has any.
fn said(note: &Payload) -> Option<String> {
    let message = Message::decode(note.as_bytes()).ok()?;
    Some(text_of(&message)).filter(|words| !words.is_empty())
}

#[cfg(test)]
mod tests;
