//! Keys that sign: a private key from PEM, and the public half as a JWK.

use std::fmt;

use jsonwebtoken::jwk::{Jwk, JwkSet, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey};
use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject as _;

/// Why a text holds no key that signs cards.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Not PEM, or not a private key in it.
    #[error("there is no PEM block PRIVATE KEY (PKCS#8) in it; `openssl genpkey -algorithm ed25519` writes one")]
    Pem,
    /// A key of another kind.
    #[error("its key is neither Ed25519 (EdDSA) nor P-256 (ES256)")]
    Kind,
    /// Ids are quoted in headers and compared letter for letter.
    #[error("a key id must have 1 to 256 visible characters")]
    Kid,
}

/// A private key with its id. Debug shows no part of it.
pub struct SigningKey {
    kid: String,
    algorithm: Algorithm,
    secret: EncodingKey,
    public: Jwk,
}

impl SigningKey {
    /// Reads a private key in PEM (PKCS#8). Without an id it gets its thumbprint (RFC 7638), which nobody else has.
    ///
    /// # Errors
    /// [`KeyError`], which quotes nothing of the text.
    pub fn from_pem(pem: &str, kid: Option<&str>) -> Result<Self, KeyError> {
        let der = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| KeyError::Pem)?;
        let der = der.secret_pkcs8_der();
        let candidates =
            [(Algorithm::EdDSA, EncodingKey::from_ed_der(der)), (Algorithm::ES256, EncodingKey::from_ec_der(der))];
        let fits =
            |(algorithm, secret)| Jwk::from_encoding_key(&secret, algorithm).ok().map(|jwk| (algorithm, secret, jwk));
        let (algorithm, secret, mut public) = candidates.into_iter().find_map(fits).ok_or(KeyError::Kind)?;
        let kid = match kid {
            Some(kid) => kid.to_owned(),
            None => public.thumbprint(ThumbprintHash::SHA256).map_err(|_| KeyError::Kind)?,
        };
        if !(1..=256).contains(&kid.len()) || !kid.chars().all(|letter| letter.is_ascii_graphic()) {
            return Err(KeyError::Kid);
        }
        public.common.key_id = Some(kid.clone());
        Ok(Self { kid, algorithm, secret, public })
    }

    /// The id that signatures name.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    pub(crate) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub(crate) fn secret(&self) -> &EncodingKey {
        &self.secret
    }
}

/// The public halves of keys as a JWK set, for those who verify.
pub fn jwks<'k>(keys: impl IntoIterator<Item = &'k SigningKey>) -> String {
    let set = JwkSet { keys: keys.into_iter().map(|key| key.public.clone()).collect() };
    serde_json::to_string_pretty(&set).expect("a JWK is texts only")
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("kid", &self.kid).field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}
