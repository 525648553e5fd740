//! R9 on the real binary: its memory as the kernel counts it, and a watcher that does not read.

use std::time::Duration;

use proto::watchroom::registry::v1 as wire;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tonic::transport::Channel;
use tonic::{Code, Status, Streaming};
use wire::registry_client::RegistryClient;
use wire::watch_agents_response::Event;

use crate::harness::{Client, registration};
use crate::killed::Killable;

const AGENTS: usize = 1000;
const WATCHERS: usize = 100;

/// More than a watch may be behind, each a batch of its own.
const CHANGES: usize = 320;

/// Bytes of the card that changes again and again.
const CARD: usize = 4096;

/// Bytes that a connection takes without anybody reading them.
const WINDOW: u32 = 64 << 10;

/// What the history, the channels and the connections may hold on to at most.
const GROWTH_KIB: u64 = 96 << 10;

/// A busy machine's debug build has a lot to encode.
const PATIENCE: Duration = Duration::from_secs(120);

async fn register_all(client: &Client) {
    let mut registering = JoinSet::new();
    for number in 0..AGENTS {
        let mut client = client.clone();
        registering.spawn(async move {
            client.register(registration("fire", &format!("i-{number:04}"), &["dispatch"])).await.unwrap();
        });
    }
    registering.join_all().await;
}

/// A watch that has shown everybody.
async fn synced(mut client: Client) -> Streaming<wire::WatchAgentsResponse> {
    let mut items = client.watch_agents(wire::WatchAgentsRequest::default()).await.unwrap().into_inner();
    let mut seen = 0;
    loop {
        match items.message().await.unwrap().unwrap().event {
            Some(Event::Upsert(_)) => seen += 1,
            Some(Event::Synced(_)) => break,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(seen, AGENTS);
    items
}

/// Reads on, checks that no version is missing, and tells the newest.
async fn read(mut items: Streaming<wire::WatchAgentsResponse>, mut from: u64, newest: watch::Sender<u64>) {
    while let Ok(Some(item)) = items.message().await {
        if let Some(Event::Upsert(_)) = item.event {
            assert_eq!(item.version, from + 1);
            from = item.version;
            newest.send_replace(from);
        }
    }
}

/// Makes one change after the other; the newest version.
async fn change(mut client: Client) -> u64 {
    let mut newest = 0;
    for number in 0..CHANGES {
        let mut request = registration("fire", "i-0000", &["dispatch"]);
        let card = request.registration.as_mut().unwrap().card.as_mut().unwrap();
        card.description = format!("{number:0>CARD$}");
        newest = client.register(request).await.unwrap().into_inner().version;
    }
    newest
}

#[tokio::test(flavor = "multi_thread")]
async fn r9_a_thousand_agents_before_a_hundred_watchers_take_bounded_memory_and_who_reads_nothing_delays_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let registry = Killable::start(dir.path(), "127.0.0.1:0").await;
    let client = RegistryClient::connect(registry.url()).await.unwrap();
    register_all(&client).await;
    let before = registry.resident_kib();
    let mut reading = JoinSet::new();
    let mut newest = Vec::new();
    for _ in 0..WATCHERS {
        let items = synced(client.clone()).await;
        let (tx, rx) = watch::channel(0);
        reading.spawn(read(items, AGENTS as u64, tx));
        newest.push(rx);
    }
    // A connection of its own with a small window, so that what it does not read stays at the registry.
    let endpoint = Channel::from_shared(registry.url()).unwrap();
    let endpoint = endpoint.initial_stream_window_size(WINDOW).initial_connection_window_size(WINDOW);
    let mut slow = RegistryClient::new(endpoint.connect().await.unwrap());
    let mut slow = slow.watch_agents(wire::WatchAgentsRequest::default()).await.unwrap().into_inner();
    let last = change(client).await;
    for mut rx in newest {
        timeout(PATIENCE, rx.wait_for(|version| *version == last)).await.unwrap().unwrap();
    }
    let grown = registry.resident_kib().saturating_sub(before);
    assert!(grown < GROWTH_KIB, "grew by {grown} KiB");
    let (read, end) = timeout(PATIENCE, drain(&mut slow)).await.unwrap();
    assert_eq!(end.code(), Code::Unavailable, "{end:?}");
    assert!(end.message().contains("too slowly"), "{end:?}");
    assert!(read < AGENTS + CHANGES, "{read} items: it was cut before the end");
}

/// All that is still to be had, and the end.
async fn drain(items: &mut Streaming<wire::WatchAgentsResponse>) -> (usize, Status) {
    let mut upserts = 0;
    loop {
        match items.message().await {
            Ok(Some(item)) => upserts += usize::from(matches!(item.event, Some(Event::Upsert(_)))),
            Ok(None) => panic!("the stream ended as if it were complete"),
            Err(status) => return (upserts, status),
        }
    }
}
