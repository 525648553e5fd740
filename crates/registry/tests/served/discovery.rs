//! The client against the real thing: leases and views over outages, restarts and take-overs.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use discovery::{
    Endpoint, Filter, Health, Lease, LeaseConfig, LeaseHandle, LeaseState, Registration, View, Vitals, Wanted,
};
use proto::watchroom::registry::v1 as wire;
use store::MemoryStore;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use types::{AgentName, SkillId, StoreId};

use crate::harness::{DEADLINE, Running, card, eventually};
use crate::reopened::Reopened;

const SERVING: Vitals = Vitals { health: Health::Serving, in_flight: 0, load: None };

struct Held {
    handle: LeaseHandle,
    vitals: watch::Sender<Vitals>,
    shutdown: CancellationToken,
}

fn hold(url: &str, name: &str, instance: &str) -> Held {
    let registration = Registration {
        instance: instance.parse().unwrap(),
        card: card(name, &["dispatch"]),
        store_id: StoreId::from_bytes([9; 16]),
        role: String::new(),
        domain: String::new(),
    };
    let config = LeaseConfig { registry: url.into(), registration, ttl: None };
    let (vitals, rx) = watch::channel(SERVING);
    let shutdown = CancellationToken::new();
    let handle = Lease::hold(config, rx, shutdown.clone()).unwrap();
    Held { handle, vitals, shutdown }
}

fn view(url: &str) -> View {
    View::watch(url, Filter::default(), CancellationToken::new()).unwrap()
}

fn agent(name: &str) -> AgentName {
    name.parse().unwrap()
}

fn skill(id: &str) -> SkillId {
    id.parse().unwrap()
}

async fn seen(view: &View, name: &str) -> Arc<Endpoint> {
    let found = view.until(|view| view.endpoints(&agent(name), None).into_iter().next());
    timeout(DEADLINE, found).await.unwrap()
}

async fn gone(view: &View, name: &str) {
    let none = |view: &View| view.instances(&agent(name), None, Wanted::All).is_empty().then_some(());
    timeout(DEADLINE, view.until(none)).await.unwrap();
}

/// Waits for a renewal at or after `since`.
async fn renewed(registry: &Running, name: &str, since: SystemTime) {
    let mut client = registry.client().await;
    let request = wire::GetAgentRequest { name: name.into(), version: "1".into(), instance_id: "one".into() };
    eventually("a renewal", async || {
        let agent = client.get_agent(request.clone()).await.unwrap().into_inner();
        let renewed = SystemTime::try_from(agent.renewed_at.unwrap()).unwrap();
        (renewed >= since).then_some(())
    })
    .await;
}

async fn reaches(lease: &LeaseHandle, wanted: impl FnMut(&LeaseState) -> bool) -> LeaseState {
    timeout(DEADLINE, lease.state().wait_for(wanted)).await.unwrap().unwrap().clone()
}

fn is_held(state: &LeaseState) -> bool {
    matches!(state, LeaseState::Held { .. })
}

#[tokio::test]
async fn a_held_lease_is_seen_kept_and_given_back() {
    let registry = Running::fresh().await;
    let view = view(&registry.url());
    let lease = hold(&registry.url(), "fire", "one");
    let endpoint = seen(&view, "fire").await;
    assert_eq!(endpoint.url, "127.0.0.1:7411");
    assert_eq!(endpoint.store_id, StoreId::from_bytes([9; 16]));
    assert!(view.synced() && view.stale().is_none());
    assert_eq!(view.by_store(endpoint.store_id).len(), 1);
    assert_eq!(view.endpoints(&agent("fire"), Some(&skill("dispatch"))).len(), 1);
    assert!(view.endpoints(&agent("fire"), Some(&skill("cook"))).is_empty());
    let LeaseState::Held { epoch, ttl } = reaches(&lease.handle, is_held).await else { unreachable!() };
    renewed(&registry, "fire", SystemTime::now() + ttl * 3).await;
    assert_eq!(seen(&view, "fire").await.epoch, epoch, "renewals kept the same registration");
    lease.shutdown.cancel();
    timeout(DEADLINE, lease.handle.ended()).await.unwrap();
    assert_eq!(*lease.handle.state().borrow(), LeaseState::Released);
    gone(&view, "fire").await;
    registry.stop().await;
}

#[tokio::test]
async fn health_reaches_the_view_at_once_and_load_soon() {
    let registry = Running::fresh().await;
    let view = view(&registry.url());
    let lease = hold(&registry.url(), "fire", "one");
    seen(&view, "fire").await;
    lease.vitals.send_replace(Vitals { health: Health::NotServing, in_flight: 3, load: None });
    let sick = |view: &View| {
        let all = view.instances(&agent("fire"), None, Wanted::All);
        all.into_iter().find(|endpoint| endpoint.health == Health::NotServing && endpoint.in_flight == 3)
    };
    timeout(DEADLINE, view.until(sick)).await.unwrap();
    assert!(view.endpoints(&agent("fire"), None).is_empty());
    lease.vitals.send_replace(Vitals { health: Health::Serving, in_flight: 4, load: None });
    seen(&view, "fire").await;
    lease.vitals.send_replace(Vitals { health: Health::Serving, in_flight: 5, load: None });
    let loaded = |view: &View| view.endpoints(&agent("fire"), None).into_iter().find(|one| one.in_flight == 5);
    timeout(DEADLINE, view.until(loaded)).await.unwrap();
    registry.stop().await;
}

#[tokio::test]
async fn r8_a_draining_instance_gets_no_new_work_and_stays_watchable() {
    let registry = Running::fresh().await;
    let view = view(&registry.url());
    let lease = hold(&registry.url(), "fire", "one");
    let _other = hold(&registry.url(), "fire", "two");
    let taking = |view: &View| -> Vec<String> {
        view.endpoints(&agent("fire"), None).iter().map(|one| one.instance.to_string()).collect()
    };
    let until = async |wanted: &[&str]| {
        let same = |view: &View| (taking(view) == wanted).then_some(());
        timeout(DEADLINE, view.until(same)).await.unwrap();
    };
    until(&["one", "two"]).await;
    // By its own word.
    lease.vitals.send_replace(Vitals { health: Health::Draining, in_flight: 2, load: None });
    until(&["two"]).await;
    assert_eq!(view.instances(&agent("fire"), None, Wanted::All).len(), 2);
    lease.vitals.send_replace(SERVING);
    until(&["one", "two"]).await;
    // By an operator's.
    let request = |draining| wire::SetDrainingRequest {
        name: "fire".into(),
        version: "1".into(),
        instance_id: "two".into(),
        epoch: 0,
        draining,
    };
    registry.client().await.set_draining(request(true)).await.unwrap();
    until(&["one"]).await;
    assert_eq!(view.by_store(StoreId::from_bytes([9; 16])).len(), 2, "its work is still followed up");
    registry.client().await.set_draining(request(false)).await.unwrap();
    until(&["one", "two"]).await;
    registry.stop().await;
}

#[tokio::test]
async fn two_instances_of_one_agent_with_separate_stores_work_side_by_side() {
    let registry = Running::fresh().await;
    let view = view(&registry.url());
    let [one, two] = [1u8, 2].map(|store| {
        let registration = Registration {
            instance: format!("i-{store}").parse().unwrap(),
            card: card("fire", &["dispatch"]),
            store_id: StoreId::from_bytes([store; 16]),
            role: String::new(),
            domain: String::new(),
        };
        let (vitals, rx) = watch::channel(SERVING);
        let shutdown = CancellationToken::new();
        let config = LeaseConfig { registry: (&registry.url()).into(), registration, ttl: None };
        Held { handle: Lease::hold(config, rx, shutdown.clone()).unwrap(), vitals, shutdown }
    });
    let both = |view: &View| (view.endpoints(&agent("fire"), Some(&skill("dispatch"))).len() == 2).then_some(());
    timeout(DEADLINE, view.until(both)).await.unwrap();
    for store in [1u8, 2] {
        let follow_up = view.by_store(StoreId::from_bytes([store; 16]));
        assert_eq!(follow_up.len(), 1, "work is followed up at its own store only");
        assert_eq!(follow_up[0].instance.to_string(), format!("i-{store}"));
    }
    one.shutdown.cancel();
    let alone = |view: &View| (view.endpoints(&agent("fire"), None).len() == 1).then_some(());
    timeout(DEADLINE, view.until(alone)).await.unwrap();
    assert!(view.by_store(StoreId::from_bytes([1; 16])).is_empty());
    assert!(two.handle.is_held());
    registry.stop().await;
}

#[tokio::test]
async fn a_newer_registration_of_the_instance_takes_the_lease_over() {
    let registry = Running::fresh().await;
    let first = hold(&registry.url(), "fire", "one");
    reaches(&first.handle, is_held).await;
    let second = hold(&registry.url(), "fire", "one");
    reaches(&second.handle, is_held).await;
    reaches(&first.handle, |state| *state == LeaseState::Superseded).await;
    timeout(DEADLINE, first.handle.ended()).await.unwrap();
    let view = view(&registry.url());
    let LeaseState::Held { epoch, .. } = *second.handle.state().borrow() else { panic!("lost") };
    assert_eq!(seen(&view, "fire").await.epoch, epoch);
    registry.stop().await;
}

#[tokio::test]
async fn an_instance_that_dies_is_gone_after_its_lease() {
    let registry = Running::fresh().await;
    let view = view(&registry.url());
    let mut client = registry.client().await;
    let mut request = crate::harness::registration("fire", "one", &["dispatch"]);
    request.ttl = None;
    client.register(request).await.unwrap();
    seen(&view, "fire").await;
    gone(&view, "fire").await;
    registry.stop().await;
}

#[tokio::test]
async fn r5_a_restarted_registry_keeps_leases_and_the_view_goes_on_meanwhile() {
    let store = Reopened::default();
    let registry = Running::over(Arc::new(store.clone()), None).await;
    let (address, url) = (registry.address, registry.url());
    let lease = hold(&url, "fire", "one");
    let view = view(&url);
    let before = seen(&view, "fire").await;
    registry.stop().await;
    eventually("the view notices", async || view.stale()).await;
    assert_eq!(seen(&view, "fire").await, before, "the last view goes on");
    let registry = Running::over(Arc::new(store), Some(address)).await;
    eventually("the view follows again", async || view.stale().is_none().then_some(())).await;
    reaches(&lease.handle, is_held).await;
    renewed(&registry, "fire", SystemTime::now() + Duration::from_secs(2)).await;
    assert_eq!(seen(&view, "fire").await.epoch, before.epoch, "the same registration, not a new one");
    registry.stop().await;
}

#[tokio::test]
async fn r10_without_a_registry_the_last_view_serves_new_work_and_follow_up_and_says_so() {
    let registry = Running::fresh().await;
    let lease = hold(&registry.url(), "fire", "one");
    let view = view(&registry.url());
    let before = seen(&view, "fire").await;
    registry.stop().await;
    reaches(&lease.handle, |state| *state == LeaseState::Seeking).await;
    assert!(eventually("the view says so", async || view.stale()).await > Duration::ZERO);
    assert_eq!(view.endpoints(&agent("fire"), Some(&skill("dispatch"))), std::slice::from_ref(&before));
    assert_eq!(view.by_store(before.store_id), [before]);
    assert!(view.synced());
}

#[tokio::test]
async fn a_registry_that_lost_everything_is_registered_at_again() {
    let registry = Running::fresh().await;
    let (address, url) = (registry.address, registry.url());
    let lease = hold(&url, "fire", "one");
    let view = view(&url);
    seen(&view, "fire").await;
    registry.stop().await;
    let registry = Running::over(Arc::new(MemoryStore::new()), Some(address)).await;
    eventually("followed again", async || view.stale().is_none().then_some(())).await;
    seen(&view, "fire").await;
    reaches(&lease.handle, is_held).await;
    registry.stop().await;
}

#[tokio::test]
async fn a_registry_that_comes_late_is_found() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = port.local_addr().unwrap();
    drop(port);
    let url = format!("http://{address}");
    let (lease, view) = (hold(&url, "fire", "one"), view(&url));
    assert!(!view.synced() && view.stale().is_some());
    assert_eq!(*lease.handle.state().borrow(), LeaseState::Seeking);
    let registry = Running::over(Arc::new(MemoryStore::new()), Some(address)).await;
    reaches(&lease.handle, is_held).await;
    seen(&view, "fire").await;
    registry.stop().await;
}

#[tokio::test]
async fn a_card_that_is_refused_says_why() {
    let registry = Running::fresh().await;
    let registration = Registration {
        instance: "one".parse().unwrap(),
        card: proto::a2a::AgentCard { skills: Vec::new(), ..card("fire", &[]) },
        store_id: StoreId::from_bytes([9; 16]),
        role: String::new(),
        domain: String::new(),
    };
    let config = LeaseConfig { registry: (&registry.url()).into(), registration, ttl: None };
    let (_vitals, rx) = watch::channel(SERVING);
    let lease = Lease::hold(config, rx, CancellationToken::new()).unwrap();
    let refused = reaches(&lease, |state| matches!(state, LeaseState::Refused { .. })).await;
    assert_eq!(refused, LeaseState::Refused { reason: "registration.card.skills is required".into() });
    registry.stop().await;
}

#[tokio::test]
async fn an_instance_without_a_grpc_interface_is_no_endpoint() {
    let registry = Running::fresh().await;
    let view = view(&registry.url());
    let mut client = registry.client().await;
    let mut request = crate::harness::registration("fire", "one", &["dispatch"]);
    client.register(request.clone()).await.unwrap();
    seen(&view, "fire").await;
    let card = request.registration.as_mut().unwrap().card.as_mut().unwrap();
    card.supported_interfaces[0].protocol_binding = "JSONRPC".into();
    client.register(request.clone()).await.unwrap();
    gone(&view, "fire").await;
    let found = client.query_agents(wire::QueryAgentsRequest::default()).await.unwrap().into_inner();
    assert_eq!(found.agents.len(), 1, "it is registered all the same");
    let card = request.registration.as_mut().unwrap().card.as_mut().unwrap();
    card.supported_interfaces[0].protocol_binding = "grpc".into();
    client.register(request).await.unwrap();
    seen(&view, "fire").await;
    registry.stop().await;
}

#[tokio::test]
async fn a_filtered_view_shows_what_the_filter_admits() {
    let registry = Running::fresh().await;
    let mut client = registry.client().await;
    for (name, skill) in [("fire", "dispatch"), ("police", "dispatch"), ("payment", "pay")] {
        client.register(crate::harness::registration(name, "one", &[skill])).await.unwrap();
    }
    let filter = Filter { skills: vec![skill("dispatch")], ..Filter::default() };
    let view = View::watch(&registry.url(), filter, CancellationToken::new()).unwrap();
    timeout(DEADLINE, view.until(|view| view.synced().then_some(()))).await.unwrap();
    let names: Vec<String> = view.all().iter().map(|endpoint| endpoint.agent.to_string()).collect();
    assert_eq!(names, ["fire", "police"]);
    registry.stop().await;
}

#[tokio::test]
async fn a_shutdown_during_an_outage_is_quick() {
    let lease = hold("127.0.0.1:1", "fire", "one");
    lease.shutdown.cancel();
    timeout(DEADLINE, lease.handle.ended()).await.unwrap();
    assert_eq!(*lease.handle.state().borrow(), LeaseState::Released);
}

#[test]
fn an_address_that_is_none_is_refused_at_once() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let _entered = runtime.enter();
    for url in ["", "ftp://registry", "http://"] {
        assert!(View::watch(url, Filter::default(), CancellationToken::new()).is_err(), "{url}");
    }
}
