//! The states of an A2A task.

use std::fmt;

/// Where a task stands; the numbers are those of A2A's `TaskState`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum TaskState {
    /// Durable, not begun.
    Submitted = 1,
    /// Under way.
    Working = 2,
    /// Done.
    Completed = 3,
    /// Ended with an error.
    Failed = 4,
    /// Ended on request.
    Canceled = 5,
    /// Waits for the caller's next message.
    InputRequired = 6,
    /// Declined.
    Rejected = 7,
    /// Waits for an authorisation out of band.
    AuthRequired = 8,
}

impl TaskState {
    /// All of them, in wire order.
    pub const ALL: [Self; 8] = [
        Self::Submitted,
        Self::Working,
        Self::Completed,
        Self::Failed,
        Self::Canceled,
        Self::InputRequired,
        Self::Rejected,
        Self::AuthRequired,
    ];

    /// The state with this wire number, if there is one.
    pub fn from_wire(number: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.wire() == number)
    }

    /// The number on the wire.
    pub const fn wire(self) -> i32 {
        self as i32
    }

    /// Whether nothing can follow.
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Canceled | Self::Rejected)
    }

    /// Whether the task waits for somebody outside.
    pub const fn is_interrupted(self) -> bool {
        matches!(self, Self::InputRequired | Self::AuthRequired)
    }
}

impl fmt::Display for TaskState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Submitted => "submitted",
            Self::Working => "working",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
            Self::InputRequired => "input-required",
            Self::Rejected => "rejected",
            Self::AuthRequired => "auth-required",
        })
    }
}
