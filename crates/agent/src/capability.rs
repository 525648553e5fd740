//! What the card of an agent promises, and what it asks of clients. Operations that it does not promise are refused, on
//! every binding.

use proto::a2a::{AgentCard, AgentExtension};

/// Something that every agent of the kit can do, and that its card promises unless the agent does without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Capability {
    /// Answers in streams.
    Streaming,
    /// Calls webhooks.
    PushNotifications,
    /// A card that tells known callers more; it is there only where callers say who they are.
    ExtendedCard,
}

/// Promises everything but what the agent does `without`. `known` is whether callers say who they are.
pub(crate) fn promise(card: &mut AgentCard, without: &[Capability], known: bool) {
    let can = |capability| Some(!without.contains(&capability));
    let capabilities = card.capabilities.get_or_insert_default();
    capabilities.streaming = can(Capability::Streaming);
    capabilities.push_notifications = can(Capability::PushNotifications);
    capabilities.extended_agent_card = can(Capability::ExtendedCard).map(|can| can && known);
}

/// Says that clients must ask for these extensions: calls that do not are refused.
pub(crate) fn require(card: &mut AgentCard, uris: Vec<String>) {
    let extension = |uri| AgentExtension {
        uri,
        description: "calls must name this extension".to_owned(),
        required: true,
        params: None,
    };
    card.capabilities.get_or_insert_default().extensions.extend(uris.into_iter().map(extension));
}
