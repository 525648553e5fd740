//! Where work should go, and what callers saw: policies, reasons, and health from three sides.

use discovery::{Endpoint, Filter, Outcomes, Seen, View, Wanted};
use proto::a2a::AgentInterface;
use proto::watchroom::registry::v1 as wire;
use tokio::time::timeout;
use tokio_stream::once;
use tokio_util::sync::CancellationToken;
use tonic::Code;
use tonic_types::StatusExt;
use types::StoreId;
use wire::watch_agents_response::Event;
use wire::{PlaceReason, Policy};

use crate::harness::{Client, DEADLINE, Running, eventually, registration};
use crate::wire::register;

/// A police instance over a store of its own.
async fn instance(client: &mut Client, number: u8) -> wire::RegisterResponse {
    let mut request = registration("police", &format!("p-{number}"), &["dispatch"]);
    request.registration.as_mut().unwrap().store_id = StoreId::from_bytes([number; 16]).to_string();
    client.register(request).await.unwrap().into_inner()
}

fn police() -> Option<wire::Filter> {
    Some(wire::Filter { names: vec!["police".into()], ..wire::Filter::default() })
}

async fn resolve(client: &mut Client, policy: Policy, context_id: &str) -> wire::ResolveResponse {
    let (policy, context_id) = (policy.into(), context_id.to_owned());
    let request = wire::ResolveRequest { filter: police(), policy, context_id, limit: None };
    client.resolve(request).await.unwrap().into_inner()
}

fn instances(answer: &wire::ResolveResponse) -> Vec<&str> {
    answer.endpoints.iter().map(|endpoint| endpoint.instance_id.as_str()).collect()
}

async fn renew(client: &mut Client, lease: &wire::RegisterResponse, change: impl FnOnce(&mut wire::KeepAliveRequest)) {
    let mut renewal = wire::KeepAliveRequest {
        lease_id: lease.lease_id.clone(),
        epoch: lease.epoch,
        ..wire::KeepAliveRequest::default()
    };
    change(&mut renewal);
    client.keep_alive(once(renewal)).await.unwrap().into_inner().message().await.unwrap().unwrap();
}

fn outcome(instance: &str, epoch: u64, calls: u32, failures: u32) -> wire::Outcome {
    wire::Outcome {
        name: "police".into(),
        agent_version: "1".into(),
        instance_id: instance.into(),
        epoch,
        calls,
        failures,
        latency: Some(prost_types::Duration { seconds: 0, nanos: 5_000_000 }),
    }
}

#[tokio::test]
async fn every_policy_orders_all_that_take_work_and_says_why() {
    let registry = Running::fresh().await;
    let mut client = registry.client().await;
    let leases = [instance(&mut client, 0).await, instance(&mut client, 1).await, instance(&mut client, 2).await];
    for (lease, in_flight) in leases.iter().zip([4, 1, 2]) {
        renew(&mut client, lease, |it| it.in_flight = in_flight).await;
    }
    let first = |answer: &wire::ResolveResponse| answer.endpoints[0].instance_id.clone();
    let mut turns = Vec::new();
    for _ in 0..4 {
        turns.push(first(&resolve(&mut client, Policy::RoundRobin, "").await));
    }
    assert_eq!(turns, ["p-0", "p-1", "p-2", "p-0"]);
    let least = resolve(&mut client, Policy::LeastInFlight, "").await;
    assert_eq!(instances(&least), ["p-1", "p-2", "p-0"]);
    let endpoint = &least.endpoints[0];
    assert_eq!(endpoint.store_id, StoreId::from_bytes([1; 16]).to_string());
    assert_eq!((endpoint.epoch, endpoint.in_flight), (leases[1].epoch, 1));
    assert_eq!(endpoint.interface.as_ref().unwrap().url, "127.0.0.1:7411");
    assert_eq!(endpoint.explanation, "1 tasks under way; nobody behind it has fewer");
    for _ in 0..20 {
        let two = resolve(&mut client, Policy::Unspecified, "").await;
        assert_ne!(first(&two), "p-0", "it is the most loaded");
        assert!(two.endpoints.iter().all(|it| it.reason() == PlaceReason::LessLoadedOfTwo));
    }
    let home = first(&resolve(&mut client, Policy::Sticky, "context-1").await);
    for _ in 0..5 {
        let sticky = resolve(&mut client, Policy::Sticky, "context-1").await;
        assert_eq!((first(&sticky), sticky.endpoints[0].reason()), (home.clone(), PlaceReason::Context));
    }
    assert_eq!(least.version, 3, "loads made no version");
    registry.stop().await;
}

#[tokio::test]
async fn a_load_of_its_own_measure_counts_before_the_number_of_tasks() {
    let registry = Running::fresh().await;
    let mut client = registry.client().await;
    let (busy, idle) = (instance(&mut client, 0).await, instance(&mut client, 1).await);
    renew(&mut client, &busy, |it| (it.in_flight, it.load_percent) = (1, Some(90))).await;
    renew(&mut client, &idle, |it| (it.in_flight, it.load_percent) = (7, Some(10))).await;
    for _ in 0..10 {
        let answer = resolve(&mut client, Policy::PowerOfTwo, "").await;
        assert_eq!(instances(&answer), ["p-1", "p-0"]);
        assert_eq!(answer.endpoints[0].load_percent, Some(10));
    }
    registry.stop().await;
}

#[tokio::test]
async fn r8_a_draining_or_unwell_instance_is_never_resolved_and_counted_apart() {
    let registry = Running::fresh().await;
    let mut client = registry.client().await;
    let leases = [instance(&mut client, 0).await, instance(&mut client, 1).await, instance(&mut client, 2).await];
    instance(&mut client, 3).await;
    renew(&mut client, &leases[0], |it| it.draining = true).await;
    renew(&mut client, &leases[1], |it| it.health = wire::Health::NotServing.into()).await;
    let marked = wire::SetDrainingRequest {
        name: "police".into(),
        version: "1".into(),
        instance_id: "p-2".into(),
        epoch: 0,
        draining: true,
    };
    client.set_draining(marked).await.unwrap();
    for policy in [Policy::RoundRobin, Policy::LeastInFlight, Policy::PowerOfTwo, Policy::Sticky] {
        for number in 0..5 {
            let answer = resolve(&mut client, policy, &format!("c-{number}")).await;
            assert_eq!((instances(&answer), answer.draining, answer.not_serving), (vec!["p-3"], 2, 1), "{policy:?}");
        }
    }
    registry.stop().await;
}

#[tokio::test]
async fn r1_nothing_is_resolved_after_its_lease() {
    let registry = Running::fresh().await;
    let mut client = registry.client().await;
    let mut request = registration("police", "p-0", &["dispatch"]);
    request.ttl = None;
    client.register(request).await.unwrap();
    assert_eq!(instances(&resolve(&mut client, Policy::RoundRobin, "").await), ["p-0"]);
    eventually("nobody is left", async || {
        let answer = resolve(&mut client, Policy::RoundRobin, "").await;
        answer.endpoints.is_empty().then_some(())
    })
    .await;
    registry.stop().await;
}

#[tokio::test]
async fn the_interface_is_the_one_that_the_filter_asks_for() {
    let registry = Running::fresh().await;
    let mut client = registry.client().await;
    let mut request = registration("police", "p-0", &["dispatch"]);
    let interface = |binding: &str, url: &str| AgentInterface {
        url: url.into(),
        protocol_binding: binding.into(),
        protocol_version: "1.0".into(),
        tenant: String::new(),
    };
    let card = request.registration.as_mut().unwrap().card.as_mut().unwrap();
    card.supported_interfaces = vec![
        interface("JSONRPC", "https://example.org/rpc"),
        interface("GRPC", "127.0.0.1:1"),
        interface("HTTP+JSON", "https://example.org"),
    ];
    client.register(request).await.unwrap();
    for (bindings, url) in [
        (vec![], "127.0.0.1:1"),
        (vec!["JSONRPC".to_owned()], "https://example.org/rpc"),
        (vec!["HTTP+JSON".to_owned()], "https://example.org"),
    ] {
        let filter = Some(wire::Filter { bindings, ..police().unwrap() });
        let request = wire::ResolveRequest { filter, ..wire::ResolveRequest::default() };
        let answer = client.resolve(request).await.unwrap().into_inner();
        assert_eq!(answer.endpoints[0].interface.as_ref().unwrap().url, url);
    }
    registry.stop().await;
}

#[tokio::test]
async fn what_callers_saw_moves_work_elsewhere_and_changes_nothing_else() {
    let registry = Running::fresh().await;
    let mut client = registry.client().await;
    let old = instance(&mut client, 0).await;
    let leases = [instance(&mut client, 0).await, instance(&mut client, 1).await];
    renew(&mut client, &leases[1], |it| it.in_flight = 50).await;
    let mut events = client
        .watch_agents(wire::WatchAgentsRequest { from_version: 3, ..Default::default() })
        .await
        .unwrap()
        .into_inner();
    while !matches!(events.message().await.unwrap().unwrap().event, Some(Event::Synced(_))) {}
    let outcomes = vec![
        outcome("p-0", leases[0].epoch, 10, 6),
        outcome("p-1", 0, 10, 1),
        outcome("p-0", old.epoch, 10, 10),
        outcome("p-9", 0, 10, 10),
    ];
    let answer = client.report_outcome(wire::ReportOutcomeRequest { outcomes }).await.unwrap().into_inner();
    assert_eq!((answer.taken, answer.unknown), (2, 2), "of an older registration, and of nobody");
    let told = timeout(DEADLINE, events.message()).await.unwrap().unwrap().unwrap();
    let Some(Event::Report(report)) = told.event else { panic!("{told:?}") };
    assert_eq!((told.version, report.instance_id.as_str(), report.health()), (0, "p-0", wire::Health::Serving));
    let callers = report.callers.unwrap();
    assert_eq!((callers.calls, callers.failures, callers.failing), (10, 6, true));
    assert_eq!(callers.latency.unwrap().nanos, 5_000_000);
    let answer = resolve(&mut client, Policy::LeastInFlight, "").await;
    assert_eq!(instances(&answer), ["p-1", "p-0"], "however little it has to do");
    assert_eq!(answer.endpoints[1].reason(), PlaceReason::Failing);
    assert_eq!(answer.endpoints[1].explanation, "6 of its last 10 calls failed");
    assert_eq!(answer.version, 3, "no version was made");
    // A new registration of the instance begins with a clean slate.
    instance(&mut client, 0).await;
    assert_eq!(instances(&resolve(&mut client, Policy::LeastInFlight, "").await), ["p-0", "p-1"]);
    registry.stop().await;
}

#[tokio::test]
async fn a_caller_reports_in_batches_without_waiting_and_every_view_learns_it() {
    let registry = Running::fresh().await;
    let mut client = registry.client().await;
    instance(&mut client, 0).await;
    let view = View::watch(&registry.url(), Filter::default(), CancellationToken::new()).unwrap();
    let name = "police".parse().unwrap();
    let one = |view: &View| view.instances(&name, None, Wanted::All).into_iter().next();
    let endpoint = timeout(DEADLINE, view.until(one)).await.unwrap();
    let outcomes = Outcomes::report(&registry.url(), CancellationToken::new()).unwrap();
    for _ in 0..100_000 {
        outcomes.note(&endpoint, Seen::Failed);
    }
    let failing = |view: &View| one(view).filter(|endpoint| endpoint.failing);
    timeout(DEADLINE, view.until(failing)).await.unwrap();
    assert_eq!(view.endpoints(&name, None), [std::sync::Arc::new(Endpoint { failing: true, ..(*endpoint).clone() })]);
    registry.stop().await;
    // Nobody listens any more, and nobody waits.
    for _ in 0..100_000 {
        outcomes.note(&endpoint, Seen::Answered { after: DEADLINE });
    }
}

#[tokio::test]
async fn a_resolve_that_is_wrong_is_refused_by_field() {
    type Spoil = fn(&mut wire::ResolveRequest);
    let registry = Running::fresh().await;
    let mut client = registry.client().await;
    register(&mut client, "police", "p-0", &["dispatch"]).await;
    let table: [(&str, Spoil); 6] = [
        ("filter", |it| it.filter = None),
        ("filter", |it| it.filter = Some(wire::Filter { tags: vec!["x".into()], ..wire::Filter::default() })),
        ("context_id", |it| it.policy = Policy::Sticky.into()),
        ("policy", |it| it.policy = 9),
        ("limit", |it| it.limit = Some(0)),
        ("filter.roles", |it| it.filter.as_mut().unwrap().roles = vec!["x".into(); 101]),
    ];
    for (field, spoil) in table {
        let mut request = wire::ResolveRequest { filter: police(), ..wire::ResolveRequest::default() };
        spoil(&mut request);
        let status = client.resolve(request).await.unwrap_err();
        let bad = status.get_details_bad_request().unwrap().field_violations;
        assert_eq!((status.code(), bad[0].field.as_str()), (Code::InvalidArgument, field));
    }
    registry.stop().await;
}

#[tokio::test]
async fn an_outcome_that_is_wrong_is_refused_by_field() {
    type Spoil = fn(&mut wire::ReportOutcomeRequest);
    let registry = Running::fresh().await;
    let mut client = registry.client().await;
    let table: [(&str, Spoil); 6] = [
        ("outcomes", |it| it.outcomes = vec![outcome("p-0", 0, 1, 0); 101]),
        ("outcomes[1].calls", |it| it.outcomes[1].calls = 0),
        ("outcomes[1].calls", |it| it.outcomes[1].calls = 10_001),
        ("outcomes[1].failures", |it| it.outcomes[1].failures = 2),
        ("outcomes[1].latency", |it| it.outcomes[1].latency = crate::harness::seconds(-1)),
        ("outcomes[0].instance_id", |it| it.outcomes[0].instance_id.clear()),
    ];
    for (field, spoil) in table {
        let mut request = wire::ReportOutcomeRequest { outcomes: vec![outcome("p-0", 0, 1, 0); 2] };
        spoil(&mut request);
        let status = client.report_outcome(request).await.unwrap_err();
        let bad = status.get_details_bad_request().unwrap().field_violations;
        assert_eq!((status.code(), bad[0].field.as_str()), (Code::InvalidArgument, field));
    }
    registry.stop().await;
}
