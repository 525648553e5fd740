//! A run: its plan, where each step stands, and how it ends.

use std::sync::Arc;

use types::{StepId, Timestamp};

use crate::plan::{FollowUp, Origin, Plan, Step};
use crate::step::{Attempt, StepState, StepStatus};

/// One run. Changed by [`Run::apply`] alone.
///
/// | phase | meaning | next |
/// |---|---|---|
/// | new | nothing is known | running |
/// | running | steps are under way | asking, ended |
/// | asking | the steps have ended, a question is open | running, ended |
/// | ended | nothing can follow | |
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    pub(crate) phase: Phase,
    pub(crate) plan: Arc<Plan>,
    pub(crate) accepted_at: Timestamp,
    pub(crate) deadline: Timestamp,
    /// Since when the run timeout stands still.
    pub(crate) still_since: Option<Timestamp>,
    pub(crate) ending: Option<(Timestamp, Ending)>,
    /// In plan order.
    pub(crate) steps: Vec<StepStatus>,
}

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Not accepted.
    New,
    /// Steps are under way, or live attempts of ended steps are.
    Running,
    /// Waits for the answer to its question.
    Asking {
        /// Since when.
        since: Timestamp,
    },
    /// Terminal.
    Ended {
        /// When.
        at: Timestamp,
        /// How.
        outcome: Outcome,
    },
}

/// Why a run is brought to its end before its steps are done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// On request.
    Cancel,
    /// It took too long.
    Timeout,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Some step completed, or none was needed.
    Completed,
    /// No step completed.
    Failed,
    /// On request.
    Canceled,
}

/// How the steps of a run stand. Those that take others back are not counted, and those that tell others something only
/// where they have not: what they tell of was counted before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// All of them.
    pub total: usize,
    /// Completed.
    pub completed: usize,
    /// Failed.
    pub failed: usize,
    /// Not begun, because others failed or the run took too long.
    pub skipped: usize,
    /// Canceled.
    pub canceled: usize,
}

impl Counts {
    /// Steps that have not ended.
    pub fn left(&self) -> usize {
        self.total - self.completed - self.failed - self.skipped - self.canceled
    }
}

impl Default for Run {
    fn default() -> Self {
        Self {
            phase: Phase::New,
            plan: Arc::new(Plan::new("", Origin::Text, Vec::new())),
            accepted_at: Timestamp::default(),
            deadline: Timestamp::default(),
            still_since: None,
            ending: None,
            steps: Vec::new(),
        }
    }
}

impl Run {
    /// How far it has come.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Its plan; empty before it is accepted.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// When it was accepted.
    pub fn accepted_at(&self) -> Timestamp {
        self.accepted_at
    }

    /// Why it is brought to its end before its steps are done, if it is.
    pub fn ending(&self) -> Option<Ending> {
        self.ending.map(|(_, why)| why)
    }

    /// Whether an answer to its plan's question is taken now: from the start on, not only once it waits for it.
    pub fn asks(&self) -> bool {
        let open = matches!(self.phase, Phase::Running | Phase::Asking { .. });
        open && self.plan.question.is_some() && self.ending.is_none()
    }

    /// How it ended, if it has.
    pub fn outcome(&self) -> Option<Outcome> {
        match self.phase {
            Phase::Ended { outcome, .. } => Some(outcome),
            Phase::New | Phase::Running | Phase::Asking { .. } => None,
        }
    }

    /// Each step with where it stands, in plan order.
    pub fn steps(&self) -> impl Iterator<Item = (&Step, &StepStatus)> {
        self.plan.steps.iter().zip(&self.steps)
    }

    /// One step with where it stands and its place from 0.
    pub fn step(&self, id: &StepId) -> Option<(usize, &Step, &StepStatus)> {
        let (place, step) = self.plan.step(id)?;
        Some((place, step, self.steps.get(place)?))
    }

    /// How the steps stand.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for (_, status) in self.steps().filter(|(step, status)| is_counted(step, status)) {
            counts.total += 1;
            match status.state {
                StepState::Completed { .. } => counts.completed += 1,
                StepState::Failed => counts.failed += 1,
                StepState::Skipped => counts.skipped += 1,
                StepState::Canceled => counts.canceled += 1,
                StepState::Pending
                | StepState::Parked { .. }
                | StepState::Dispatching
                | StepState::Working
                | StepState::Waiting { .. }
                | StepState::Backoff { .. }
                | StepState::Stopping { .. } => {}
            }
        }
        counts
    }

    /// Attempts that the reaper has: each may have a child that lives on after the run.
    pub fn duties(&self) -> impl Iterator<Item = (&Step, &Attempt)> {
        self.steps().flat_map(|(step, status)| status.duties().map(move |attempt| (step, attempt)))
    }

    /// Whether the run timeout stands still: somebody has said that it waits.
    pub(crate) fn still(&self) -> bool {
        matches!(self.phase, Phase::Asking { .. }) || self.steps.iter().any(StepStatus::waiting)
    }

    /// Whether each step has ended and so has each attempt.
    pub(crate) fn settled(&self) -> bool {
        self.steps.iter().all(|status| status.ended() && !status.live())
    }
}

fn is_counted(step: &Step, status: &StepStatus) -> bool {
    match step.follow_up {
        None => true,
        Some(FollowUp::Undo(_)) => false,
        Some(FollowUp::Tell(_)) => matches!(status.state, StepState::Failed | StepState::Skipped),
    }
}
