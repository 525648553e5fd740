//! One place where an agent answers, as the registry last described it.

use std::sync::Arc;

use proto::a2a::AgentCard;
use types::{AgentName, InstanceId, StoreId};

use crate::choose::Candidate;

/// What an instance says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Health {
    /// It takes work.
    Serving,
    /// It is there and takes no work.
    NotServing,
    /// It finishes what it has and takes no new work: by its own word, or because an operator said so.
    Draining,
}

/// Which instances a look-up is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Those that take new work.
    Healthy,
    /// All that hold a lease: to follow up work, or to show them.
    All,
}

/// One instance with a gRPC interface.
#[derive(Debug, Clone, PartialEq)]
pub struct Endpoint {
    /// The logical agent.
    pub agent: AgentName,
    /// The version on its card.
    pub version: String,
    /// Which process of it.
    pub instance: InstanceId,
    /// The store that it answers from; replicas share one.
    pub store_id: StoreId,
    /// Where its gRPC interface listens.
    pub url: String,
    /// What it last said of itself.
    pub health: Health,
    /// Tasks that it last said it has under way.
    pub in_flight: u32,
    /// Share of what it can do that is taken, in percent, where it has a measure of it.
    pub load: Option<u32>,
    /// Whether the registry holds its card to be signed by a key that it trusts.
    pub signed: bool,
    /// Whether its callers say that it fails.
    pub failing: bool,
    /// What it is for among agents; empty when it says nothing.
    pub role: String,
    /// The field that it works in; empty when it says nothing.
    pub domain: String,
    /// Rises with every registration of this instance.
    pub epoch: u64,
    /// What it can do.
    pub card: Arc<AgentCard>,
}

impl Endpoint {
    /// What a choice looks at.
    pub fn candidate(&self) -> Candidate<'_> {
        Candidate {
            store_id: self.store_id,
            instance: &self.instance,
            health: self.health,
            in_flight: self.in_flight,
            load: self.load,
            failing: self.failing,
        }
    }

    /// Whether its card names the skill.
    pub fn offers(&self, skill: &types::SkillId) -> bool {
        self.card.skills.iter().any(|offered| offered.id == skill.as_str())
    }
}
