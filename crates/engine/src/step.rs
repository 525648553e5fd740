//! Where one step stands.

use std::time::Duration;

use types::{RemoteTask, Seq, TaskId, Timestamp};

use crate::cause::{Cause, Code};
use crate::event::Launch;
use crate::plan::{Origin, Payload, Route};

/// The states of a step.
///
/// | state | its newest attempt | next |
/// |---|---|---|
/// | pending | none | parked, dispatching, skipped, canceled |
/// | parked | none, or ended | dispatching, failed (`NO_ENDPOINT`), skipped, canceled |
/// | dispatching | live, child unknown | working, waiting, backoff, stopping, completed, failed |
/// | working | live, child known | waiting, backoff, stopping, completed, failed |
/// | waiting | live, the child waits for others | backoff, stopping, completed, failed |
/// | backoff | ended | dispatching, parked, skipped, canceled |
/// | stopping | live, its fence is awaited | completed (adopted), backoff, failed, canceled |
/// | completed, skipped, failed, canceled | ended or none | |
///
/// An attempt whose fence is not answered in time becomes a [`Stray`]: the step goes on without it.
/// While no newer attempt is committed, its completed result is still adopted.
#[derive(Debug, Clone, PartialEq)]
pub enum StepState {
    /// Its dependencies, or the steps before it, have not ended.
    Pending,
    /// No endpoint of its agent is known; no attempt is used.
    Parked {
        /// Since when.
        since: Timestamp,
    },
    /// The attempt is on its way.
    Dispatching,
    /// The agent works on it.
    Working,
    /// The agent has it and waits for something else.
    Waiting {
        /// Since when.
        since: Timestamp,
        /// For what.
        on: WaitsOn,
    },
    /// The last attempt failed, another one follows.
    Backoff {
        /// Since when.
        since: Timestamp,
        /// The next attempt's time.
        until: Timestamp,
    },
    /// The attempt is to stop; what became of it is not known yet.
    Stopping {
        /// Since when.
        since: Timestamp,
        /// Why.
        why: StopReason,
    },
    /// Done.
    Completed {
        /// What the agent answered.
        answer: Payload,
    },
    /// Not done; the cause says why.
    Failed,
    /// Not begun, or not tried again; the cause says why.
    Skipped,
    /// Not done, on request.
    Canceled,
}

/// What a child waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitsOn {
    /// A free resource.
    Queue,
    /// The end of what it follows.
    Following,
    /// A message.
    Input,
    /// An authorisation.
    Authorisation,
}

/// Why an attempt was told to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// It took too long.
    Timeout,
    /// It waited too long.
    WaitTimeout,
    /// The run took too long.
    RunTimeout,
    /// The run is canceled.
    Cancel,
}

/// One attempt as far as it is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt {
    /// How it was sent.
    pub launch: Launch,
    /// When it was decided.
    pub at: Timestamp,
    /// The task at the agent, once it is known.
    pub child: Option<RemoteTask>,
    /// How far the child's events have been taken up.
    pub cursor: Seq,
    /// Whether it is not known to have ended.
    pub live: bool,
}

/// An attempt that its step goes on without, although it is not known to have ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Stray {
    /// The attempt.
    pub attempt: Attempt,
    /// Who sees to it.
    pub held: Held,
}

/// Who sees to a stray.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// The reaper: it asks until somebody answers. A duty, listed until it is done.
    Reaper,
    /// Nobody can: a foreign agent was asked after the deadline and shows nothing. It is only told about.
    Nobody,
}

/// Where a step stands.
#[derive(Debug, Clone, PartialEq)]
pub struct StepStatus {
    /// Its state.
    pub state: StepState,
    /// Its newest attempt.
    pub attempt: Option<Attempt>,
    /// Why its newest attempt, or the step, failed.
    pub cause: Option<Cause>,
    /// How long it was parked before.
    pub parked: Duration,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Attempts that it went on without, oldest first.
    pub strays: Vec<Stray>,
    /// The run that did it, when it was finished before this one took it over.
    pub done_by: Option<TaskId>,
}

impl Default for StepStatus {
    fn default() -> Self {
        Self {
            state: StepState::Pending,
            attempt: None,
            cause: None,
            parked: Duration::ZERO,
            ended_at: None,
            strays: Vec::new(),
            done_by: None,
        }
    }
}

impl StepStatus {
    /// Whether it has ended, whatever may become of a live attempt.
    pub fn ended(&self) -> bool {
        match self.state {
            StepState::Completed { .. } | StepState::Failed | StepState::Skipped | StepState::Canceled => true,
            StepState::Pending
            | StepState::Parked { .. }
            | StepState::Dispatching
            | StepState::Working
            | StepState::Waiting { .. }
            | StepState::Backoff { .. }
            | StepState::Stopping { .. } => false,
        }
    }

    /// Whether it completed.
    pub fn completed(&self) -> bool {
        matches!(self.state, StepState::Completed { .. })
    }

    /// Whether an attempt of it is not known to have ended.
    pub fn live(&self) -> bool {
        self.attempt.as_ref().is_some_and(|attempt| attempt.live)
    }

    /// Attempts begun.
    pub fn attempts(&self) -> u32 {
        self.attempt.as_ref().map_or(0, |attempt| attempt.launch.attempt)
    }

    /// When its first attempt began.
    pub fn started_at(&self) -> Option<Timestamp> {
        self.attempt.as_ref().map(|attempt| attempt.launch.since)
    }

    /// The task at the agent, once it is known.
    pub fn child(&self) -> Option<&RemoteTask> {
        self.attempt.as_ref().and_then(|attempt| attempt.child.as_ref())
    }

    /// The stray of that number.
    pub fn stray(&self, attempt: u32) -> Option<&Stray> {
        self.strays.iter().find(|stray| stray.attempt.launch.attempt == attempt)
    }

    /// Attempts that the reaper has.
    pub fn duties(&self) -> impl Iterator<Item = &Attempt> {
        self.strays.iter().filter(|stray| stray.held == Held::Reaper).map(|stray| &stray.attempt)
    }

    /// Whether an attempt that nobody answers for went the same way; the next one must not.
    pub fn shuns(&self, route: &Route) -> bool {
        self.duties().any(|attempt| attempt.launch.route.meets(route))
    }

    /// Whether an agent has it, or may have it as far as is known: what is learnt later concerns whoever does.
    pub fn may_be_out(&self) -> bool {
        match self.state {
            StepState::Completed { .. } => true,
            StepState::Pending
            | StepState::Parked { .. }
            | StepState::Dispatching
            | StepState::Working
            | StepState::Waiting { .. }
            | StepState::Backoff { .. }
            | StepState::Stopping { .. } => self.attempt.is_some(),
            StepState::Failed | StepState::Skipped | StepState::Canceled => self.is_in_the_dark(),
        }
    }

    /// Whether nobody can say what became of an attempt.
    pub(crate) fn is_in_the_dark(&self) -> bool {
        !self.strays.is_empty() || self.cause.as_ref().is_some_and(|cause| cause.code == Code::OutcomeUnknown)
    }

    /// Whether its child waits for something else.
    pub fn waiting(&self) -> bool {
        matches!(self.state, StepState::Waiting { .. })
    }

    /// Whether it keeps the next step of a sequential plan from starting.
    /// The steps of a dispatch are independent: there a service that cannot be reached delays no other.
    pub(crate) fn holds_the_order(&self, origin: Origin) -> bool {
        match self.state {
            StepState::Dispatching | StepState::Working => true,
            StepState::Parked { .. } | StepState::Backoff { .. } | StepState::Stopping { .. } => match origin {
                Origin::Text => false,
                Origin::Explicit => true,
            },
            StepState::Pending
            | StepState::Waiting { .. }
            | StepState::Completed { .. }
            | StepState::Failed
            | StepState::Skipped
            | StepState::Canceled => false,
        }
    }
}
