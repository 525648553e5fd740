//! What is recorded: the only thing that changes a run.

use std::sync::Arc;
use std::time::Duration;

use types::{RemoteTask, Seq, StepId, TaskId, Timestamp};

use crate::cause::Cause;
use crate::input::{ChildEnd, Reply};
use crate::plan::{Payload, Plan, Route, Step};
use crate::run::Outcome;
use crate::step::{Held, StopReason, WaitsOn};

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
    Accepted(Arc<Plan>),
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
    /// The attempt is to stop: its fence is asked for.
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
    /// It fails. A live attempt stays live: so it was before there were strays.
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
    /// Nobody says what became of the attempt; the step goes on without it.
    Strayed {
        /// Which attempt.
        attempt: u32,
        /// Who sees to it from now on.
        held: Held,
    },
    /// It was done by an earlier run, which this one goes on from.
    Carried(Box<Done>),
}

/// A step as an earlier run finished it.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    /// The run that did it.
    pub run: TaskId,
    /// The attempt that did it.
    pub launch: Launch,
    /// The task at the agent; `None` when it answered with a message.
    pub child: Option<RemoteTask>,
    /// When it was done.
    pub at: Timestamp,
    /// What the agent answered.
    pub answer: Payload,
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
    /// What the agent gets, where an answer has changed that for later attempts; `None` is the step's input.
    pub input: Option<Payload>,
}
