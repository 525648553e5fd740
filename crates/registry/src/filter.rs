//! Which registrations a caller asked for.

use std::slice;

use types::Tenant;

use crate::record::{Entry, Health, Interface, Offers, Record};
use crate::verification::Level;

/// The binding of A2A over gRPC, as cards name it.
const GRPC: &str = "GRPC";

/// Fields are joined by AND, the values of one field by OR; an empty field matches all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Filter {
    /// Whose registrations the caller may see at all; not the caller's to choose.
    pub(crate) within: Within,
    pub(crate) names: Vec<String>,
    pub(crate) skills: Vec<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) input_modes: Vec<String>,
    pub(crate) output_modes: Vec<String>,
    pub(crate) extensions: Vec<String>,
    pub(crate) providers: Vec<String>,
    pub(crate) roles: Vec<String>,
    pub(crate) domains: Vec<String>,
    pub(crate) streaming: Option<bool>,
    pub(crate) push_notifications: Option<bool>,
    pub(crate) interface: Access,
    pub(crate) health: Vec<Health>,
    pub(crate) verifications: Vec<Level>,
}

/// How far a question reaches.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Within {
    /// One tenant's registrations.
    Tenant(Tenant),
    /// All of them: for the registry itself, never for a caller.
    All,
}

impl Default for Within {
    fn default() -> Self {
        Self::Tenant(Tenant::default())
    }
}

impl Within {
    /// Whether this tenant's registrations are in it.
    pub(crate) fn admits(&self, tenant: &Tenant) -> bool {
        match self {
            Self::Tenant(own) => own == tenant,
            Self::All => true,
        }
    }
}

/// What one interface of a card must meet at once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Access {
    pub(crate) bindings: Vec<String>,
    pub(crate) protocol_versions: Vec<String>,
    pub(crate) tenants: Vec<String>,
}

impl Filter {
    /// Whether a registration matches now.
    pub(crate) fn admits(&self, entry: &Entry) -> bool {
        self.describes(&entry.record) && self.healthy(entry.vitals.health)
    }

    /// Whether it matches in all but its health, which no version counts.
    pub(crate) fn describes(&self, record: &Record) -> bool {
        let named = self.names.is_empty() || self.names.iter().any(|name| name == record.identity.name.as_str());
        named
            && self.within.admits(&record.identity.tenant)
            && (self.verifications.is_empty() || self.verifications.contains(&record.verification.level))
            && meets(&self.roles, slice::from_ref(&record.labels.role))
            && meets(&self.domains, slice::from_ref(&record.labels.domain))
            && self.covers(&record.offers)
    }

    fn covers(&self, offers: &Offers) -> bool {
        meets(&self.skills, &offers.skills)
            && meets(&self.tags, &offers.tags)
            && meets(&self.input_modes, &offers.input_modes)
            && meets(&self.output_modes, &offers.output_modes)
            && meets(&self.extensions, &offers.extensions)
            && meets(&self.providers, slice::from_ref(&offers.provider))
            && self.streaming.is_none_or(|wanted| wanted == offers.streaming)
            && self.push_notifications.is_none_or(|wanted| wanted == offers.push_notifications)
            && (self.interface == Access::default() || offers.interfaces.iter().any(|one| self.interface.admits(one)))
    }

    /// The interface to call: the first that the filter admits, one over gRPC where it asks for no binding.
    pub(crate) fn interface<'o>(&self, offers: &'o Offers) -> Option<&'o Interface> {
        let mut admitted = offers.interfaces.iter().filter(|one| self.interface.admits(one));
        let first = admitted.clone().next();
        let grpc = |one: &&Interface| self.interface.bindings.is_empty() && one.binding.eq_ignore_ascii_case(GRPC);
        admitted.find(grpc).or(first)
    }

    /// Whether that health matches.
    pub(crate) fn healthy(&self, health: Health) -> bool {
        self.health.is_empty() || self.health.contains(&health)
    }

    /// Whether a match may come and go without a version.
    pub(crate) fn asks_health(&self) -> bool {
        !self.health.is_empty()
    }
}

impl Access {
    fn admits(&self, interface: &Interface) -> bool {
        meets(&self.bindings, slice::from_ref(&interface.binding))
            && meets(&self.protocol_versions, slice::from_ref(&interface.protocol_version))
            && meets(&self.tenants, slice::from_ref(&interface.tenant))
    }
}

fn meets(wanted: &[String], offered: &[String]) -> bool {
    wanted.is_empty() || wanted.iter().any(|word| offered.contains(word))
}
