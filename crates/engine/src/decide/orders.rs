//! What callers ask of a run: to begin, to stop, to go on with their answer.

use std::sync::Arc;

use super::Draft;
use crate::event::{Fact, StepFact};
use crate::input::{Refused, Reply};
use crate::plan::Plan;
use crate::resume::Resume;
use crate::run::{Ending, Phase};

impl Draft {
    pub(super) fn accept(&mut self, plan: Plan) -> Result<(), Refused> {
        match self.run.phase() {
            Phase::New => {}
            Phase::Running | Phase::Asking { .. } => return Err(Refused::AlreadyAccepted),
            Phase::Ended { .. } => return Err(Refused::Ended),
        }
        plan.check()?;
        self.record(Fact::Accepted(Arc::new(plan)));
        Ok(())
    }

    /// Begins with what an earlier run has done, and without what must not be done again.
    pub(super) fn resume(&mut self, resume: Resume) -> Result<(), Refused> {
        let Resume { plan, done, left } = resume;
        let mut named = done.iter().map(|(id, _)| id).chain(left.iter().map(|(id, _)| id));
        if let Some(unknown) = named.find(|id| plan.step(id).is_none()) {
            return Err(Refused::UnknownStep(unknown.clone()));
        }
        self.accept(plan)?;
        for (id, cause) in left {
            self.record_step(&id, StepFact::Skipped(cause));
        }
        for (id, done) in done {
            self.record_step(&id, StepFact::Carried(Box::new(done)));
        }
        Ok(())
    }

    pub(super) fn cancel(&mut self) -> Result<(), Refused> {
        self.open()?;
        match self.run.ending() {
            None | Some(Ending::Timeout) => self.record(Fact::CancelRequested),
            Some(Ending::Cancel) => {}
        }
        Ok(())
    }

    pub(super) fn reply(&mut self, reply: Reply) -> Result<(), Refused> {
        self.open()?;
        if !self.run.asks() {
            return Err(Refused::NoQuestion);
        }
        self.run.plan().check_reply(&reply)?;
        self.record(Fact::Answered(reply));
        Ok(())
    }

    fn open(&self) -> Result<(), Refused> {
        match self.run.phase() {
            Phase::New => Err(Refused::NotAccepted),
            Phase::Running | Phase::Asking { .. } => Ok(()),
            Phase::Ended { .. } => Err(Refused::Ended),
        }
    }
}
