//! The reaper over many duties at once, and over a long time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use agent::{Kit, Parts};
use discovery::{Filter, Outcomes, View};
use engine::{Launch, Route};
use proto::a2a::AgentSkill;
use proto::watchroom::agent::v1::fence_response::Outcome;
use proto::watchroom::agent::v1::steps_server::{Steps, StepsServer};
use proto::watchroom::agent::v1::{FenceRequest, FenceResponse, NeverAccepted};
use store::{Commit, MemoryStore, RowChange, Store};
use tokio::sync::watch;
use tokio_stream::wrappers::TcpListenerStream;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};
use types::{ContextId, Owner, StoreId, TaskId, Timestamp};

use super::fence::AT_ONCE;
use super::take_up;
use crate::codec::encode_duty;
use crate::driver::Runs;
use crate::duty::{self, Duty};
use crate::settings::Settings;

/// An agent that counts the fences that it holds, and answers none before it is told to.
#[derive(Debug, Clone)]
struct Counting {
    held: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
    gate: watch::Sender<bool>,
}

#[tonic::async_trait]
impl Steps for Counting {
    async fn fence(&self, _: Request<FenceRequest>) -> Result<Response<FenceResponse>, Status> {
        let held = self.held.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(held, Ordering::SeqCst);
        self.gate.subscribe().wait_for(|open| *open).await.unwrap();
        self.held.fetch_sub(1, Ordering::SeqCst);
        Ok(Response::new(FenceResponse { outcome: Some(Outcome::NeverAccepted(NeverAccepted {})) }))
    }
}

impl Counting {
    /// Serves it; where.
    async fn open() -> (Self, String) {
        let counting = Self { held: Arc::default(), most: Arc::default(), gate: watch::Sender::new(false) };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = tonic::transport::Server::builder().add_service(StepsServer::new(counting.clone()));
        tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
        (counting, url)
    }
}

/// A duty of a run of its own that is not there any more.
fn duty(url: &str, number: u8) -> Duty {
    let route = Route { endpoint: url.into(), store_id: Some(StoreId::from_bytes([5; 16])) };
    let (since, not_after) = (Timestamp::from_millis(1), Timestamp::from_millis(2));
    Duty {
        owner: Owner::anonymous(),
        run: TaskId::from_bytes([number; 16]),
        context: ContextId::fresh(),
        step: "fire".parse().unwrap(),
        agent: "Fire Agent".parse().unwrap(),
        launch: Launch { attempt: 1, turn: 1, since, not_after, route, at_most_once: false, input: None },
        sent: since,
        child: None,
        since,
    }
}

async fn write(store: &dyn Store, rows: Vec<RowChange>) {
    let (epoch, at) = (store.own().await.unwrap().epoch, store.now());
    let commit = Commit::of_rows(epoch, at, rows);
    store.commit(commit).await.unwrap();
}

/// Runs without a registry, over a store.
async fn kit(store: Arc<MemoryStore>) -> Kit<Runs> {
    let closing = CancellationToken::new();
    let nobody = "http://127.0.0.1:1";
    let view = View::watch(nobody, Filter::default(), closing.clone()).unwrap();
    let outcomes = Outcomes::report(nobody, closing.clone()).unwrap();
    let text = || "dispatch".to_owned();
    let skill =
        AgentSkill { id: text(), name: text(), description: text(), tags: vec![text()], ..AgentSkill::default() };
    let card = a2a::Card {
        name: "Operator".into(),
        description: "tests".into(),
        version: "1".into(),
        url: "localhost:1".into(),
        skills: vec![skill],
        extensions: Vec::new(),
    };
    let driver = Runs::new(Settings::default(), view, outcomes);
    let kit = Kit::start(Parts {
        driver,
        store,
        card: card.build().unwrap(),
        idempotency: agent::Idempotency::Always,
        closing,
    })
    .await
    .unwrap();
    take_up(&kit).await.unwrap();
    kit
}

/// Polls until `holds`.
async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let until = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), until).await.unwrap_or_else(|_| panic!("never: {what}"));
}

#[tokio::test]
async fn of_many_duties_so_many_are_asked_for_at_once_and_all_in_the_end() {
    let (counting, url) = Counting::open().await;
    let store = Arc::new(MemoryStore::new());
    let listed = (0..=200).map(|number| {
        let duty = duty(&url, number);
        RowChange { kind: duty::KIND, key: duty.row_key(), expected: 0, body: Some(encode_duty(&duty)) }
    });
    write(&*store, listed.collect()).await;
    let kit = kit(store).await;
    eventually("all turns are taken", async || counting.held.load(Ordering::SeqCst) == AT_ONCE).await;
    counting.gate.send_replace(true);
    eventually("nothing is listed", async || kit.store().rows(duty::KIND, &[]).await.unwrap().is_empty()).await;
    assert_eq!(counting.most.load(Ordering::SeqCst), AT_ONCE);
    assert_eq!(kit.store().rows(duty::FOUND, &[]).await.unwrap().len(), 201);
}

#[tokio::test(start_paused = true)]
async fn what_was_found_of_a_run_goes_after_the_run() {
    let store = Arc::new(MemoryStore::new());
    let kit = kit(store.clone()).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let row = RowChange {
        kind: duty::FOUND,
        key: duty("http://127.0.0.1:1", 7).key().row(),
        expected: 0,
        body: Some("x".into()),
    };
    write(&*store, vec![row]).await;
    tokio::time::sleep(Duration::from_mins(58)).await;
    assert_eq!(kit.store().rows(duty::FOUND, &[]).await.unwrap().len(), 1, "each look reads runs");
    tokio::time::sleep(Duration::from_mins(3)).await;
    assert_eq!(kit.store().rows(duty::FOUND, &[]).await.unwrap(), []);
}
