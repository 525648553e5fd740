//! Why an attempt or a step did not complete.

use std::fmt;
use std::sync::Arc;

/// A code for machines and a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// Which kind.
    pub code: Code,
    /// What happened, without a full stop.
    pub text: Arc<str>,
}

/// The kinds of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// No endpoint of the agent was known in time.
    NoEndpoint,
    /// The endpoint could not be reached; nothing was sent.
    Unreachable,
    /// The agent takes no more work now.
    Overloaded,
    /// The agent refused the message.
    Refused,
    /// The agent's task failed.
    AgentFailed,
    /// The agent's task was canceled, not by us.
    AgentCanceled,
    /// The agent declined the task.
    AgentRejected,
    /// The attempt took too long.
    Timeout,
    /// The child waited too long.
    WaitTimeout,
    /// The run took too long.
    RunTimeout,
    /// Nobody can say what became of the attempt.
    OutcomeUnknown,
    /// A step that it depends on did not complete.
    DependencyFailed,
}

impl Code {
    /// All of them, in the order of their numbers in the log.
    pub const ALL: [Self; 12] = [
        Self::NoEndpoint,
        Self::Unreachable,
        Self::Overloaded,
        Self::Refused,
        Self::AgentFailed,
        Self::AgentCanceled,
        Self::AgentRejected,
        Self::Timeout,
        Self::WaitTimeout,
        Self::RunTimeout,
        Self::OutcomeUnknown,
        Self::DependencyFailed,
    ];

    /// Whether another attempt can end differently.
    pub fn retriable(self) -> bool {
        match self {
            Self::Unreachable | Self::Overloaded | Self::AgentFailed | Self::AgentCanceled | Self::Timeout => true,
            Self::NoEndpoint
            | Self::Refused
            | Self::AgentRejected
            | Self::WaitTimeout
            | Self::RunTimeout
            | Self::OutcomeUnknown
            | Self::DependencyFailed => false,
        }
    }

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoEndpoint => "NO_ENDPOINT",
            Self::Unreachable => "UNREACHABLE",
            Self::Overloaded => "OVERLOADED",
            Self::Refused => "REFUSED",
            Self::AgentFailed => "AGENT_FAILED",
            Self::AgentCanceled => "AGENT_CANCELED",
            Self::AgentRejected => "AGENT_REJECTED",
            Self::Timeout => "TIMEOUT",
            Self::WaitTimeout => "WAIT_TIMEOUT",
            Self::RunTimeout => "RUN_TIMEOUT",
            Self::OutcomeUnknown => "OUTCOME_UNKNOWN",
            Self::DependencyFailed => "DEPENDENCY_FAILED",
        }
    }
}

impl Cause {
    /// That code with that sentence.
    pub fn new(code: Code, text: impl Into<Arc<str>>) -> Self {
        Self { code, text: text.into() }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
