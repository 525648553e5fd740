//! What is to be done outside once the events are durable.

use types::{AgentName, RemoteTask, Seq, SkillId, StepId, TaskId, Timestamp};

use crate::event::Launch;
use crate::plan::{FollowUp, Payload, Route};

/// Something to do. Doing it twice must be harmless: a restart asks again.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Send an attempt and follow it to its end.
    Dispatch(Dispatch),
    /// Follow a child that is known to its end.
    Follow {
        /// Of which step.
        step: StepId,
        /// Which attempt.
        attempt: u32,
        /// Where it is.
        route: Route,
        /// The task.
        child: RemoteTask,
        /// Only events after this one are news.
        after: Seq,
    },
    /// Send an attempt no more, see that nothing of it lives, and find out what became of it.
    Fence(Fence),
    /// Tell the run once the agent has an endpoint.
    AwaitRoute {
        /// Which step is parked.
        step: StepId,
        /// Whose endpoint.
        agent: AgentName,
        /// With which skill.
        skill: Option<SkillId>,
        /// The way that it must take, where what it is about went one.
        only: Option<Route>,
        /// Ways that it does not take.
        shunned: Vec<Route>,
    },
}

/// An attempt to send.
#[derive(Debug, Clone, PartialEq)]
pub struct Dispatch {
    /// Of which step.
    pub step: StepId,
    /// The step's agent.
    pub agent: AgentName,
    /// The skill asked for.
    pub skill: Option<SkillId>,
    /// What the agent gets.
    pub input: Payload,
    /// The step that it is about, if it is about another one.
    pub follow_up: Option<FollowUp>,
    /// The run that did that one, when it was an earlier one.
    pub done_by: Option<TaskId>,
    /// Number, deadline and route.
    pub launch: Launch,
    /// Whether it may have gone out before.
    pub sent: Sent,
}

/// An attempt that is to be no more.
#[derive(Debug, Clone, PartialEq)]
pub struct Fence {
    /// Of which step.
    pub step: StepId,
    /// The step's agent.
    pub agent: AgentName,
    /// Number, deadline and route.
    pub launch: Launch,
    /// When it was decided.
    pub at: Timestamp,
    /// The task at the agent, if it is known.
    pub child: Option<RemoteTask>,
}

/// Whether an attempt may have gone out before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// Never: an endpoint that cannot be reached has not got it.
    Never,
    /// Perhaps: only the agent's answer tells.
    Perhaps,
}
