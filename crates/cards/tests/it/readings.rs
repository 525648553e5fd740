//! Signatures of others, who may have signed a card with something empty in it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cards::verify;
use jsonwebtoken::{Algorithm, EncodingKey};
use proto::a2a::{AgentCard, AgentCardSignature};
use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject as _;

use crate::stage::{ED25519, card, key, trusting};

/// Signs `payload` as it is, and puts the signature on the card.
fn signed_over(card: AgentCard, payload: &str) -> AgentCard {
    let der = PrivatePkcs8KeyDer::from_pem_slice(ED25519.as_bytes()).unwrap();
    let secret = EncodingKey::from_ed_der(der.secret_pkcs8_der());
    let protected = URL_SAFE_NO_PAD.encode(r#"{"alg":"EdDSA","kid":"one"}"#);
    let input = format!("{protected}.{}", URL_SAFE_NO_PAD.encode(payload));
    let signature = jsonwebtoken::crypto::sign(input.as_bytes(), &secret, Algorithm::EdDSA).unwrap();
    AgentCard { signatures: vec![AgentCardSignature { protected, signature, header: None }], ..card }
}

const WHOLE: &str = concat!(
    r#"{"capabilities":{"extensions":[{"uri":"urn:test:one"}],"pushNotifications":false,"streaming":true},"#,
    r#""defaultInputModes":["text/plain"],"defaultOutputModes":["text/plain"],"description":"Fights fires","#,
    r#""name":"Fire Brigade","skills":[{"description":"Puts \"it\" out","id":"fire","name":"Löschen","#,
    r#""tags":["fire","rescue"]}],"supportedInterfaces":[{"protocolBinding":"GRPC","protocolVersion":"1.0","#,
    r#""url":"127.0.0.1:7411"}],"version":"1"}"#
);

#[test]
fn the_canonical_form_of_a_card_is_this() {
    let trusted = trusting([&key(ED25519, "one")]);
    verify(&signed_over(card(), WHOLE), &trusted).unwrap();
}

#[test]
fn both_readings_of_an_empty_field_verify() {
    let trusted = trusting([&key(ED25519, "one")]);
    let mut empty = card();
    empty.skills[0].tags.clear();
    let literal = WHOLE.replace(r#""tags":["fire","rescue"]"#, r#""tags":[]"#);
    let lean = WHOLE.replace(r#","tags":["fire","rescue"]"#, "");
    for payload in [&literal, &lean] {
        verify(&signed_over(empty.clone(), payload), &trusted).unwrap_or_else(|why| panic!("{payload}: {why}"));
    }
    verify(&signed_over(empty, WHOLE), &trusted).unwrap_err();
}

#[test]
fn a_present_false_is_signed_and_an_absent_one_is_not() {
    let trusted = trusting([&key(ED25519, "one")]);
    let absent = WHOLE.replace(r#""pushNotifications":false,"#, "");
    verify(&signed_over(card(), &absent), &trusted).unwrap_err();
    let mut without = card();
    without.capabilities.as_mut().unwrap().push_notifications = None;
    verify(&signed_over(without, &absent), &trusted).unwrap();
}
