//! What lies ahead of a run: what must be in flight, and when time itself decides something.

use types::Timestamp;

use crate::apply::fence;
use crate::effect::{Effect, Sent};
use crate::plan::{Plan, Step};
use crate::run::{Phase, Run};
use crate::step::{Attempt, StepState, StepStatus};

impl Run {
    /// What must be in flight now; asked once after a restart.
    pub fn outstanding(&self) -> Vec<Effect> {
        self.steps().flat_map(|(step, status)| self.outstanding_of(step, status)).collect()
    }

    /// The next instant at which a tick would decide something.
    pub fn deadline(&self) -> Option<Timestamp> {
        match self.phase {
            Phase::New | Phase::Ended { .. } => None,
            Phase::Asking { since } => Some(since.after(self.plan.patience.waiting)),
            Phase::Running => {
                let steps = self.steps().filter_map(|(_, status)| step_deadline(&self.plan, status));
                steps.chain(self.run_deadline()).min()
            }
        }
    }

    /// The end of the run timeout, unless it stands still or has come.
    pub(crate) fn run_deadline(&self) -> Option<Timestamp> {
        (self.ending.is_none() && !self.still()).then_some(self.deadline)
    }

    /// What one step asks for: the live attempt, the wait for an endpoint, and the strays of the reaper.
    fn outstanding_of(&self, step: &Step, status: &StepStatus) -> Vec<Effect> {
        let parked = matches!(status.state, StepState::Parked { .. }).then(|| self.await_route(step, status));
        let live = status
            .attempt
            .as_ref()
            .filter(|attempt| attempt.live)
            .map(|attempt| if status.to_be_stopped() { fence(step, attempt) } else { self.pursue(step, attempt) });
        let duties = status.duties().map(|attempt| fence(step, attempt));
        parked.into_iter().chain(live).chain(duties).collect()
    }

    /// Follows the child that is known, or sends again what perhaps went out.
    fn pursue(&self, step: &Step, attempt: &Attempt) -> Effect {
        match &attempt.child {
            None => self.dispatch(step, attempt, Sent::Perhaps),
            Some(child) => Effect::Follow {
                step: step.id.clone(),
                attempt: attempt.launch.attempt,
                route: attempt.launch.route.clone(),
                child: child.clone(),
                after: attempt.cursor,
            },
        }
    }

    /// The steps that may begin an attempt at the next decision: each may need a route.
    pub fn wanting(&self) -> impl Iterator<Item = &Step> {
        self.steps().filter(|(_, status)| wants(status)).map(|(step, _)| step)
    }
}

fn wants(status: &StepStatus) -> bool {
    match status.state {
        StepState::Pending | StepState::Parked { .. } | StepState::Backoff { .. } => true,
        StepState::Dispatching
        | StepState::Working
        | StepState::Waiting { .. }
        | StepState::Stopping { .. }
        | StepState::Completed { .. }
        | StepState::Failed
        | StepState::Skipped
        | StepState::Canceled => false,
    }
}

/// When time alone changes this step.
pub(crate) fn step_deadline(plan: &Plan, status: &StepStatus) -> Option<Timestamp> {
    let patience = &plan.patience;
    match status.state {
        StepState::Parked { since } => Some(since.after(patience.endpoint.saturating_sub(status.parked))),
        StepState::Dispatching | StepState::Working => status.attempt.as_ref().map(|it| it.launch.not_after),
        StepState::Waiting { since, .. } => Some(since.after(patience.waiting)),
        StepState::Backoff { until, .. } => Some(until),
        StepState::Stopping { since, .. } => Some(since.after(patience.stopping)),
        StepState::Pending
        | StepState::Completed { .. }
        | StepState::Failed
        | StepState::Skipped
        | StepState::Canceled => None,
    }
}
