//! What the verifier finds of a card while the store refuses to note it.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use cards::SigningKey;
use prost::Message as _;
use proto::a2a::{AgentCapabilities, AgentCard, AgentInterface, AgentSkill};

use super::*;
use crate::fetch::OverHttp;
use crate::verifier::Verifier;

const OLD: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
";
const NEW: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIG8vM8XQgq/lPlD/sKvyl14sS8JLFejvq1106LONgCO8
-----END PRIVATE KEY-----
";

fn key(pem: &str) -> SigningKey {
    SigningKey::from_pem(pem, None).unwrap()
}

fn trusting(file: &Path, pem: &str) {
    std::fs::write(file, cards::jwks(&[key(pem)])).unwrap();
}

/// A registration whose card the old key has signed.
fn signed(trust: &Trust) -> Wish {
    let text = || "one".to_owned();
    let skill = AgentSkill { id: text(), name: text(), description: text(), tags: vec![text()], ..Default::default() };
    let interface = AgentInterface {
        url: "127.0.0.1:1".into(),
        protocol_binding: text(),
        protocol_version: text(),
        ..Default::default()
    };
    let card = AgentCard {
        name: text(),
        description: text(),
        version: text(),
        supported_interfaces: vec![interface],
        capabilities: Some(AgentCapabilities { streaming: Some(true), ..Default::default() }),
        default_input_modes: vec![text()],
        default_output_modes: vec![text()],
        skills: vec![skill],
        ..AgentCard::default()
    };
    let card: bytes::Bytes = cards::sign(card, &[key(OLD)]).unwrap().encode_to_vec().into();
    let verification = trust.check(&card);
    assert_eq!(verification.level, Level::Signed);
    Wish { card, verification, ..wish(1, &[], Some(Duration::from_secs(60))) }
}

/// Takes commits from now on, or refuses them while there is no room.
async fn work(disk: Arc<Disk>, full: Arc<AtomicBool>) {
    loop {
        let waiting = disk.waiting.lock().unwrap().pop();
        match waiting {
            Some((_, settle)) if full.load(Ordering::SeqCst) => settle.settle(Err(Refusal::NoSpace)),
            Some(commit) => disk.sync(commit),
            None => sleep(Duration::from_millis(10)).await,
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_level_that_fell_without_a_note_rises_again_when_its_key_is_back() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("keys.json");
    trusting(&file, OLD);
    let (trust, store, full) = (Arc::new(Trust::open(Some(&file)).unwrap()), Arc::new(Disk::default()), Arc::default());
    let registry = Registry::over(store.clone()).await;
    let disk = tokio::spawn(work(store, Arc::clone(&full)));
    let epoch = registry.handle.register(signed(&trust)).await.unwrap().version;
    let stop = CancellationToken::new();
    let verifying = tokio::spawn(Verifier::new(registry.handle.clone(), trust, None::<OverHttp>).run(stop.clone()));
    let becomes = async |wanted: Level| {
        for _ in 0..1_000 {
            if registry.handle.get(identity(1)).await.unwrap().record.verification.level == wanted {
                return;
            }
            registry.renew(1, epoch).await.unwrap();
            sleep(Duration::from_millis(100)).await;
        }
        panic!("it never is {wanted:?}");
    };
    // It has seen the registration before the keys change.
    sleep(Duration::from_secs(2)).await;
    full.store(true, Ordering::SeqCst);
    trusting(&file, NEW);
    becomes(Level::Unverified).await;
    trusting(&file, OLD);
    // Found while there is still no room, and noted once there is.
    sleep(Duration::from_secs(3)).await;
    becomes(Level::Unverified).await;
    full.store(false, Ordering::SeqCst);
    becomes(Level::Signed).await;
    stop.cancel();
    verifying.await.unwrap();
    registry.stop().await;
    disk.abort();
}
