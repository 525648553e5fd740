//! Signed cards, ours and the official SDK's.

use std::fs;
use std::path::Path;

use cards::{KeyFile, SigningKey, TrustedKeys};
use proto::a2a::a2a_service_client::A2aServiceClient;
use proto::a2a::{AgentCard, GetExtendedAgentCardRequest};
use proto::watchroom::registry::v1::QueryAgentsRequest;
use proto::watchroom::registry::v1::registry_client::RegistryClient;
use service::client::{Credential, Peer};
use tests::{Node, Run, binary, eventually, python};
use tonic::Request;

/// Keys as `openssl genpkey` writes them; they guard nothing.
const ED25519: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
";
const P256: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgTWUT/Hc8PliZReJf
3TGfQlpPsG5Q7IXlEOoFDCZ28r+hRANCAAQm1/+vxi2dYMNnLzOf3ag6nm4WWyvJ
TFU8hig6D7CBCiWegItq1QfQ+mGzEKZa94DTzgILJuQn36m1z44D+zSO
-----END PRIVATE KEY-----
";

fn write(dir: &Path, name: &str, content: &str) -> String {
    let path = dir.join(name);
    fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

fn key(file: &str, kid: &str) -> SigningKey {
    KeyFile { file: file.into(), kid: Some(kid.to_owned()) }.read().unwrap()
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

/// The card that the registry has from a real agent with these flags.
async fn registered(dir: &Path, flags: &[String]) -> AgentCard {
    let mut registry = Node::new("registry", dir, Vec::new());
    registry.start().await;
    let url = format!("http://{}", registry.address());
    let mut fire = Node::new("fire", dir, [&["--registry".to_owned(), url.clone()], flags].concat());
    fire.start().await;
    let mut client = RegistryClient::connect(url).await.unwrap();
    eventually("the agent is registered", async || {
        let page = client.query_agents(QueryAgentsRequest::default()).await.unwrap().into_inner();
        page.agents.into_iter().next()?.registration?.card
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn c64_a_card_that_an_agent_signs_verifies_with_the_official_sdk_by_either_key() {
    let dir = tempfile::tempdir().unwrap();
    let (old, new) = (write(dir.path(), "old.pem", ED25519), write(dir.path(), "new.pem", P256));
    let flags = words(&["--card-key", &format!("{new}:2026"), "--card-key", &format!("{old}:2025")]);
    let card = registered(dir.path(), &flags).await;
    assert_eq!(card.signatures.len(), 2);
    let file = write(dir.path(), "card.json", &proto::to_json(&card).unwrap());
    for (file, kid) in [(&old, "2025"), (&new, "2026")] {
        let trusted = TrustedKeys::from_jwks(&cards::jwks([&key(file, kid)])).unwrap();
        assert_eq!(cards::verify(&card, &trusted).unwrap().kid, kid);
    }
    // The SDK asks for the key of each signature up to the first that counts, so it is given both.
    let keys = write(dir.path(), "keys.json", &cards::jwks([&key(&old, "2025"), &key(&new, "2026")]));
    python("cards.py", &words(&["verify", &file, &keys])).await.expect_ok("the verification");
    let forged = AgentCard { description: "Somebody else".to_owned(), ..card };
    let file = write(dir.path(), "forged.json", &proto::to_json(&forged).unwrap());
    let refused = python("cards.py", &words(&["verify", &file, &keys])).await;
    assert!(!refused.ok && refused.err.contains("InvalidSignatures"), "{}", refused.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn c64_a_card_that_the_official_sdk_signs_verifies_here() {
    let dir = tempfile::tempdir().unwrap();
    let card = registered(dir.path(), &[]).await;
    // Beyond ASCII, and with something empty, which the SDK leaves out of what it signs.
    let mut card = AgentCard { description: "Löscht „Brände“ 🔥".to_owned(), ..card };
    card.skills[0].tags.clear();
    let file = write(dir.path(), "card.json", &proto::to_json(&card).unwrap());
    for (name, pem) in [("ed25519.pem", ED25519), ("p256.pem", P256)] {
        let pem = write(dir.path(), name, pem);
        let signed = python("cards.py", &words(&["sign", &file, &pem, "one"])).await.expect_ok("the signature");
        let trusted = TrustedKeys::from_jwks(&cards::jwks([&key(&pem, "one")])).unwrap();
        let signer = cards::verify_json(&signed, &trusted).unwrap_or_else(|why| panic!("{name}: {why}\n{signed}"));
        assert_eq!(signer.kid, "one");
        let forged = signed.replace("Brände", "Wälder");
        cards::verify_json(&forged, &trusted).unwrap_err();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_extended_card_is_signed_by_the_same_keys() {
    let dir = tempfile::tempdir().unwrap();
    let pem = write(dir.path(), "card.pem", ED25519);
    let tokens = "[[token]]\nprincipal = \"anna\"\nroles = [\"caller\"]\nsecret = \"token-of-anna-0123456\"\n";
    let tokens = write(dir.path(), "tokens.toml", tokens);
    let mut fire = Node::new("fire", dir.path(), words(&["--card-key", &format!("{pem}:one"), "--tokens", &tokens]));
    fire.start().await;
    let peer = Peer::new(&fire.address().to_string(), Some(Credential::token("token-of-anna-0123456").unwrap()));
    let mut client = A2aServiceClient::new(peer.channel().unwrap());
    let mut request = Request::new(GetExtendedAgentCardRequest::default());
    request.metadata_mut().insert("a2a-version", "1.0".parse().unwrap());
    let card = client.get_extended_agent_card(request).await.unwrap().into_inner();
    let trusted = TrustedKeys::from_jwks(&cards::jwks([&key(&pem, "one")])).unwrap();
    assert_eq!(cards::verify(&card, &trusted).unwrap().kid, "one");
    let forged = AgentCard { description: "Somebody else".to_owned(), ..card };
    cards::verify(&forged, &trusted).unwrap_err();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_registry_finds_a_published_card_reachable_and_a_signed_one_signed() {
    let dir = tempfile::tempdir().unwrap();
    let pem = write(dir.path(), "card.pem", ED25519);
    let keys = write(dir.path(), "keys.json", &cards::jwks([&key(&pem, "one")]));
    let mut registry = Node::new("registry", dir.path(), words(&["--trust", &keys, "--fetch-cards", "all"]));
    registry.start().await;
    let url = format!("http://{}", registry.address());
    let mut fire = Node::new("fire", dir.path(), words(&["--registry", &url, "--card-key", &format!("{pem}:one")]));
    let mut police = Node::new("police", dir.path(), words(&["--registry", &url]));
    fire.start().await;
    police.start().await;
    let listed = async |level: &str| {
        let args = ["agents", "--registry", &url, "--card", level];
        Run::of(&binary("watchroom"), &args).await.expect_ok("the list")
    };
    eventually("the police are reachable", async || listed("reachable").await.contains("Police").then_some(())).await;
    let signed = listed("signed").await;
    assert!(signed.contains("Fire") && !signed.contains("Police"), "{signed}");

    let only = words(&["--registry", &url, "--only-signed", "--endpoint-wait", "1s", "--step-attempts", "1"]);
    let mut operator = Node::new("operator", dir.path(), only);
    operator.start().await;
    let at = format!("http://{}", operator.address());
    let sent = Run::of(&binary("watchroom"), &["send", tests::call(), "--operator", &at]).await;
    let refused = "no card of Police Agent is signed by a trusted key, and others are not called (--only-signed)";
    assert!(!sent.ok && sent.out.contains(refused) && sent.out.contains("1 unit dispatched"), "{sent:?}");
    let asked = Run::of(&binary("watchroom"), &["tasks", "--agent", &format!("grpc://{}", police.address())]).await;
    assert_eq!(asked.expect_ok("the list"), "no tasks\n");

    let address = fire.address().to_string();
    let shown = Run::of(&binary("watchroom"), &["card", &address, "--verify", &keys]).await.expect_ok("the card");
    assert!(shown.contains("signed by one (EdDSA)"), "{shown}");
    let unsigned = Run::of(&binary("watchroom"), &["card", &police.address().to_string(), "--verify", &keys]).await;
    assert!(!unsigned.ok && unsigned.out.contains("the card is not signed"), "{unsigned:?}");
}
