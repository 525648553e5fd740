//! Plans as data: what is to be done by whom, in which order, how patiently.

use std::sync::Arc;
use std::time::Duration;

use types::{AgentName, RetryPolicy, SkillId, StepId, StoreId, TaskId};

/// Bytes that the engine carries and never reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload(Arc<[u8]>);

/// Work as data. Immutable once accepted, but for what the answer to its question makes of it,
/// and for the steps with which a cancel takes back what was done.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// For people.
    pub title: Arc<str>,
    /// Where it came from.
    pub origin: Origin,
    /// How its steps are ordered.
    pub mode: Mode,
    /// At most [`Plan::STEPS_MAX`]; empty only when a text needs nobody.
    pub steps: Vec<Step>,
    /// From acceptance to the end, apart from the time that children wait.
    pub timeout: Duration,
    /// How long it waits for others.
    pub patience: Patience,
    /// What is still to be asked once these steps have ended.
    pub question: Option<Question>,
    /// What the plan was made from; carried for reports.
    pub about: Payload,
    /// The run that this one goes on from, if there is one.
    pub resumes: Option<TaskId>,
}

/// Where a plan came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Words that were triaged: a dispatch. May be empty.
    Text,
    /// A client's explicit plan: at least one step.
    Explicit,
}

/// How steps whose dependencies have ended are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// One at a time in plan order. A step whose child waits lets the next one go;
    /// in a dispatch so does one that waits for an endpoint, for its next attempt, or for an attempt to stop.
    Sequential,
    /// All at once.
    Parallel,
}

/// One piece of work at one agent.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Unique in the plan.
    pub id: StepId,
    /// For people.
    pub title: Arc<str>,
    /// Who does it.
    pub agent: AgentName,
    /// The skill asked for; `None` leaves the choice to the agent.
    pub skill: Option<SkillId>,
    /// What the agent gets.
    pub input: Payload,
    /// Steps that must end first.
    pub depends_on: Vec<StepId>,
    /// When a failed attempt is tried again.
    pub retry: RetryPolicy,
    /// How long one attempt may take until its child is terminal or waits.
    pub attempt_timeout: Duration,
    /// What its failure does to its dependents.
    pub on_failure: OnFailure,
    /// The skill that takes back what it did, when the run is canceled.
    pub undo: Option<SkillId>,
    /// The step that it is about, if it is about another one.
    pub follow_up: Option<FollowUp>,
    /// Whether its effects must not happen twice: another attempt then follows only one that was never accepted.
    pub at_most_once: bool,
    /// What follows when nobody can say what became of an attempt.
    pub on_unknown: OnUnknown,
}

/// What a step is for that is about another one. It goes where that one's attempt went, and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FollowUp {
    /// It takes back that one's work; only the engine adds such steps.
    Undo(StepId),
    /// It tells whoever has that one what was learnt since; only the answer to a question adds such steps.
    Tell(StepId),
}

/// What follows an attempt of which nobody can say what became of it. A step that is `at_most_once` always fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnUnknown {
    /// Another attempt, once the old one can not be accepted any more, at another store than one that does not answer.
    Another,
    /// The step fails.
    Fail,
}

/// What a failed step does to the steps that depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFailure {
    /// They are skipped.
    SkipDependents,
    /// They run all the same.
    Continue,
}

/// How long a run waits for what others do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patience {
    /// For a child, or a caller, that has said it waits.
    pub waiting: Duration,
    /// For an endpoint of a step's agent, once per step.
    pub endpoint: Duration,
    /// For the answer to the fence of an attempt that is to stop, before the reaper takes it over.
    pub stopping: Duration,
}

/// What the caller is asked after the provisional steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What is missing.
    pub reason: Reason,
    /// The question in words.
    pub text: Arc<str>,
}

/// What a question is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Where it is.
    Location,
    /// What it is.
    Clarification,
}

/// Where an attempt goes, and where alone it is followed up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The agent's URL.
    pub endpoint: Arc<str>,
    /// The store behind it; `None` for a foreign agent, which knows neither stores nor fences.
    pub store_id: Option<StoreId>,
}

impl Route {
    /// Whether both lead to the same store.
    pub fn meets(&self, other: &Self) -> bool {
        match (self.store_id, other.store_id) {
            (Some(one), Some(two)) => one == two,
            (None, None) => self.endpoint == other.endpoint,
            (Some(_), None) | (None, Some(_)) => false,
        }
    }
}

impl Plan {
    /// Most steps of a plan.
    pub const STEPS_MAX: usize = 100;

    /// A sequential plan with the default limits.
    pub fn new(title: &str, origin: Origin, steps: Vec<Step>) -> Self {
        Self {
            title: title.into(),
            origin,
            mode: Mode::Sequential,
            steps,
            timeout: Duration::from_secs(300),
            patience: Patience::default(),
            question: None,
            about: Payload::default(),
            resumes: None,
        }
    }

    /// The step of that id with its place from 0.
    pub fn step(&self, id: &StepId) -> Option<(usize, &Step)> {
        self.steps.iter().enumerate().find(|(_, step)| step.id == *id)
    }
}

impl Step {
    /// A step with the default limits that depends on nothing.
    pub fn new(id: StepId, agent: AgentName, input: Payload) -> Self {
        Self {
            title: agent.as_str().into(),
            id,
            agent,
            skill: None,
            input,
            depends_on: Vec::new(),
            retry: RetryPolicy::default(),
            attempt_timeout: Duration::from_secs(30),
            on_failure: OnFailure::SkipDependents,
            undo: None,
            follow_up: None,
            at_most_once: false,
            on_unknown: OnUnknown::Another,
        }
    }

    /// The step whose work it takes back.
    pub fn undoes(&self) -> Option<&StepId> {
        match &self.follow_up {
            Some(FollowUp::Undo(of)) => Some(of),
            Some(FollowUp::Tell(_)) | None => None,
        }
    }

    /// The step whose agent it tells something.
    pub fn tells(&self) -> Option<&StepId> {
        match &self.follow_up {
            Some(FollowUp::Tell(of)) => Some(of),
            Some(FollowUp::Undo(_)) | None => None,
        }
    }
}

impl FollowUp {
    /// The step that it is about.
    pub fn of(&self) -> &StepId {
        match self {
            Self::Undo(of) | Self::Tell(of) => of,
        }
    }
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            waiting: Duration::from_secs(24 * 3600),
            endpoint: Duration::from_secs(10),
            stopping: Duration::from_secs(30),
        }
    }
}

impl Payload {
    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl Default for Payload {
    fn default() -> Self {
        Self(Arc::from([]))
    }
}

impl From<Vec<u8>> for Payload {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }
}
