//! What is to be done outside once the events are durable.

use types::{AgentName, RemoteTask, Seq, SkillId, StepId};

use crate::event::Launch;
use crate::plan::{Payload, Route};

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
    /// Ask a child to stop; its end is still followed.
    CancelChild {
        /// Of which step.
        step: StepId,
        /// Which attempt.
        attempt: u32,
        /// Where it is.
        route: Route,
        /// The task.
        child: RemoteTask,
    },
    /// Tell the run once the agent has an endpoint.
    AwaitRoute {
        /// Which step is parked.
        step: StepId,
        /// Whose endpoint.
        agent: AgentName,
        /// With which skill.
        skill: Option<SkillId>,
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
    /// The step whose work is taken back, if that is what this is for.
    pub undoes: Option<StepId>,
    /// Number, deadline and route.
    pub launch: Launch,
    /// Whether it may have gone out before.
    pub sent: Sent,
}

/// Whether an attempt may have gone out before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// Never: an endpoint that cannot be reached has not got it.
    Never,
    /// Perhaps: only the agent's answer tells.
    Perhaps,
}
