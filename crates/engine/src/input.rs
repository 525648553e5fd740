//! What a run is told, with everything from outside that a decision may need.

use std::sync::Arc;

use types::{RemoteTask, Seq, StepId};

use crate::cause::Cause;
use crate::check::PlanError;
use crate::plan::{Payload, Plan, Question, Route, Step};
use crate::resume::Resume;
use crate::step::WaitsOn;

/// News for a run, a draw for jitter, and the routes that are open now.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// What happened.
    pub news: News,
    /// A draw from 0 to 1.
    pub jitter: f64,
    /// Where each step that may begin would go.
    pub routes: Routes,
}

/// Where steps would go now, and why others would not.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Routes {
    /// A route for each step whose agent has an endpoint.
    pub open: Vec<(StepId, Route)>,
    /// What is missing for each of the others, as far as it is known.
    pub closed: Vec<(StepId, Missing)>,
}

/// What a step lacks to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Nobody of the agent's name is registered.
    Agent,
    /// The agent is registered and does not offer the skill.
    Skill,
    /// The agent is registered, offers the skill and takes no work now.
    Health,
    /// The agent takes work, and may not be called because its card is not signed.
    Signature,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum News {
    /// A new run with this plan.
    Accept(Plan),
    /// A new run that goes on from an earlier one.
    Resume(Resume),
    /// Something about an attempt.
    Child {
        /// Of which step.
        step: StepId,
        /// Which attempt.
        attempt: u32,
        /// What.
        news: ChildNews,
    },
    /// Time has passed, or routes have changed.
    Tick,
    /// A caller asks to stop.
    Cancel,
    /// The caller has answered the question.
    Reply(Reply),
}

/// What an answer to a plan's question makes of the plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// What the plan is called from now; `None` leaves it.
    pub title: Option<Arc<str>>,
    /// What is still to be asked after it.
    pub question: Option<Question>,
    /// Steps whose further attempts get what the plan is made from now. What was sent before stays as it was.
    pub renewed: Vec<StepId>,
    /// Steps to add; none when nothing was missing.
    pub steps: Vec<Step>,
    /// What the plan is made from now; carried for reports.
    pub about: Payload,
}

/// Something about an attempt.
#[derive(Debug, Clone, PartialEq)]
pub enum ChildNews {
    /// It has said something.
    Progress {
        /// The task.
        child: RemoteTask,
        /// The newest event of it.
        cursor: Seq,
        /// What it said, empty when there is nothing to pass on.
        note: Payload,
    },
    /// It waits for something else.
    Waiting {
        /// The task.
        child: RemoteTask,
        /// The newest event of it.
        cursor: Seq,
        /// For what.
        on: WaitsOn,
        /// What it said.
        note: Payload,
    },
    /// It has ended.
    Ended {
        /// The task; `None` when the agent answered with a message.
        child: Option<RemoteTask>,
        /// How.
        answer: Answer,
    },
    /// It was certainly never accepted, and never will be.
    NotAccepted(Cause),
    /// Nothing of it lives and nothing will; what it did is not known.
    NothingLive,
    /// Its agent knows no fence and shows nothing of it, although its time is over: it may live there unseen.
    NotFound,
}

/// How a child ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// It did what it was asked.
    Completed(Payload),
    /// It did not.
    Failed(Cause),
}

/// How a child ended, in short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChildEnd {
    /// It did what it was asked.
    Completed,
    /// It did not.
    Failed,
    /// It was never accepted.
    NotAccepted,
    /// What it did is not known.
    Unknown,
}

/// Why an input is refused. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The plan is no plan.
    #[error("the plan is not valid")]
    Plan(#[from] PlanError),
    /// There is no run yet.
    #[error("the run has not been accepted")]
    NotAccepted,
    /// There is a run already.
    #[error("the run has been accepted before")]
    AlreadyAccepted,
    /// Nothing can follow.
    #[error("the run has ended")]
    Ended,
    /// It does not wait for an answer.
    #[error("the run has asked nothing")]
    NoQuestion,
    /// The plan has no such step.
    #[error("the plan has no step {0}")]
    UnknownStep(StepId),
    /// No such attempt was dispatched.
    #[error("step {step} has no attempt {attempt}")]
    UnknownAttempt {
        /// Which step.
        step: StepId,
        /// Which attempt.
        attempt: u32,
    },
}

impl Input {
    /// News where neither chance nor routes matter.
    pub fn of(news: News) -> Self {
        Self { news, jitter: 0.5, routes: Routes::default() }
    }
}

impl Routes {
    /// The route of a step, if it has one.
    pub fn get(&self, step: &StepId) -> Option<&Route> {
        self.open.iter().find(|(id, _)| id == step).map(|(_, route)| route)
    }

    /// What a step lacks, if that is known.
    pub(crate) fn missing(&self, step: &StepId) -> Option<Missing> {
        self.closed.iter().find(|(id, _)| id == step).map(|(_, missing)| *missing)
    }
}

impl ChildNews {
    /// The task that it is about, if that is known.
    pub(crate) fn child(&self) -> Option<&RemoteTask> {
        match self {
            Self::Progress { child, .. } | Self::Waiting { child, .. } => Some(child),
            Self::Ended { child, .. } => child.as_ref(),
            Self::NotAccepted(_) | Self::NothingLive | Self::NotFound => None,
        }
    }

    /// How the attempt ended, if this says that it has.
    pub(crate) fn end(&self) -> Option<ChildEnd> {
        match self {
            Self::Progress { .. } | Self::Waiting { .. } | Self::NotFound => None,
            Self::Ended { answer: Answer::Completed(_), .. } => Some(ChildEnd::Completed),
            Self::Ended { answer: Answer::Failed(_), .. } => Some(ChildEnd::Failed),
            Self::NotAccepted(_) => Some(ChildEnd::NotAccepted),
            Self::NothingLive => Some(ChildEnd::Unknown),
        }
    }
}
