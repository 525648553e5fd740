//! Which units and changes a caller wants: fields are joined by AND, the values of one field by OR, none matches all.

use crate::dispatch::scenario::Unit;
use crate::dispatch::unit::{Assignment, Change, Record, State};

/// A checked filter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) ids: Vec<String>,
    pub(crate) types: Vec<String>,
    pub(crate) stations: Vec<String>,
    pub(crate) statuses: Vec<State>,
    pub(crate) incidents: Vec<String>,
    pub(crate) dispatches: Vec<String>,
}

impl Filter {
    /// Whether a unit matches as it is.
    pub(crate) fn admits(&self, unit: &Unit, record: &Record) -> bool {
        self.is_about(unit) && any(&self.statuses, &record.state) && self.works_for(record.assignment.as_deref())
    }

    /// Whether a change matches: by the state that it leaves or reaches, by the dispatch that it is or was part of.
    pub(crate) fn admits_change(&self, unit: &Unit, change: &Change) -> bool {
        let state = any(&self.statuses, &change.from) || any(&self.statuses, &change.after.state);
        self.is_about(unit) && state && self.works_for(change.part.as_deref())
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
