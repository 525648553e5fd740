//! What a run's events tell of its incident, as a row of the commit that holds them.

pub(super) mod read;

use agent::Append;
use engine::{Event, Fact, Origin, Outcome, Payload, Plan, Run, StepFact, StepStatus, WaitsOn};
use prost::Message as _;
use proto::watchroom::emergency::v1 as wire;
use types::{Head, StepId, TaskId, Timestamp};

use super::note::{self, Dispatched, End, Failed, Judged, Note, Notes, Waits, What};
use crate::call::{Call, cut, sends};
use crate::duty::Subject;

/// Most letters of what is told in a line.
const LINE: usize = 200;

/// What `event`, which has just been applied to `run`, tells; none of it for runs that dispatch nobody.
/// `call` is what it tells of the caller's words.
pub(crate) fn note(subject: Subject<'_>, run: &Run, event: &Event, call: Option<&Call>) -> Option<Note> {
    if !is_incident(run.plan()) {
        return None;
    }
    let what = match &event.fact {
        Fact::Accepted(_) => What::Called(call.map(|call| judged(call, event.at)).unwrap_or_default()),
        Fact::Answered(_) => What::Heard(judged(call?, event.at)),
        Fact::Step(id, fact) => step(subject.run, run, id, fact)?,
        Fact::Ended(outcome) => What::Ended(end(*outcome).into()),
        Fact::CancelRequested | Fact::TimedOut | Fact::DeadlineMoved(_) | Fact::Asked | Fact::Compensating(_) => {
            return None;
        }
    };
    Some(Note { what: Some(what), at: event.at.as_millis() })
}

/// What a commit of a run tells, as far as one decision says it; of one commit it becomes one row.
/// The keys of a run's rows have the order of its commits.
pub(crate) fn told(subject: Subject<'_>, commit: Head, notes: Vec<Note>) -> Append {
    /// Rows whose keys hold the number of a frame there, as some of earlier versions do, are older.
    const LATER: u64 = 1 << 63;
    let told = Notes {
        tenant: subject.owner.tenant.as_str().to_owned(),
        principal: subject.owner.principal.as_str().to_owned(),
        context: subject.context.to_string(),
        run: subject.run.to_string(),
        at: 0,
        notes,
    };
    let key = [subject.run.as_bytes().as_slice(), &(LATER | commit.0).to_be_bytes()].concat().into();
    Append { kind: note::KIND, key, body: told.encode_to_vec() }
}

/// Whether a run is about something that happened: a call in words, or an explicit plan that dispatches.
fn is_incident(plan: &Plan) -> bool {
    plan.origin == Origin::Text || plan.steps.iter().any(sends)
}

/// What triage makes of the words.
pub(super) fn judged(call: &Call, at: Timestamp) -> Judged {
    let decisions = call.outcomes().map(|(decision, line)| wire::Decision {
        by: "triage".to_owned(),
        rule: line.to_owned(),
        confidence: decision.confidence.unwrap_or(call.triage.confidence),
        at: Some(a2a::time::to_wire(at)),
    });
    Judged {
        kind: call.triage.kind.to_string(),
        priority: call.triage.priority.level().into(),
        place: cut(call.place(), read::PLACE),
        decisions: decisions.collect(),
        casualties: call.casualties(),
        hazards: call.triage.hazards.iter().map(|hazard| (*hazard).to_owned()).collect(),
    }
}

fn end(outcome: Outcome) -> End {
    match outcome {
        Outcome::Completed => End::Completed,
        Outcome::Failed => End::Failed,
        Outcome::Canceled => End::Canceled,
    }
}

fn step(task: TaskId, run: &Run, id: &StepId, fact: &StepFact) -> Option<What> {
    let (_, step, status) = run.step(id)?;
    if let Some(done) = step.undoes() {
        return matches!(fact, StepFact::Completed { .. }).then(|| What::Released(format!("{task}/{done}")));
    }
    if let Some(of) = step.tells() {
        return told_place(task, run, of, fact);
    }
    if !sends(step) {
        return None;
    }
    let about = About { task, id, status };
    match fact {
        StepFact::Completed { answer } => Some(What::Dispatched(Box::new(about.sent(answer)))),
        StepFact::ChildWaiting { on, note, .. } => Some(about.waits(*on, note)),
        StepFact::AttemptFailed { cause, retry_at: None } | StepFact::Failed(cause) | StepFact::Skipped(cause) => {
            Some(What::Failed(about.failed(cause)))
        }
        StepFact::Canceled => Some(What::Released(about.dispatch())),
        StepFact::Dispatched(_)
        | StepFact::Parked { .. }
        | StepFact::ChildKnown { .. }
        | StepFact::ChildProgressed { .. }
        | StepFact::Stopping(_)
        | StepFact::AttemptFailed { .. }
        | StepFact::Strayed { .. }
        // The run that did it has told.
        | StepFact::Carried(_)
        | StepFact::LateAnswer { .. } => None,
    }
}

/// What telling a service the place came to.
fn told_place(task: TaskId, run: &Run, of: &StepId, fact: &StepFact) -> Option<What> {
    let (_, step, status) = run.step(of)?;
    let about = About { task: status.done_by.unwrap_or(task), id: &step.id, status };
    match fact {
        StepFact::Completed { answer } => Some(What::Told(Box::new(about.answered(answer)))),
        StepFact::AttemptFailed { cause, retry_at: None } | StepFact::Failed(cause) | StepFact::Skipped(cause) => {
            Some(What::Untold(about.failed(cause)))
        }
        StepFact::Dispatched(_)
        | StepFact::Parked { .. }
        | StepFact::ChildKnown { .. }
        | StepFact::ChildProgressed { .. }
        | StepFact::ChildWaiting { .. }
        | StepFact::Stopping(_)
        | StepFact::AttemptFailed { .. }
        | StepFact::Canceled
        | StepFact::Strayed { .. }
        | StepFact::Carried(_)
        | StepFact::LateAnswer { .. } => None,
    }
}

/// A step that dispatches.
#[derive(Clone, Copy)]
struct About<'r> {
    task: TaskId,
    id: &'r StepId,
    status: &'r StepStatus,
}

impl About<'_> {
    fn dispatch(&self) -> String {
        format!("{}/{}", self.task, self.id)
    }

    /// Where it was sent without a place that has been learnt since, what it says of that is no longer news.
    fn sent(&self, answer: &Payload) -> Dispatched {
        let outdated = self.status.attempt.as_ref().is_some_and(|attempt| attempt.launch.input.is_some());
        let told = self.answered(answer);
        Dispatched { location: told.location.filter(|_| !outdated), ..told }
    }

    fn answered(&self, answer: &Payload) -> Dispatched {
        let store = self.status.attempt.as_ref().and_then(|attempt| attempt.launch.route.store_id);
        let store = store.map(|store| store.to_string()).unwrap_or_default();
        let mut told = Dispatched { store, ..read::answer(answer) };
        let shown = told.dispatch.get_or_insert_default();
        (shown.id, shown.task_id) = (self.dispatch(), self.child());
        if shown.service.is_empty() {
            shown.service = self.id.to_string();
        }
        told
    }

    fn waits(&self, on: WaitsOn, note: &Payload) -> What {
        let (dispatch, service, task_id) = (self.dispatch(), self.id.to_string(), self.child());
        What::Waits(Waits { dispatch, service, task_id, ..read::waiting(note, on) })
    }

    fn failed(&self, cause: &engine::Cause) -> Failed {
        let (dispatch, service, cause) = (self.dispatch(), self.id.to_string(), cut(&cause.to_string(), LINE));
        Failed { dispatch, service, cause }
    }

    fn child(&self) -> String {
        let child = self.status.attempt.as_ref().and_then(|attempt| attempt.child.as_ref());
        child.map(ToString::to_string).unwrap_or_default()
    }
}
