//! What a card says where callers must say who they are.

use proto::a2a::security_scheme::Scheme;
use proto::a2a::{AgentCard, HttpAuthSecurityScheme, SecurityRequirement, SecurityScheme, StringList};

/// The scheme's name within the card.
const BEARER: &str = "bearer";

/// Says that calls need a bearer token.
pub(crate) fn demand_bearer(card: &mut AgentCard) {
    let scheme = HttpAuthSecurityScheme {
        description: "A static token; ask whoever runs this agent".to_owned(),
        scheme: "Bearer".to_owned(),
        ..HttpAuthSecurityScheme::default()
    };
    let scheme = SecurityScheme { scheme: Some(Scheme::HttpAuthSecurityScheme(scheme)) };
    card.security_schemes.insert(BEARER.to_owned(), scheme);
    // The role that calls need. An empty list would say less, and a card with anything empty in it cannot be signed.
    let roles = StringList { list: vec![service::Role::Caller.to_string()] };
    card.security_requirements.push(SecurityRequirement { schemes: [(BEARER.to_owned(), roles)].into() });
}
