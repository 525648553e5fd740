//! A registry in this process, on a port of its own, over a store that outlives it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use proto::a2a::{AgentCapabilities, AgentCard, AgentInterface, AgentSkill};
use proto::watchroom::registry::v1 as wire;
use service::{Fatal, Process};
use store::{MemoryStore, Store};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};
use tonic::transport::Channel;
use types::StoreId;
use wire::registry_client::RegistryClient;

/// How long anything may take before the test fails.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

pub(crate) type Client = RegistryClient<Channel>;

/// A running registry.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    process: Process,
    served: JoinHandle<Result<(), Fatal>>,
}

/// Short leases, so that tests of expiry are short too.
pub(crate) fn brisk() -> registry::Args {
    registry::Args {
        ttl_min: Duration::from_millis(600),
        ttl_default: Duration::from_millis(900),
        ..registry::Args::default()
    }
}

impl Running {
    /// A registry that forgets everything with the test.
    pub(crate) async fn fresh() -> Self {
        Self::over(Arc::new(MemoryStore::new()), None).await
    }

    /// A registry over `store`, at `address` or anywhere.
    pub(crate) async fn over(store: Arc<dyn Store>, address: Option<SocketAddr>) -> Self {
        let mut args = brisk();
        args.service.listen = address.or(args.service.listen);
        Self::with(args, store).await
    }

    /// A registry with these settings.
    pub(crate) async fn with(args: registry::Args, store: Arc<dyn Store>) -> Self {
        let process = Process::new(&args).unwrap();
        let served = tokio::spawn({
            let process = process.clone();
            async move { registry::serve(&args, &process, store).await }
        });
        let address = timeout(DEADLINE, process.serving()).await.unwrap().protocol;
        Self { address, process, served }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) async fn client(&self) -> Client {
        RegistryClient::connect(self.url()).await.unwrap()
    }

    /// Ends it as an operator would.
    pub(crate) async fn stop(self) {
        self.process.drain().begin();
        timeout(DEADLINE, self.served).await.unwrap().unwrap().unwrap();
    }
}

/// A card with one gRPC interface and these skills.
pub(crate) fn card(name: &str, skills: &[&str]) -> AgentCard {
    let interface = AgentInterface {
        url: "127.0.0.1:7411".into(),
        protocol_binding: "GRPC".into(),
        protocol_version: "1.0".into(),
        tenant: String::new(),
    };
    let skill = |id: &&str| AgentSkill {
        id: (*id).to_owned(),
        name: (*id).to_owned(),
        description: "does it".into(),
        tags: vec![format!("tag-{id}")],
        ..AgentSkill::default()
    };
    AgentCard {
        name: name.into(),
        description: "an agent of a test".into(),
        version: "1".into(),
        supported_interfaces: vec![interface],
        capabilities: Some(AgentCapabilities::default()),
        default_input_modes: vec!["text/plain".into()],
        default_output_modes: vec!["text/plain".into()],
        skills: skills.iter().map(skill).collect(),
        ..AgentCard::default()
    }
}

/// A registration of an instance of `name`.
pub(crate) fn registration(name: &str, instance: &str, skills: &[&str]) -> wire::RegisterRequest {
    let registration = wire::Registration {
        instance_id: instance.into(),
        card: Some(card(name, skills)),
        store_id: StoreId::from_bytes([7; 16]).to_string(),
        ..wire::Registration::default()
    };
    wire::RegisterRequest { registration: Some(registration), ttl: seconds(60) }
}

pub(crate) fn seconds(seconds: i64) -> Option<prost_types::Duration> {
    Some(prost_types::Duration { seconds, nanos: 0 })
}

/// Polls until `found` finds something; panics with `what` after [`DEADLINE`].
pub(crate) async fn eventually<T>(what: &str, mut found: impl AsyncFnMut() -> Option<T>) -> T {
    let until = Instant::now() + DEADLINE;
    loop {
        if let Some(found) = found().await {
            return found;
        }
        assert!(Instant::now() < until, "{what}: not within {DEADLINE:?}");
        sleep(Duration::from_millis(10)).await;
    }
}
