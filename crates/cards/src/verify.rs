//! Verifies cards: one signature by a trusted key is enough, and every failure says why.

use jsonwebtoken::crypto;
use proto::JsonError;
use proto::a2a::{AgentCard, AgentCardSignature};

use crate::canonical::{NotCanonical, Payload};
use crate::header;
use crate::sign::input;
use crate::trust::TrustedKeys;

/// Signatures of a card that are checked: more than there are keys while keys change. Whoever registers waits for them,
/// and so does everybody else.
const MOST: usize = 16;

/// Who signed a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// The id of the trusted key.
    pub kid: String,
    /// `ES256` or `EdDSA`.
    pub algorithm: &'static str,
}

/// Why nothing is known of a card's origin.
#[derive(Debug, thiserror::Error)]
pub enum Unverified {
    /// It has no signatures.
    #[error("the card is not signed")]
    Unsigned,
    /// It has more than anybody needs.
    #[error("the card has {0} signatures, and more than {MOST} are not checked")]
    TooMany(usize),
    /// None of its signatures counts; each with its reason, in their order.
    #[error("no signature of the card counts: {}", listed(.0))]
    Signatures(Vec<Flaw>),
    /// It has parts that this version does not know; a signature that covers them cannot be checked.
    #[error("the card has parts that are not known here, so what is signed cannot be told")]
    UnknownParts,
    /// It is no card.
    #[error("not a card that can be read to the letter")]
    Json(#[source] JsonError),
    /// There is nothing that could have been signed.
    #[error(transparent)]
    NotCanonical(#[from] NotCanonical),
}

/// Why one signature does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// Its protected header; says what is wrong with it.
    #[error("its protected header {0}")]
    Header(&'static str),
    /// An algorithm that cards are not signed with here.
    #[error("its algorithm {0:?} is neither ES256 nor EdDSA")]
    Algorithm(String),
    /// Nobody trusted has that key.
    #[error("its key {0:?} is not trusted")]
    UnknownKey(String),
    /// The key is of another kind than the header says.
    #[error("its key {kid:?} is for {expected}, and the header says {found}")]
    OtherAlgorithm {
        /// The key.
        kid: String,
        /// The key's algorithm.
        expected: &'static str,
        /// The header's.
        found: &'static str,
    },
    /// It was made for another card, or by another key.
    #[error("it does not fit the card and the key {0:?}")]
    Forged(String),
}

/// Who signed the card, as far as `trusted` knows.
///
/// # Errors
/// [`Unverified`]: a card that has been changed in any way is among these.
pub fn verify(card: &AgentCard, trusted: &TrustedKeys) -> Result<Signer, Unverified> {
    if card.signatures.is_empty() {
        return Err(Unverified::Unsigned);
    }
    if card.signatures.len() > MOST {
        return Err(Unverified::TooMany(card.signatures.len()));
    }
    let payload = Payload::of(card)?;
    let mut flaws = Vec::new();
    for signature in &card.signatures {
        match check(signature, &payload, trusted) {
            Ok(signer) => return Ok(signer),
            Err(flaw) => flaws.push(flaw),
        }
    }
    Err(Unverified::Signatures(flaws))
}

/// As [`verify`], of an encoded card. What is not known of its fields would pass unseen beside a good signature,
/// so a card with such fields is not verified.
///
/// # Errors
/// As [`verify`].
pub fn verify_encoded(card: &[u8], trusted: &TrustedKeys) -> Result<Signer, Unverified> {
    let card = proto::decode_exact::<AgentCard>(card).map_err(Unverified::Json)?;
    if !card.is_whole {
        return Err(Unverified::UnknownParts);
    }
    verify(&card.message, trusted)
}

/// As [`verify_encoded`], of a card in JSON.
///
/// # Errors
/// As [`verify`].
pub fn verify_json(card: &str, trusted: &TrustedKeys) -> Result<Signer, Unverified> {
    let card: AgentCard = proto::from_json_exact(card).map_err(Unverified::Json)?;
    verify(&card, trusted)
}

fn check(signature: &AgentCardSignature, payload: &Payload, trusted: &TrustedKeys) -> Result<Signer, Flaw> {
    let protected = header::read(&signature.protected)?;
    let kid = protected.kid;
    let Some(key) = trusted.get(&kid) else { return Err(Flaw::UnknownKey(kid)) };
    if key.algorithm != protected.algorithm {
        let (expected, found) = (header::name(key.algorithm), header::name(protected.algorithm));
        return Err(Flaw::OtherAlgorithm { kid, expected, found });
    }
    let fits = |reading: &[u8]| {
        let signed = input(&signature.protected, reading);
        crypto::verify(&signature.signature, signed.as_bytes(), &key.key, key.algorithm).unwrap_or(false)
    };
    if !payload.readings().any(fits) {
        return Err(Flaw::Forged(kid));
    }
    Ok(Signer { kid, algorithm: header::name(key.algorithm) })
}

fn listed(flaws: &[Flaw]) -> String {
    flaws.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
