//! What a signature is, and which ones count.

use cards::{Flaw, SignError, TrustedKeys, Unverified, sign, verify};
use proto::a2a::{AgentCard, AgentCardSignature};

use crate::stage::{ED25519, OTHER_ED25519, P256, card, key, trusting};

/// The header of a signature by hand, which no test of ours may need to encode otherwise.
fn with_header(header: &str) -> AgentCard {
    use base64::Engine as _;
    let signed = sign(card(), &[key(ED25519, "one")]).unwrap();
    let protected = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(header);
    let signature = AgentCardSignature { protected, ..signed.signatures[0].clone() };
    AgentCard { signatures: vec![signature], ..signed }
}

fn flaw(card: &AgentCard, trusted: &TrustedKeys) -> Flaw {
    match verify(card, trusted).unwrap_err() {
        Unverified::Signatures(mut flaws) => flaws.remove(0),
        other => panic!("{other}"),
    }
}

#[test]
fn both_algorithms_sign_and_verify() {
    for (pem, algorithm) in [(ED25519, "EdDSA"), (P256, "ES256")] {
        let key = key(pem, "one");
        let signed = sign(card(), std::slice::from_ref(&key)).unwrap();
        let signer = verify(&signed, &trusting([&key])).unwrap();
        assert_eq!((signer.kid.as_str(), signer.algorithm), ("one", algorithm));
        assert_eq!(AgentCard { signatures: Vec::new(), ..signed }, card(), "nothing else has changed");
    }
}

#[test]
fn a_card_of_two_keys_verifies_for_who_trusts_either() {
    let (old, new) = (key(ED25519, "2025"), key(P256, "2026"));
    let signed = sign(card(), &[new, old]).unwrap();
    assert_eq!(signed.signatures.len(), 2);
    for trusted in [key(ED25519, "2025"), key(P256, "2026")] {
        assert_eq!(verify(&signed, &trusting([&trusted])).unwrap().kid, trusted.kid());
    }
    let retired = sign(card(), &[key(P256, "2026")]).unwrap();
    assert_eq!(
        flaw(&retired, &trusting([&key(ED25519, "2025")])),
        Flaw::UnknownKey("2026".into()),
        "who still trusts the old key alone is told which one it would take"
    );
}

#[test]
fn signing_again_replaces_the_signatures() {
    let once = sign(card(), &[key(ED25519, "one")]).unwrap();
    let twice = sign(once, &[key(ED25519, "two")]).unwrap();
    assert_eq!(twice.signatures.len(), 1);
    assert_eq!(verify(&twice, &trusting([&key(ED25519, "two")])).unwrap().kid, "two");
}

#[test]
fn every_failure_says_why() {
    let trusted = trusting([&key(ED25519, "one")]);
    assert!(matches!(verify(&card(), &trusted), Err(Unverified::Unsigned)));
    let signed = sign(card(), &[key(ED25519, "one")]).unwrap();
    assert_eq!(flaw(&signed, &TrustedKeys::default()), Flaw::UnknownKey("one".into()));
    // Another key under the same id.
    assert_eq!(flaw(&signed, &trusting([&key(OTHER_ED25519, "one")])), Flaw::Forged("one".into()));
    let other = Flaw::OtherAlgorithm { kid: "one".into(), expected: "ES256", found: "EdDSA" };
    assert_eq!(flaw(&signed, &trusting([&key(P256, "one")])), other);
    for (header, wanted) in [
        ("no", Flaw::Header("is no JSON object")),
        (r#"{"kid":"one"}"#, Flaw::Header("names no algorithm (alg)")),
        (r#"{"alg":"EdDSA"}"#, Flaw::Header("names no key (kid)")),
        (r#"{"alg":"none","kid":"one"}"#, Flaw::Algorithm("none".into())),
        (r#"{"alg":"HS256","kid":"one"}"#, Flaw::Algorithm("HS256".into())),
        (
            r#"{"alg":"EdDSA","kid":"one","crit":["b64"],"b64":false}"#,
            Flaw::Header("has critical members (crit), and none is known here"),
        ),
        (r#"{"alg":"EdDSA","kid":"one"}"#, Flaw::Forged("one".into())),
    ] {
        assert_eq!(flaw(&with_header(header), &trusted), wanted, "{header}");
    }
}

#[test]
fn c64_a_card_with_something_empty_is_not_signed() {
    type Spoil = fn(&mut AgentCard);
    let spoilt: [(&str, Spoil); 5] = [
        ("name", |card| card.name.clear()),
        ("skills[0].tags", |card| card.skills[0].tags.clear()),
        ("supportedInterfaces[0].url", |card| card.supported_interfaces[0].url.clear()),
        ("skills", |card| card.skills.clear()),
        ("capabilities", |card| card.capabilities = Some(proto::a2a::AgentCapabilities::default())),
    ];
    for (path, spoil) in spoilt {
        let mut card = card();
        spoil(&mut card);
        let refused = sign(card, &[key(ED25519, "one")]).unwrap_err();
        assert!(matches!(&refused, SignError::Empty(found) if found == path), "{path}: {refused}");
    }
    let bare = AgentCard { capabilities: None, ..card() };
    assert!(matches!(sign(bare, &[key(ED25519, "one")]), Err(SignError::NoCapabilities)));
    let twice = [key(ED25519, "one"), key(P256, "one")];
    assert!(matches!(sign(card(), &twice), Err(SignError::Twice(kid)) if kid == "one"));
}
