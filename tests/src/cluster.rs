//! A small control room: registry, operator and the emergency services, each a process of its own.

use std::collections::BTreeMap;
use std::path::Path;

use proto::watchroom::orchestrator::v1::orchestrator_client::OrchestratorClient;
use proto::watchroom::registry::v1::QueryAgentsRequest;
use proto::watchroom::registry::v1::registry_client::RegistryClient;
use tempfile::TempDir;
use tonic::transport::{Channel, Endpoint};

use crate::node::Node;
use crate::proxy::Proxy;

/// The processes of a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    /// Who is alive.
    Registry,
    /// The fire brigade.
    Fire,
    /// The police.
    Police,
    /// The ambulance.
    Ambulance,
    /// Takes calls, plans and dispatches.
    Operator,
}

impl Service {
    /// In the order in which they start.
    pub const ALL: [Self; 5] = [Self::Registry, Self::Fire, Self::Police, Self::Ambulance, Self::Operator];
    /// Those that units belong to.
    pub const AGENTS: [Self; 3] = [Self::Fire, Self::Police, Self::Ambulance];

    /// The binary's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Registry => "registry",
            Self::Fire => "fire",
            Self::Police => "police",
            Self::Ambulance => "ambulance",
            Self::Operator => "operator",
        }
    }
}

/// Running services in a temporary directory, which goes with them.
#[derive(Debug)]
pub struct Cluster {
    // Before the directory, so that the processes end first.
    nodes: BTreeMap<Service, Node>,
    proxies: BTreeMap<Service, Proxy>,
    dir: TempDir,
}

impl Cluster {
    /// All five services.
    pub async fn start() -> Self {
        Self::start_with(|_| Vec::new()).await
    }

    /// All five services, each with further arguments.
    pub async fn start_with(args: impl Fn(Service) -> Vec<String>) -> Self {
        let mut cluster = Self::empty();
        for service in Service::ALL {
            cluster.add(service, args(service)).await;
        }
        cluster.gather().await;
        cluster
    }

    /// All five services, with a proxy between the operator and each agent.
    pub async fn start_proxied() -> Self {
        let mut cluster = Self::empty();
        for service in Service::ALL {
            match Service::AGENTS.contains(&service) {
                true => cluster.add_proxied(service, Vec::new()).await,
                false => cluster.add(service, Vec::new()).await,
            }
        }
        cluster.gather().await;
        cluster
    }

    /// Starts one more service with a proxy before it, which others take for the service.
    pub async fn add_proxied(&mut self, service: Service, mut args: Vec<String>) {
        let proxy = Proxy::bind().await;
        args.extend(["--advertise".to_owned(), proxy.address().to_string()]);
        self.add(service, args).await;
        proxy.point_to(self.node(service).address());
        self.proxies.insert(service, proxy);
    }

    /// What stands before a service.
    pub fn proxy(&self, service: Service) -> &Proxy {
        &self.proxies[&service]
    }

    /// No services yet.
    pub fn empty() -> Self {
        Self { nodes: BTreeMap::new(), proxies: BTreeMap::new(), dir: tempfile::tempdir().unwrap() }
    }

    /// Starts one more service; the registry comes first.
    pub async fn add(&mut self, service: Service, args: Vec<String>) {
        self.add_dressed(service, args, |node| node).await;
    }

    /// Starts one more service, in surroundings of its own.
    pub async fn add_dressed(&mut self, service: Service, mut args: Vec<String>, dress: impl FnOnce(Node) -> Node) {
        if let Some(registry) = self.nodes.get(&Service::Registry) {
            args.extend(["--registry".to_owned(), format!("http://{}", registry.address())]);
        }
        let mut node = dress(Node::new(service.name(), self.dir.path(), args));
        node.start().await;
        self.nodes.insert(service, node);
    }

    /// Waits until every agent here is registered.
    pub async fn gather(&self) {
        let agents = self.nodes.keys().filter(|service| Service::AGENTS.contains(service)).count();
        let mut registry = self.registry();
        crate::eventually("every agent is registered", async || {
            let page = registry.query_agents(QueryAgentsRequest::default()).await;
            page.is_ok_and(|page| page.into_inner().agents.len() >= agents).then_some(())
        })
        .await;
    }

    /// A running service.
    pub fn node(&self, service: Service) -> &Node {
        &self.nodes[&service]
    }

    /// A service, to be stopped or started.
    pub fn node_mut(&mut self, service: Service) -> &mut Node {
        self.nodes.get_mut(&service).unwrap()
    }

    /// Kills a service as a power cut would, and starts it again on the same data and ports.
    pub async fn crash(&mut self, service: Service) {
        let node = self.node_mut(service);
        node.kill();
        node.start().await;
    }

    /// Where everything of this cluster is.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// An A2A client of a service.
    pub fn a2a(&self, service: Service) -> a2a::Client {
        a2a::Client::connect(&self.node(service).address().to_string()).unwrap()
    }

    /// A client of the operator's own API.
    pub fn orchestrator(&self) -> OrchestratorClient<Channel> {
        OrchestratorClient::new(self.channel(Service::Operator))
    }

    /// A client of the registry.
    pub fn registry(&self) -> RegistryClient<Channel> {
        RegistryClient::new(self.channel(Service::Registry))
    }

    /// A channel to a service; connects when it is first used.
    pub fn channel(&self, service: Service) -> Channel {
        Endpoint::from_shared(format!("http://{}", self.node(service).address())).unwrap().connect_lazy()
    }
}
