//! What services answer, and how their dispatches stand.

use proto::watchroom::emergency::v1::{self as wire, DispatchStatus, UnitChangeReason, UnitStatus};
use types::Timestamp;

use super::judge::Source;
use super::units::Move;
use super::{Record, is_open};
use crate::incident::log;
use crate::incident::note::{Dispatched, Failed, For, Waits};

impl Record {
    pub(super) fn dispatched(&mut self, told: &Dispatched, at: Timestamp) {
        let Some(dispatch) = &told.dispatch else { return };
        if let Some(location) = &told.location {
            self.locate(location);
        }
        self.weigh(Source::Agent, &told.kind, told.priority);
        let kinds = told.kinds.iter().map(String::as_str).chain(std::iter::repeat(""));
        for (unit, kind) in dispatch.assigned.iter().zip(kinds) {
            // What the units themselves have told meanwhile is newer.
            if !self.has_unit(&dispatch.id, unit) {
                self.add_unit(Move {
                    store: told.store.clone(),
                    dispatch: dispatch.id.clone(),
                    unit: unit.clone(),
                    kind: kind.to_owned(),
                    to: UnitStatus::Assigned,
                    reason: UnitChangeReason::Dispatched,
                });
            }
        }
        let before = self.stands(&dispatch.id);
        self.put(dispatch.clone());
        self.count_units(&dispatch.id);
        match (before, dispatch.status()) {
            (None, DispatchStatus::Queued) => log::say(&mut self.shown, waits_for(&dispatch.service), at),
            // Who is followed was told when it was sent.
            (None | Some(DispatchStatus::Queued), now) if now != DispatchStatus::Queued => {
                log::say(&mut self.shown, sends(dispatch), at);
            }
            _ => {}
        }
    }

    /// A service has heard the place: where that is, how its dispatch stands now, and that it was told.
    pub(super) fn told(&mut self, told: &Dispatched, at: Timestamp) {
        let Some(dispatch) = &told.dispatch else { return };
        let place = told.location.as_ref().map_or("", |location| location.text.as_str());
        let text = format!("{} is told the place: {place}", dispatch.service);
        log::say(&mut self.shown, text, at);
        // What is over does not begin again with it; what was given up has been sent after all.
        let goes = |status: DispatchStatus| is_open(status) || status == DispatchStatus::Failed;
        if self.stands(&dispatch.id).is_some_and(goes) {
            self.dispatched(told, at);
        }
    }

    pub(super) fn untold(&mut self, failed: &Failed, at: Timestamp) {
        let text = format!("{} is not told the place: {}", failed.service, failed.cause);
        log::say(&mut self.shown, text, at);
    }

    /// A service has the dispatch and nobody goes yet, or those who go are followed. How far off the first is stands in
    /// the dispatch: the log has only the beginning of the wait.
    pub(super) fn waits(&mut self, told: &Waits, at: Timestamp) {
        let before = self.stands(&told.dispatch);
        if before.is_some_and(|status| !is_open(status)) {
            return;
        }
        let status = match told.what() {
            For::Clearing => DispatchStatus::Assigned,
            For::Units | For::Answer | For::Authorisation => DispatchStatus::Queued,
        };
        let known = self.dispatch_of(&told.dispatch, &told.service);
        known.task_id.clone_from(&told.task_id);
        known.status = status.into();
        // A word that says neither takes back neither.
        if told.position > 0 || !told.shortfall.is_empty() {
            known.queue_position = told.position;
            known.shortfall.clone_from(&told.shortfall);
            if known.required.is_empty() {
                known.required.clone_from(&told.shortfall);
            }
        }
        self.count_units(&told.dispatch);
        if before == Some(status) {
            return;
        }
        let text = match told.what() {
            For::Clearing => format!("{} sends units", told.service),
            For::Units => waits_for(&told.service),
            For::Answer => format!("{} waits for an answer", told.service),
            For::Authorisation => format!("{} waits for an authorisation", told.service),
        };
        log::say(&mut self.shown, text, at);
    }

    pub(super) fn failed(&mut self, run: &str, failed: &Failed, at: Timestamp) {
        let Failed { dispatch, service, cause } = failed;
        log::say(&mut self.shown, format!("{service} sends nobody to this call: {cause}"), at);
        if self.runs.iter().any(|part| part.id == run) {
            let known = self.dispatch_of(dispatch, service);
            *known = wire::Dispatch {
                id: known.id.clone(),
                service: known.service.clone(),
                priority: known.priority,
                incident: known.incident.clone(),
                task_id: known.task_id.clone(),
                status: DispatchStatus::Failed.into(),
                ..wire::Dispatch::default()
            };
        }
    }

    pub(super) fn released(&mut self, dispatch: &str, at: Timestamp) {
        if let Some(known) = self.shown.dispatches.iter_mut().find(|known| known.id == dispatch) {
            known.status = DispatchStatus::Cancelled.into();
            let text = format!("{} called off", known.service);
            log::say(&mut self.shown, text, at);
        }
    }

    /// Moves the dispatches to where their units are.
    pub(super) fn stand(&mut self, at: Timestamp) {
        for place in 0..self.shown.dispatches.len() {
            let (before, now) = (self.shown.dispatches[place].status(), self.standing(&self.shown.dispatches[place]));
            let known = &mut self.shown.dispatches[place];
            known.status = now.into();
            if !is_open(now) {
                known.queue_position = 0;
            }
            let text = match (before, now) {
                (DispatchStatus::Assigned, DispatchStatus::Queued) => waits_for(&known.service),
                (DispatchStatus::Queued, DispatchStatus::Assigned) => format!("{} waits no longer", known.service),
                _ => continue,
            };
            log::say(&mut self.shown, text, at);
        }
    }

    fn stands(&self, dispatch: &str) -> Option<DispatchStatus> {
        self.shown.dispatches.iter().find(|known| known.id == dispatch).map(wire::Dispatch::status)
    }

    /// The dispatch of that id; a new one of `service` where there is none.
    fn dispatch_of(&mut self, id: &str, service: &str) -> &mut wire::Dispatch {
        let place = self.shown.dispatches.iter().position(|known| known.id == id).unwrap_or_else(|| {
            let (incident, priority) = (self.shown.id.clone(), self.shown.priority);
            let (id, service) = (id.to_owned(), service.to_owned());
            self.shown.dispatches.push(wire::Dispatch { id, incident, service, priority, ..wire::Dispatch::default() });
            self.shown.dispatches.len() - 1
        });
        &mut self.shown.dispatches[place]
    }

    fn put(&mut self, dispatch: wire::Dispatch) {
        let (known, service) = (dispatch.id.clone(), dispatch.service.clone());
        let incident = self.shown.id.clone();
        *self.dispatch_of(&known, &service) = wire::Dispatch { incident, ..dispatch };
    }
}

fn waits_for(service: &str) -> String {
    format!("{service} waits for a free unit")
}

/// Who goes and who is missing, in words.
fn sends(dispatch: &wire::Dispatch) -> String {
    let (service, count) = (&dispatch.service, dispatch.assigned.len());
    let units = if count == 1 { "unit" } else { "units" };
    let missing: Vec<String> =
        dispatch.shortfall.iter().map(|need| format!("{} x {}", need.count, need.unit_type)).collect();
    let short = if missing.is_empty() { String::new() } else { format!(", short of {}", missing.join(", ")) };
    format!("{service} sends {count} {units}{short}")
}
