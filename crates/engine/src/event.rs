//! What is recorded: the only thing that changes a run.

use std::time::Duration;

use types::{RemoteTask, Seq, StepId, Timestamp};

use crate::cause::Cause;
use crate::input::{ChildEnd, Reply};
use crate::plan::{Payload, Plan, Route, Step};
use crate::run::Outcome;
use crate::step::{StopReason, WaitsOn};

/// A recorded fact and its time.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// When it was decided.
    pub at: Timestamp,
    /// What happened.
    pub fact: Fact,
}

/// What happened to a run.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// It was accepted with this plan.
    Accepted(Box<Plan>),
    /// Something happened to one of its steps.
    Step(StepId, StepFact),
    /// A caller asked to stop.
    CancelRequested,
    /// It took too long.
    TimedOut,
    /// Its timeout stood still while somebody waited; this is its new end.
    DeadlineMoved(Timestamp),
    /// The plan's question was asked.
    Asked,
    /// The question was answered.
    Answered(Reply),
    /// What was done is taken back by these steps.
    Compensating(Vec<Step>),
    /// It ended.
    Ended(Outcome),
}

/// What happened to a step.
#[derive(Debug, Clone, PartialEq)]
pub enum StepFact {
    /// An attempt begins.
    Dispatched(Launch),
    /// No endpoint is known.
    Parked {
        /// How long it was parked before.
        before: Duration,
    },
    /// The task at the agent is known.
    ChildKnown {
        /// Of which attempt.
        attempt: u32,
        /// The task.
        child: RemoteTask,
    },
    /// The child has said something.
    ChildProgressed {
        /// Of which attempt.
        attempt: u32,
        /// How far its events have been taken up.
        cursor: Seq,
        /// What it said.
        note: Payload,
    },
    /// The child waits for something else.
    ChildWaiting {
        /// Of which attempt.
        attempt: u32,
        /// For what.
        on: WaitsOn,
        /// What it said.
        note: Payload,
    },
    /// The attempt is told to stop.
    Stopping(StopReason),
    /// The newest attempt has ended without success.
    AttemptFailed {
        /// Why.
        cause: Cause,
        /// When the next one begins; `None` fails the step.
        retry_at: Option<Timestamp>,
    },
    /// It is done.
    Completed {
        /// What the agent answered.
        answer: Payload,
    },
    /// It fails; a live attempt stays live.
    Failed(Cause),
    /// It is not begun, or not tried again.
    Skipped(Cause),
    /// It is given up on request.
    Canceled,
    /// An answer that came too late to count.
    LateAnswer {
        /// Of which attempt.
        attempt: u32,
        /// How the attempt ended.
        end: ChildEnd,
    },
}

/// How an attempt is sent. Recorded before it is, so that it can be sent again exactly so.
#[derive(Debug, Clone, PartialEq)]
pub struct Launch {
    /// Its number, from 1.
    pub attempt: u32,
    /// The turn of its conversation, from 1.
    pub turn: u32,
    /// When the step's first attempt began.
    pub since: Timestamp,
    /// The attempt's deadline; the agent accepts nothing new after it.
    pub not_after: Timestamp,
    /// Where it goes.
    pub route: Route,
    /// Whether its effects may happen at most once.
    pub at_most_once: bool,
}
