//! What a run gets that its plan does not say. Plain values; where they come from is the binary's business.

use std::time::Duration;

use engine::{Mode, Patience};
use types::RetryPolicy;

/// The defaults of plans and their steps.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// How the steps of a plan from text are ordered.
    pub mode: Mode,
    /// When a failed attempt is tried again.
    pub retry: RetryPolicy,
    /// How long one attempt may take.
    pub attempt_timeout: Duration,
    /// How long a run may take.
    pub timeout: Duration,
    /// How long a run waits for others.
    pub patience: Patience,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            mode: Mode::Sequential,
            retry: RetryPolicy::default(),
            attempt_timeout: Duration::from_secs(30),
            timeout: Duration::from_secs(300),
            patience: Patience::default(),
        }
    }
}
