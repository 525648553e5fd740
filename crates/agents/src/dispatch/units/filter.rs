//! Which units and changes a caller wants: fields are joined by AND, the values of one field by OR, none matches all.

use proto::watchroom::emergency::v1::UnitStatus;

use super::sight::Sight;
use crate::dispatch::scenario::Unit;
use crate::dispatch::unit::{Assignment, Change, Record};

/// A checked filter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) ids: Vec<String>,
    pub(crate) types: Vec<String>,
    pub(crate) stations: Vec<String>,
    pub(crate) statuses: Vec<UnitStatus>,
    pub(crate) incidents: Vec<String>,
    pub(crate) dispatches: Vec<String>,
}

impl Filter {
    /// Whether a unit matches as far as the caller sees it.
    pub(crate) fn admits(&self, sight: &Sight, unit: &Unit, record: &Record) -> bool {
        let part = record.assignment.as_deref();
        let status = sight.status(record.state, part);
        self.is_about(unit) && any(&self.statuses, &status) && self.works_for(part.filter(|_| sight.shows(part)))
    }

    /// Whether a change matches as far as the caller sees it: by the state that it leaves or reaches, by the dispatch
    /// that it is or was part of.
    pub(crate) fn admits_change(&self, sight: &Sight, unit: &Unit, change: &Change) -> bool {
        let part = change.part.as_deref();
        let status = |state| any(&self.statuses, &sight.status(state, part));
        let of_those = status(change.from) || status(change.after.state);
        self.is_about(unit) && of_those && self.works_for(part.filter(|_| sight.shows(part)))
    }

    fn is_about(&self, unit: &Unit) -> bool {
        any(&self.ids, &unit.id) && any(&self.types, &unit.kind) && any(&self.stations, &unit.station.id)
    }

    fn works_for(&self, part: Option<&Assignment>) -> bool {
        match part.map(|part| &part.dispatch) {
            Some(dispatch) => any(&self.incidents, &dispatch.context) && any(&self.dispatches, &dispatch.id),
            None => self.incidents.is_empty() && self.dispatches.is_empty(),
        }
    }
}

fn any<T: PartialEq>(wanted: &[T], value: &T) -> bool {
    wanted.is_empty() || wanted.contains(value)
}
