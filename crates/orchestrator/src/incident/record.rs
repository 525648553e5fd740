//! One incident as it is kept: what callers are shown, and what it takes to move it on. Pure: time comes with the news.
//! The row is this message, so fields keep their numbers for ever; new ones get new numbers.

use prost::Message;
use proto::watchroom::emergency::v1::{self as wire, DispatchStatus, IncidentStatus, UnitChangeReason, UnitStatus};
use types::Timestamp;

use super::log;
use super::machine::{News, Status};
use super::note::{Dispatched, End, Failed, Judged, What};

/// The rows of incidents.
pub(super) const KIND: &str = "incident";

/// An incident.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Record {
    #[prost(string, tag = "1")]
    pub(super) tenant: String,
    #[prost(string, tag = "2")]
    pub(super) principal: String,
    /// With its log and its version.
    #[prost(message, required, tag = "3")]
    pub(super) shown: wire::Incident,
    #[prost(message, repeated, tag = "4")]
    runs: Vec<RunPart>,
    #[prost(message, repeated, tag = "5")]
    units: Vec<UnitPart>,
}

/// A run of the conversation.
#[derive(Clone, PartialEq, Message)]
struct RunPart {
    #[prost(string, tag = "1")]
    id: String,
    #[prost(enumeration = "End", tag = "2")]
    end: i32,
}

/// A unit's part in a dispatch.
#[derive(Clone, PartialEq, Message)]
struct UnitPart {
    #[prost(string, tag = "1")]
    dispatch: String,
    #[prost(string, tag = "2")]
    unit: String,
    #[prost(enumeration = "UnitStatus", tag = "3")]
    status: i32,
    /// The store that it belongs to.
    #[prost(string, tag = "4")]
    store: String,
    /// It was called off by whoever sent it.
    #[prost(bool, tag = "5")]
    released: bool,
}

impl Record {
    /// A conversation that nothing is known of yet.
    pub(super) fn new(tenant: &str, principal: &str, context: &str, at: Timestamp) -> Self {
        let shown = wire::Incident {
            id: context.to_owned(),
            status: IncidentStatus::Active.into(),
            opened_at: Some(a2a::time::to_wire(at)),
            ..wire::Incident::default()
        };
        let (tenant, principal) = (tenant.to_owned(), principal.to_owned());
        Self { tenant, principal, shown, runs: Vec::new(), units: Vec::new() }
    }

    pub(super) fn status(&self) -> Status {
        match self.shown.status() {
            IncidentStatus::Unspecified | IncidentStatus::Active => Status::Active,
            IncidentStatus::ResourcesAssigned => Status::Assigned,
            IncidentStatus::ResourcesEnroute => Status::EnRoute,
            IncidentStatus::ResourcesOnScene => Status::OnScene,
            IncidentStatus::Closed => Status::Closed,
            IncidentStatus::Cancelled => Status::Cancelled,
            IncidentStatus::Reopened => Status::ReOpened,
        }
    }

    /// The runs that its calls became.
    pub(super) fn runs(&self) -> impl Iterator<Item = &str> {
        self.runs.iter().map(|run| run.id.as_str())
    }

    /// Whether nobody works on any of its calls.
    pub(super) fn runs_ended(&self) -> bool {
        self.runs.iter().all(|run| run.end() != End::Open)
    }

    /// Takes what `run` tells.
    pub(super) fn take(&mut self, run: &str, what: &What, at: Timestamp) {
        match what {
            What::Called(judged) => self.called(run, judged, at),
            What::Heard(judged) => self.judge(judged, at),
            What::Dispatched(dispatched) => self.dispatched(dispatched, at),
            What::Failed(failed) => self.failed(run, failed, at),
            What::Released(dispatch) => self.released(dispatch, at),
            What::Ended(end) => {
                if let Some(part) = self.runs.iter_mut().find(|part| part.id == run) {
                    part.end = *end;
                }
            }
        }
        self.settle(at);
    }

    /// Takes a step of a unit's life; `false` when it says nothing new of this incident.
    pub(super) fn take_unit(&mut self, store: &str, change: &wire::UnitChange, at: Timestamp) -> bool {
        let reason = change.reason();
        if !self.move_unit(store, &change.dispatch, &change.unit, change.to(), reason) {
            return false;
        }
        log::unit(&mut self.shown, change, at);
        self.settle(at);
        true
    }

    /// Takes a snapshot of the units of a store: who works for its dispatches, and in which status.
    /// Who is not in it has left meanwhile, nobody knows how.
    pub(super) fn take_snapshot(&mut self, store: &str, working: &[&wire::Unit], at: Timestamp) -> bool {
        let before = self.units.clone();
        let gone: Vec<(String, String)> = self
            .units
            .iter()
            .filter(|part| part.store == store && works(part.status()))
            .filter(|part| !working.iter().any(|unit| is_part(unit, part)))
            .map(|part| (part.dispatch.clone(), part.unit.clone()))
            .collect();
        for (dispatch, unit) in gone {
            self.move_unit(store, &dispatch, &unit, UnitStatus::Available, UnitChangeReason::Progress);
        }
        for unit in working {
            let dispatch = unit.assignment.as_ref().map_or("", |assignment| assignment.dispatch.as_str());
            self.move_unit(store, dispatch, &unit.id, unit.status(), UnitChangeReason::Unspecified);
        }
        if before != self.units {
            self.settle(at);
        }
        before != self.units
    }

    fn called(&mut self, run: &str, judged: &Judged, at: Timestamp) {
        if self.runs.iter().any(|part| part.id == run) {
            return;
        }
        self.runs.push(RunPart { id: run.to_owned(), end: End::Open.into() });
        let received_at = Some(a2a::time::to_wire(at));
        self.shown.calls.push(wire::Call { task_id: run.to_owned(), received_at });
        self.hear(News::Called, at);
        self.judge(judged, at);
    }

    /// A later call adds to what is known and takes nothing away; the most pressing priority stands.
    fn judge(&mut self, judged: &Judged, at: Timestamp) {
        let shown = &mut self.shown;
        let priority = if shown.priority == 0 { judged.priority } else { shown.priority.min(judged.priority) };
        if shown.r#type.is_empty() || priority < shown.priority {
            shown.r#type.clone_from(&judged.kind);
        }
        shown.priority = priority;
        if !judged.place.is_empty() {
            let known = shown.location.as_ref().filter(|location| location.text == judged.place).cloned();
            shown.location = known.or_else(|| Some(said(&judged.place)));
        }
        let new = judged.hazards.iter().filter(|hazard| !shown.hazards.contains(hazard)).cloned().collect::<Vec<_>>();
        shown.hazards.extend(new);
        judged.decisions.iter().for_each(|decision| log::decision(shown, decision, at));
    }

    fn dispatched(&mut self, told: &Dispatched, at: Timestamp) {
        let Some(dispatch) = &told.dispatch else { return };
        if let Some(location) = &told.location {
            self.shown.location = Some(location.clone());
        }
        if !told.kind.is_empty() {
            self.shown.r#type.clone_from(&told.kind);
        }
        if told.priority != 0 {
            self.shown.priority = told.priority;
        }
        for unit in &dispatch.assigned {
            // What the units themselves have told meanwhile is newer.
            if !self.units.iter().any(|part| part.dispatch == dispatch.id && part.unit == *unit) {
                self.add_unit(&told.store, &dispatch.id, unit, UnitStatus::Assigned);
            }
        }
        let (service, count) = (&dispatch.service, dispatch.assigned.len());
        let text = match dispatch.status() {
            DispatchStatus::Queued => format!("{service} waits for a free unit"),
            _ => format!("{service} sends {count} {}", if count == 1 { "unit" } else { "units" }),
        };
        self.put(dispatch.clone());
        log::say(&mut self.shown, text, at);
    }

    fn failed(&mut self, run: &str, failed: &Failed, at: Timestamp) {
        let Failed { dispatch, service, cause } = failed;
        let (id, incident, service) = (dispatch.clone(), self.shown.id.clone(), service.clone());
        log::say(&mut self.shown, format!("{service} sends nobody to this call: {cause}"), at);
        let priority = self.shown.priority;
        let status = DispatchStatus::Failed.into();
        let task_id = self.dispatch(dispatch).map(|known| known.task_id.clone()).unwrap_or_default();
        if self.runs.iter().any(|part| part.id == run) {
            self.put(wire::Dispatch { id, incident, service, priority, status, task_id, ..wire::Dispatch::default() });
        }
    }

    fn released(&mut self, dispatch: &str, at: Timestamp) {
        if let Some(known) = self.dispatch(dispatch) {
            known.status = DispatchStatus::Cancelled.into();
            let text = format!("{} called off", known.service);
            log::say(&mut self.shown, text, at);
        }
    }

    fn dispatch(&mut self, id: &str) -> Option<&mut wire::Dispatch> {
        self.shown.dispatches.iter_mut().find(|dispatch| dispatch.id == id)
    }

    fn put(&mut self, dispatch: wire::Dispatch) {
        match self.dispatch(&dispatch.id) {
            Some(known) => *known = dispatch,
            None => self.shown.dispatches.push(dispatch),
        }
    }

    fn add_unit(&mut self, store: &str, dispatch: &str, unit: &str, status: UnitStatus) {
        let (store, dispatch, unit) = (store.to_owned(), dispatch.to_owned(), unit.to_owned());
        self.units.push(UnitPart { dispatch, unit, status: status.into(), store, released: false });
    }

    /// Whether that says something new.
    fn move_unit(&mut self, store: &str, dispatch: &str, unit: &str, to: UnitStatus, reason: UnitChangeReason) -> bool {
        let released = reason == UnitChangeReason::Released;
        match self.units.iter_mut().find(|part| part.dispatch == dispatch && part.unit == unit) {
            // Who was called off is no longer part of it when it is free again.
            Some(part) if part.status() == to || !(works(part.status()) || works(to)) => return false,
            Some(part) => {
                part.status = to.into();
                part.released |= released;
            }
            None if works(to) => self.add_unit(store, dispatch, unit, to),
            None => return false,
        }
        let units = &self.units;
        let Some(known) = self.shown.dispatches.iter_mut().find(|known| known.id == dispatch) else { return true };
        let on_it = units.iter().filter(|part| part.dispatch == dispatch && counts(part));
        known.assigned = on_it.map(|part| part.unit.clone()).collect();
        true
    }

    /// Moves dispatches and the incident to where the units and the runs are.
    fn settle(&mut self, at: Timestamp) {
        // What a unit has reached counts also where it has cleared with the same step.
        let open = self.shown.dispatches.iter().filter(|dispatch| is_open(dispatch.status()));
        let open: Vec<&str> = open.map(|dispatch| dispatch.id.as_str()).collect();
        let furthest = self.units.iter().filter(|part| open.contains(&part.dispatch.as_str()));
        let news: Vec<News> = furthest.filter_map(|part| reached(part.status())).collect();
        for step in [News::Assigned, News::EnRoute, News::OnScene] {
            if news.contains(&step) {
                self.hear(step, at);
            }
        }
        for place in 0..self.shown.dispatches.len() {
            let status = self.standing(&self.shown.dispatches[place]);
            self.shown.dispatches[place].status = status.into();
        }
        if let Some(end) = self.end() {
            self.hear(end, at);
        }
        self.shown.changed_at = Some(a2a::time::to_wire(at));
    }

    /// How a dispatch stands by its units: it is over when they are.
    fn standing(&self, dispatch: &wire::Dispatch) -> DispatchStatus {
        if !is_open(dispatch.status()) {
            return dispatch.status();
        }
        let units: Vec<&UnitPart> = self.units.iter().filter(|part| part.dispatch == dispatch.id).collect();
        let cleared = |part: &&UnitPart| matches!(part.status(), UnitStatus::Cleared | UnitStatus::Available);
        match units.as_slice() {
            [] => dispatch.status(),
            units if units.iter().any(|part| works(part.status()) && part.status() != UnitStatus::Cleared) => {
                DispatchStatus::Assigned
            }
            units if units.iter().any(|part| cleared(part) && !part.released) => DispatchStatus::Closed,
            units if units.iter().any(|part| part.released) => DispatchStatus::Cancelled,
            // Withdrawn or pre-empted: its agent looks for others.
            _ => DispatchStatus::Queued,
        }
    }

    /// Whether the incident is over: every run has ended, and nothing that was sent is still out.
    /// What a service failed to send keeps it open, until a later run has sent it or everything is called off.
    fn end(&self) -> Option<News> {
        if !self.runs_ended() {
            return None;
        }
        let dispatches = &self.shown.dispatches;
        if dispatches.iter().any(|dispatch| is_open(dispatch.status())) {
            return None;
        }
        let sent = |service: &str| {
            dispatches.iter().any(|other| other.service == service && other.status() == DispatchStatus::Closed)
        };
        let canceled = self.runs.last().is_some_and(|run| run.end() == End::Canceled);
        let lacks = dispatches.iter().any(|it| it.status() == DispatchStatus::Failed && !sent(&it.service));
        let done = dispatches.iter().any(|dispatch| dispatch.status() == DispatchStatus::Closed);
        let called_off = dispatches.iter().any(|dispatch| dispatch.status() == DispatchStatus::Cancelled);
        let completed = self.runs.last().is_some_and(|run| run.end() == End::Completed);
        match () {
            () if done && (canceled || !lacks) => Some(News::Settled),
            () if canceled || (called_off && !lacks) => Some(News::CalledOff),
            () if dispatches.is_empty() && completed => Some(News::Settled),
            () => None,
        }
    }

    fn hear(&mut self, news: News, at: Timestamp) {
        let (before, after) = (self.status(), self.status().after(news));
        if before != after {
            let status = shown(after);
            self.shown.status = status.into();
            log::status(&mut self.shown, status, at);
        }
    }
}

/// A place that only the caller knows.
fn said(place: &str) -> wire::Location {
    wire::Location { text: place.to_owned(), ..wire::Location::default() }
}

const fn shown(status: Status) -> IncidentStatus {
    match status {
        Status::Active => IncidentStatus::Active,
        Status::Assigned => IncidentStatus::ResourcesAssigned,
        Status::EnRoute => IncidentStatus::ResourcesEnroute,
        Status::OnScene => IncidentStatus::ResourcesOnScene,
        Status::Closed => IncidentStatus::Closed,
        Status::Cancelled => IncidentStatus::Cancelled,
        Status::ReOpened => IncidentStatus::Reopened,
    }
}

fn is_open(status: DispatchStatus) -> bool {
    matches!(status, DispatchStatus::Queued | DispatchStatus::Assigned)
}

fn is_part(unit: &wire::Unit, part: &UnitPart) -> bool {
    unit.id == part.unit && unit.assignment.as_ref().is_some_and(|it| it.dispatch == part.dispatch)
}

/// Whether a unit in this status works for a dispatch.
pub(super) fn works(status: UnitStatus) -> bool {
    reached(status).is_some()
}

/// Whether a unit is on a dispatch, or has been to its end.
fn counts(part: &UnitPart) -> bool {
    works(part.status()) || (part.status() == UnitStatus::Available && !part.released)
}

/// How far a unit has brought its incident; none when it works for nobody.
fn reached(status: UnitStatus) -> Option<News> {
    match status {
        UnitStatus::Assigned | UnitStatus::Acknowledged => Some(News::Assigned),
        UnitStatus::EnRoute => Some(News::EnRoute),
        UnitStatus::OnScene | UnitStatus::Transporting | UnitStatus::AtHospital | UnitStatus::Cleared => {
            Some(News::OnScene)
        }
        UnitStatus::Unspecified
        | UnitStatus::Available
        | UnitStatus::OutOfService
        | UnitStatus::AssignmentCancelled => None,
    }
}
