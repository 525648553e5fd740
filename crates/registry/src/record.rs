//! A registration: the durable part, and what only lives as long as the process.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use proto::a2a::{AgentCapabilities, AgentCard, AgentInterface};
use types::{StoreId, Timestamp};

use crate::identity::Identity;
use crate::outcome::Outcomes;
use crate::verification::Verification;

/// What is stored of one registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) identity: Identity,
    /// The registry's version that it was registered at, which is why it rises across absences and restarts.
    pub(crate) epoch: u64,
    pub(crate) store_id: StoreId,
    pub(crate) labels: Labels,
    /// The card as it came.
    pub(crate) card: Bytes,
    pub(crate) offers: Offers,
    pub(crate) ttl: Duration,
    pub(crate) registered_at: Timestamp,
    /// What others decided on its new work; kept across restarts.
    pub(crate) intake: Intake,
    /// How far its card can be believed. Not stored: it is found out again after a restart.
    pub(crate) verification: Verification,
}

/// What an instance says of its place among agents, since a card has no field for it; empty where it says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Labels {
    /// What it is for.
    pub(crate) role: String,
    /// The field that it works in.
    pub(crate) domain: String,
}

/// What queries ask of a card; kept beside it so that no query decodes one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Offers {
    pub(crate) skills: Vec<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) input_modes: Vec<String>,
    pub(crate) output_modes: Vec<String>,
    pub(crate) extensions: Vec<String>,
    /// Empty when the card names none.
    pub(crate) provider: String,
    pub(crate) streaming: bool,
    pub(crate) push_notifications: bool,
    pub(crate) interfaces: Vec<Interface>,
}

/// How an agent can be called.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Interface {
    pub(crate) url: String,
    pub(crate) binding: String,
    pub(crate) protocol_version: String,
    pub(crate) tenant: String,
}

/// What an instance says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Health {
    /// It takes work.
    Serving,
    /// It is there and takes no work.
    NotServing,
}

/// Whether new work may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Intake {
    Open,
    /// It finishes what it has.
    Draining,
}

/// The content of a renewal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Vitals {
    pub(crate) health: Health,
    /// Tasks under way.
    pub(crate) in_flight: u32,
    /// Share of what it can do that is taken, in percent, where it has a measure.
    pub(crate) load: Option<u32>,
    pub(crate) intake: Intake,
}

/// A registration that is alive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) record: Arc<Record>,
    pub(crate) vitals: Vitals,
    /// What its callers say.
    pub(crate) outcomes: Outcomes,
    pub(crate) renewed_at: Timestamp,
    /// When the lease ends, on the monotonic clock.
    pub(crate) deadline: Instant,
}

impl Intake {
    pub(crate) fn of(draining: bool) -> Self {
        if draining { Self::Draining } else { Self::Open }
    }
}

impl Entry {
    /// A registration whose instance has said nothing yet.
    pub(crate) fn fresh(record: Record, renewed_at: Timestamp, deadline: Instant) -> Self {
        let (vitals, outcomes) = (Vitals::FRESH, Outcomes::default());
        Self { record: Arc::new(record), vitals, outcomes, renewed_at, deadline }
    }

    /// Draining by its own word or by another's.
    pub(crate) fn is_draining(&self) -> bool {
        self.vitals.intake == Intake::Draining || self.record.intake == Intake::Draining
    }
}

impl Offers {
    /// What a card names, each word once.
    pub(crate) fn of(card: &AgentCard) -> Self {
        let AgentCapabilities { streaming, push_notifications, extensions, .. } =
            card.capabilities.clone().unwrap_or_default();
        let inputs = card.skills.iter().flat_map(|skill| &skill.input_modes).chain(&card.default_input_modes);
        let outputs = card.skills.iter().flat_map(|skill| &skill.output_modes).chain(&card.default_output_modes);
        Self {
            skills: distinct(card.skills.iter().map(|skill| &skill.id)),
            tags: distinct(card.skills.iter().flat_map(|skill| &skill.tags)),
            input_modes: distinct(inputs),
            output_modes: distinct(outputs),
            extensions: distinct(extensions.iter().map(|one| &one.uri)),
            provider: card.provider.as_ref().map(|one| one.organization.clone()).unwrap_or_default(),
            streaming: streaming.unwrap_or_default(),
            push_notifications: push_notifications.unwrap_or_default(),
            interfaces: card.supported_interfaces.iter().map(Interface::of).collect(),
        }
    }
}

impl Interface {
    fn of(interface: &AgentInterface) -> Self {
        Self {
            url: interface.url.clone(),
            binding: interface.protocol_binding.clone(),
            protocol_version: interface.protocol_version.clone(),
            tenant: interface.tenant.clone(),
        }
    }
}

impl Vitals {
    /// An instance serves until it says otherwise.
    pub(crate) const FRESH: Self = Self { health: Health::Serving, in_flight: 0, load: None, intake: Intake::Open };
}

fn distinct<'w>(words: impl Iterator<Item = &'w String>) -> Vec<String> {
    let mut words: Vec<String> = words.cloned().collect();
    words.sort_unstable();
    words.dedup();
    words
}
