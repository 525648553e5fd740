//! From the wire to what a view shows. What cannot be used is left out: one odd agent must not blind the others.

use std::sync::Arc;

use proto::a2a::AgentCard;
use proto::watchroom::registry::v1 as wire;

use crate::view::Key;
use crate::{Endpoint, Health};

/// The binding of A2A over gRPC, as cards name it.
const GRPC: &str = "GRPC";

/// The identity of an instance.
pub(crate) fn key(name: String, version: String, instance: String) -> Option<Key> {
    Some((name.parse().ok()?, version, instance.parse().ok()?))
}

/// The identity of a registered instance.
pub(crate) fn key_of(agent: &wire::Agent) -> Option<Key> {
    let registration = agent.registration.as_ref()?;
    let card = registration.card.as_ref()?;
    key(card.name.clone(), card.version.clone(), registration.instance_id.clone())
}

/// Where the agent answers over gRPC, if it does.
pub(crate) fn endpoint(agent: wire::Agent) -> Option<Endpoint> {
    let signed = agent.verification() == wire::Verification::Signed;
    let registration = agent.registration?;
    let card = registration.card?;
    Some(Endpoint {
        agent: card.name.parse().ok()?,
        version: card.version.clone(),
        instance: registration.instance_id.parse().ok()?,
        store_id: registration.store_id.parse().ok()?,
        url: grpc_url(&card)?,
        health: health(agent.health, agent.draining),
        in_flight: agent.in_flight,
        load: agent.load_percent,
        signed,
        failing: agent.callers.is_some_and(|callers| callers.failing),
        role: registration.role,
        domain: registration.domain,
        epoch: agent.epoch,
        card: Arc::new(card),
    })
}

/// An instance that says nothing of itself serves.
pub(crate) fn health(wire: i32, draining: bool) -> Health {
    match wire::Health::try_from(wire) {
        Ok(wire::Health::NotServing) => Health::NotServing,
        _ if draining => Health::Draining,
        Ok(wire::Health::Serving | wire::Health::Unspecified) | Err(_) => Health::Serving,
    }
}

fn grpc_url(card: &AgentCard) -> Option<String> {
    let is_grpc = |binding: &str| binding.eq_ignore_ascii_case(GRPC);
    card.supported_interfaces
        .iter()
        .find(|interface| is_grpc(&interface.protocol_binding) && !interface.url.is_empty())
        .map(|interface| interface.url.clone())
}
