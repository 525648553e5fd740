//! R7: one flipped bit anywhere in a signed card, in either encoding, and nothing is verified.

use cards::{sign, verify_encoded, verify_json};
use prost::Message as _;
use proto::a2a::AgentCard;

use crate::stage::{ED25519, card, key, trusting};

fn signed() -> AgentCard {
    sign(card(), &[key(ED25519, "one")]).unwrap()
}

/// Every variant of `bytes` that differs in one bit.
fn flipped(bytes: &[u8]) -> impl Iterator<Item = (usize, Vec<u8>)> + '_ {
    (0..bytes.len() * 8).map(|bit| {
        let mut flipped = bytes.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        (bit / 8, flipped)
    })
}

#[test]
fn a_flipped_bit_of_the_encoded_card_is_never_signed() {
    let trusted = trusting([&key(ED25519, "one")]);
    let bytes = signed().encode_to_vec();
    verify_encoded(&bytes, &trusted).unwrap();
    for (at, flipped) in flipped(&bytes) {
        assert!(verify_encoded(&flipped, &trusted).is_err(), "byte {at} of {}", bytes.len());
    }
}

#[test]
fn a_flipped_bit_of_the_json_is_never_signed() {
    let trusted = trusting([&key(ED25519, "one")]);
    let json = proto::to_json(&signed()).unwrap();
    verify_json(&json, &trusted).unwrap();
    for (at, flipped) in flipped(json.as_bytes()) {
        // What is no text is no JSON either.
        let Ok(text) = String::from_utf8(flipped) else { continue };
        assert!(verify_json(&text, &trusted).is_err(), "byte {at}: {text}");
    }
}

#[test]
fn parts_that_are_not_known_here_are_not_vouched_for() {
    let trusted = trusting([&key(ED25519, "one")]);
    let mut bytes = signed().encode_to_vec();
    // Field 1000, a varint.
    bytes.extend([0xc0, 0x3e, 0x01]);
    assert_eq!(AgentCard::decode(bytes.as_slice()).unwrap(), signed(), "a decoder does not see it");
    assert!(verify_encoded(&bytes, &trusted).is_err());
    let json = proto::to_json(&signed()).unwrap();
    let with_more = json.replacen('{', r#"{"novelty":true,"#, 1);
    assert!(verify_json(&with_more, &trusted).is_err());
}
