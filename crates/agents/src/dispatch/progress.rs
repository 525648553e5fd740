//! What a dispatch tells while it lives: its place in the queue, then each change of its units.
//! The structured side says what it waits for and how far it has told, so that a later run goes on from there.

use a2a::metadata::{PROGRESS, as_integer, as_text, count, member, number, structure, text};
use proto::Struct;
use proto::value::Kind;

use super::answer::{Answer, members, needs};
use super::scenario::Scenario;
use super::unit::{Change, Reason, State};

/// How far a dispatch has told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// It waits for units, at this place of the queue.
    Queue(u32),
    /// It follows its units, up to this change.
    Following(u64),
}

impl Mark {
    /// What the newest update of a task says; `None` when it says nothing of this.
    pub(crate) fn read(metadata: &Struct) -> Option<Self> {
        let Some(Kind::StructValue(progress)) = &member(Some(metadata), PROGRESS)?.kind else { return None };
        let number = |name| as_integer(progress.fields.get(name));
        match as_text(progress.fields.get("waits"))? {
            "queue" => Some(Self::Queue(number("position").and_then(|it| u32::try_from(it).ok()).unwrap_or_default())),
            "following" => Some(Self::Following(number("seq").unwrap_or_default())),
            _ => None,
        }
    }
}

/// While nobody goes.
pub(crate) fn queue(answer: &Answer) -> Struct {
    let progress = members([
        ("waits", text("queue")),
        ("position", number(answer.position)),
        ("shortfall", needs(&answer.shortfall)),
        ("dispatch", text(answer.dispatch.id.as_str())),
    ]);
    structure([(PROGRESS, progress)])
}

/// Before the first change is told.
pub(crate) fn following() -> Struct {
    structure([(PROGRESS, members([("waits", text("following")), ("seq", number(0))]))])
}

/// One change of a unit that is followed.
pub(crate) fn change(change: &Change) -> Struct {
    let progress = members([
        ("waits", text("following")),
        ("seq", count(change.seq)),
        ("unit", text(change.unit.as_str())),
        ("from", text(name(change.from))),
        ("to", text(name(change.after.state))),
        ("eta_s", number(change.eta())),
    ]);
    structure([(PROGRESS, progress)])
}

/// The same in words.
pub(crate) fn change_words(scenario: &Scenario, change: &Change) -> String {
    let kind = scenario.unit(&change.unit).map_or("unit", |unit| unit.kind.as_str());
    let does = match (change.after.state, change.reason) {
        (State::Assigned, _) => format!("is assigned, ETA {} min", change.eta().div_ceil(60).max(1)),
        (State::Acknowledged, _) => "has acknowledged".to_owned(),
        (State::EnRoute, _) => format!("is on its way, ETA {} min", change.eta().div_ceil(60).max(1)),
        (State::OnScene, _) => "is on scene".to_owned(),
        (State::Transporting, _) => "takes a patient to hospital".to_owned(),
        (State::AtHospital, _) => "is at the hospital".to_owned(),
        (State::Cleared, Reason::Released) => "was told to clear".to_owned(),
        (State::Cleared, _) => "has cleared".to_owned(),
        (State::Available, _) => "is available again".to_owned(),
        (State::OutOfService, Reason::Withdrawn) => "did not come in time and is withdrawn".to_owned(),
        (State::OutOfService, _) => "is out of service".to_owned(),
        (State::AssignmentCancelled, Reason::Preempted) => "was taken for something more urgent".to_owned(),
        (State::AssignmentCancelled, _) => "was called off".to_owned(),
    };
    format!("{kind} {} {does}", change.unit)
}

fn name(state: State) -> &'static str {
    match state {
        State::Available => "available",
        State::Assigned => "assigned",
        State::Acknowledged => "acknowledged",
        State::EnRoute => "en-route",
        State::OnScene => "on-scene",
        State::Transporting => "transporting",
        State::AtHospital => "at-hospital",
        State::Cleared => "cleared",
        State::OutOfService => "out-of-service",
        State::AssignmentCancelled => "assignment-cancelled",
    }
}
