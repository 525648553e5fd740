//! Keys from text.

use cards::{KeyError, SigningKey, TrustError, TrustedKeys};
use serde_json::Value;

use crate::stage::{ED25519, P256, key};

const RSA: &str = "-----BEGIN PRIVATE KEY-----
MIIBVAIBADANBgkqhkiG9w0BAQEFAASCAT4wggE6AgEAAkEA1qOniyZ5NisHVc9N
WlgNJdqSmPNpMXjXFvz+AfSj1vUUsWQaSMh6jLdo6wOdJP96aUGShbngz4tlvrep
b46VHQIDAQABAkAS5bG4lJiTZlJtAaVj0ODHdmj1wmh+jI8TXQ7YCTvrjtrqguS+
ZMP++BDFpNSKCIU85fK3q4ZM/keJBpjFBSpZAiEA/qnL5WKWqp4FgFzc+xNc4kDi
LZxegHO472aNleDAKT8CIQDXxBNnVQvRAk142dv/vAw4nbdY8wSvCyLr3DIpDHUu
owIgKWQ3u8TWcEzW4BI36KcxBaU+HeO4iHBGssKcaKvrD8kCIQDWgh4UVi3oPlTN
ODKLHeY8hzgX24slh3nRaVoJC1SY5wIgUqhsgkBjfItDj9F+GOOEI7SmUzVV0shY
YVXimEgC5bw=
-----END PRIVATE KEY-----
";

#[test]
fn a_key_without_an_id_is_named_by_its_thumbprint() {
    let key = SigningKey::from_pem(ED25519, None).unwrap();
    // RFC 8037, appendix A.3.
    assert_eq!(key.kid(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    let set: Value = serde_json::from_str(&cards::jwks([&key])).unwrap();
    assert_eq!(set["keys"][0]["x"], "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
    assert_eq!(set["keys"][0]["kid"], key.kid());
    assert!(set["keys"][0].get("d").is_none());
}

#[test]
fn what_is_no_key_that_signs_is_refused() {
    let public = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n";
    for text in ["", "secret", public] {
        assert!(matches!(SigningKey::from_pem(text, None), Err(KeyError::Pem)), "{text}");
    }
    assert!(matches!(SigningKey::from_pem(RSA, None), Err(KeyError::Kind)));
    for kid in ["", "two words", "\n"] {
        assert!(matches!(SigningKey::from_pem(P256, Some(kid)), Err(KeyError::Kid)), "{kid:?}");
    }
}

#[test]
fn debug_shows_no_secret() {
    let shown = format!("{:?} {:?}", key(ED25519, "one"), key(P256, "two"));
    assert_eq!(
        shown,
        r#"SigningKey { kid: "one", algorithm: EdDSA, .. } SigningKey { kid: "two", algorithm: ES256, .. }"#
    );
}

#[test]
fn a_set_that_is_not_what_it_should_be_is_refused() {
    let set = |key: &str| TrustedKeys::from_jwks(&format!("{{\"keys\":[{key}]}}")).unwrap_err();
    assert!(matches!(TrustedKeys::from_jwks("keys").unwrap_err(), TrustError::Json(_)));
    assert!(matches!(TrustedKeys::from_jwks("{}").unwrap_err(), TrustError::Set));
    let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    let okp = format!(r#"{{"kty":"OKP","crv":"Ed25519","kid":"one","x":"{x}"}}"#);
    assert!(matches!(set(&format!("{okp},{okp}")), TrustError::Twice(kid) if kid == "one"));
    assert!(matches!(set(&okp.replace("\"kid\":\"one\",", "")), TrustError::NoKid(0)));
    assert!(matches!(set(&okp.replace("\"x\"", "\"d\":\"secret\",\"x\"")), TrustError::Private(_)));
    assert!(matches!(set(&okp.replace("Ed25519", "X25519")), TrustError::Kind(_)));
    assert!(matches!(set(&okp.replace("OKP", "oct")), TrustError::Kind(_)));
    let keys = TrustedKeys::from_jwks(&format!("{{\"keys\":[{okp}]}}")).unwrap();
    assert_eq!(keys.kids().collect::<Vec<_>>(), ["one"]);
    assert!(TrustedKeys::from_jwks("{\"keys\":[]}").unwrap().is_empty());
}
