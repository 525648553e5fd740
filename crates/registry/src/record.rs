//! A registration: the durable part, and what only lives as long as the process.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use proto::a2a::AgentCard;
use types::{StoreId, Timestamp};

use crate::identity::Identity;

/// What is stored of one registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) identity: Identity,
    /// The registry's version that it was registered at, which is why it rises across absences and restarts.
    pub(crate) epoch: u64,
    pub(crate) store_id: StoreId,
    /// The card as it came.
    pub(crate) card: Bytes,
    pub(crate) offers: Offers,
    pub(crate) ttl: Duration,
    pub(crate) registered_at: Timestamp,
    /// What others decided on its new work; kept across restarts.
    pub(crate) intake: Intake,
}

/// What queries ask of a card; kept beside it so that no query decodes one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Offers {
    pub(crate) skills: Vec<String>,
    pub(crate) tags: Vec<String>,
}

/// What an instance says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    pub(crate) intake: Intake,
}

/// A registration that is alive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) record: Arc<Record>,
    pub(crate) vitals: Vitals,
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
    /// Draining by its own word or by another's.
    pub(crate) fn is_draining(&self) -> bool {
        self.vitals.intake == Intake::Draining || self.record.intake == Intake::Draining
    }
}

impl Offers {
    /// The skills and tags that a card names, each once.
    pub(crate) fn of(card: &AgentCard) -> Self {
        let skills = card.skills.iter().map(|skill| skill.id.clone());
        let tags = card.skills.iter().flat_map(|skill| skill.tags.iter().cloned());
        Self { skills: distinct(skills), tags: distinct(tags) }
    }
}

impl Vitals {
    /// An instance serves until it says otherwise.
    pub(crate) const FRESH: Self = Self { health: Health::Serving, in_flight: 0, intake: Intake::Open };
}

fn distinct(words: impl Iterator<Item = String>) -> Vec<String> {
    let mut words: Vec<String> = words.collect();
    words.sort_unstable();
    words.dedup();
    words
}
