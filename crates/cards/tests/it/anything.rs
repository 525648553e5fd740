//! Signatures, headers, cards, key sets and keys of anything: each is told from a good one, and what is told of it is
//! a line. `PROPTEST_CASES` makes it longer, and `make fuzz` does.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use cards::{SigningKey, TrustedKeys, sign, verify, verify_encoded, verify_json};
use proptest::prelude::*;
use proptest::sample::select;
use prost::Message as _;
use proto::a2a::{AgentCard, AgentCardSignature};
use serde_json::{Value, json};

use crate::stage::{ED25519, OTHER_ED25519, P256, card, key, trusting};

/// Must not be repeated.
const SECRET: &str = "n0t-to-be-repeated";

/// A card with a signature by each of two trusted keys, and by one that nobody trusts.
static SIGNED: LazyLock<AgentCard> =
    LazyLock::new(|| sign(card(), &[key(ED25519, "one"), key(P256, "two"), key(OTHER_ED25519, "three")]).unwrap());

fn trusted() -> TrustedKeys {
    trusting([&key(ED25519, "one"), &key(P256, "two")])
}

/// What members of headers and of keys are.
const TEXTS: [&str; 24] = [
    "",
    "one",
    "two",
    "three",
    "\u{0}\u{7}\u{1b}[2J",
    "ES256",
    "EdDSA",
    "HS256",
    "none",
    "RS256",
    "JOSE",
    "EC",
    "OKP",
    "RSA",
    "oct",
    "P-256",
    "Ed25519",
    "X25519",
    "sig",
    SECRET,
    "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    "Jtf_v8YtnWDDZy8zn92oOp5uFlsryUxVPIYoOg-wgQo",
    "JaCWi1bVB9D6YbMQplr3gNPOAgsm5Cffr6bXPjgD7NI",
    "AQ==",
];

const NAMES: [&str; 14] = ["alg", "kid", "typ", "crit", "jku", "jwk", "b64", "kty", "crv", "x", "y", "d", "k", "use"];

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        select(&TEXTS[..]).prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(select(&NAMES[..]), inner, 0..4)
                .prop_map(|members| members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()),
        ]
    })
}

/// Members of which most are what they should be.
fn any_object() -> impl Strategy<Value = Value> {
    let member = prop_oneof![3 => select(&TEXTS[..]).prop_map(Value::from), 1 => any_value()];
    prop::collection::btree_map(select(&NAMES[..]), member, 0..8)
        .prop_map(|members| members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

fn any_header() -> impl Strategy<Value = String> {
    let encoded = |text: String| BASE64_URL_SAFE_NO_PAD.encode(text);
    let genuine = (0..3_usize).prop_map(|which| SIGNED.signatures[which].protected.clone());
    prop_oneof![
        2 => genuine,
        4 => any_object().prop_map(move |header| encoded(header.to_string())),
        1 => (select(&["ES256", "EdDSA"][..]), select(&["one", "two", "three"][..]))
            .prop_map(move |(alg, kid)| encoded(json!({"alg": alg, "kid": kid}).to_string())),
        1 => any_value().prop_map(move |header| encoded(header.to_string())),
        1 => prop::collection::vec(any::<u8>(), 0..24).prop_map(|bytes| BASE64_URL_SAFE_NO_PAD.encode(bytes)),
        1 => ".{0,24}",
    ]
}

fn any_signature() -> impl Strategy<Value = AgentCardSignature> {
    let genuine = (0..3_usize).prop_map(|which| SIGNED.signatures[which].signature.clone());
    let signature = prop_oneof![
        3 => genuine,
        1 => prop::collection::vec(any::<u8>(), 0..72).prop_map(|bytes| BASE64_URL_SAFE_NO_PAD.encode(bytes)),
        1 => ".{0,24}",
    ];
    (any_header(), signature).prop_map(|(protected, signature)| AgentCardSignature {
        protected,
        signature,
        header: None,
    })
}

/// Whether it is one of those that the trusted keys have made.
fn is_genuine(signature: &AgentCardSignature) -> bool {
    SIGNED.signatures[..2].contains(signature)
}

/// A reason fits a line of a log, and is not much longer than what it is about.
fn is_line(why: &str, about: usize) -> bool {
    !why.is_empty() && !why.chars().any(char::is_control) && why.len() <= 256 + 8 * about
}

proptest! {
    #[test]
    fn only_what_a_trusted_key_has_signed_is_signed(signatures in prop::collection::vec(any_signature(), 0..6)) {
        let counts = signatures.iter().any(is_genuine);
        let about = signatures.iter().map(|it| it.protected.len() + 64).sum();
        let card = AgentCard { signatures, ..SIGNED.clone() };
        for verified in [
            verify(&card, &trusted()),
            verify_encoded(&card.encode_to_vec(), &trusted()),
            verify_json(&proto::to_json(&card).unwrap(), &trusted()),
        ] {
            match verified {
                Ok(signer) => prop_assert!(counts && ["one", "two"].contains(&signer.kid.as_str())),
                Err(why) => prop_assert!(!counts && is_line(&why.to_string(), about), "{why}"),
            }
        }
    }

    #[test]
    fn what_is_no_card_is_not_verified(bytes in prop::collection::vec(any::<u8>(), 0..48), text in any_value()) {
        prop_assert!(verify_encoded(&bytes, &trusted()).is_err());
        prop_assert!(verify_json(&text.to_string(), &trusted()).is_err());
    }

    #[test]
    fn a_file_of_keys_is_trusted_as_a_whole_or_says_which_key_is_wrong(
        keys in prop::collection::vec(any_object(), 0..4),
        instead in prop::option::weighted(0.2, any_value()),
        text in prop::option::weighted(0.1, ".{0,40}"),
    ) {
        let count = keys.len();
        let set = instead.unwrap_or_else(|| json!({"keys": keys}));
        let text = text.unwrap_or_else(|| set.to_string());
        match TrustedKeys::from_jwks(&text) {
            Ok(trusted) => prop_assert!(trusted.kids().all(|kid| !kid.is_empty()) && trusted.kids().count() <= count.max(4)),
            Err(why) => {
                let why = why.to_string();
                prop_assert!(is_line(&why, text.len()), "{why}");
            }
        }
    }

    #[test]
    fn a_private_key_is_read_or_refused_without_being_repeated(
        lines in prop::collection::vec(prop_oneof![
            3 => select(ED25519.lines().collect::<Vec<_>>()).prop_map(str::to_owned),
            3 => select(P256.lines().collect::<Vec<_>>()).prop_map(str::to_owned),
            1 => Just(SECRET.to_owned()),
            1 => ".{0,20}",
        ], 0..8),
        kid in prop::option::of(prop_oneof![select(&TEXTS[..]).prop_map(str::to_owned), ".{0,12}"]),
    ) {
        match SigningKey::from_pem(&lines.join("\n"), kid.as_deref()) {
            Ok(key) => prop_assert!(!key.kid().is_empty() && kid.is_none_or(|kid| kid == key.kid())),
            Err(why) => prop_assert!(!why.to_string().contains(SECRET), "{why}"),
        }
    }
}

/// A card is checked while its registration waits: many signatures must not take long.
#[test]
fn of_too_many_signatures_none_counts() {
    let one = SIGNED.signatures[0].clone();
    let bad = AgentCardSignature { signature: SIGNED.signatures[1].signature.clone(), ..one.clone() };
    let with =
        |bad: Vec<AgentCardSignature>| AgentCard { signatures: [bad, vec![one.clone()]].concat(), ..SIGNED.clone() };
    assert!(verify(&with(vec![bad.clone(); 15]), &trusted()).is_ok());
    let why = verify(&with(vec![bad; 16]), &trusted()).unwrap_err().to_string();
    assert_eq!(why, "the card has 17 signatures, and more than 16 are not checked");
}
