//! Deciding: news first, then everything that follows from it, until nothing does.

mod child;
mod clock;
mod orders;
mod proceed;

use types::{StepId, Timestamp};

use crate::event::{Event, Fact, StepFact};
use crate::input::{Input, News, Refused, Routes};
use crate::run::{Phase, Run};

impl Run {
    /// Decides what `input` means at `now`. Changes nothing.
    pub fn decide(&self, now: Timestamp, input: Input) -> Result<Vec<Event>, Refused> {
        let mut draft =
            Draft { run: self.clone(), now, jitter: input.jitter, routes: input.routes, events: Vec::new() };
        match input.news {
            News::Accept(plan) => draft.accept(plan)?,
            News::Resume(resume) => draft.resume(resume)?,
            News::Child { step, attempt, news } => draft.child(step, attempt, news)?,
            News::Tick => {}
            News::Cancel => draft.cancel()?,
            News::Reply(reply) => draft.reply(reply)?,
        }
        draft.settle();
        Ok(draft.events)
    }
}

/// A run as it will be once the events so far are recorded.
struct Draft {
    run: Run,
    now: Timestamp,
    jitter: f64,
    routes: Routes,
    events: Vec<Event>,
}

impl Draft {
    fn record(&mut self, fact: Fact) {
        let event = Event { at: self.now, fact };
        // The effects are asked for again when the recorded event is applied.
        drop(self.run.apply(&event));
        self.events.push(event);
    }

    fn record_step(&mut self, step: &StepId, fact: StepFact) {
        self.record(Fact::Step(step.clone(), fact));
    }

    /// Lets everything follow that does. Ends because attempts are bounded and states only move on.
    fn settle(&mut self) {
        loop {
            let before = self.events.len();
            match self.run.phase() {
                Phase::New | Phase::Ended { .. } => return,
                Phase::Running => self.proceed(),
                Phase::Asking { since } => self.give_up_asking(since),
            }
            if self.events.len() == before {
                return;
            }
        }
    }

    fn proceed(&mut self) {
        self.move_deadline();
        self.expire();
        self.halt();
        self.let_go();
        self.skip();
        self.start();
        self.finish();
    }
}
