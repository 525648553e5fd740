//! Where an agent publishes its card.

use proto::a2a::AgentCard;

/// The path at which every A2A agent over HTTP publishes its card.
pub const WELL_KNOWN: &str = "/.well-known/agent-card.json";

/// Where the agent of this card publishes it: at the origin of its first interface, which over gRPC may be written
/// without a scheme. `None` for a card without interfaces, or one that is reached by anything else.
pub fn published_at(card: &AgentCard) -> Option<String> {
    let url = card.supported_interfaces.first()?.url.as_str();
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    let authority = rest.split(['/', '?', '#']).next().filter(|authority| !authority.is_empty())?;
    matches!(scheme, "http" | "https").then(|| format!("{scheme}://{authority}{WELL_KNOWN}"))
}
