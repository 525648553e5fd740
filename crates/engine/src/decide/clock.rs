//! What time alone decides.

use types::{StepId, Timestamp};

use super::Draft;
use crate::cause::{Cause, Code};
use crate::event::{Fact, StepFact};
use crate::input::Missing;
use crate::outlook::step_deadline;
use crate::plan::Step;
use crate::step::{Held, StepState, StopReason};

impl Draft {
    /// Ends the stand-still of the run timeout once nobody waits any more.
    pub(super) fn move_deadline(&mut self) {
        if let Some(since) = self.run.still_since.filter(|_| !self.run.still()) {
            let moved = self.run.deadline.after(self.now.since(since));
            self.record(Fact::DeadlineMoved(moved));
        }
    }

    /// Draws the consequence of every deadline that has come.
    pub(super) fn expire(&mut self) {
        if self.run.run_deadline().is_some_and(|deadline| deadline <= self.now) {
            self.record(Fact::TimedOut);
        }
        for step in self.due_steps() {
            if self.state_of(&step, |state| matches!(state, StepState::Stopping { .. })) {
                self.hand_over(&step);
            } else if let Some(fact) = self.overdue(&step) {
                self.record_step(&step, fact);
            }
        }
    }

    /// The fence was not answered in time: the attempt is the reaper's, and the step's policy decides.
    fn hand_over(&mut self, step: &StepId) {
        let Some((_, _, status)) = self.run.step(step) else { return };
        let attempt = status.attempts();
        self.record_step(step, StepFact::Strayed { attempt, held: Held::Reaper });
        self.attempt_unknown(
            step,
            attempt,
            "it was told to stop and has not answered; whether it has ended is not known",
        );
    }

    /// A question that nobody answers ends the run as it stands.
    pub(super) fn give_up_asking(&mut self, since: Timestamp) {
        if self.run.ending().is_some() {
            self.finish();
        } else if since.after(self.run.plan().patience.waiting) <= self.now {
            self.end();
        }
    }

    fn due_steps(&self) -> Vec<StepId> {
        let plan = self.run.plan();
        let due = self.run.steps().filter(|(_, status)| step_deadline(plan, status).is_some_and(|at| at <= self.now));
        due.map(|(step, _)| step.id.clone()).collect()
    }

    /// Why a step can be sent nowhere, and where to look.
    fn nowhere(&self, step: &Step) -> String {
        let (agent, limit) = (&step.agent, self.run.plan().patience.endpoint.as_secs_f64());
        match (self.routes.missing(&step.id), &step.skill) {
            (Some(Missing::Agent), _) if step.tells().is_some() => {
                format!("the {agent} that is to be told is not registered within {limit} s; see `watchroom agents`")
            }
            (Some(Missing::Agent), _) => format!("no {agent} is registered within {limit} s; see `watchroom agents`"),
            (Some(Missing::Skill), Some(skill)) => format!("{agent} offers no skill {skill}; see `watchroom agents`"),
            (Some(Missing::Health | Missing::Skill), _) => {
                format!("no endpoint of {agent} is healthy within {limit} s; see `watchroom agents`")
            }
            (Some(Missing::Signature), _) => format!(
                "no card of {agent} is signed by a trusted key, and others are not called (--only-signed); see \
                 `watchroom agents`"
            ),
            (None, _) => format!("no endpoint of {agent} is known within {limit} s"),
        }
    }

    fn overdue(&self, id: &StepId) -> Option<StepFact> {
        let (_, step, status) = self.run.step(id)?;
        match status.state {
            StepState::Parked { .. } if self.route(step).is_some() => None,
            StepState::Parked { .. } if status.duties().next().is_some() => {
                let text = format!("its last attempt has not answered, and no other store of {} is known", step.agent);
                Some(StepFact::Failed(Cause::new(Code::OutcomeUnknown, text)))
            }
            StepState::Parked { .. } => Some(StepFact::Failed(Cause::new(Code::NoEndpoint, self.nowhere(step)))),
            StepState::Dispatching | StepState::Working => Some(StepFact::Stopping(StopReason::Timeout)),
            StepState::Waiting { .. } => Some(StepFact::Stopping(StopReason::WaitTimeout)),
            StepState::Pending
            | StepState::Stopping { .. }
            | StepState::Backoff { .. }
            | StepState::Completed { .. }
            | StepState::Failed
            | StepState::Skipped
            | StepState::Canceled => None,
        }
    }
}
