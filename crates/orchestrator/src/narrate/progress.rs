//! The structured side of progress: `{step, k, n, state, agent, attempt, child_task_id?, code?, error?}`.

use a2a::frame::Metadata;
use a2a::metadata::PROGRESS;
use engine::{Payload, Run, Step, StepFact, StepState, StepStatus};
use prost::Message as _;
use proto::a2a::Message;
use proto::value::Object;

/// The metadata of a step's update.
pub(super) fn metadata(run: &Run, place: usize, fact: &StepFact) -> Metadata {
    let mut metadata = note_of(fact).and_then(passed_on).unwrap_or_default();
    if let Some((step, status)) = run.steps().nth(place) {
        let (k, n) = (place as u64 + 1, run.plan().steps.len() as u64);
        metadata.put(PROGRESS, |slot| {
            slot.object(|out| {
                standing(step, status, out);
                out.count("k", k).count("n", n).text("state", word(&status.state)).text("step", step.id.as_str());
            });
        });
    }
    metadata
}

/// Who is at work on a step, and what went wrong.
fn standing(step: &Step, status: &StepStatus, out: &mut Object<'_>) {
    out.text("agent", step.agent.as_str()).number("attempt", status.attempts());
    if let Some(child) = status.child() {
        out.text("child_task_id", child.as_str());
    }
    if let Some(cause) = &status.cause {
        out.text("code", cause.code.as_str()).text("error", &cause.text);
    }
}

/// The metadata of the last update: how the steps stand.
pub(super) fn totals(run: &Run) -> Metadata {
    let counts = run.counts();
    Metadata::of(PROGRESS, |slot| {
        slot.object(|out| {
            out.count("canceled", counts.canceled as u64).count("completed", counts.completed as u64);
            out.count("failed", counts.failed as u64).count("n", counts.total as u64);
            out.count("skipped", counts.skipped as u64);
        });
    })
}

/// A step's state on the wire.
pub(crate) fn word(state: &StepState) -> &'static str {
    match state {
        StepState::Pending => "pending",
        StepState::Parked { .. } => "parked",
        StepState::Dispatching => "dispatching",
        StepState::Working => "working",
        StepState::Waiting { .. } => "waiting",
        StepState::Backoff { .. } => "backoff",
        StepState::Stopping { .. } => "stopping",
        StepState::Completed { .. } => "completed",
        StepState::Failed => "failed",
        StepState::Skipped => "skipped",
        StepState::Canceled => "canceled",
    }
}

fn note_of(fact: &StepFact) -> Option<&Payload> {
    match fact {
        StepFact::ChildProgressed { note, .. } | StepFact::ChildWaiting { note, .. } => Some(note),
        StepFact::Dispatched(_)
        | StepFact::Parked { .. }
        | StepFact::ChildKnown { .. }
        | StepFact::Stopping(_)
        | StepFact::AttemptFailed { .. }
        | StepFact::Completed { .. }
        | StepFact::Failed(_)
        | StepFact::Skipped(_)
        | StepFact::Canceled
        | StepFact::LateAnswer { .. }
        | StepFact::Strayed { .. }
        | StepFact::Carried(_) => None,
    }
}

/// What the child said of itself beside its words, such as where a unit is.
fn passed_on(note: &Payload) -> Option<Metadata> {
    Message::decode(note.as_bytes()).ok()?.metadata.map(Metadata::from)
}
