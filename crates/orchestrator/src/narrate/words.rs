//! The sentences of a run, as people read them.

use agent::words::text_of;
use engine::{FollowUp, Origin, Payload, Plan, Reason, Reply, Step, StepFact, StepStatus, StopReason};
use prost::Message as _;
use proto::a2a::Message;

use crate::call::Call;
use crate::plan::{is_untitled, mode_word};
use crate::services::spoken;

/// The plan as a list. `goes` says whether a step's agent has gone or is still to go.
pub(super) fn plan(plan: &Plan, call: Option<&Call>, goes: impl Fn(&Step) -> bool) -> String {
    let order = mode_word(plan.mode);
    let size = match plan.steps.len() {
        0 => None,
        1 => Some(format!("1 step, {order}")),
        many => Some(format!("{many} steps, {order}")),
    };
    let title = Some(plan.title.to_string()).filter(|title| !title.is_empty());
    let head = title.into_iter().chain(size).collect::<Vec<_>>().join(": ");
    let lines = plan.steps.iter().zip(1..).map(|(step, k)| format!("\n{k}. {}", step.title));
    std::iter::once(head)
        .chain(lines)
        .chain(call.map(|call| reasons(plan, call, goes)))
        .chain(open_question(plan, call))
        .collect()
}

/// Which words send whom, or nobody, where nobody goes, and who was sent before they were said.
fn reasons(plan: &Plan, call: &Call, goes: impl Fn(&Step) -> bool) -> String {
    let overtaken: Vec<&str> = call.overtaken(plan).filter(|step| goes(step)).map(name).collect();
    let before = format!("sent on what was known before, and not called off: {}", overtaken.join(", "));
    let before = (!overtaken.is_empty()).then_some(before.as_str());
    call.reasons().iter().map(String::as_str).chain(before).map(|reason| format!("\n   {reason}")).collect()
}

/// What the caller is asked, and why. The run itself asks once the provisional steps have ended.
fn open_question(plan: &Plan, call: Option<&Call>) -> Option<String> {
    let question = plan.question.as_ref()?;
    let why = match question.reason {
        Reason::Location => "no place is named".to_owned(),
        Reason::Clarification => {
            let call = call?;
            let sure = triage::sureness(call.triage.confidence, false);
            format!("{sure} of who is needed; {}", call.doubts().join("; "))
        }
    };
    Some(format!("\nOpen question: {} ({why}); it may be answered at any time", question.text))
}

/// The line that follows the plan; none when the plan has said it all.
pub(super) fn plan_created(plan: &Plan) -> Option<String> {
    let names: Vec<&str> = plan.steps.iter().map(name).collect();
    let question = plan.question.as_ref().map(|question| format!("Open question: {}", question.text));
    match (plan.origin, names.is_empty(), question) {
        (Origin::Text, true, question) => question,
        (Origin::Text, false, None) => Some(format!("Dispatch plan created: {}", names.join(", "))),
        (Origin::Text, false, Some(open)) => Some(format!("Dispatch plan created: {}. {open}", names.join(", "))),
        (Origin::Explicit, _, _) => Some(format!("Plan accepted: {}", names.join(", "))),
    }
}

/// The line that follows the caller's answer to a question.
pub(super) fn answered(reply: &Reply, call: Option<&Call>) -> String {
    let (told, needed): (Vec<&Step>, Vec<&Step>) = reply.steps.iter().partition(|step| step.tells().is_some());
    let needed: Vec<&str> = needed.into_iter().map(name).collect();
    let also = match needed.is_empty() {
        true => "Nobody else is needed.".to_owned(),
        false => format!("Also needed: {}.", needed.join(", ")),
    };
    let place = call.map(Call::place).filter(|place| !place.is_empty());
    let place = place.map_or(String::new(), |place| format!(" The place is {place}."));
    let told: Vec<&str> = told.into_iter().map(|step| spoken(&step.agent)).collect();
    let told = if told.is_empty() { String::new() } else { format!(" To be told the place: {}.", told.join(", ")) };
    let open = reply.question.as_ref().map_or(String::new(), |question| format!(" Open question: {}", question.text));
    format!("Answer received.{place} {also}{told}{open}")
}

/// What a step is called in lists and sentences: its agent, or its own title.
pub(super) fn name(step: &Step) -> &str {
    if is_untitled(step) { spoken(&step.agent) } else { &step.title }
}

/// What happened to a step, if it is worth a line; `[k/n]` stands before it.
pub(super) fn step(step: &Step, status: &StepStatus, fact: &StepFact) -> Option<String> {
    let own = match &step.follow_up {
        None => None,
        Some(FollowUp::Undo(_)) => undo(name(step), fact),
        Some(FollowUp::Tell(_)) => tell(spoken(&step.agent), fact),
    };
    own.or_else(|| act(step, status, fact))
}

/// The lines of a step that tells an agent the place, where they differ from those of others.
fn tell(agent: &str, fact: &StepFact) -> Option<String> {
    match fact {
        StepFact::Completed { .. } => Some(format!("{agent} knows the place")),
        StepFact::AttemptFailed { cause, retry_at: None } | StepFact::Failed(cause) | StepFact::Skipped(cause) => {
            Some(format!("{agent} was not told the place: {cause}"))
        }
        StepFact::Canceled => Some(format!("{agent} is not told the place any more")),
        StepFact::Dispatched(_)
        | StepFact::Parked { .. }
        | StepFact::ChildKnown { .. }
        | StepFact::ChildProgressed { .. }
        | StepFact::ChildWaiting { .. }
        | StepFact::Stopping(_)
        | StepFact::AttemptFailed { .. }
        | StepFact::LateAnswer { .. }
        | StepFact::Strayed { .. }
        | StepFact::Carried(_) => None,
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
