//! What an incident keeps at most. Each change of it writes its whole row, and each list and watch carries it without
//! its log, so both stay small however long a conversation goes on: an incident without its log takes up to some 20 KiB,
//! so that a page of 100 stays within the 4 MiB that clients read.

use proto::watchroom::emergency::v1::{self as wire, DispatchStatus};

use super::{End, Record, is_open};

/// Calls that an incident lists.
pub(in crate::incident) const CALLS: usize = 50;
/// Dispatches that it lists.
pub(in crate::incident) const DISPATCHES: usize = 50;
/// Units that it knows: a few for each dispatch.
pub(in crate::incident) const UNITS: usize = 200;

/// What dispatches that are over say of the end of an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verdict {
    /// Somebody has done what was needed.
    pub(super) done: bool,
    /// Somebody was called off.
    pub(super) called_off: bool,
    /// A service sent nobody, and has not been sent since.
    pub(super) lacks: bool,
}

impl Verdict {
    pub(super) fn of<'d>(dispatches: impl Iterator<Item = &'d wire::Dispatch> + Clone) -> Self {
        let any = |status: DispatchStatus| dispatches.clone().any(|it| it.status() == status);
        let closed =
            |service: &str| dispatches.clone().any(|it| it.service == service && it.status() == DispatchStatus::Closed);
        let failed = dispatches.clone().filter(|it| it.status() == DispatchStatus::Failed);
        Self {
            done: any(DispatchStatus::Closed),
            called_off: any(DispatchStatus::Cancelled),
            lacks: failed.clone().any(|it| !closed(&it.service)),
        }
    }
}

impl Record {
    /// Leaves out what is too much.
    pub(super) fn bound(&mut self) {
        while self.shown.calls.len() > CALLS {
            self.leave_out_call();
        }
        while self.shown.dispatches.len() > DISPATCHES {
            self.leave_out_dispatch();
        }
        while self.units.len() > UNITS {
            self.leave_out_units();
        }
    }

    /// The oldest call whose run has ended, else the oldest. Its dispatches stay, and their units are still known by them.
    fn leave_out_call(&mut self) {
        let ended = |call: &wire::Call| self.runs.iter().any(|run| run.id == call.task_id && run.end() != End::Open);
        // The newest run says how the incident ends.
        let older = &self.shown.calls[..self.shown.calls.len() - 1];
        let place = older.iter().position(ended).unwrap_or(0);
        let call = self.shown.calls.remove(place);
        self.runs.retain(|run| run.id != call.task_id);
        self.shown.earlier_calls = self.shown.earlier_calls.saturating_add(1);
    }

    /// The oldest dispatch that is over and says nothing that others do not say, else the oldest that is over, else the
    /// oldest.
    fn leave_out_dispatch(&mut self) {
        let dispatches = &self.shown.dispatches;
        let verdict = Verdict::of(dispatches.iter());
        let over = |place: &usize| !is_open(dispatches[*place].status());
        let without = |place: usize| {
            let others = dispatches.iter().enumerate().filter(move |(other, _)| *other != place);
            Verdict::of(others.map(|(_, other)| other))
        };
        let spare = (0..dispatches.len()).filter(over).find(|place| without(*place) == verdict);
        let place = spare.or_else(|| (0..dispatches.len()).find(over)).unwrap_or(0);
        let gone = self.shown.dispatches.remove(place);
        self.units.retain(|part| part.dispatch != gone.id);
        self.shown.earlier_dispatches = self.shown.earlier_dispatches.saturating_add(1);
    }

    /// The units of the oldest dispatch that is not listed, or over; else the oldest unit.
    fn leave_out_units(&mut self) {
        let listed = |id: &str| self.shown.dispatches.iter().any(|it| it.id == id && is_open(it.status()));
        match self.units.iter().find(|part| !listed(&part.dispatch)).map(|part| part.dispatch.clone()) {
            Some(dispatch) => self.units.retain(|part| part.dispatch != dispatch),
            None => drop(self.units.remove(0)),
        }
    }
}
