//! An incident to which things happen one after the other.

use proto::watchroom::emergency::v1::{self as wire, DispatchStatus, IncidentStatus, UnitChangeReason, UnitStatus};
use types::Timestamp;

use crate::incident::note::{Dispatched, End, Failed, For, Judged, Waits, What};
use crate::incident::record::Record;

pub(super) const STORE: &str = "store-1";

/// An incident with a clock that goes on by itself.
pub(super) struct Scene {
    pub(super) record: Record,
    now: u64,
    seq: u64,
}

impl Scene {
    pub(super) fn new() -> Self {
        Self { record: Record::new("", "anonymous", "c-1", Timestamp::from_millis(1_000)), now: 1_000, seq: 0 }
    }

    pub(super) fn tick(&mut self) -> Timestamp {
        self.now += 1;
        Timestamp::from_millis(self.now)
    }

    pub(super) fn told(&mut self, run: &str, what: What) -> IncidentStatus {
        let at = self.tick();
        self.record.take(run, &what, at);
        self.record.shown.status()
    }

    pub(super) fn called(&mut self, run: &str) -> IncidentStatus {
        self.told(run, What::Called(judged("fire", 2, "12 Mill Lane")))
    }

    pub(super) fn sent(&mut self, run: &str, service: &str, units: &[&str]) -> IncidentStatus {
        let status = if units.is_empty() { DispatchStatus::Queued } else { DispatchStatus::Assigned };
        let dispatch = wire::Dispatch {
            id: format!("{run}/{service}"),
            service: service.to_owned(),
            assigned: units.iter().map(|unit| (*unit).to_owned()).collect(),
            status: status.into(),
            ..wire::Dispatch::default()
        };
        let store = STORE.to_owned();
        let told = Dispatched { dispatch: Some(dispatch), store, ..Dispatched::default() };
        self.told(run, What::Dispatched(Box::new(told)))
    }

    /// An answer with one engine, and one that is missing.
    pub(super) fn half_sent(&mut self, run: &str) -> IncidentStatus {
        let dispatch = wire::Dispatch {
            id: format!("{run}/fire"),
            service: "fire".to_owned(),
            required: engines(2),
            assigned: vec!["E1".to_owned()],
            shortfall: engines(1),
            status: DispatchStatus::Assigned.into(),
            queue_position: 3,
            ..wire::Dispatch::default()
        };
        let (store, kinds) = (STORE.to_owned(), vec!["engine".to_owned()]);
        let told = Dispatched { dispatch: Some(dispatch), store, kinds, ..Dispatched::default() };
        self.told(run, What::Dispatched(Box::new(told)))
    }

    pub(super) fn waits(&mut self, run: &str, what: For, position: u32) -> IncidentStatus {
        let (dispatch, service) = (format!("{run}/fire"), "fire".to_owned());
        let shortfall = if what == For::Units { engines(2) } else { Vec::new() };
        let waits = Waits { dispatch, service, what: what.into(), position, shortfall, ..Waits::default() };
        self.told(run, What::Waits(waits))
    }

    pub(super) fn engine(&mut self, id: &str, to: UnitStatus, reason: UnitChangeReason) -> IncidentStatus {
        self.seq += 1;
        let after = wire::Unit { r#type: "engine".to_owned(), ..wire::Unit::default() };
        let change = wire::UnitChange {
            seq: self.seq,
            unit: id.to_owned(),
            dispatch: "r/fire".to_owned(),
            to: to.into(),
            reason: reason.into(),
            after: Some(after),
            ..wire::UnitChange::default()
        };
        let at = self.tick();
        self.record.take_unit(STORE, &change, at);
        self.record.shown.status()
    }

    /// The log from `from` on, without the steps of units.
    pub(super) fn said(&self, from: usize) -> Vec<&str> {
        let log = self.record.shown.log.iter().skip(from).filter(|entry| entry.what.is_none());
        log.map(|entry| entry.text.as_str()).collect()
    }

    pub(super) fn failed(&mut self, run: &str, service: &str) -> IncidentStatus {
        let (dispatch, service, cause) = (format!("{run}/{service}"), service.to_owned(), "nobody is free".to_owned());
        self.told(run, What::Failed(Failed { dispatch, service, cause }))
    }

    /// The service has heard where it is to go, and says who does.
    pub(super) fn told_place(&mut self, run: &str, place: &str, units: &[&str]) -> IncidentStatus {
        let status = if units.is_empty() { DispatchStatus::Queued } else { DispatchStatus::Assigned };
        let dispatch = wire::Dispatch {
            id: format!("{run}/fire"),
            service: "fire".to_owned(),
            assigned: units.iter().map(|unit| (*unit).to_owned()).collect(),
            status: status.into(),
            ..wire::Dispatch::default()
        };
        let position = Some(wire::Position { lat: 51.5, lon: -0.1 });
        let location = Some(wire::Location { text: place.to_owned(), position, ..wire::Location::default() });
        let (dispatch, store) = (Some(dispatch), STORE.to_owned());
        self.told(run, What::Told(Box::new(Dispatched { dispatch, store, location, ..Dispatched::default() })))
    }

    pub(super) fn ended(&mut self, run: &str, end: End) -> IncidentStatus {
        self.told(run, What::Ended(end.into()))
    }

    pub(super) fn unit(&mut self, dispatch: &str, unit: &str, to: UnitStatus) -> IncidentStatus {
        self.unit_for(dispatch, unit, to, UnitChangeReason::Progress)
    }

    pub(super) fn unit_for(
        &mut self,
        dispatch: &str,
        unit: &str,
        to: UnitStatus,
        reason: UnitChangeReason,
    ) -> IncidentStatus {
        self.seq += 1;
        let (unit, dispatch) = (unit.to_owned(), dispatch.to_owned());
        let (to, reason) = (to.into(), reason.into());
        let change = wire::UnitChange { seq: self.seq, unit, dispatch, to, reason, ..wire::UnitChange::default() };
        let at = self.tick();
        self.record.take_unit(STORE, &change, at);
        self.record.shown.status()
    }

    pub(super) fn dispatch(&self, service: &str) -> &wire::Dispatch {
        self.record.shown.dispatches.iter().find(|dispatch| dispatch.service == service).unwrap()
    }
}

pub(super) fn engines(count: u32) -> Vec<wire::Requirement> {
    vec![wire::Requirement { unit_type: "engine".to_owned(), count }]
}

pub(super) fn judged(kind: &str, priority: u32, place: &str) -> Judged {
    Judged { kind: kind.to_owned(), priority, place: place.to_owned(), ..Judged::default() }
}
