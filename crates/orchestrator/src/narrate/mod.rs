//! Engine events as clients see them: words and structured progress, the plan, the answers, the report.

mod open;
mod progress;
mod report;
mod summary;
mod words;

use a2a::frame::Chunk;
use a2a::metadata::{self, PLAN, REASON, structure};
use agent::Change;
use agent::words::{artifact, data_part, say, text_part};
use engine::{Event, Fact, Origin, Outcome, Phase, Plan, Reason, Run, StepFact};
use proto::Struct;
use proto::a2a::{Artifact, Message, Part};
use types::{StepId, TaskState};

pub(crate) use progress::word;
pub(crate) use summary::summary;

use crate::call::Call;
use crate::json::Json as _;
use crate::plan::{mode_word, parts, to_wire};
use crate::services;

/// What clients see of `event`, which has just been applied to `run`; `rest` is what was decided with it.
/// `call` is what it tells of the caller's words.
pub(crate) fn narrate(run: &Run, event: &Event, rest: &[Event], call: Option<&Call>) -> Vec<Change> {
    match &event.fact {
        Fact::Accepted(plan) => accepted(plan, call),
        Fact::Step(id, fact) => step(run, id, fact, rest),
        Fact::CancelRequested => vec![working("Cancel requested. Stopping what is under way...")],
        Fact::TimedOut => {
            let limit = run.plan().timeout.as_secs_f64();
            vec![working(format!("No end within {limit} s. Stopping what is under way..."))]
        }
        Fact::DeadlineMoved(_) => Vec::new(),
        Fact::Asked => asked(run),
        Fact::Answered(reply) => vec![plan_artifact(run.plan(), call), working(words::answered(&reply.steps))],
        Fact::Compensating(_) => vec![working("Taking back what was done...")],
        Fact::Ended(outcome) => ended(run, *outcome),
    }
}

fn accepted(plan: &Plan, call: Option<&Call>) -> Vec<Change> {
    if let Some(earlier) = plan.resumes {
        return vec![working(format!("Going on from run {earlier}...")), plan_artifact(plan, call)];
    }
    let received = match plan.origin {
        Origin::Text => "Emergency call received. Analyzing situation...",
        Origin::Explicit => "Plan received.",
    };
    let created = words::plan_created(plan).map(working);
    [working(received), plan_artifact(plan, call)].into_iter().chain(created).collect()
}

fn plan_artifact(plan: &Plan, call: Option<&Call>) -> Change {
    let about = metadata::object([("mode".to_owned(), metadata::text(mode_word(plan.mode)))].into());
    let text = text_part(words::plan(plan, call));
    let parts = [text, data_part(to_wire(plan).value())].into_iter().chain(call.map(trace));
    let metadata = Some(structure([(PLAN, about)]));
    whole(Artifact { metadata, ..artifact("plan", "plan", parts.collect()) })
}

/// What triage decided, and by which words: `{"triage": {type, priority, services, location, confidence, decisions}}`.
fn trace(call: &Call) -> Part {
    data_part(metadata::object([("triage".to_owned(), call.trace().value())].into()))
}

fn step(run: &Run, id: &StepId, fact: &StepFact, rest: &[Event]) -> Vec<Change> {
    let Some((place, step, status)) = run.step(id) else { return Vec::new() };
    let mark = format!("[{}/{}]", place + 1, run.plan().steps.len());
    let Some(text) = words::step(step, status, fact) else { return Vec::new() };
    if matches!(fact, StepFact::ChildKnown { .. }) && soon_over(id, rest) {
        return Vec::new();
    }
    let metadata = progress::metadata(run, place, fact);
    let said = say(format!("{mark} {text}"));
    let status = Change::Status { state: shown(run), message: Some(said), metadata: Some(metadata) };
    let made = |answer| {
        let name = services::spoken(&step.agent);
        Some(whole(artifact(format!("answer-{id}"), name, parts(answer))))
    };
    let answer = match fact {
        StepFact::Completed { answer } => made(answer),
        StepFact::Carried(done) => made(&done.answer),
        StepFact::Dispatched(_)
        | StepFact::Parked { .. }
        | StepFact::ChildKnown { .. }
        | StepFact::ChildProgressed { .. }
        | StepFact::ChildWaiting { .. }
        | StepFact::Stopping(_)
        | StepFact::AttemptFailed { .. }
        | StepFact::Failed(_)
        | StepFact::Skipped(_)
        | StepFact::Canceled
        | StepFact::LateAnswer { .. }
        | StepFact::Strayed { .. } => None,
    };
    answer.into_iter().chain([status]).collect()
}

/// Whether the same decision says how the attempt ended: then nobody needs to hear that it began.
fn soon_over(id: &StepId, rest: &[Event]) -> bool {
    rest.iter().any(|event| match &event.fact {
        Fact::Step(other, StepFact::Completed { .. } | StepFact::AttemptFailed { .. }) => other == id,
        _ => false,
    })
}

fn asked(run: &Run) -> Vec<Change> {
    let Some(question) = &run.plan().question else { return Vec::new() };
    let reason = match question.reason {
        Reason::Location => "location",
        Reason::Clarification => "clarification",
    };
    let reason = metadata::object([("reason".to_owned(), metadata::text(reason))].into());
    let asks = Change::Status {
        state: TaskState::InputRequired,
        message: Some(say(&*question.text)),
        metadata: Some(structure([(REASON, reason)])),
    };
    vec![working(format!("Provisionally: {}", summary(run))), asks]
}

fn ended(run: &Run, outcome: Outcome) -> Vec<Change> {
    let state = match outcome {
        Outcome::Completed => TaskState::Completed,
        Outcome::Failed => TaskState::Failed,
        Outcome::Canceled => TaskState::Canceled,
    };
    let metadata = Some(progress::totals(run));
    let last = Change::Status { state, message: Some(say(summary(run))), metadata };
    vec![whole(report::artifact(run, outcome)), last]
}

/// The state that an update in the middle of a run shows.
fn shown(run: &Run) -> TaskState {
    match run.phase() {
        Phase::New | Phase::Running | Phase::Ended { .. } => TaskState::Working,
        Phase::Asking { .. } => TaskState::InputRequired,
    }
}

fn working(text: impl Into<String>) -> Change {
    status(TaskState::Working, say(text), None)
}

fn status(state: TaskState, message: Message, metadata: Option<Struct>) -> Change {
    Change::Status { state, message: Some(message), metadata }
}

fn whole(artifact: Artifact) -> Change {
    Change::Artifact { artifact, chunk: Chunk::Whole }
}
