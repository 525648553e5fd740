//! What dispatches and releases decide, and how the queue is served. Pure, over a draft.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::choice::{Candidate, Source, choose};
use super::draft::Draft;
use super::geo::Position;
use super::life::Crew;
use super::scenario::{Need, Unit};
use super::unit::{Assignment, DispatchKey, Reason, Record, Spot, State};
use super::wait::Wait;

/// A dispatch that is asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Order {
    pub(crate) dispatch: DispatchKey,
    /// 1 is the highest.
    pub(crate) priority: u8,
    pub(crate) place: String,
    pub(crate) scene: Position,
    pub(crate) needs: Vec<Need>,
}

/// Who is sent, and who is missing.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Sent {
    /// In the order of their ids.
    pub(crate) units: Vec<(String, Arc<Assignment>)>,
    pub(crate) missing: Vec<Need>,
    /// From 1 while something is missing.
    pub(crate) position: u32,
    /// Where it goes by now; `None` where nobody goes or waits.
    pub(crate) at: Option<Spot>,
}

/// What a release came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Released {
    /// Called off or told to clear.
    pub(crate) units: Vec<String>,
    /// Dispatches that no longer wait.
    pub(crate) waits: usize,
}

impl Released {
    pub(crate) fn is_empty(&self) -> bool {
        self.units.is_empty() && self.waits == 0
    }
}

/// What there is to serve the queue with, by type of unit: a free one, and the least urgent that could be spared.
#[derive(Debug, Default)]
struct Supply<'i>(BTreeMap<&'i str, (bool, u8)>);

impl Draft<'_> {
    /// Sends who is needed. A dispatch that has units, had them, or waits already is left as it is.
    pub(crate) fn dispatch(&mut self, order: &Order) -> Sent {
        let known = self.sent(&order.dispatch);
        if !known.units.is_empty() || !known.missing.is_empty() || self.is_wait_held(&order.dispatch) {
            return known;
        }
        let wait = Wait {
            dispatch: order.dispatch.clone(),
            priority: order.priority,
            called: self.now(),
            place: order.place.clone(),
            scene: order.scene,
            missing: order.needs.clone(),
        };
        self.set_wait(&order.dispatch, Some(wait));
        self.serve();
        self.sent(&order.dispatch)
    }

    /// The units that work for a dispatch or have done, and what it still waits for.
    pub(crate) fn sent(&self, key: &DispatchKey) -> Sent {
        let working = self.seen().filter(|(_, record)| record.is_for(|of| of == key));
        let mut units: BTreeMap<String, Arc<Assignment>> = self.inner.history.served(key).collect();
        units.extend(working.filter_map(|(id, record)| Some((id.to_owned(), record.assignment.clone()?))));
        let wait = self.wait(key);
        let missing = wait.map(|wait| wait.missing.clone()).unwrap_or_default();
        let position = if missing.is_empty() { 0 } else { self.position(key) };
        // Who goes has what was told last; who was past turning then has kept the place before, and its words.
        let goes = |unit: &str| self.record(unit).is_some_and(|record| record.is_for(|of| of == key) && record.goes());
        let newest = units.iter().max_by_key(|(unit, part)| (goes(unit), part.sent_at()));
        let at = wait.map(Wait::spot).or_else(|| newest.and_then(|(_, part)| part.spot()));
        Sent { units: units.into_iter().collect(), missing, position, at }
    }

    /// Whether units that could have gone are held, so that what is missing is not known yet.
    pub(crate) fn is_blind(&self, missing: &[Need]) -> bool {
        let mut held = self.inner.units.values().filter(|held| held.held);
        held.any(|held| missing.iter().any(|need| need.kind == held.unit.kind))
    }

    /// Whether another decision changes something of the dispatches that `meant` picks.
    pub(crate) fn is_held(&self, meant: impl Fn(&DispatchKey) -> bool) -> bool {
        let units = self.inner.units.values().any(|held| held.held && held.record.is_for(&meant));
        let waits = self.inner.waits.iter().any(|(key, held)| held.held && meant(key));
        units || waits || self.inner.sends(meant)
    }

    /// Calls off the units of the dispatches that `meant` picks, lets those on scene clear, and takes what waits out
    /// of the queue.
    pub(crate) fn release(&mut self, meant: impl Fn(&DispatchKey) -> bool) -> Released {
        let mut released = Released::default();
        for (id, record) in self.of(&meant) {
            let freed = match record.state {
                State::Assigned | State::Acknowledged | State::EnRoute => self.call_off(&id, Reason::Released),
                State::OnScene => self.enter(&id, State::Cleared, Reason::Released),
                // They are on their way back to work as it is.
                State::Transporting | State::AtHospital | State::Cleared => false,
                State::Available | State::OutOfService | State::AssignmentCancelled => false,
            };
            if freed {
                released.units.push(id);
            }
        }
        let waiting: Vec<DispatchKey> =
            self.queue().into_iter().map(|wait| wait.dispatch.clone()).filter(|key| meant(key)).collect();
        for key in waiting {
            self.set_wait(&key, None);
            released.waits += 1;
        }
        released
    }

    /// Gives those who wait what there is, in the order of the queue.
    pub(crate) fn serve(&mut self) {
        // A unit that is taken from a less urgent dispatch leaves that one waiting: it has its turn too.
        while self.serve_round() {}
    }

    /// Whether somebody was left waiting who did not before.
    fn serve_round(&mut self) -> bool {
        let waiting: Vec<Wait> = self.queue().into_iter().cloned().collect();
        if waiting.is_empty() {
            return false;
        }
        let supply = (waiting.len() > 1).then(|| self.supply());
        let hopeful = waiting.into_iter().filter(|wait| supply.as_ref().is_none_or(|supply| supply.has(wait)));
        let mut again = false;
        for wait in hopeful.collect::<Vec<_>>() {
            again |= self.serve_one(wait);
        }
        again
    }

    fn serve_one(&mut self, wait: Wait) -> bool {
        if self.is_wait_held(&wait.dispatch) {
            return false;
        }
        let choice = choose(&wait.missing, self.candidates(&wait));
        if choice.picks.is_empty() {
            return false;
        }
        let mut again = false;
        for pick in &choice.picks {
            again |= matches!(pick.source, Source::Preempted { .. }) && self.preempt(&pick.unit.id);
            let part = self.part(&wait, &pick.unit);
            if let Some(part) = part {
                self.assign(&pick.unit.id, part);
            }
        }
        let rest = (!choice.shortfall.is_empty()).then(|| Wait { missing: choice.shortfall, ..wait.clone() });
        self.set_wait(&wait.dispatch, rest);
        again
    }

    fn preempt(&mut self, id: &str) -> bool {
        let part = self.record(id).and_then(|record| record.assignment.clone());
        let Some(part) = part.filter(|_| self.call_off(id, Reason::Preempted)) else { return false };
        self.lose(&part);
        true
    }

    fn part(&self, wait: &Wait, unit: &Unit) -> Option<Assignment> {
        let crew = Crew { scenario: self.scenario(), unit };
        let record = self.record(&unit.id)?;
        let eta = crew.eta(record, wait.scene, self.now());
        Some(Assignment {
            dispatch: wait.dispatch.clone(),
            place: wait.place.clone(),
            role: unit.kind.clone(),
            priority: wait.priority,
            scene: Some(wait.scene),
            called: wait.called,
            assigned_at: self.now(),
            redirected_at: None,
            eta,
            epoch: record.epoch + 1,
        })
    }

    /// The units that could go.
    fn candidates(&self, wait: &Wait) -> Vec<Candidate> {
        let wanted = |unit: &Unit| wait.missing.iter().any(|need| need.kind == unit.kind);
        let could = self.units().filter(|(unit, _)| wanted(unit));
        could
            .filter_map(|(unit, record)| {
                let source = self.source(unit, record, wait.priority)?;
                let crew = Crew { scenario: self.scenario(), unit };
                Some(Candidate { unit: unit.clone(), source, eta: crew.estimate(record, wait.scene, self.now()) })
            })
            .collect()
    }

    /// What it takes to send a unit to a dispatch of this priority; `None` when it cannot go.
    fn source(&self, unit: &Unit, record: &Record, priority: u8) -> Option<Source> {
        if record.is_free() {
            return Some(if unit.station.partner { Source::Partner } else { Source::Free });
        }
        let part = record.assignment.as_ref().filter(|_| record.state.is_coming())?;
        let spares = part.priority > priority && part.scene.is_some() && !self.is_wait_held(&part.dispatch);
        spares.then(|| Source::preempted(part.priority))
    }

    fn supply(&self) -> Supply<'_> {
        let mut supply = Supply::default();
        for (unit, record) in self.units() {
            let spare = record.assignment.as_ref().filter(|_| record.state.is_coming()).map_or(0, |part| part.priority);
            let entry = supply.0.entry(unit.kind.as_str()).or_default();
            *entry = (entry.0 || record.is_free(), entry.1.max(spare));
        }
        supply
    }
}

impl Supply<'_> {
    /// Whether somebody could go.
    fn has(&self, wait: &Wait) -> bool {
        wait.missing
            .iter()
            .filter_map(|need| self.0.get(need.kind.as_str()))
            .any(|(free, spare)| *free || *spare > wait.priority)
    }
}
