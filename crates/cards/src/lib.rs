//! Signed agent cards: JWS over the canonical form of a card, by ES256 or EdDSA, and what a signature proves.
//! Knows no network and no registry: keys come as text, cards as messages.
//!
//! ```
//! use cards::{SigningKey, TrustedKeys, sign, verify};
//! # use proto::a2a::{AgentCapabilities, AgentCard, AgentInterface, AgentSkill};
//! # let interface = AgentInterface {
//! #     url: "127.0.0.1:7411".into(), protocol_binding: "GRPC".into(), protocol_version: "1.0".into(), ..Default::default()
//! # };
//! # let skill = AgentSkill {
//! #     id: "fire".into(), name: "Fire".into(), description: "Puts it out".into(), tags: vec!["fire".into()],
//! #     ..Default::default()
//! # };
//! # let card = AgentCard {
//! #     name: "Fire Brigade".into(), description: "Fights fires".into(), version: "1".into(),
//! #     supported_interfaces: vec![interface], skills: vec![skill],
//! #     capabilities: Some(AgentCapabilities { streaming: Some(true), ..Default::default() }),
//! #     default_input_modes: vec!["text/plain".into()], default_output_modes: vec!["text/plain".into()],
//! #     ..Default::default()
//! # };
//! # let pem = "-----BEGIN PRIVATE KEY-----\n\
//! #     MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";
//! let key = SigningKey::from_pem(pem, None)?;
//! let signed = sign(card, std::slice::from_ref(&key))?;
//!
//! let trusted = TrustedKeys::from_jwks(&cards::jwks([&key]))?;
//! assert_eq!(verify(&signed, &trusted)?.kid, key.kid());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod canonical;
mod header;
mod key;
mod key_file;
mod place;
mod sign;
mod trust;
mod verify;

pub use canonical::NotCanonical;
pub use key::{KeyError, SigningKey, jwks};
pub use key_file::{KeyFile, KeyFileError};
pub use place::{WELL_KNOWN, published_at};
pub use sign::{SignError, sign};
pub use trust::{TrustError, TrustedKeys};
pub use verify::{Flaw, Signer, Unverified, verify, verify_encoded, verify_json};
