//! Agent cards: building ours, checking anybody's.

use proto::a2a::{AgentCapabilities, AgentCard, AgentExtension, AgentInterface, AgentSkill};
use service::RPC_PATH;

use crate::error::Violation;
use crate::metadata;

/// The binding of gRPC in a card.
pub const GRPC: &str = "GRPC";
/// The binding of JSON-RPC in a card.
pub const JSON_RPC: &str = "JSONRPC";
/// The binding of HTTP+JSON in a card.
pub const HTTP_JSON: &str = "HTTP+JSON";

/// What an agent says of itself; the rest of its card follows from that.
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Its own version.
    pub version: String,
    /// Where it listens for all bindings: `host:port`, without a scheme.
    pub url: String,
    /// What it can do; at least one.
    pub skills: Vec<AgentSkill>,
    /// Extensions beside those that every agent of ours has: cursor, idempotency and dispatch.
    pub extensions: Vec<&'static str>,
}

impl Card {
    /// The A2A card. Fails with what a client would find wrong with it.
    pub fn build(self) -> Result<AgentCard, Vec<Violation>> {
        let common = [metadata::CURSOR, metadata::IDEMPOTENCY, metadata::DISPATCH];
        let extensions = common.into_iter().chain(self.extensions).map(extension).collect();
        let capabilities = AgentCapabilities {
            streaming: Some(true),
            push_notifications: Some(false),
            extensions,
            extended_agent_card: Some(false),
        };
        if self.url.contains("://") {
            return Err(vec![Violation { field: "url".into(), description: "must be host:port, no scheme".into() }]);
        }
        let modes = || ["text/plain", "application/json"].map(str::to_owned).to_vec();
        let card = AgentCard {
            name: self.name,
            description: self.description,
            version: self.version,
            supported_interfaces: interfaces(self.url),
            capabilities: Some(capabilities),
            default_input_modes: modes(),
            default_output_modes: modes(),
            skills: self.skills,
            ..AgentCard::default()
        };
        validate(&card)?;
        Ok(card)
    }
}

/// All bindings at one address, in the order of preference. gRPC's url has no scheme, by the specification.
fn interfaces(address: String) -> Vec<AgentInterface> {
    if address.is_empty() {
        return Vec::new();
    }
    let (rpc, rest) = (format!("http://{address}{RPC_PATH}"), format!("http://{address}"));
    let interface = |(url, binding): (String, &str)| AgentInterface {
        url,
        protocol_binding: binding.into(),
        protocol_version: crate::call::VERSION.into(),
        tenant: String::new(),
    };
    [(address, GRPC), (rpc, JSON_RPC), (rest, HTTP_JSON)].map(interface).to_vec()
}

/// Checks that a card has all that is required of one.
pub fn validate(card: &AgentCard) -> Result<(), Vec<Violation>> {
    let mut found = Vec::new();
    let mut require = |field: &str, given: bool| {
        if !given {
            found.push(Violation { field: field.to_owned(), description: "is required".into() });
        }
    };
    require("name", !card.name.is_empty());
    require("description", !card.description.is_empty());
    require("version", !card.version.is_empty());
    require("capabilities", card.capabilities.is_some());
    require("default_input_modes", !card.default_input_modes.is_empty());
    require("default_output_modes", !card.default_output_modes.is_empty());
    require("supported_interfaces", !card.supported_interfaces.is_empty());
    require("skills", !card.skills.is_empty());
    for (index, interface) in card.supported_interfaces.iter().enumerate() {
        let path = |field| format!("supported_interfaces[{index}].{field}");
        require(&path("url"), !interface.url.is_empty());
        require(&path("protocol_binding"), !interface.protocol_binding.is_empty());
        require(&path("protocol_version"), !interface.protocol_version.is_empty());
    }
    for (index, skill) in card.skills.iter().enumerate() {
        let path = |field| format!("skills[{index}].{field}");
        require(&path("id"), !skill.id.is_empty());
        require(&path("name"), !skill.name.is_empty());
        require(&path("description"), !skill.description.is_empty());
        require(&path("tags"), !skill.tags.is_empty());
    }
    if found.is_empty() { Ok(()) } else { Err(found) }
}

fn extension(uri: &'static str) -> AgentExtension {
    let description = match uri {
        metadata::CURSOR => "every frame has a number; a stream goes on after any of them",
        metadata::IDEMPOTENCY => "a message that is sent again is answered with the task that it became",
        metadata::PROGRESS => "status updates say which step of how many they are about",
        metadata::PLAN => "the plan is an artifact before anything is dispatched",
        metadata::REASON => "says why a task waits for input, or that it failed with an unknown outcome",
        metadata::DISPATCH => "a dispatched message names its run, step and attempt",
        _ => "",
    };
    AgentExtension { uri: uri.into(), description: description.into(), required: false, params: None }
}
