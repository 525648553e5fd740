//! Engine events as clients see them: words and structured progress, the plan, the answers, the report.

mod open;
mod progress;
mod report;
mod summary;
mod words;

#[cfg(test)]
mod tests;

use a2a::frame::{Chunk, Made, Metadata, Piece};
use a2a::metadata::{PLAN, REASON};
use agent::Change;
use agent::words::say;
use engine::{Event, Fact, Origin, Outcome, Payload, Phase, Reason, Run, Step, StepFact};
use proto::value::Slot;
use types::{StepId, TaskState};

pub(crate) use progress::word;
pub(crate) use summary::summary;

use crate::call::Call;
use crate::json::Json as _;
use crate::plan::mode_word;
use crate::services;

/// What clients see of `event`, which has just been applied to `run`; `rest` is what was decided with it.
/// `call` is what it tells of the caller's words.
pub(crate) fn narrate(run: &Run, event: &Event, rest: &[Event], call: Option<&Call>) -> Vec<Change> {
    match &event.fact {
        Fact::Accepted(_) => accepted(run, call),
        Fact::Step(id, fact) => step(run, id, fact, rest),
        Fact::CancelRequested => vec![working("Cancel requested. Stopping what is under way...")],
        Fact::TimedOut => {
            let limit = run.plan().timeout.as_secs_f64();
            vec![working(format!("No end within {limit} s. Stopping what is under way..."))]
        }
        Fact::DeadlineMoved(_) => Vec::new(),
        Fact::Asked => asked(run),
        Fact::Answered(reply) => vec![plan_artifact(run, call), working(words::answered(reply, call))],
        Fact::Compensating(_) => vec![working("Taking back what was done...")],
        Fact::Ended(outcome) => ended(run, *outcome),
    }
}

fn accepted(run: &Run, call: Option<&Call>) -> Vec<Change> {
    let plan = run.plan();
    if let Some(earlier) = plan.resumes {
        return vec![working(format!("Going on from run {earlier}...")), plan_artifact(run, call)];
    }
    let received = match plan.origin {
        Origin::Text => "Emergency call received. Analyzing situation...",
        Origin::Explicit => "Plan received.",
    };
    let created = words::plan_created(plan).map(working);
    [working(received), plan_artifact(run, call)].into_iter().chain(created).collect()
}

fn plan_artifact(run: &Run, call: Option<&Call>) -> Change {
    let plan = run.plan();
    // Who could not be sent, or has been called back, is not there.
    let goes = |step: &Step| run.step(&step.id).is_none_or(|(_, _, status)| status.completed() || !status.ended());
    let about = Metadata::of(PLAN, |slot| {
        slot.object(|out| {
            out.text("mode", mode_word(plan.mode));
            // Open from now on, whenever it is asked.
            if let Some(question) = &plan.question {
                out.text("question", reason_word(question.reason));
            }
        });
    });
    let made = Made::new("plan", "plan").text(&words::plan(plan, call, goes), "text/plain").json(|slot| plan.put(slot));
    let made = match call {
        Some(call) => made.json(|slot| trace(call, slot)),
        None => made,
    };
    whole(made.with(about))
}

/// What triage decided, and by which words: `{"triage": {type, priority, services, location, confidence, decisions}}`.
fn trace(call: &Call, to: Slot<'_>) {
    to.object(|out| _ = out.put("triage", |slot| call.trace().put(slot)));
}

fn step(run: &Run, id: &StepId, fact: &StepFact, rest: &[Event]) -> Vec<Change> {
    let Some((place, step, status)) = run.step(id) else { return Vec::new() };
    let Some(text) = words::step(step, status, fact) else { return Vec::new() };
    if matches!(fact, StepFact::ChildKnown { .. }) && soon_over(id, rest) {
        return Vec::new();
    }
    let metadata = progress::metadata(run, place, fact);
    let said = say(format!("[{}/{}] {text}", place + 1, run.plan().steps.len()));
    let status = Change::Status { state: shown(run), message: Some(said), metadata: Some(metadata) };
    let made = |answer: &Payload| {
        let name = services::spoken(&step.agent);
        Some(whole(Made::new(format!("answer-{id}"), name).pieces(&Piece::all(answer.as_bytes()))))
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
    let reason = reason_word(question.reason);
    let asks = Change::Status {
        state: TaskState::InputRequired,
        message: Some(say(&*question.text)),
        metadata: Some(Metadata::of(REASON, |slot| slot.object(|out| _ = out.text("reason", reason)))),
    };
    vec![working(format!("Provisionally: {}", summary(run))), asks]
}

/// What a question is about, on the wire.
fn reason_word(reason: Reason) -> &'static str {
    match reason {
        Reason::Location => "location",
        Reason::Clarification => "clarification",
    }
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
    Change::Status { state: TaskState::Working, message: Some(say(text)), metadata: None }
}

fn whole(artifact: Made) -> Change {
    Change::Artifact { artifact, chunk: Chunk::Whole }
}
