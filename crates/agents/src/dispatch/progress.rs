//! What a dispatch tells while it lives: its place in the queue, then each change of its units.
//! The structured side says what it waits for and how far it has told, so that a later run goes on from there.

use std::collections::BTreeMap;

use a2a::metadata::{
    PROGRESS, as_integer, as_object, as_text, as_truth, count, member, number, object, structure, text, truth,
};
use proto::{Struct, Value};

use super::answer::{Answer, needs};
use super::scenario::Scenario;
use super::unit::{Change, Reason, Record, State};

/// How far a dispatch has told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) waits: Waits,
    /// The newest change that was told, or that came before all that there was to tell.
    pub(crate) seq: u64,
    /// Whether it was told that nobody came in time.
    pub(crate) overdue: bool,
}

/// What a dispatch waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waits {
    /// For units, at this place of the queue.
    Queue(u32),
    /// For its units to clear.
    Following,
}

impl Mark {
    /// What the newest update of a task says; `None` when it says nothing of this.
    pub(crate) fn read(metadata: &Struct) -> Option<Self> {
        let progress = as_object(member(Some(metadata), PROGRESS))?;
        let number = |name| as_integer(progress.fields.get(name));
        let waits = match as_text(progress.fields.get("waits"))? {
            "queue" => Waits::Queue(number("position").and_then(|it| u32::try_from(it).ok()).unwrap_or_default()),
            "following" => Waits::Following,
            _ => return None,
        };
        let overdue = as_truth(progress.fields.get("overdue")).unwrap_or_default();
        Some(Self { waits, seq: number("seq").unwrap_or_default(), overdue })
    }

    /// While nobody goes.
    pub(crate) fn queue(self, answer: &Answer) -> Struct {
        self.with([
            ("shortfall", needs(&answer.shortfall)),
            ("dispatch", text(answer.dispatch.id.as_str())),
            ("place", text(answer.incident.place.as_str())),
        ])
    }

    /// While units are followed, and nothing is told of any of them.
    pub(crate) fn following(self) -> Struct {
        self.with([])
    }

    /// One change of a unit that is followed.
    pub(crate) fn change(self, change: &Change) -> Struct {
        self.with([
            ("unit", text(change.unit.as_str())),
            ("from", text(name(change.from))),
            ("to", text(name(change.after.state))),
            ("eta_s", number(change.eta())),
        ])
    }

    /// How units are where changes of them were missed.
    pub(crate) fn missed(self, units: &[(String, Record)]) -> Struct {
        let unit = |(id, record): &(String, Record)| {
            object(BTreeMap::from([
                ("unit".to_owned(), text(id.as_str())),
                ("status".to_owned(), text(name(record.state))),
            ]))
        };
        self.with([("missed", truth(true)), ("units", a2a::metadata::list(units.iter().map(unit)))])
    }

    fn with<const N: usize>(self, more: [(&str, Value); N]) -> Struct {
        let mut progress = BTreeMap::from(more.map(|(name, value)| (name.to_owned(), value)));
        let mut tell = |name: &str, value| drop(progress.insert(name.to_owned(), value));
        match self.waits {
            Waits::Queue(place) => {
                tell("waits", text("queue"));
                tell("position", number(place));
            }
            Waits::Following => tell("waits", text("following")),
        }
        tell("seq", count(self.seq));
        if self.overdue {
            tell("overdue", truth(true));
        }
        structure([(PROGRESS, object(progress))])
    }
}

/// The place that the newest update of a task that waits was about.
pub(crate) fn place(metadata: &Struct) -> Option<&str> {
    let progress = as_object(member(Some(metadata), PROGRESS))?;
    as_text(progress.fields.get("place"))
}

/// A change of a unit in words.
pub(crate) fn change_words(scenario: &Scenario, change: &Change) -> String {
    let redirected = change.part.as_ref().filter(|_| change.reason == Reason::Redirected);
    if let Some(part) = redirected {
        return format!("{} {}", named(scenario, &change.unit), turns(&part.place, change.eta()));
    }
    let does = does(change.after.state, change.reason, change.eta());
    format!("{} {does}", named(scenario, &change.unit))
}

/// How units are, in words, where changes of them were missed.
pub(crate) fn missed_words(scenario: &Scenario, units: &[(String, Record)], now: types::Timestamp) -> String {
    let one = |(id, record): &(String, Record)| {
        let does = does(record.state, Reason::Progress, record.eta(now));
        format!("{} {does}", named(scenario, id))
    };
    let all: Vec<String> = units.iter().map(one).collect();
    let stand = if all.is_empty() { "nobody works for it".to_owned() } else { all.join("; ") };
    format!("some changes are no longer known; as it stands, {stand}")
}

/// What a redirected unit does; at the same point in other words it stays.
fn turns(place: &str, eta: u32) -> String {
    match eta {
        0 => format!("is told that the place is {place}"),
        eta => format!("goes on to {place}, ETA {} min", eta.div_ceil(60)),
    }
}

/// A unit in words.
pub(crate) fn named(scenario: &Scenario, unit: &str) -> String {
    let kind = scenario.unit(unit).map_or("unit", |unit| unit.kind.as_str());
    format!("{kind} {unit}")
}

/// What a unit does, in words.
pub(crate) fn does(state: State, reason: Reason, eta: u32) -> String {
    match (state, reason) {
        (State::Assigned, _) => format!("is assigned, ETA {} min", eta.div_ceil(60).max(1)),
        (State::Acknowledged, _) => "has acknowledged".to_owned(),
        (State::EnRoute, _) => format!("is on its way, ETA {} min", eta.div_ceil(60).max(1)),
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
    }
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
