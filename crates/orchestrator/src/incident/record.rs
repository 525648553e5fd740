//! One incident as it is kept: what callers are shown, and what it takes to move it on. Pure: time comes with the news.
//! The row is this message, so fields keep their numbers for ever; new ones get new numbers.

pub(super) mod bounds;
mod dispatches;
mod judge;
mod units;

use prost::Message;
use proto::watchroom::emergency::v1::{self as wire, DispatchStatus, IncidentStatus, UnitStatus};
use types::Timestamp;

use super::log;
use super::machine::{News, Status};
use super::note::{End, Judged, What};
use bounds::Verdict;
use units::Move;

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
    /// Its type; empty where nobody has said.
    #[prost(string, tag = "6")]
    kind: String,
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

    /// When it changed last.
    pub(super) fn changed(&self) -> Timestamp {
        let changed = self.shown.changed_at.as_ref().and_then(a2a::time::from_wire);
        changed.unwrap_or(Timestamp::from_millis(0))
    }

    /// The runs that its calls became, and those of its dispatches: a dispatch's id begins with that of its run.
    pub(super) fn runs(&self) -> impl Iterator<Item = &str> {
        let of_dispatches = self.shown.dispatches.iter().filter_map(|dispatch| dispatch.id.split_once('/'));
        self.runs.iter().map(|run| run.id.as_str()).chain(of_dispatches.map(|(run, _)| run))
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
            What::Waits(waits) => self.waits(waits, at),
            What::Told(told) => self.told(told, at),
            What::Untold(failed) => self.untold(failed, at),
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
        let step = Move {
            store: store.to_owned(),
            dispatch: change.dispatch.clone(),
            unit: change.unit.clone(),
            kind: change.after.as_ref().map(|unit| unit.r#type.clone()).unwrap_or_default(),
            to: change.to(),
            reason: change.reason(),
        };
        let leaves = self.leaves(&step);
        if !self.move_unit(step) {
            return false;
        }
        log::unit(&mut self.shown, change, at);
        if leaves {
            self.sent_on(at);
        }
        self.settle(at);
        true
    }

    /// Whether a snapshot of the units of a store, those that work for this incident, says something new of it.
    pub(super) fn differs(&self, store: &str, working: &[&wire::Unit]) -> bool {
        !self.missed(store, working).is_empty()
    }

    /// Takes such a snapshot.
    pub(super) fn take_snapshot(&mut self, store: &str, working: &[&wire::Unit], at: Timestamp) {
        let steps = self.missed(store, working);
        let leaves = steps.iter().any(|step| self.leaves(step));
        for step in steps {
            self.move_unit(step);
        }
        if leaves {
            self.sent_on(at);
        }
        self.settle(at);
    }

    /// A unit has left the scene for another place: somebody has come only where another one is there.
    fn sent_on(&mut self, at: Timestamp) {
        if !self.furthest().contains(&News::OnScene) {
            self.hear(News::SentOn, at);
        }
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

    /// Moves dispatches and the incident to where the units and the runs are.
    fn settle(&mut self, at: Timestamp) {
        let news = self.furthest();
        for step in [News::Assigned, News::EnRoute, News::OnScene] {
            if news.contains(&step) {
                self.hear(step, at);
            }
        }
        self.stand(at);
        self.measure();
        self.bound();
        if let Some(end) = self.end() {
            self.hear(end, at);
        }
        self.shown.changed_at = Some(a2a::time::to_wire(at));
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
        let Verdict { done, called_off, lacks } = Verdict::of(dispatches.iter());
        let canceled = self.runs.last().is_some_and(|run| run.end() == End::Canceled);
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
