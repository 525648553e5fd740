//! The real binary over real files: what `kill -9` leaves, and what it says when it cannot start.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use discovery::{Filter, Health, Lease, LeaseConfig, LeaseState, Registration, View};
use proto::watchroom::registry::v1 as wire;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use types::StoreId;
use wire::registry_client::RegistryClient;

use crate::harness::{DEADLINE, card, eventually};

/// A registry in a process of its own, killed with the test.
pub(crate) struct Killable {
    child: Child,
    address: SocketAddr,
}

fn command(dir: &Path, listen: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_registry"));
    command.args(["--listen", listen, "--admin-listen", "127.0.0.1:0", "--ttl-default", "3s", "--log", "warn"]);
    command.arg("--data-dir").arg(dir.join("data")).arg("--announce").arg(dir.join("announced"));
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command
}

impl Killable {
    pub(crate) async fn start(dir: &Path, listen: &str) -> Self {
        let announced = dir.join("announced");
        // Left by the process before, if there was one.
        std::fs::remove_file(&announced).ok();
        let child = command(dir, listen).spawn().unwrap();
        let text = eventually("announced", async || std::fs::read_to_string(&announced).ok()).await;
        let field = text.split("\"protocol\":\"").nth(1).unwrap().split('"').next().unwrap();
        Self { child, address: field.parse().unwrap() }
    }

    fn kill(mut self) -> SocketAddr {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.address
    }

    /// Its resident memory, as the kernel counts it.
    pub(crate) fn resident_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.split_whitespace().next().unwrap().parse().unwrap()
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Killable {
    fn drop(&mut self) {
        // Killed already, or the test failed.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn is_held(state: &LeaseState) -> bool {
    matches!(state, LeaseState::Held { .. })
}

/// Instance and epoch of all that a view shows.
fn shown(view: &View) -> Vec<(String, u64)> {
    view.all().iter().map(|endpoint| (endpoint.instance.to_string(), endpoint.epoch)).collect()
}

fn refused(dir: &Path, listen: &str) -> Output {
    command(dir, listen).stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap()
}

#[tokio::test]
async fn r5_kill_9_loses_no_registration_evicts_nobody_and_streams_go_on() {
    let dir = tempfile::tempdir().unwrap();
    let mut registry = Killable::start(dir.path(), "127.0.0.1:0").await;
    let url = registry.url();
    let view = View::watch(&url, Filter::default(), CancellationToken::new()).unwrap();
    let mut leases = Vec::new();
    for number in 0..20u8 {
        let registration = Registration {
            instance: format!("i-{number:02}").parse().unwrap(),
            card: card("fire", &["dispatch"]),
            store_id: StoreId::from_bytes([number; 16]),
            role: "responder".into(),
            domain: "emergency".into(),
        };
        let (vitals, rx) =
            tokio::sync::watch::channel(discovery::Vitals { health: Health::Serving, in_flight: 0, load: None });
        let config = LeaseConfig { registry: (&url).into(), registration, ttl: None };
        leases.push((Lease::hold(config, rx, CancellationToken::new()).unwrap(), vitals));
    }
    for (lease, _) in &leases {
        // A registration whose answer is lost in the kill is made again, under a new epoch.
        timeout(DEADLINE, lease.state().wait_for(is_held)).await.unwrap().unwrap();
    }
    let all = |view: &View| (shown(view).len() == 20).then(|| shown(view));
    let before = timeout(DEADLINE, view.until(all)).await.unwrap();
    for _ in 0..3 {
        let address = registry.kill().to_string();
        assert_eq!(shown(&view), before, "the last view goes on");
        registry = Killable::start(dir.path(), &address).await;
        eventually("the view follows again", async || view.stale().is_none().then_some(())).await;
        assert_eq!(shown(&view), before, "the same registrations under the same epochs");
    }
    // Past the grace: only renewals keep them now.
    let mut client = RegistryClient::connect(url).await.unwrap();
    let later = std::time::SystemTime::now() + Duration::from_secs(4);
    eventually("renewals of all", async || {
        let page = client.query_agents(wire::QueryAgentsRequest::default()).await.unwrap().into_inner();
        let fresh = |agent: &wire::Agent| std::time::SystemTime::try_from(agent.renewed_at.unwrap()).unwrap() > later;
        (page.agents.len() == 20 && page.agents.iter().all(fresh)).then_some(())
    })
    .await;
    assert_eq!(shown(&view), before);
    assert!(leases.iter().all(|(lease, _)| is_held(&lease.state().borrow())));
}

#[tokio::test]
async fn what_it_cannot_start_with_is_said_with_an_exit_code() {
    let dir = tempfile::tempdir().unwrap();
    let running = Killable::start(dir.path(), "127.0.0.1:0").await;
    let locked = refused(dir.path(), "127.0.0.1:0");
    let said = String::from_utf8_lossy(&locked.stderr).into_owned();
    assert_eq!(locked.status.code(), Some(74), "{said}");
    assert!(said.contains("--data-dir") && said.contains("in use by another process"), "{said}");
    let other = tempfile::tempdir().unwrap();
    let taken = refused(other.path(), &running.address.to_string());
    let said = String::from_utf8_lossy(&taken.stderr).into_owned();
    assert_eq!(taken.status.code(), Some(75), "{said}");
    let mut wrong = command(other.path(), "127.0.0.1:0");
    let wrong = wrong.args(["--ttl-min", "30s"]).stderr(Stdio::piped()).output().unwrap();
    let said = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert_eq!(wrong.status.code(), Some(64), "{said}");
    assert!(said.contains("--ttl-default must lie between --ttl-min and --ttl-max"), "{said}");
}
