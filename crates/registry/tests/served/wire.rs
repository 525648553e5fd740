//! What goes over the wire: pages, watches, and cards as they came.

use std::sync::Arc;

use proto::watchroom::registry::v1 as wire;
use store::MemoryStore;
use tokio::time::timeout;
use tonic::{Code, Status, Streaming};
use wire::watch_agents_response::Event;

use crate::harness::{Client, DEADLINE, Running, registration};
use crate::reopened::Reopened;

pub(crate) async fn register(
    client: &mut Client,
    name: &str,
    instance: &str,
    skills: &[&str],
) -> wire::RegisterResponse {
    client.register(registration(name, instance, skills)).await.unwrap().into_inner()
}

async fn next(watch: &mut Streaming<wire::WatchAgentsResponse>) -> Result<wire::WatchAgentsResponse, Status> {
    Ok(timeout(DEADLINE, watch.message()).await.unwrap()?.unwrap())
}

pub(crate) fn instance(agent: &wire::Agent) -> String {
    agent.registration.as_ref().unwrap().instance_id.clone()
}

async fn watch(client: &mut Client, from_version: u64) -> Streaming<wire::WatchAgentsResponse> {
    let request = wire::WatchAgentsRequest { from_version, ..wire::WatchAgentsRequest::default() };
    client.watch_agents(request).await.unwrap().into_inner()
}

#[tokio::test]
async fn pages_are_in_order_and_all_show_the_version_of_the_first() {
    let registry = Running::fresh().await;
    let mut client = registry.client().await;
    for instance in ["c", "a", "e", "b", "d"] {
        register(&mut client, "fire", instance, &["dispatch"]).await;
    }
    let mut request = wire::QueryAgentsRequest { page_size: Some(2), ..wire::QueryAgentsRequest::default() };
    let mut found = Vec::new();
    loop {
        let page = client.query_agents(request.clone()).await.unwrap().into_inner();
        assert_eq!(page.version, 5);
        found.extend(page.agents.iter().map(instance));
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
        let gone = register(&mut client, "fire", "d", &["dispatch"]).await;
        register(&mut client, "fire", &format!("later-{}", found.len()), &["dispatch"]).await;
        let lease = wire::DeregisterRequest { lease_id: gone.lease_id, epoch: gone.epoch };
        client.deregister(lease).await.unwrap();
    }
    assert_eq!(found, ["a", "b", "c", "d", "e"]);
    request.filter = Some(wire::Filter { tags: vec!["other".into()], ..wire::Filter::default() });
    let status = client.query_agents(request).await.unwrap_err();
    assert_eq!(status.message(), "page_token belongs to a query with another filter");
    registry.stop().await;
}

#[tokio::test]
async fn a_watch_is_a_snapshot_then_changes_and_goes_on_from_its_version() {
    let registry = Running::fresh().await;
    let mut client = registry.client().await;
    let first = register(&mut client, "fire", "one", &["dispatch"]).await;
    let mut events = watch(&mut client, 0).await;
    let snapshot = next(&mut events).await.unwrap();
    assert!(matches!((snapshot.version, snapshot.event), (0, Some(Event::Upsert(agent))) if instance(&agent) == "one"));
    let synced = next(&mut events).await.unwrap();
    let Some(Event::Synced(wire::Synced { registry_id })) = synced.event else { panic!("{synced:?}") };
    assert_eq!(synced.version, first.version);
    register(&mut client, "fire", "two", &["dispatch"]).await;
    assert_eq!(next(&mut events).await.unwrap().version, 2);
    drop(events);
    let lease = wire::DeregisterRequest { lease_id: first.lease_id, epoch: first.epoch };
    client.deregister(lease).await.unwrap();
    let request = wire::WatchAgentsRequest { filter: None, from_version: 2, registry_id };
    let mut events = client.watch_agents(request).await.unwrap().into_inner();
    let missed = next(&mut events).await.unwrap();
    let Some(Event::Removed(removed)) = missed.event else { panic!("{missed:?}") };
    assert_eq!((missed.version, removed.instance_id.as_str()), (3, "one"));
    assert_eq!(removed.reason(), wire::RemoveReason::Deregistered);
    let report = next(&mut events).await.unwrap();
    assert!(matches!(report.event, Some(Event::Report(report)) if report.instance_id == "two"));
    assert!(matches!(next(&mut events).await.unwrap().event, Some(Event::Synced(_))));
    registry.stop().await;
}

#[tokio::test]
async fn a_restart_compacts_and_versions_go_on_rising() {
    let store = Reopened::default();
    let registry = Running::over(Arc::new(store.clone()), None).await;
    let mut client = registry.client().await;
    for instance in ["one", "two", "three"] {
        register(&mut client, "fire", instance, &["dispatch"]).await;
    }
    let lease = client.register(registration("fire", "two", &["dispatch"])).await.unwrap().into_inner();
    let lease = wire::DeregisterRequest { lease_id: lease.lease_id, epoch: lease.epoch };
    client.deregister(lease).await.unwrap();
    registry.stop().await;
    let registry = Running::over(Arc::new(store), None).await;
    let mut client = registry.client().await;
    let request = wire::WatchAgentsRequest { from_version: 4, ..wire::WatchAgentsRequest::default() };
    let status = client.watch_agents(request).await.unwrap_err();
    assert_eq!(status.code(), Code::OutOfRange);
    assert_eq!(status.message(), "version 4 is compacted up to 5; take a new snapshot");
    let mut events = watch(&mut client, 5).await;
    for kept in ["one", "three"] {
        let report = next(&mut events).await.unwrap();
        assert!(matches!(report.event, Some(Event::Report(report)) if report.instance_id == kept));
    }
    assert_eq!(next(&mut events).await.unwrap().version, 5);
    assert_eq!(register(&mut client, "fire", "two", &["dispatch"]).await.version, 6);
    registry.stop().await;
}

#[tokio::test]
async fn a_card_comes_back_with_the_fields_that_nobody_here_knows() {
    use prost::Message;
    let registry = Running::over(Arc::new(MemoryStore::new()), None).await;
    let typed = registration("fire", "one", &["dispatch"]);
    let mut raw = proto::raw::RegisterRequest::decode(typed.encode_to_vec().as_slice()).unwrap();
    let mut card = raw.registration.as_ref().unwrap().card.clone().unwrap().to_vec();
    // Field 1000, a varint.
    card.extend([0xC0, 0x3E, 0x2A]);
    raw.registration.as_mut().unwrap().card = Some(card.clone().into());
    let channel = tonic::transport::Channel::from_shared(registry.url()).unwrap().connect().await.unwrap();
    let mut grpc = tonic::client::Grpc::new(channel);
    let path = |method| format!("/watchroom.registry.v1.Registry/{method}").parse().unwrap();
    grpc.ready().await.unwrap();
    let codec = proto::Strict::<_, wire::RegisterResponse>::default();
    grpc.unary(tonic::Request::new(raw), path("Register"), codec).await.unwrap();
    grpc.ready().await.unwrap();
    let codec = proto::Strict::<_, proto::raw::Agent>::default();
    let request = wire::GetAgentRequest { name: "fire".into(), version: "1".into(), instance_id: "one".into() };
    let agent = grpc.unary(tonic::Request::new(request), path("GetAgent"), codec).await.unwrap().into_inner();
    assert_eq!(agent.registration.unwrap().card.unwrap(), card);
    registry.stop().await;
}

#[tokio::test]
async fn a_drained_registry_ends_its_streams_and_says_so() {
    let registry = Running::fresh().await;
    let mut client = registry.client().await;
    let mut events = watch(&mut client, 0).await;
    assert!(matches!(next(&mut events).await.unwrap().event, Some(Event::Synced(_))));
    registry.stop().await;
    assert_eq!(next(&mut events).await.unwrap_err().code(), Code::Unavailable);
}
