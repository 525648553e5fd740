//! What a run's events tell of its incident, as a row of the commit that holds them.

use a2a::metadata::{as_integer, as_text};
use bytes::Bytes;
use engine::{Event, Fact, Origin, Outcome, Payload, Plan, Run, Step, StepFact};
use prost::Message as _;
use proto::a2a::part::Content;
use proto::value::Kind;
use proto::watchroom::emergency::v1::{self as wire, DispatchStatus};
use proto::{Struct, Value};
use store::RowChange;
use triage::Effect;
use types::{Seq, StepId, TaskId, Timestamp};

use super::note::{self, Dispatched, End, Failed, Judged, Note, Notes, What};
use crate::call::Call;
use crate::duty::Subject;
use crate::plan::parts;
use crate::services;

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
    Some(Note { what: Some(what) })
}

/// The row of what one commit tells, in the order of the run's frames: `seq` is the newest one before it.
/// Chance makes the key its own, so that no run can ever be refused for it.
pub(crate) fn row(subject: Subject<'_>, seq: Seq, at: Timestamp, notes: Vec<Note>) -> Option<RowChange> {
    if notes.is_empty() {
        return None;
    }
    let told = Notes {
        tenant: subject.owner.tenant.as_str().to_owned(),
        principal: subject.owner.principal.as_str().to_owned(),
        context: subject.context.to_string(),
        run: subject.run.to_string(),
        at: at.as_millis(),
        notes,
    };
    let chance: u64 = rand::random();
    let key = [subject.run.as_bytes().as_slice(), &seq.0.to_be_bytes(), &chance.to_be_bytes()].concat().into();
    Some(RowChange { kind: note::KIND, key, expected: 0, body: Some(Bytes::from(told.encode_to_vec())) })
}

/// Whether a run is about something that happened: a call in words, or an explicit plan that dispatches.
fn is_incident(plan: &Plan) -> bool {
    plan.origin == Origin::Text || plan.steps.iter().any(dispatches)
}

fn dispatches(step: &Step) -> bool {
    step.undoes.is_none() && step.skill.as_ref() == Some(&services::dispatch())
}

/// What triage makes of the words.
fn judged(call: &Call, at: Timestamp) -> Judged {
    let told =
        call.triage.trace.iter().filter(|decision| matches!(decision.effect, Effect::Sends(_) | Effect::Withholds(_)));
    let decisions = told.map(|decision| wire::Decision {
        by: "triage".to_owned(),
        rule: decision.to_string(),
        confidence: decision.confidence.unwrap_or(call.triage.confidence),
        at: Some(a2a::time::to_wire(at)),
    });
    Judged {
        kind: call.triage.kind.to_string(),
        priority: call.triage.priority.level().into(),
        place: call.place().to_owned(),
        decisions: decisions.collect(),
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
    if let Some(done) = &step.undoes {
        return matches!(fact, StepFact::Completed { .. }).then(|| What::Released(format!("{task}/{done}")));
    }
    if !dispatches(step) {
        return None;
    }
    let dispatch = format!("{task}/{id}");
    let sent = |payload: &Payload, otherwise| {
        let attempt = status.attempt.as_ref();
        let child = attempt.and_then(|attempt| attempt.child.as_ref());
        let store = attempt.and_then(|attempt| attempt.launch.route.store_id);
        let store = store.map(|store| store.to_string()).unwrap_or_default();
        let mut told = read(payload, otherwise);
        let shown = told.dispatch.get_or_insert_default();
        shown.id.clone_from(&dispatch);
        shown.task_id = child.map(ToString::to_string).unwrap_or_default();
        if shown.service.is_empty() {
            shown.service = id.to_string();
        }
        What::Dispatched(Box::new(Dispatched { store, ..told }))
    };
    let failed = |cause: &engine::Cause| {
        let (dispatch, service, cause) = (dispatch.clone(), id.to_string(), cause.to_string());
        Some(What::Failed(Failed { dispatch, service, cause }))
    };
    match fact {
        StepFact::Completed { answer } => Some(sent(answer, DispatchStatus::Assigned)),
        StepFact::ChildWaiting { note, .. } => Some(sent(note, DispatchStatus::Queued)),
        StepFact::AttemptFailed { cause, retry_at: None } | StepFact::Failed(cause) | StepFact::Skipped(cause) => {
            failed(cause)
        }
        StepFact::Canceled => Some(What::Released(dispatch)),
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

/// What an agent's answer says of its dispatch: `{service, incident: {type, priority}, location, units, shortfall}`.
/// Every member may be absent; what stands in no form is left out.
fn read(payload: &Payload, otherwise: DispatchStatus) -> Dispatched {
    let parts = parts(payload);
    let data = parts.iter().find_map(|part| match &part.content {
        Some(Content::Data(Value { kind: Some(Kind::StructValue(fields)) })) => Some(fields),
        _ => None,
    });
    let empty = Struct::default();
    let data = data.unwrap_or(&empty);
    let incident = fields(data, "incident").unwrap_or(&empty);
    let units: Vec<&Struct> = items(data, "units").collect();
    let assigned: Vec<String> = units.iter().map(|unit| word(unit, "id")).filter(|id| !id.is_empty()).collect();
    let shortfall: Vec<wire::Requirement> = items(data, "shortfall").map(requirement).collect();
    let required = match items(data, "required").map(requirement).collect::<Vec<_>>() {
        told if told.is_empty() => required(&units, &shortfall),
        told => told,
    };
    let status = if assigned.is_empty() { DispatchStatus::Queued } else { otherwise };
    let dispatch = wire::Dispatch {
        service: word(data, "service"),
        priority: count(incident, "priority"),
        required,
        assigned,
        shortfall,
        sla_s: count(data, "sla_s"),
        status: status.into(),
        queue_position: count(data, "queue_position"),
        ..wire::Dispatch::default()
    };
    let (kind, priority) = (word(incident, "type"), count(incident, "priority"));
    let location = fields(data, "location").and_then(location);
    Dispatched { dispatch: Some(dispatch), store: String::new(), location, kind, priority }
}

/// What was needed, where the agent says only who goes and who is missing.
fn required(units: &[&Struct], shortfall: &[wire::Requirement]) -> Vec<wire::Requirement> {
    let mut required: Vec<wire::Requirement> = shortfall.to_vec();
    for unit_type in units.iter().map(|unit| word(unit, "type")) {
        match required.iter_mut().find(|known| known.unit_type == unit_type) {
            Some(known) => known.count += 1,
            None => required.push(wire::Requirement { unit_type, count: 1 }),
        }
    }
    required
}

/// How sure the point is says the agent alone: it has the gazetteer.
fn location(fields: &Struct) -> Option<wire::Location> {
    let number = |name: &str| match fields.fields.get(name)?.kind {
        Some(Kind::NumberValue(number)) => Some(number),
        _ => None,
    };
    let (lat, lon) = (number("lat")?, number("lon")?);
    let confidence = number("confidence").unwrap_or_default().clamp(0.0, 1.0);
    let (text, position) = (word(fields, "text"), Some(wire::Position { lat, lon }));
    Some(wire::Location { text, position, confidence, ..wire::Location::default() })
}

fn requirement(fields: &Struct) -> wire::Requirement {
    wire::Requirement { unit_type: word(fields, "type"), count: count(fields, "count") }
}

fn fields<'f>(of: &'f Struct, name: &str) -> Option<&'f Struct> {
    match &of.fields.get(name)?.kind {
        Some(Kind::StructValue(fields)) => Some(fields),
        _ => None,
    }
}

fn items<'f>(of: &'f Struct, name: &str) -> impl Iterator<Item = &'f Struct> {
    let list = match of.fields.get(name).map(|value| &value.kind) {
        Some(Some(Kind::ListValue(list))) => list.values.as_slice(),
        _ => &[],
    };
    list.iter().filter_map(|value| match &value.kind {
        Some(Kind::StructValue(fields)) => Some(fields),
        _ => None,
    })
}

fn word(of: &Struct, name: &str) -> String {
    as_text(of.fields.get(name)).unwrap_or_default().to_owned()
}

fn count(of: &Struct, name: &str) -> u32 {
    as_integer(of.fields.get(name)).and_then(|count| u32::try_from(count).ok()).unwrap_or_default()
}
