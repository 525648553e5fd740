//! Arguments of the questions to the registry.

use clap::{Args, ValueEnum};
use types::ContextId;

/// Lists agents.
#[derive(Debug, Args)]
pub(crate) struct Agents {
    #[command(flatten)]
    pub(crate) which: Which,
    /// Go on showing who comes, goes and changes, until Ctrl-C
    #[arg(long)]
    pub(crate) watch: bool,
}

/// Which agents; every word must be met letter for letter.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// Only agents of this name, as the list shows it; may be repeated
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Vec<String>,
    /// Only agents with this skill; may be repeated
    #[arg(long, value_name = "ID")]
    pub(crate) skill: Vec<String>,
    /// Only agents that registered this role, such as responder; may be repeated
    #[arg(long, value_name = "ROLE")]
    pub(crate) role: Vec<String>,
    /// Only agents that registered this domain, such as emergency; may be repeated
    #[arg(long, value_name = "DOMAIN")]
    pub(crate) domain: Vec<String>,
    /// Only agents whose card the registry believes so far; may be repeated
    #[arg(long, value_name = "LEVEL", value_enum)]
    pub(crate) card: Vec<Belief>,
}

/// How far a card is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Belief {
    /// By the word of who registered it
    Unverified,
    /// The same card is published where it says that the agent is
    Reachable,
    /// Signed by a key that the registry trusts
    Signed,
}

/// Asks where work should go.
#[derive(Debug, Args)]
pub(crate) struct Resolve {
    #[command(flatten)]
    pub(crate) which: Which,
    /// How the agents that take work are ordered
    #[arg(long, value_enum, default_value = "power-of-two")]
    pub(crate) policy: Policy,
    /// Conversation that the work belongs to; `--policy sticky` needs it
    #[arg(long, value_name = "ID", required_if_eq("policy", "sticky"))]
    pub(crate) context: Option<ContextId>,
}

/// How agents are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Policy {
    /// Everybody in turn
    RoundRobin,
    /// Fewest tasks under way
    LeastInFlight,
    /// The less loaded of two drawn at random
    PowerOfTwo,
    /// The same conversation to the same instance
    Sticky,
}
