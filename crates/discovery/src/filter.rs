//! Which instances a view follows.

use proto::watchroom::registry::v1 as wire;
use types::{AgentName, SkillId};

use crate::Health;

/// Fields are joined by AND, the values of one field by OR; an empty field matches all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Logical agents.
    pub names: Vec<AgentName>,
    /// Skills on the card.
    pub skills: Vec<SkillId>,
    /// Tags of any skill on the card.
    pub tags: Vec<String>,
    /// What instances are for, as they registered it.
    pub roles: Vec<String>,
    /// The fields that they work in, as they registered it.
    pub domains: Vec<String>,
    /// What instances say of themselves.
    pub health: Vec<Health>,
}

impl From<&Filter> for wire::Filter {
    fn from(filter: &Filter) -> Self {
        Self {
            names: filter.names.iter().map(ToString::to_string).collect(),
            skills: filter.skills.iter().map(ToString::to_string).collect(),
            tags: filter.tags.clone(),
            roles: filter.roles.clone(),
            domains: filter.domains.clone(),
            health: filter.health.iter().map(|health| wire::Health::from(*health).into()).collect(),
            ..Self::default()
        }
    }
}

impl From<Health> for wire::Health {
    fn from(health: Health) -> Self {
        match health {
            // Who drains is well; draining travels beside.
            Health::Serving | Health::Draining => Self::Serving,
            Health::NotServing => Self::NotServing,
        }
    }
}
