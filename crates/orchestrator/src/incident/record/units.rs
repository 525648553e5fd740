//! The units of an incident: what each has reached, and what that makes of its dispatch.

use proto::watchroom::emergency::v1::{self as wire, DispatchStatus, UnitChangeReason, UnitStatus};

use super::{Record, UnitPart, is_open};
use crate::incident::machine::News;

/// A step of a unit for a dispatch.
#[derive(Debug)]
pub(super) struct Move {
    pub(super) store: String,
    pub(super) dispatch: String,
    pub(super) unit: String,
    /// Its type; empty where nobody says.
    pub(super) kind: String,
    pub(super) to: UnitStatus,
    pub(super) reason: UnitChangeReason,
}

impl Record {
    /// What a snapshot of a store's units says that is not known yet. Who is not in it has left meanwhile, nobody knows
    /// how.
    pub(super) fn missed(&self, store: &str, working: &[&wire::Unit]) -> Vec<Move> {
        let left = |part: &&UnitPart| part.store == store && works(part.status()) && !is_among(part, working);
        let gone = self.units.iter().filter(left).map(|part| Move {
            store: store.to_owned(),
            dispatch: part.dispatch.clone(),
            unit: part.unit.clone(),
            kind: String::new(),
            to: UnitStatus::Available,
            reason: UnitChangeReason::Progress,
        });
        let seen = working.iter().map(|unit| Move {
            store: store.to_owned(),
            dispatch: unit.assignment.as_ref().map(|assignment| assignment.dispatch.clone()).unwrap_or_default(),
            unit: unit.id.clone(),
            kind: unit.r#type.clone(),
            to: unit.status(),
            reason: UnitChangeReason::Unspecified,
        });
        gone.chain(seen.filter(|step| self.is_news(step))).collect()
    }

    /// Whether a step says something that is not known.
    fn is_news(&self, step: &Move) -> bool {
        match self.part(&step.dispatch, &step.unit) {
            // Who was called off is no longer part of it when it is free again.
            Some(part) => part.status() != step.to && (works(part.status()) || works(step.to)),
            None => works(step.to),
        }
    }

    /// Whether a step takes a unit from one place to another, as only a redirect does.
    pub(super) fn leaves(&self, step: &Move) -> bool {
        let there = |part: &UnitPart| part.status() == UnitStatus::OnScene;
        step.to == UnitStatus::EnRoute && self.part(&step.dispatch, &step.unit).is_some_and(there)
    }

    fn part(&self, dispatch: &str, unit: &str) -> Option<&UnitPart> {
        self.units.iter().find(|part| part.dispatch == dispatch && part.unit == unit)
    }

    /// Takes a step; `false` when it says nothing new.
    pub(super) fn move_unit(&mut self, step: Move) -> bool {
        if !self.is_news(&step) {
            return false;
        }
        let dispatch = step.dispatch.clone();
        match self.units.iter_mut().find(|part| part.dispatch == step.dispatch && part.unit == step.unit) {
            Some(part) => {
                part.status = step.to.into();
                part.released |= step.reason == UnitChangeReason::Released;
                if part.kind.is_empty() {
                    part.kind = step.kind;
                }
            }
            None => self.add_unit(step),
        }
        self.count_units(&dispatch);
        true
    }

    pub(super) fn add_unit(&mut self, step: Move) {
        let Move { store, dispatch, unit, kind, to, .. } = step;
        self.units.push(UnitPart { dispatch, unit, status: to.into(), store, released: false, kind });
    }

    /// Whether a unit is known as part of a dispatch.
    pub(super) fn has_unit(&self, dispatch: &str, unit: &str) -> bool {
        self.part(dispatch, unit).is_some()
    }

    /// Brings who is on a dispatch, and who is still missing, to where its units are.
    pub(super) fn count_units(&mut self, dispatch: &str) {
        let on_it: Vec<&UnitPart> =
            self.units.iter().filter(|part| part.dispatch == dispatch && counts(part)).collect();
        let Some(known) = self.shown.dispatches.iter_mut().find(|known| known.id == dispatch) else { return };
        known.assigned = on_it.iter().map(|part| part.unit.clone()).collect();
        // Who was missing when a dispatch ended stays told; and of units without a type nobody can say what they meet.
        if !is_open(known.status()) || on_it.iter().any(|part| part.kind.is_empty()) {
            return;
        }
        let of_type = |kind: &str| on_it.iter().filter(|part| part.kind == kind).count();
        let missing = known.required.iter().map(|need| wire::Requirement {
            count: need.count.saturating_sub(u32::try_from(of_type(&need.unit_type)).unwrap_or(u32::MAX)),
            ..need.clone()
        });
        known.shortfall = missing.filter(|need| need.count > 0).collect();
        if known.shortfall.is_empty() {
            known.queue_position = 0;
        }
    }

    /// How far the units of open dispatches have brought the incident.
    /// What a unit has reached counts also where it has cleared with the same step.
    pub(super) fn furthest(&self) -> Vec<News> {
        let open = self.shown.dispatches.iter().filter(|dispatch| is_open(dispatch.status()));
        let open: Vec<&str> = open.map(|dispatch| dispatch.id.as_str()).collect();
        let parts = self.units.iter().filter(|part| open.contains(&part.dispatch.as_str()));
        parts.filter_map(|part| reached(part.status())).collect()
    }

    /// How a dispatch stands by its units: it is over when they are.
    pub(super) fn standing(&self, dispatch: &wire::Dispatch) -> DispatchStatus {
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
}

fn is_among(part: &UnitPart, working: &[&wire::Unit]) -> bool {
    let is_it = |unit: &&wire::Unit| {
        unit.id == part.unit && unit.assignment.as_ref().is_some_and(|it| it.dispatch == part.dispatch)
    };
    working.iter().any(is_it)
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
        | UnitStatus::AssignmentCancelled
        // Whom it works for is not told.
        | UnitStatus::Busy => None,
    }
}
