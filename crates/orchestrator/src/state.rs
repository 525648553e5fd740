//! A run's state as its driver keeps it, and what a decision makes of it: records, frames, rows, marks and effects.
//! Pure like the engine, so that a simulation drives the same.

/// Whether a restart can ask again for all that these events follow from: an answer that is no task cannot be.
fn can_be_heard_again(run: &Run, events: &[Event]) -> bool {
    let mut steps = events.iter().filter_map(|event| match &event.fact {
        Fact::Step(step, _) => run.step(step),
        _ => None,
    });
    steps.all(|(_, _, status)| status.attempt.as_ref().is_some_and(|attempt| attempt.child.is_some()))
}

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use agent::{Damaged, Decision, Haste, View};
use engine::{Event, Fact, Input, News, Phase, Refused, Resume, Routes, Run};
use store::{Ready, Record, RowChange, Timer};
use types::{TaskId, Timestamp};

use crate::call::Call;
use crate::driver::{Deed, Signal};
use crate::duty::{self, Found, Subject};
use crate::narrate::narrate;
use crate::resume::Beginning;
use crate::{codec, incident};

/// What is known of a run beside its A2A form.
#[derive(Debug, Default)]
pub struct RunState {
    run: Run,
    /// How it begins, if it goes on from another one and has not begun.
    beginning: Option<Box<Beginning>>,
    /// The timer as it is stored, if this process has set it.
    timer: Option<Timestamp>,
}

/// What a decision needs from outside.
#[derive(Debug, Clone)]
pub struct Outside {
    /// Where each step that may begin would go.
    pub routes: Routes,
    /// A draw from 0 to 1.
    pub jitter: f64,
}

/// What a decision's events follow from, as far as what they are stored as depends on it.
#[derive(Debug)]
pub(crate) struct Follows {
    /// Whether the timer asked for it.
    pub(crate) woken: bool,
    /// What an attempt was found to have come to.
    pub(crate) found: Option<Found>,
    /// The call, where that is what it was.
    pub(crate) call: Option<Call>,
}

impl RunState {
    /// The state of a run that is to go on from `of`.
    pub fn resuming(of: TaskId, resume: Resume) -> Self {
        Self { beginning: Some(Box::new(Beginning { of, resume })), ..Self::default() }
    }

    /// The first news of `run`, if it goes on from another one and has not begun, and the row that says so.
    pub fn begins(&mut self, run: TaskId) -> Option<(News, RowChange)> {
        let beginning = self.beginning.take()?;
        let row = beginning.row(run);
        Some((News::Resume(beginning.resume), row))
    }

    /// The run.
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// Takes up one record.
    ///
    /// # Errors
    /// It does not decode.
    pub fn replay(&mut self, record: &Record) -> Result<(), Damaged> {
        let event = codec::decode(record).map_err(|_| Damaged(record.kind))?;
        // What must be in flight is asked for once the whole log is replayed.
        drop(self.run.apply(&event));
        Ok(())
    }

    /// The shortest list of records that rebuilds the run.
    pub fn fold(&self) -> Vec<Record> {
        self.run.fold().iter().map(codec::encode).collect()
    }

    /// What follows from the news, one after the other. Changes nothing.
    ///
    /// # Errors
    /// The engine refuses one of them; then none of them counts.
    pub fn decide(
        &self,
        now: Timestamp,
        news: Vec<News>,
        outside: impl Fn(&Run, &News) -> Outside,
    ) -> Result<Vec<Event>, Refused> {
        let (mut after, mut events) = (Cow::Borrowed(&self.run), Vec::new());
        let mut news = news.into_iter();
        while let Some(one) = news.next() {
            let Outside { routes, jitter } = outside(&after, &one);
            let next = after.decide(now, Input { news: one, jitter, routes })?;
            if news.len() > 0 {
                // The effects are taken when the events are applied to the state itself.
                next.iter().for_each(|event| drop(after.to_mut().apply(event)));
            }
            events.extend(next);
        }
        Ok(events)
    }

    /// Applies what was decided and gathers what is stored, shown and done.
    pub fn take(&mut self, task: &View<'_>, events: &[Event], input: &agent::Input<Signal>) -> Decision<Deed> {
        let (woken, found) = (matches!(input, agent::Input::Timer), Found::of(input));
        self.take_told(task, events, Follows { woken, found, call: None })
    }

    /// As [`RunState::take`], with the words of the call that the events follow from.
    pub(crate) fn take_told(&mut self, task: &View<'_>, events: &[Event], follows: Follows) -> Decision<Deed> {
        let Follows { woken, found, mut call } = follows;
        let subject = Subject { owner: task.owner, run: task.id, context: task.context };
        let (before, run) = (self.run.phase(), &mut self.run);
        let (mut decision, mut notes) = (Decision::default(), Vec::new());
        for (index, event) in events.iter().enumerate() {
            decision.rows.extend(duty::done(subject, run, event, found.as_ref()));
            decision.effects.extend(run.apply(event).into_iter().map(Deed::Run));
            decision.records.push(codec::encode(event));
            let told = Call::told_by(run, event, &mut call);
            decision.changes.extend(narrate(run, event, &events[index + 1..], told.as_ref()));
            decision.rows.extend(duty::row(subject, run, event));
            notes.extend(incident::note(subject, run, event, told.as_ref()));
        }
        let follows = !decision.effects.is_empty();
        if !notes.is_empty() {
            decision.appends.push(incident::told(subject, task.commit, notes));
            decision.effects.push(Deed::Noted);
        }
        decision.ready = match (before, run.phase()) {
            (Phase::New | Phase::Asking { .. }, Phase::Running) => Ready::Set,
            (Phase::Running, Phase::Asking { .. }) => Ready::Clear,
            (_, _) => Ready::Keep,
        };
        decision.timer = self.set_timer(woken);
        decision.haste = match (before, self.run.phase()) {
            // One of several answers: the last of them, or whatever else leads on, takes it along.
            (Phase::Running, Phase::Running)
                if !follows
                    && decision.timer == Timer::Keep
                    && decision.rows.is_empty()
                    && can_be_heard_again(&self.run, events) =>
            {
                Haste::Soon
            }
            (_, _) => Haste::Now,
        };
        decision
    }

    /// Sets the timer when the next deadline comes before it. A timer that fires too early only looks and sets itself
    /// anew, which is cheaper than a write for each deadline that moves away.
    fn set_timer(&mut self, woken: bool) -> Timer {
        if woken {
            self.timer = None;
        }
        match (self.run.deadline(), self.timer) {
            (Some(deadline), Some(set)) if set <= deadline => Timer::Keep,
            (Some(deadline), _) => {
                self.timer = Some(deadline);
                Timer::Set(deadline)
            }
            (None, _) if woken => Timer::Clear,
            (None, _) => Timer::Keep,
        }
    }
}
