//! `card` and `keys`.

use axum::Router;
use axum::routing::get;
use cards::SigningKey;
use proto::a2a::{AgentCapabilities, AgentCard, AgentInterface, AgentSkill};

use crate::authority::{Authority, NOW};
use crate::support::run;

const KEY: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
";

fn card() -> AgentCard {
    let interface = AgentInterface {
        url: "127.0.0.1:7411".into(),
        protocol_binding: "GRPC".into(),
        protocol_version: "1.0".into(),
        ..AgentInterface::default()
    };
    let skill = AgentSkill {
        id: "fire".into(),
        name: "Fire".into(),
        description: "Puts it out".into(),
        tags: vec!["fire".into()],
        ..AgentSkill::default()
    };
    AgentCard {
        name: "Fire Brigade".into(),
        description: "Fights fires".into(),
        version: "1".into(),
        supported_interfaces: vec![interface],
        capabilities: Some(AgentCapabilities { streaming: Some(true), ..AgentCapabilities::default() }),
        default_input_modes: vec!["text/plain".into()],
        default_output_modes: vec!["text/plain".into()],
        skills: vec![skill],
        ..AgentCard::default()
    }
}

/// Publishes a text as the card, and something else beside it.
async fn publish(text: String) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let router = Router::new().route(cards::WELL_KNOWN, get(async move || text));
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

#[tokio::test]
async fn a_card_is_shown_and_its_signature_checked() {
    let dir = tempfile::tempdir().unwrap();
    let (pem, keys) = (dir.path().join("key.pem"), dir.path().join("keys.json"));
    std::fs::write(&pem, KEY).unwrap();
    let public = run(&["keys", &format!("{}:one", pem.display())]).await;
    assert_eq!(public.code, Some(0), "{public:?}");
    std::fs::write(&keys, &public.out).unwrap();
    let keys = keys.to_str().unwrap();

    let signed = cards::sign(card(), &[SigningKey::from_pem(KEY, Some("one")).unwrap()]).unwrap();
    let json = proto::to_json(&signed).unwrap();
    let address = publish(json.clone()).await;
    let shown = run(&["card", &address]).await;
    assert_eq!(shown.code, Some(0), "{shown:?}");
    assert_eq!(serde_json::from_str::<serde_json::Value>(&shown.out).unwrap()["name"], "Fire Brigade");
    let verified = run(&["card", &format!("http://{address}/"), "--verify", keys]).await;
    assert_eq!(verified.code, Some(0), "{verified:?}");
    assert!(verified.out.contains("signed by one (EdDSA)"), "{verified:?}");

    let forged = publish(json.replace("Fights fires", "Sets fires")).await;
    let refused = run(&["card", &forged, "--verify", keys, "--json"]).await;
    assert_eq!(refused.code, Some(1), "{refused:?}");
    let told = &refused.json()[0]["verification"];
    assert!(told["signed"] == false && told["why"].as_str().unwrap().contains("does not fit"), "{told}");
}

#[tokio::test]
async fn a_card_that_cannot_be_had_is_told_from_a_wrong_address() {
    let address = publish(String::new()).await;
    let elsewhere = run(&["card", &format!("{address}/elsewhere")]).await;
    assert_eq!(elsewhere.code, Some(70), "{elsewhere:?}");
    assert!(elsewhere.err.contains("404"), "{elsewhere:?}");
    for (text, why) in [("", "it is empty"), (" <!doctype html>", "a page for people"), ("{card}", "it is no JSON (")] {
        let other = run(&["card", &publish(text.to_owned()).await]).await;
        assert!(
            other.code == Some(70) && other.err.contains("something else answers in place of an agent's card"),
            "{other:?}"
        );
        assert!(other.err.contains(why) && other.err.contains("next: is an agent there?"), "{other:?}");
    }
    let nobody = run(&["card", "127.0.0.1:1"]).await;
    assert_eq!(nobody.code, Some(69), "{nobody:?}");
    let wrong = run(&["card", "ftp://host"]).await;
    assert_eq!(wrong.code, Some(64), "{wrong:?}");
    let dir = tempfile::tempdir().unwrap();
    let missing = run(&["card", &address, "--verify", dir.path().join("none").to_str().unwrap()]).await;
    assert_eq!(missing.code, Some(74), "{missing:?}");
}

#[tokio::test]
async fn a_card_behind_tls_is_shown_to_who_trusts_its_authority() {
    let authority = Authority::new();
    let plain = publish(proto::to_json(&card()).unwrap()).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    authority.front(listener, "localhost", NOW, plain.parse().unwrap());
    let file = authority.file();
    let ca = file.path().to_str().unwrap();
    let shown = run(&["card", &url, "--ca", ca]).await;
    assert!(shown.code == Some(0) && shown.out.contains("Fire Brigade"), "{shown:?}");
    let unknown = run(&["card", &url]).await;
    assert!(unknown.code == Some(69) && unknown.err.contains("with --ca"), "{unknown:?}");
    let by_number = run(&["card", &url.replace("localhost", "127.0.0.1"), "--ca", ca]).await;
    assert!(by_number.err.contains("is for localhost, not for 127.0.0.1"), "{by_number:?}");
    let plaintext = run(&["card", &format!("https://{plain}")]).await;
    assert!(plaintext.err.contains("no TLS is spoken at that port"), "{plaintext:?}");
    for (wrong, code) in [("/nowhere/ca.pem", 74), (file_without_certificates().path().to_str().unwrap(), 64)] {
        let refused = run(&["card", &url, "--ca", wrong]).await;
        assert!(refused.code == Some(code) && refused.err.contains("--ca"), "{refused:?}");
    }
}

fn file_without_certificates() -> tempfile::NamedTempFile {
    tempfile::NamedTempFile::new().unwrap()
}
