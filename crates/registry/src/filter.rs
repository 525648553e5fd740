//! Which registrations a caller asked for.

use crate::record::{Entry, Health, Record};

/// Fields are joined by AND, the values of one field by OR; an empty field matches all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) names: Vec<String>,
    pub(crate) skills: Vec<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) health: Vec<Health>,
}

impl Filter {
    /// Whether a registration matches now.
    pub(crate) fn admits(&self, entry: &Entry) -> bool {
        self.describes(&entry.record) && self.healthy(entry.vitals.health)
    }

    /// Whether it matches in all but its health, which no version counts.
    pub(crate) fn describes(&self, record: &Record) -> bool {
        let named = self.names.is_empty() || self.names.iter().any(|name| name == record.identity.name.as_str());
        named && meets(&self.skills, &record.offers.skills) && meets(&self.tags, &record.offers.tags)
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

fn meets(wanted: &[String], offered: &[String]) -> bool {
    wanted.is_empty() || wanted.iter().any(|word| offered.contains(word))
}
