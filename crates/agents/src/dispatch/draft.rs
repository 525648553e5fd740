//! A decision in the making: what units and queue would be, over what they are. Pure; time is passed in.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use types::Timestamp;

use super::board::Inner;
use super::flight::Move;
use super::life::Crew;
use super::scenario::{Scenario, Unit};
use super::unit::{Assignment, Change, DispatchKey, Reason, Record, Spot, State};
use super::wait::Wait;

/// Steps of units that one commit takes when many are due.
const BATCH: usize = 256;

/// What is decided so far. What another decision holds cannot be seen.
#[derive(Debug)]
pub(crate) struct Draft<'i> {
    pub(super) inner: &'i Inner,
    now: Timestamp,
    seq: u64,
    changes: Vec<Change>,
    units: BTreeMap<String, (u64, Record)>,
    waits: BTreeMap<DispatchKey, (u64, Option<Wait>)>,
    /// What is due next of the units that have changed here.
    due: BTreeSet<(Timestamp, String)>,
}

impl<'i> Draft<'i> {
    /// Nothing yet; its changes are numbered after `seq`.
    pub(crate) fn new(inner: &'i Inner, now: Timestamp, seq: u64) -> Self {
        let (units, waits, due) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
        Self { inner, now, seq, changes: Vec::new(), units, waits, due }
    }

    /// The time of what is decided.
    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// The number of its newest change, or of the newest before it.
    pub(crate) fn seq(&self) -> u64 {
        self.seq
    }

    pub(crate) fn scenario(&self) -> &'i Scenario {
        &self.inner.scenario
    }

    /// What it comes to.
    pub(crate) fn finish(mut self) -> Move {
        self.waits.retain(|_, (version, wait)| *version > 0 || wait.is_some());
        Move { changes: self.changes, units: self.units, waits: self.waits }
    }

    /// A unit, unless it is held.
    pub(crate) fn record(&self, id: &str) -> Option<&Record> {
        self.units.get(id).map(|(_, record)| record).or_else(|| self.inner.settled(id).map(|held| &held.record))
    }

    /// All units as they are for those who only look, held or not.
    pub(crate) fn seen(&self) -> impl Iterator<Item = (&'i str, &Record)> {
        let all = self.inner.units.iter();
        all.map(|(id, held)| (id.as_str(), self.units.get(id).map_or(&held.record, |(_, record)| record)))
    }

    /// The units that work for a dispatch, for those who only look.
    pub(crate) fn seen_of(&self, key: &DispatchKey) -> Vec<(String, Record)> {
        let working = self.seen().filter(|(_, record)| record.is_for(|of| of == key));
        working.map(|(id, record)| (id.to_owned(), record.clone())).collect()
    }

    /// The units that are on scene for a dispatch, or have been there: where it goes to now.
    pub(crate) fn arrived(&self, key: &DispatchKey, at: Option<&Spot>) -> BTreeSet<String> {
        let working = self.seen().filter(|(_, record)| record.is_for(|of| of == key) && !record.state.is_coming());
        let working = working.filter_map(|(id, record)| Some((id.to_owned(), record.assignment.clone()?)));
        let all = working.chain(self.inner.history.served(key));
        all.filter(|(_, part)| at.is_none_or(|at| part.scene == Some(at.scene))).map(|(unit, _)| unit).collect()
    }

    /// The units that can be seen, in the order of their ids.
    pub(crate) fn units(&self) -> impl Iterator<Item = (&'i Arc<Unit>, &Record)> {
        let all = self.inner.units.iter();
        all.filter_map(|(id, held)| {
            let stored = Some(&held.record).filter(|_| !held.held);
            Some((&held.unit, self.units.get(id).map(|(_, record)| record).or(stored)?))
        })
    }

    /// The units that work for a dispatch that `wanted` picks.
    pub(crate) fn of(&self, wanted: impl Fn(&DispatchKey) -> bool) -> Vec<(String, Record)> {
        let units = self.units().filter(|(_, record)| record.is_for(&wanted));
        units.map(|(unit, record)| (unit.id.clone(), record.clone())).collect()
    }

    /// What a dispatch waits for.
    pub(crate) fn wait(&self, key: &DispatchKey) -> Option<&Wait> {
        match self.waits.get(key) {
            Some((_, wait)) => wait.as_ref(),
            None => self.inner.waits.get(key).and_then(|held| held.wait.as_ref()),
        }
    }

    /// Whether another decision changes what a dispatch waits for.
    pub(crate) fn is_wait_held(&self, key: &DispatchKey) -> bool {
        !self.waits.contains_key(key) && self.inner.waits.get(key).is_some_and(|held| held.held)
    }

    /// Everything that waits, in the order of the queue, whether it is held or not.
    pub(crate) fn queue(&self) -> Vec<&Wait> {
        let own = self.waits.values().filter_map(|(_, wait)| wait.as_ref());
        let others = self.inner.waits.iter().filter(|(key, _)| !self.waits.contains_key(key));
        let mut queue: Vec<&Wait> = own.chain(others.filter_map(|(_, held)| held.wait.as_ref())).collect();
        queue.sort_by(|a, b| a.rank().cmp(&b.rank()));
        queue
    }

    /// The place of a dispatch in the queue, from 1; 0 when it does not wait.
    pub(crate) fn position(&self, key: &DispatchKey) -> u32 {
        let place = self.queue().iter().position(|wait| wait.dispatch == *key);
        place.and_then(|place| u32::try_from(place + 1).ok()).unwrap_or_default()
    }

    /// Says what a dispatch waits for from now on.
    pub(crate) fn set_wait(&mut self, key: &DispatchKey, wait: Option<Wait>) {
        let stored = self.inner.waits.get(key).map_or(0, |held| held.version);
        let version = self.waits.get(key).map_or(stored, |(version, _)| *version);
        self.waits.insert(key.clone(), (version, wait));
    }

    /// Sends a unit. False where it is not free.
    pub(crate) fn assign(&mut self, id: &str, part: Assignment) -> bool {
        let part = Arc::new(part);
        self.step(id, Reason::Dispatched, |crew, record, now| crew.assigned(record, part.clone(), now))
    }

    /// Calls a unit off that has not arrived yet; it is free at once. False where there is nothing to call off.
    pub(crate) fn call_off(&mut self, id: &str, reason: Reason) -> bool {
        self.enter(id, State::AssignmentCancelled, reason) && self.enter(id, State::Available, reason)
    }

    /// Sends a unit on to another place. False where it goes there already, or nowhere any more.
    pub(crate) fn turn(&mut self, id: &str, to: &Spot) -> bool {
        self.step(id, Reason::Redirected, |crew, record, now| crew.redirected(record, to, now))
    }

    /// Takes one step of the table.
    pub(crate) fn enter(&mut self, id: &str, to: State, reason: Reason) -> bool {
        self.step(id, reason, |crew, record, now| crew.entered(record, to, now))
    }

    fn step(
        &mut self,
        id: &str,
        reason: Reason,
        after: impl Fn(Crew<'_>, &Record, Timestamp) -> Option<Record>,
    ) -> bool {
        let (Some(held), Some(before)) = (self.inner.units.get(id), self.record(id)) else { return false };
        let crew = Crew { scenario: self.scenario(), unit: &held.unit };
        let Some(mut next) = after(crew, before, self.now) else { return false };
        next.seq = self.seq + 1;
        let part = next.assignment.clone().or_else(|| before.assignment.clone());
        let change =
            Change { seq: next.seq, unit: id.to_owned(), from: before.state, reason, part, after: next.clone() };
        if let Some(was) = before.next.map(|was| (was.at, id.to_owned())) {
            self.due.remove(&was);
        }
        self.seq = next.seq;
        self.due.extend(next.next.map(|next| (next.at, id.to_owned())));
        self.changes.push(change);
        self.units.insert(id.to_owned(), (held.version, next));
        true
    }

    /// Lets happen what is due until `until`, each at its time and in that order, up to a batch.
    pub(crate) fn pass(&mut self, until: Timestamp) {
        let inner = self.inner;
        let mut stored = inner.due.iter().filter(|(_, id)| inner.settled(id).is_some()).peekable();
        while self.changes.len() < BATCH {
            // What has changed here is due when it says here.
            while stored.next_if(|(_, id)| self.units.contains_key(id)).is_some() {}
            let own = self.due.first().filter(|own| stored.peek().is_none_or(|stored| *own < *stored)).cloned();
            let next = own.as_ref().or_else(|| stored.peek().copied()).filter(|(at, _)| *at <= until).cloned();
            let Some((at, id)) = next else {
                self.now = self.now.max(until);
                return self.serve();
            };
            if own.is_some() {
                self.due.pop_first().map(drop)
            } else {
                stored.next().map(drop)
            };
            self.now = self.now.max(at);
            if self.happen(&id) {
                self.serve();
            }
        }
    }

    /// What is due of one unit, with what it means to its dispatch.
    fn happen(&mut self, id: &str) -> bool {
        let Some(record) = self.record(id) else { return false };
        let (Some(next), part) = (record.next, record.assignment.clone()) else { return false };
        if part.as_ref().is_some_and(|part| self.is_wait_held(&part.dispatch)) || !self.enter(id, next.to, next.reason)
        {
            return false;
        }
        match (next.to, part) {
            (State::OutOfService, Some(part)) => self.lose(&part),
            (State::Cleared, Some(part)) => self.close(&part.dispatch),
            _ => {}
        }
        true
    }

    /// A dispatch has lost a unit before it arrived: another one is needed.
    pub(crate) fn lose(&mut self, part: &Assignment) {
        let Some(scene) = part.scene else { return };
        let wait = self.wait(&part.dispatch).cloned().unwrap_or_else(|| Wait::for_lost(part, scene));
        self.set_wait(&part.dispatch, Some(wait.and_one(&part.role)));
    }

    /// When the last unit of a dispatch has cleared, nobody more is needed.
    fn close(&mut self, key: &DispatchKey) {
        let busy = self.seen().any(|(_, record)| record.is_for(|of| of == key) && record.state != State::Cleared);
        if !busy && self.wait(key).is_some() {
            self.set_wait(key, None);
        }
    }
}
