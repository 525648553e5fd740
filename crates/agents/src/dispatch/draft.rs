//! A decision in the making: what units would be, over what they are. Pure; time is passed in.

use std::collections::BTreeMap;
use std::sync::Arc;

use types::Timestamp;

use super::board::Inner;
use super::flight::Move;
use super::scenario::Unit;
use super::unit::{Assignment, Change, DispatchKey, Reason, Record, State};

/// What is decided so far. Units that another decision holds cannot be seen.
#[derive(Debug)]
pub(crate) struct Draft<'i> {
    inner: &'i Inner,
    now: Timestamp,
    seq: u64,
    changes: Vec<Change>,
    units: BTreeMap<String, (u64, Record)>,
}

impl<'i> Draft<'i> {
    /// Nothing yet; its changes are numbered after `seq`.
    pub(crate) fn new(inner: &'i Inner, now: Timestamp, seq: u64) -> Self {
        Self { inner, now, seq, changes: Vec::new(), units: BTreeMap::new() }
    }

    /// The time of what is decided.
    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// What it comes to.
    pub(crate) fn finish(self) -> Move {
        Move { changes: self.changes, units: self.units }
    }

    /// A unit, unless it is held.
    pub(crate) fn record(&self, id: &str) -> Option<&Record> {
        self.units.get(id).map(|(_, record)| record).or_else(|| self.inner.settled(id).map(|held| &held.record))
    }

    /// The units that can be seen, in the order of their ids.
    pub(crate) fn units(&self) -> impl Iterator<Item = (&'i Arc<Unit>, &Record)> {
        let all = self.inner.units.iter();
        all.filter_map(|(id, held)| Some((&held.unit, self.record(id)?)))
    }

    /// The units that work for a dispatch that `wanted` picks.
    pub(crate) fn of(&self, wanted: impl Fn(&DispatchKey) -> bool) -> Vec<(String, Record)> {
        let units = self.units().filter(|(_, record)| record.is_for(&wanted));
        units.map(|(unit, record)| (unit.id.clone(), record.clone())).collect()
    }

    /// Sends a unit. False where it is not free.
    pub(crate) fn assign(&mut self, id: &str, part: Assignment) -> bool {
        let part = Arc::new(part);
        let after = |record: &Record, now| record.assigned(part.clone(), now);
        self.step(id, Reason::Dispatched, after)
    }

    /// Calls a unit off that has not arrived yet; it is free at once. False where there is nothing to call off.
    pub(crate) fn call_off(&mut self, id: &str, reason: Reason) -> bool {
        let cancelled = |record: &Record, now| record.entered(State::AssignmentCancelled, now);
        let free = |record: &Record, now| record.entered(State::Available, now);
        self.step(id, reason, cancelled) && self.step(id, reason, free)
    }

    fn step(&mut self, id: &str, reason: Reason, after: impl Fn(&Record, Timestamp) -> Option<Record>) -> bool {
        let Some(before) = self.record(id) else { return false };
        let Some(mut next) = after(before, self.now) else { return false };
        next.seq = self.seq + 1;
        let part = next.assignment.clone().or_else(|| before.assignment.clone());
        let change =
            Change { seq: next.seq, unit: id.to_owned(), from: before.state, reason, part, after: next.clone() };
        self.seq = next.seq;
        let version =
            self.units.get(id).map(|(version, _)| *version).or(self.inner.settled(id).map(|held| held.version));
        self.changes.push(change);
        self.units.insert(id.to_owned(), (version.unwrap_or_default(), next));
        true
    }
}
