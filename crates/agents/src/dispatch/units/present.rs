//! What callers see of units and their changes.

use proto::watchroom::emergency::v1 as wire;
use types::Timestamp;

use super::sight::{Sight, outside};
use crate::dispatch::geo;
use crate::dispatch::life::HOME;
use crate::dispatch::scenario::{Station, Unit};
use crate::dispatch::town::Town;
use crate::dispatch::unit::{Assignment, Change, Reason, Record, State};

/// Presents a town to one caller at a moment of its clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Present<'t> {
    pub(crate) town: &'t Town,
    pub(crate) sight: &'t Sight,
    pub(crate) now: Timestamp,
}

impl Present<'_> {
    pub(crate) fn clock(&self) -> wire::Clock {
        wire::Clock { now: Some(a2a::time::to_wire(self.now)), speed: self.town.clock.speed() }
    }

    pub(crate) fn unit(&self, unit: &Unit, record: &Record) -> wire::Unit {
        self.unit_at(unit, record, record.assignment.as_deref(), self.now)
    }

    /// A change; `None` when the scenario no longer has its unit, or the caller sees none.
    pub(crate) fn change(&self, change: &Change) -> Option<wire::UnitChange> {
        let unit = self.town.scenario.unit(&change.unit)?;
        if !self.sight.shows(change.part.as_deref()) {
            return self.outside_of(unit, change);
        }
        let (after, dispatch) = (&change.after, change.part.as_ref().map(|part| &part.dispatch));
        Some(wire::UnitChange {
            seq: change.seq,
            unit: change.unit.clone(),
            from: status(change.from).into(),
            to: status(after.state).into(),
            time: Some(a2a::time::to_wire(after.since)),
            eta_s: change.eta(),
            dispatch: dispatch.map(|it| it.id.clone()).unwrap_or_default(),
            incident: dispatch.map(|it| it.context.clone()).unwrap_or_default(),
            reason: reason(change.reason).into(),
            after: Some(self.unit_at(unit, after, change.part.as_deref(), after.since)),
            caller: dispatch.and_then(|it| self.sight.caller(it)),
        })
    }

    /// A change of a unit that works for somebody else, as far as that is to be seen.
    fn outside_of(&self, unit: &Unit, change: &Change) -> Option<wire::UnitChange> {
        let after = &change.after;
        let (from, to) = (outside(change.from), outside(after.state));
        (from != to).then(|| wire::UnitChange {
            seq: change.seq,
            unit: change.unit.clone(),
            from: from.into(),
            to: to.into(),
            time: Some(a2a::time::to_wire(after.since)),
            after: Some(self.unit_at(unit, after, None, after.since)),
            ..wire::UnitChange::default()
        })
    }

    /// A unit that has, or has had until now, this part in a dispatch.
    fn unit_at(&self, unit: &Unit, record: &Record, part: Option<&Assignment>, now: Timestamp) -> wire::Unit {
        let at = self.town.scenario.position(unit, record, now);
        if !self.sight.shows(part) {
            return seen_from_outside(unit, record, at);
        }
        wire::Unit {
            id: unit.id.clone(),
            service: unit.service.as_str().to_owned(),
            r#type: unit.kind.clone(),
            station: Some(station(&unit.station)),
            position: Some(position(at)),
            status: status(record.state).into(),
            assignment: record.assignment.as_deref().map(|part| self.assignment(part)),
            since: (record.seq > 0).then(|| a2a::time::to_wire(record.since)),
            epoch: record.epoch,
        }
    }

    fn assignment(&self, part: &Assignment) -> wire::Assignment {
        wire::Assignment {
            dispatch: part.dispatch.id.clone(),
            incident: part.dispatch.context.clone(),
            place: part.place.clone(),
            priority: part.priority.into(),
            assigned_at: Some(a2a::time::to_wire(part.assigned_at)),
            eta: Some(a2a::time::to_wire(part.arrival())),
            caller: self.sight.caller(&part.dispatch),
        }
    }
}

/// What everybody may know of a unit. Where it is says whom it works for, or has, unless it is at home.
fn seen_from_outside(unit: &Unit, record: &Record, at: geo::Position) -> wire::Unit {
    let status = outside(record.state);
    let (busy, home) = (status == wire::UnitStatus::Busy, at.distance(unit.station.position) < HOME);
    wire::Unit {
        id: unit.id.clone(),
        service: unit.service.as_str().to_owned(),
        r#type: unit.kind.clone(),
        station: Some(station(&unit.station)),
        position: (home && !busy).then(|| position(at)),
        status: status.into(),
        since: (record.seq > 0 && !busy).then(|| a2a::time::to_wire(record.since)),
        ..wire::Unit::default()
    }
}

fn station(station: &Station) -> wire::Station {
    wire::Station {
        id: station.id.clone(),
        name: station.name.clone(),
        service: station.service.as_str().to_owned(),
        position: Some(position(station.position)),
        partner: station.partner,
    }
}

fn position(at: geo::Position) -> wire::Position {
    wire::Position { lat: at.lat, lon: at.lon }
}

/// A state as the wire names it.
pub(crate) fn status(state: State) -> wire::UnitStatus {
    match state {
        State::Available => wire::UnitStatus::Available,
        State::Assigned => wire::UnitStatus::Assigned,
        State::Acknowledged => wire::UnitStatus::Acknowledged,
        State::EnRoute => wire::UnitStatus::EnRoute,
        State::OnScene => wire::UnitStatus::OnScene,
        State::Transporting => wire::UnitStatus::Transporting,
        State::AtHospital => wire::UnitStatus::AtHospital,
        State::Cleared => wire::UnitStatus::Cleared,
        State::OutOfService => wire::UnitStatus::OutOfService,
        State::AssignmentCancelled => wire::UnitStatus::AssignmentCancelled,
    }
}

fn reason(reason: Reason) -> wire::UnitChangeReason {
    match reason {
        Reason::Dispatched => wire::UnitChangeReason::Dispatched,
        Reason::Progress => wire::UnitChangeReason::Progress,
        Reason::Released => wire::UnitChangeReason::Released,
        Reason::Withdrawn => wire::UnitChangeReason::Withdrawn,
        Reason::Preempted => wire::UnitChangeReason::Preempted,
        Reason::Redirected => wire::UnitChangeReason::Redirected,
    }
}
