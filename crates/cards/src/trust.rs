//! Keys that are trusted: a JWK set (RFC 7517) of public keys.

use std::collections::BTreeMap;
use std::fmt;

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey};
use serde_json::Value;

/// Why a text is no set of trusted keys.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// Not JSON.
    #[error("it is not JSON")]
    Json(#[source] serde_json::Error),
    /// No member `keys`.
    #[error("it is no JWK set: it must be an object with a list \"keys\"")]
    Set,
    /// A key without an id can never be named.
    #[error("keys[{0}] has no kid, by which signatures name it")]
    NoKid(usize),
    /// Two keys of one id.
    #[error("two keys have the kid {0:?}")]
    Twice(String),
    /// Somebody is about to publish a secret.
    #[error("the key {0:?} is a private one (it has a member \"d\"); only its public half belongs here")]
    Private(String),
    /// A key of a kind that cards are not signed with.
    #[error("the key {0:?} is neither Ed25519 (EdDSA) nor P-256 (ES256)")]
    Kind(String),
}

/// The public keys that somebody trusts, by id. Empty, it trusts nobody.
#[derive(Clone, Default)]
pub struct TrustedKeys(BTreeMap<String, Trusted>);

#[derive(Clone)]
pub(crate) struct Trusted {
    pub(crate) algorithm: Algorithm,
    pub(crate) key: DecodingKey,
}

impl TrustedKeys {
    /// Reads a JWK set. It is a list of whom to trust, so one key that does not fit refuses it all.
    ///
    /// # Errors
    /// [`TrustError`], naming the key.
    pub fn from_jwks(text: &str) -> Result<Self, TrustError> {
        let set: Value = serde_json::from_str(text).map_err(TrustError::Json)?;
        let keys = set.get("keys").and_then(Value::as_array).ok_or(TrustError::Set)?;
        let mut all = Self::default();
        for (index, key) in keys.iter().enumerate() {
            let (kid, trusted) = read(index, key)?;
            if all.0.insert(kid.clone(), trusted).is_some() {
                return Err(TrustError::Twice(kid));
            }
        }
        Ok(all)
    }

    /// The ids, in order.
    pub fn kids(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Whether nobody is trusted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn get(&self, kid: &str) -> Option<&Trusted> {
        self.0.get(kid)
    }
}

fn read(index: usize, key: &Value) -> Result<(String, Trusted), TrustError> {
    let kid = key.get("kid").and_then(Value::as_str).filter(|kid| !kid.is_empty()).ok_or(TrustError::NoKid(index))?;
    if key.get("d").is_some() {
        return Err(TrustError::Private(kid.to_owned()));
    }
    let kind = || TrustError::Kind(kid.to_owned());
    let algorithm = match (key["kty"].as_str(), key["crv"].as_str(), key["alg"].as_str()) {
        (Some("EC"), Some("P-256"), None | Some("ES256")) => Algorithm::ES256,
        (Some("OKP"), Some("Ed25519"), None | Some("EdDSA")) => Algorithm::EdDSA,
        _ => return Err(kind()),
    };
    let jwk: Jwk = serde_json::from_value(key.clone()).map_err(|_| kind())?;
    let key = DecodingKey::from_jwk(&jwk).map_err(|_| kind())?;
    debug_assert!(matches!(key.family(), AlgorithmFamily::Ec | AlgorithmFamily::Ed));
    Ok((kid.to_owned(), Trusted { algorithm, key }))
}

impl fmt::Debug for TrustedKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
