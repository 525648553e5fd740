//! What the tests of several modules make registrations from.

use std::time::Duration;

use prost::Message;
use proto::a2a::{AgentCard, AgentSkill};
use types::{StoreId, Tenant};

use crate::catalog::Wish;
use crate::identity::Identity;
use crate::record::{Health, Intake, Labels, Offers, Vitals};
use crate::verification::Verification;

pub(crate) const SERVING: Vitals = Vitals { health: Health::Serving, in_flight: 0, load: None, intake: Intake::Open };
pub(crate) const NOT_SERVING: Vitals = Vitals { health: Health::NotServing, ..SERVING };

/// The instance with that number of one agent.
pub(crate) fn identity(number: u8) -> Identity {
    Identity {
        tenant: Tenant::new(""),
        name: format!("agent-{}", number / 2).parse().unwrap(),
        version: "1".into(),
        instance: format!("instance-{number}").parse().unwrap(),
    }
}

/// A registration of it that offers these skills, each with its tag.
pub(crate) fn wish(number: u8, skills: &[&str], ttl: Option<Duration>) -> Wish {
    let skill =
        |id: &&str| AgentSkill { id: (*id).to_owned(), tags: vec![format!("tag-{id}")], ..AgentSkill::default() };
    let card = AgentCard { skills: skills.iter().map(skill).collect(), ..AgentCard::default() };
    Wish {
        identity: identity(number),
        store_id: StoreId::from_bytes([number; 16]),
        labels: Labels::default(),
        card: card.encode_to_vec().into(),
        offers: Offers::of(&card),
        ttl,
        verification: Verification::default(),
    }
}
