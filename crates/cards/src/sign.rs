//! Signs cards.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proto::a2a::{AgentCard, AgentCardSignature};

use crate::canonical::{NotCanonical, Payload};
use crate::header;
use crate::key::SigningKey;

/// Why a card is not signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// Something in it is empty: verifiers do not agree on whether that is signed.
    #[error("{0} is empty, and verifiers do not agree on what is signed then; give it content or leave it out")]
    Empty(String),
    /// It does not say what it can do, which every card must.
    #[error("the card has no capabilities")]
    NoCapabilities,
    /// Two keys of one id.
    #[error("two keys have the id {0}")]
    Twice(String),
    /// There is nothing to sign.
    #[error(transparent)]
    NotCanonical(#[from] NotCanonical),
    /// The library refused.
    #[error("the key {kid} does not sign")]
    Key {
        /// Which key.
        kid: String,
        /// How it failed.
        #[source]
        source: jsonwebtoken::errors::Error,
    },
}

/// The card with one signature for each key, in their order, instead of those that it had. A card that is served while
/// keys change has signatures of the old and of the new one.
///
/// # Errors
/// [`SignError`]: only a card whose canonical form is beyond doubt is signed.
pub fn sign(card: AgentCard, keys: &[SigningKey]) -> Result<AgentCard, SignError> {
    if card.capabilities.is_none() {
        return Err(SignError::NoCapabilities);
    }
    let mut kids = BTreeSet::new();
    if let Some(again) = keys.iter().find(|key| !kids.insert(key.kid())) {
        return Err(SignError::Twice(again.kid().to_owned()));
    }
    let payload = Payload::of(&card)?;
    if let Some(path) = payload.empty_at {
        return Err(SignError::Empty(path));
    }
    let signatures = keys.iter().map(|key| signature(&payload.literal, key)).collect::<Result<_, _>>()?;
    Ok(AgentCard { signatures, ..card })
}

/// What is signed by RFC 7515: the header and the payload, though the payload is not sent.
pub(crate) fn input(protected: &str, payload: &[u8]) -> String {
    format!("{protected}.{}", URL_SAFE_NO_PAD.encode(payload))
}

fn signature(payload: &[u8], key: &SigningKey) -> Result<AgentCardSignature, SignError> {
    let protected = header::write(key.algorithm(), key.kid());
    let signed = jsonwebtoken::crypto::sign(input(&protected, payload).as_bytes(), key.secret(), key.algorithm());
    let signature = signed.map_err(|source| SignError::Key { kid: key.kid().to_owned(), source })?;
    Ok(AgentCardSignature { protected, signature, header: None })
}
