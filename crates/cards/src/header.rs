//! The protected header of a signature: who signed, and how.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use serde_json::{Map, Value, json};

use crate::verify::Flaw;

/// What is read of a protected header.
#[derive(Debug)]
pub(crate) struct Protected {
    pub(crate) algorithm: Algorithm,
    pub(crate) kid: String,
}

/// The algorithm's name in a header.
pub(crate) const fn name(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::ES256 => "ES256",
        Algorithm::EdDSA => "EdDSA",
        // No key of ours has another.
        _ => "",
    }
}

/// A header as it is signed.
pub(crate) fn write(algorithm: Algorithm, kid: &str) -> String {
    URL_SAFE_NO_PAD.encode(json!({"alg": name(algorithm), "kid": kid, "typ": "JOSE"}).to_string())
}

/// Reads a header, and refuses what it asks for if we do not understand that.
pub(crate) fn read(encoded: &str) -> Result<Protected, Flaw> {
    let bytes = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| Flaw::Header("is not base64url"))?;
    let members: Map<String, Value> = serde_json::from_slice(&bytes).map_err(|_| Flaw::Header("is no JSON object"))?;
    // RFC 7515: who does not understand what is critical must not accept the signature.
    if members.contains_key("crit") {
        return Err(Flaw::Header("has critical members (crit), and none is known here"));
    }
    let text = |member: &str| members.get(member).and_then(Value::as_str);
    let algorithm = match text("alg") {
        Some("ES256") => Algorithm::ES256,
        Some("EdDSA") => Algorithm::EdDSA,
        Some(other) => return Err(Flaw::Algorithm(other.to_owned())),
        None => return Err(Flaw::Header("names no algorithm (alg)")),
    };
    let kid = text("kid").filter(|kid| !kid.is_empty()).ok_or(Flaw::Header("names no key (kid)"))?;
    Ok(Protected { algorithm, kid: kid.to_owned() })
}
