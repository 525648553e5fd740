//! What a redirect decides: a dispatch goes to another place, with who waits for it and who has been sent. Pure.

use std::collections::BTreeSet;

use super::draft::Draft;
use super::orders::Sent;
use super::unit::{DispatchKey, Record, Spot, State};

/// What a redirect came to.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Redirected {
    /// The dispatches that go to the place now, whether or not they did before.
    pub(crate) turned: Vec<Turned>,
    /// The units of all others.
    pub(crate) past: Vec<Past>,
}

/// A dispatch that goes to its new place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Turned {
    pub(crate) dispatch: DispatchKey,
    /// 1 is the highest.
    pub(crate) priority: u8,
    pub(crate) sent: Sent,
    /// Those of its units that stay out of it.
    pub(crate) past: Vec<Past>,
}

/// A unit that can no longer be sent to the new place, and what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Past {
    pub(crate) unit: String,
    pub(crate) state: State,
}

impl Draft<'_> {
    /// Sends the dispatches that `meant` picks to another place. What goes there already is left as it is.
    pub(crate) fn redirect(&mut self, meant: impl Fn(&DispatchKey) -> bool, to: &Spot) -> Redirected {
        let mut outcome = Redirected::default();
        for dispatch in self.picked(meant) {
            self.turn_all(&dispatch, to);
            let sent = self.sent(&dispatch);
            let past: Vec<Past> = self.past(&dispatch, &sent, to);
            let priority = self.priority(&dispatch, &sent);
            match priority.filter(|_| sent.position > 0 || past.len() < sent.units.len()) {
                Some(priority) => outcome.turned.push(Turned { dispatch, priority, sent, past }),
                None => outcome.past.extend(past),
            }
        }
        outcome
    }

    /// The dispatches that somebody works or waits for, and that `meant` picks; where there is none, those that are over.
    fn picked(&self, meant: impl Fn(&DispatchKey) -> bool) -> BTreeSet<DispatchKey> {
        let working = self.seen().filter_map(|(_, record)| record.assignment.as_ref()).map(|part| &part.dispatch);
        let waiting = self.queue().into_iter().map(|wait| &wait.dispatch);
        let alive: BTreeSet<DispatchKey> = working.chain(waiting).filter(|key| meant(key)).cloned().collect();
        if !alive.is_empty() {
            return alive;
        }
        self.inner.history.dispatches().filter(|key| meant(key)).cloned().collect()
    }

    fn turn_all(&mut self, dispatch: &DispatchKey, to: &Spot) {
        for (id, _) in self.of(|key| key == dispatch) {
            self.turn(&id, to);
        }
        let elsewhere = self.wait(dispatch).filter(|wait| wait.spot() != *to);
        if let Some(wait) = elsewhere.map(|wait| wait.clone().at(to)) {
            self.set_wait(dispatch, Some(wait));
        }
    }

    fn past(&self, dispatch: &DispatchKey, sent: &Sent, to: &Spot) -> Vec<Past> {
        let past = sent.units.iter().filter_map(|(unit, part)| {
            let working = self.record(unit).filter(|record| record.is_for(|key| key == dispatch));
            let goes = working.is_some_and(Record::goes);
            // Who has been there because of a redirect answers for it also when it is asked for again.
            let counts = part.scene == Some(to.scene) && (goes || part.redirected_at.is_some());
            // Whoever no longer works for it has cleared.
            let state = working.map_or(State::Cleared, |record| record.state);
            (!counts).then(|| Past { unit: unit.clone(), state })
        });
        past.collect()
    }

    fn priority(&self, dispatch: &DispatchKey, sent: &Sent) -> Option<u8> {
        let waits = self.wait(dispatch).map(|wait| wait.priority);
        waits.or_else(|| sent.units.first().map(|(_, part)| part.priority))
    }
}
