//! Keys and a card for the tests.

use cards::{SigningKey, TrustedKeys};
use proto::a2a::{AgentCapabilities, AgentCard, AgentExtension, AgentInterface, AgentSkill};

/// The key of RFC 8037, appendix A.
pub(crate) const ED25519: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
";

pub(crate) const OTHER_ED25519: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIG8vM8XQgq/lPlD/sKvyl14sS8JLFejvq1106LONgCO8
-----END PRIVATE KEY-----
";

pub(crate) const P256: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgTWUT/Hc8PliZReJf
3TGfQlpPsG5Q7IXlEOoFDCZ28r+hRANCAAQm1/+vxi2dYMNnLzOf3ag6nm4WWyvJ
TFU8hig6D7CBCiWegItq1QfQ+mGzEKZa94DTzgILJuQn36m1z44D+zSO
-----END PRIVATE KEY-----
";

pub(crate) fn key(pem: &str, kid: &str) -> SigningKey {
    SigningKey::from_pem(pem, Some(kid)).unwrap()
}

pub(crate) fn trusting<'k>(keys: impl IntoIterator<Item = &'k SigningKey>) -> TrustedKeys {
    TrustedKeys::from_jwks(&cards::jwks(keys)).unwrap()
}

/// A card in which nothing is empty, and something is beyond ASCII.
pub(crate) fn card() -> AgentCard {
    let interface = AgentInterface {
        url: "127.0.0.1:7411".into(),
        protocol_binding: "GRPC".into(),
        protocol_version: "1.0".into(),
        tenant: String::new(),
    };
    let skill = AgentSkill {
        id: "fire".into(),
        name: "Löschen".into(),
        description: "Puts \"it\" out".into(),
        tags: vec!["fire".into(), "rescue".into()],
        ..AgentSkill::default()
    };
    let extension = AgentExtension { uri: "urn:test:one".into(), ..AgentExtension::default() };
    let capabilities = AgentCapabilities {
        streaming: Some(true),
        push_notifications: Some(false),
        extensions: vec![extension],
        extended_agent_card: None,
    };
    AgentCard {
        name: "Fire Brigade".into(),
        description: "Fights fires".into(),
        version: "1".into(),
        supported_interfaces: vec![interface],
        capabilities: Some(capabilities),
        default_input_modes: vec!["text/plain".into()],
        default_output_modes: vec!["text/plain".into()],
        skills: vec![skill],
        ..AgentCard::default()
    }
}
