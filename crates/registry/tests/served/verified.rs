//! How far a card can be believed: by its signatures, by fetching it back, and never by anybody's word.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use cards::SigningKey;
use proto::a2a::{AgentCapabilities, AgentCard};
use proto::watchroom::registry::v1 as wire;
use registry::Reach;
use store::MemoryStore;
use tokio_stream::StreamExt as _;
use wire::Verification;
use wire::watch_agents_response::Event;

use crate::harness::{Client, Running, brisk, card, eventually, registration};

const OLD: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
";
const NEW: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIG8vM8XQgq/lPlD/sKvyl14sS8JLFejvq1106LONgCO8
-----END PRIVATE KEY-----
";

fn key(pem: &str, kid: &str) -> SigningKey {
    SigningKey::from_pem(pem, Some(kid)).unwrap()
}

/// A card in which nothing is empty.
fn whole(name: &str) -> AgentCard {
    let capabilities = Some(AgentCapabilities { streaming: Some(true), ..AgentCapabilities::default() });
    AgentCard { capabilities, ..card(name, &["fire"]) }
}

fn signed(name: &str, keys: &[SigningKey]) -> AgentCard {
    cards::sign(whole(name), keys).unwrap()
}

fn trust(file: &Path, keys: &[SigningKey]) {
    std::fs::write(file, cards::jwks(keys)).unwrap();
}

async fn register(client: &mut Client, card: AgentCard) {
    let mut request = registration("", "one", &[]);
    request.registration.as_mut().unwrap().card = Some(card);
    client.register(request).await.unwrap();
}

async fn found(client: &mut Client, name: &str) -> (Verification, String) {
    let request = wire::GetAgentRequest { name: name.into(), version: "1".into(), instance_id: "one".into() };
    let agent = client.get_agent(request).await.unwrap().into_inner();
    (agent.verification(), agent.verification_detail)
}

async fn becomes(client: &mut Client, name: &str, wanted: Verification) -> String {
    eventually(&format!("{name} is {wanted:?}"), async || {
        let (level, detail) = found(client, name).await;
        (level == wanted).then_some(detail)
    })
    .await
}

/// A registry that trusts the keys of this file.
async fn trusting(file: &Path) -> Running {
    let args = registry::Args { trust: Some(file.to_owned()), ..brisk() };
    Running::with(args, Arc::new(MemoryStore::new())).await
}

/// Publishes a card on a port of its own; answers the card with that place in it.
async fn publish(mut card: AgentCard, published: impl FnOnce(&AgentCard) -> AgentCard) -> AgentCard {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    card.supported_interfaces[0].url = listener.local_addr().unwrap().to_string();
    let json = proto::to_json(&published(&card)).unwrap();
    let router = Router::new().route(cards::WELL_KNOWN, get(async move || json));
    tokio::spawn(async move { axum::serve(listener, router).await });
    card
}

#[tokio::test]
async fn r7_a_signed_card_is_signed_and_with_one_flipped_byte_it_never_is() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("keys.json");
    trust(&file, &[key(OLD, "old")]);
    let running = trusting(&file).await;
    let mut client = running.client().await;
    let good = signed("good", &[key(OLD, "old")]);
    register(&mut client, good.clone()).await;
    assert_eq!(found(&mut client, "good").await, (Verification::Signed, "signed by old (EdDSA)".to_owned()));
    // Each change of one byte that is still a card.
    let flip = |text: &mut String| {
        let last = text.pop().unwrap();
        text.push(if last == 'x' { 'y' } else { 'x' });
    };
    type Spoil<'f> = Box<dyn Fn(&mut AgentCard) + 'f>;
    let spoilt: [Spoil<'_>; 7] = [
        Box::new(|card| flip(&mut card.description)),
        Box::new(|card| flip(&mut card.supported_interfaces[0].url)),
        Box::new(|card| flip(&mut card.skills[0].id)),
        Box::new(|card| flip(&mut card.skills[0].tags[0])),
        Box::new(|card| card.capabilities.as_mut().unwrap().streaming = Some(false)),
        Box::new(|card| flip(&mut card.signatures[0].signature)),
        Box::new(|card| flip(&mut card.signatures[0].protected)),
    ];
    for spoil in spoilt {
        let mut bad = good.clone();
        spoil(&mut bad);
        register(&mut client, bad).await;
        let (level, why) = found(&mut client, "good").await;
        assert_eq!(level, Verification::Unverified);
        assert!(why.contains("no signature of the card counts"), "{why}");
    }
    register(&mut client, whole("good")).await;
    assert_eq!(found(&mut client, "good").await, (Verification::Unverified, "the card is not signed".to_owned()));
    running.stop().await;
}

#[tokio::test]
async fn levels_follow_the_trusted_keys_and_watches_see_it() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("keys.json");
    trust(&file, &[key(OLD, "old")]);
    let running = trusting(&file).await;
    let mut client = running.client().await;
    register(&mut client, signed("both", &[key(NEW, "new"), key(OLD, "old")])).await;
    register(&mut client, signed("old", &[key(OLD, "old")])).await;
    let filter = wire::Filter { verifications: vec![Verification::Signed.into()], ..wire::Filter::default() };
    let request = wire::WatchAgentsRequest { filter: Some(filter.clone()), ..wire::WatchAgentsRequest::default() };
    let mut watch = client.watch_agents(request).await.unwrap().into_inner();
    trust(&file, &[key(NEW, "new")]);
    becomes(&mut client, "old", Verification::Unverified).await;
    eventually("it is signed by the new key", async || {
        (found(&mut client, "both").await.1 == "signed by new (EdDSA)").then_some(())
    })
    .await;
    // Who only wants signed ones sees the other go.
    let gone = loop {
        let event = watch.next().await.unwrap().unwrap().event.unwrap();
        if let Event::Removed(removed) = event {
            break removed;
        }
    };
    assert_eq!((gone.name.as_str(), gone.reason()), ("old", wire::RemoveReason::Filtered));
    let request = wire::QueryAgentsRequest { filter: Some(filter), ..wire::QueryAgentsRequest::default() };
    let page = client.query_agents(request).await.unwrap().into_inner();
    let names: Vec<String> = page.agents.into_iter().map(|it| it.registration.unwrap().card.unwrap().name).collect();
    assert_eq!(names, ["both"]);
    drop(watch);
    running.stop().await;
}

#[tokio::test]
async fn a_restart_finds_the_levels_again() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("keys.json");
    trust(&file, &[key(OLD, "old")]);
    let store: Arc<MemoryStore> = Arc::new(MemoryStore::new());
    let args = || registry::Args { trust: Some(file.clone()), ..brisk() };
    let running = Running::with(args(), store.clone()).await;
    register(&mut running.client().await, signed("good", &[key(OLD, "old")])).await;
    running.stop().await;
    let again = Running::with(args(), store).await;
    assert_eq!(found(&mut again.client().await, "good").await.0, Verification::Signed);
    again.stop().await;
}

#[tokio::test]
async fn a_card_that_is_published_where_it_says_is_reachable_and_another_is_not() {
    let args = registry::Args { fetch_cards: Some(Reach::All), ..brisk() };
    let running = Running::with(args, Arc::new(MemoryStore::new())).await;
    let mut client = running.client().await;
    let same = publish(whole("same"), AgentCard::clone).await;
    register(&mut client, same.clone()).await;
    let detail = becomes(&mut client, "same", Verification::Reachable).await;
    assert!(detail.contains(&same.supported_interfaces[0].url), "{detail}");
    let other = |card: &AgentCard| AgentCard { description: "somebody else".into(), ..card.clone() };
    register(&mut client, publish(whole("other"), other).await).await;
    let why = eventually("it is told why not", async || {
        let (level, why) = found(&mut client, "other").await;
        assert_eq!(level, Verification::Unverified);
        why.contains("another card").then_some(why)
    })
    .await;
    assert!(why.contains("the card is not signed"), "{why}");
    running.stop().await;
}

#[tokio::test]
async fn a_registration_sends_the_registry_nowhere_inside() {
    let args = registry::Args { fetch_cards: Some(Reach::Public), ..brisk() };
    let running = Running::with(args, Arc::new(MemoryStore::new())).await;
    let mut client = running.client().await;
    register(&mut client, publish(whole("inside"), AgentCard::clone).await).await;
    eventually("it is told why not", async || {
        let (level, why) = found(&mut client, "inside").await;
        assert_eq!(level, Verification::Unverified);
        why.contains("no address that may be called").then_some(())
    })
    .await;
    running.stop().await;
}
