//! What a run gets that its plan does not say. Plain values; where they come from is the binary's business.

use std::sync::Arc;
use std::time::Duration;

use discovery::choose::Policy;
use engine::{Mode, Origin, Patience, Payload, Plan, PlanError, Step};
use outbound::{Dialer, Guard, Roots};
use service::client::Credential;
use types::{AgentName, RetryPolicy};

/// The defaults of plans and their steps.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How the steps of a plan from text are ordered; an explicit plan that says no mode is sequential.
    pub mode: Mode,
    /// When a failed attempt is tried again.
    pub retry: RetryPolicy,
    /// How long one attempt may take.
    pub attempt_timeout: Duration,
    /// How long a run may take.
    pub timeout: Duration,
    /// How long a run waits for others.
    pub patience: Patience,
    /// How long an attempt that was certainly never heard is sent again before it counts as failed:
    /// long enough for a service to be restarted, short enough not to keep an emergency waiting.
    pub reach: Duration,
    /// Which of several instances of an agent gets a step.
    pub choose: Policy,
    /// Agents that no registry knows.
    pub foreign: Vec<Foreign>,
    /// The token that registered agents get with every call. Foreign ones get none: it is not theirs to know.
    pub credential: Option<Credential>,
    /// Whether only those registered agents are called whose card the registry holds to be signed.
    pub only_signed: bool,
    /// Whose certificates are trusted, where agents are at https://.
    pub roots: Roots,
    /// Where foreign agents may send us by their cards, beside the hosts that their addresses name.
    pub foreign_reach: Guard,
    /// How long incidents are kept.
    pub incidents: Keep,
}

/// How long incidents that are over are kept: until the first of both bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// Since they changed last.
    pub age: Duration,
    /// How many, the newest.
    pub count: usize,
}

impl Default for Keep {
    fn default() -> Self {
        Self { age: Duration::from_hours(30 * 24), count: 10_000 }
    }
}

/// An A2A agent that is not one of ours: it has no lease, no store that it is followed up by, and knows no fence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreign {
    /// The name by which plans call it.
    pub name: AgentName,
    /// Where its card is, or its gRPC interface.
    pub url: Arc<str>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            mode: Mode::Sequential,
            retry: RetryPolicy::default(),
            attempt_timeout: Duration::from_secs(30),
            timeout: Duration::from_secs(300),
            patience: Patience::default(),
            reach: Duration::from_secs(5),
            choose: Policy::default(),
            foreign: Vec::new(),
            credential: None,
            only_signed: false,
            roots: Roots::default(),
            foreign_reach: Guard::default(),
            incidents: Keep::default(),
        }
    }
}

impl Settings {
    /// How registered agents are reached: wherever they have registered.
    pub(crate) fn dialer(&self) -> Dialer {
        Dialer::anywhere(self.roots.clone())
    }

    /// Whether plans with these defaults can be run; names the setting that is out of bounds.
    ///
    /// # Errors
    /// The same that a plan with these values would get.
    pub fn check(&self) -> Result<(), PlanError> {
        let id = "step".parse().expect("a plain word");
        let agent = "agent".parse().expect("a plain word");
        let step = Step {
            retry: self.retry.clone(),
            attempt_timeout: self.attempt_timeout,
            ..Step::new(id, agent, Payload::default())
        };
        Plan { timeout: self.timeout, ..Plan::new("", Origin::Explicit, vec![step]) }.check()
    }
}
