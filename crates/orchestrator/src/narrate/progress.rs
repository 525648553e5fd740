//! The structured side of progress: `{step, k, n, state, agent, attempt, child_task_id?, code?, error?}`.

use std::collections::BTreeMap;

use a2a::metadata::{PROGRESS, count, number, object, structure, text};
use engine::{Payload, Run, StepFact, StepState};
use prost::Message as _;
use proto::a2a::Message;
use proto::{Struct, Value};

/// The metadata of a step's update.
pub(super) fn metadata(run: &Run, place: usize, fact: &StepFact) -> Struct {
    let mut metadata = note_of(fact).and_then(passed_on).unwrap_or_default();
    if let Some((step, status)) = run.steps().nth(place) {
        let mut fields = BTreeMap::from([
            ("step".to_owned(), text(step.id.as_str())),
            ("k".to_owned(), count(place as u64 + 1)),
            ("n".to_owned(), count(run.plan().steps.len() as u64)),
            ("state".to_owned(), text(word(&status.state))),
            ("agent".to_owned(), text(step.agent.as_str())),
            ("attempt".to_owned(), number(status.attempts())),
        ]);
        if let Some(child) = status.child() {
            fields.insert("child_task_id".to_owned(), text(child.as_str()));
        }
        if let Some(cause) = &status.cause {
            fields.insert("code".to_owned(), text(cause.code.as_str()));
            fields.insert("error".to_owned(), text(&*cause.text));
        }
        metadata.fields.extend(structure([(PROGRESS, object(fields))]).fields);
    }
    metadata
}

/// The metadata of the last update: how the steps stand.
pub(super) fn totals(run: &Run) -> Struct {
    let counts = run.counts();
    let field = |name: &str, value: usize| (name.to_owned(), count(value as u64));
    let fields: BTreeMap<String, Value> = BTreeMap::from([
        field("n", counts.total),
        field("completed", counts.completed),
        field("failed", counts.failed),
        field("skipped", counts.skipped),
        field("canceled", counts.canceled),
    ]);
    structure([(PROGRESS, object(fields))])
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
fn passed_on(note: &Payload) -> Option<Struct> {
    Message::decode(note.as_bytes()).ok()?.metadata
}
