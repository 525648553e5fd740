//! R6: one tenant never sees another's agents, in answers, watches, errors or metrics.

use std::sync::Arc;

use proto::watchroom::registry::v1 as wire;
use service::client::{Credential, Peer, Traced};
use store::MemoryStore;
use tokio_stream::StreamExt as _;
use tonic::{Code, Status};
use wire::registry_client::RegistryClient;
use wire::watch_agents_response::Event;

use crate::harness::{Running, brisk, registration, seconds};

const TOKENS: &str = r#"
[[token]]
principal = "fire"
tenant = "north-town"
roles = ["agent"]
secret = "agent-token-of-the-north"
[[token]]
principal = "fire"
tenant = "south-town"
roles = ["agent"]
secret = "agent-token-of-the-south"
[[token]]
principal = "root"
tenant = "south-town"
roles = ["admin"]
secret = "admin-token-of-the-south"
[[token]]
principal = "anna"
tenant = "north-town"
roles = ["caller"]
secret = "caller-token-of-the-north"
"#;
const NORTH: &str = "agent-token-of-the-north";
const SOUTH: &str = "agent-token-of-the-south";

type Client = RegistryClient<Traced>;

fn client(running: &Running, token: &str) -> Client {
    let peer = Peer::new(&running.url(), Some(Credential::token(token).unwrap()));
    RegistryClient::new(peer.channel().unwrap())
}

/// A registry that asks who calls, and what keeps its tokens.
async fn guarded() -> (Running, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let tokens = dir.path().join("tokens.toml");
    std::fs::write(&tokens, TOKENS).unwrap();
    let mut args = brisk();
    args.service.tokens = Some(tokens);
    (Running::with(args, Arc::new(MemoryStore::new())).await, dir)
}

fn by_name(name: &str) -> wire::GetAgentRequest {
    wire::GetAgentRequest { name: name.into(), version: "1".into(), instance_id: "one".into() }
}

fn alike(one: &Status, other: &Status) {
    let told = |status: &Status| (status.code(), status.message().replace("secret", "absent"), status.details().len());
    assert_eq!(told(one), told(other));
}

#[tokio::test]
async fn r6_a_tenant_never_sees_anothers_agents() {
    let (running, _dir) = guarded().await;
    let (mut north, mut south) = (client(&running, NORTH), client(&running, SOUTH));
    north.register(registration("secret", "one", &["fire"])).await.unwrap();
    south.register(registration("theirs", "one", &["fire"])).await.unwrap();

    let names = |page: wire::QueryAgentsResponse| -> Vec<String> {
        page.agents.into_iter().map(|it| it.registration.unwrap().card.unwrap().name).collect()
    };
    let page = south.query_agents(wire::QueryAgentsRequest::default()).await.unwrap().into_inner();
    assert_eq!(names(page), ["theirs"]);
    let filter = wire::Filter { skills: vec!["fire".into()], ..wire::Filter::default() };
    let request = wire::ResolveRequest { filter: Some(filter), ..wire::ResolveRequest::default() };
    let resolved = south.resolve(request).await.unwrap().into_inner();
    assert_eq!(resolved.endpoints.len(), 1);
    assert_eq!(resolved.endpoints[0].name, "theirs");

    // What is asked by name is answered as what is not there.
    let hidden = south.get_agent(by_name("secret")).await.unwrap_err();
    assert_eq!(hidden.code(), Code::NotFound);
    alike(&hidden, &south.get_agent(by_name("absent")).await.unwrap_err());
    let mut root = client(&running, "admin-token-of-the-south");
    let draining = |name: &str| wire::SetDrainingRequest {
        name: name.into(),
        version: "1".into(),
        instance_id: "one".into(),
        epoch: 0,
        draining: true,
    };
    alike(
        &root.set_draining(draining("secret")).await.unwrap_err(),
        &root.set_draining(draining("absent")).await.unwrap_err(),
    );
    running.stop().await;
}

#[tokio::test]
async fn r6_what_was_overheard_of_another_tenant_is_of_no_use() {
    let (running, _dir) = guarded().await;
    let (mut north, mut south) = (client(&running, NORTH), client(&running, SOUTH));
    let granted = north.register(registration("secret", "one", &["fire"])).await.unwrap().into_inner();
    let overheard = wire::DeregisterRequest { lease_id: granted.lease_id.clone(), epoch: granted.epoch };
    let invented =
        wire::DeregisterRequest { lease_id: "00000000-0000-4000-8000-000000000000".into(), epoch: granted.epoch };
    alike(&south.deregister(overheard).await.unwrap_err(), &south.deregister(invented).await.unwrap_err());
    let renewal = wire::KeepAliveRequest {
        lease_id: granted.lease_id,
        epoch: granted.epoch,
        health: wire::Health::NotServing.into(),
        ..wire::KeepAliveRequest::default()
    };
    let mut renewals = south.keep_alive(tokio_stream::iter([renewal])).await.unwrap().into_inner();
    assert_eq!(renewals.message().await.unwrap_err().code(), Code::NotFound);
    let outcome = wire::Outcome {
        name: "secret".into(),
        agent_version: "1".into(),
        instance_id: "one".into(),
        calls: 10,
        failures: 10,
        ..wire::Outcome::default()
    };
    let reported =
        south.report_outcome(wire::ReportOutcomeRequest { outcomes: vec![outcome] }).await.unwrap().into_inner();
    assert_eq!((reported.taken, reported.unknown), (0, 1));
    let agent = client(&running, "caller-token-of-the-north").get_agent(by_name("secret")).await.unwrap().into_inner();
    assert_eq!(
        (agent.health(), agent.callers, agent.draining),
        (wire::Health::Serving, None, false),
        "nothing has happened"
    );
    running.stop().await;
}

#[tokio::test]
async fn r6_a_watch_shows_one_tenants_changes_only() {
    let (running, _dir) = guarded().await;
    let (mut north, mut south) = (client(&running, NORTH), client(&running, SOUTH));
    let mut watch = south.watch_agents(wire::WatchAgentsRequest::default()).await.unwrap().into_inner();
    let hidden = north.register(registration("secret", "one", &["fire"])).await.unwrap().into_inner();
    north.deregister(wire::DeregisterRequest { lease_id: hidden.lease_id, epoch: hidden.epoch }).await.unwrap();
    south.register(registration("theirs", "one", &["fire"])).await.unwrap();
    loop {
        match watch.next().await.unwrap().unwrap().event.unwrap() {
            Event::Upsert(agent) => {
                assert_eq!(agent.registration.unwrap().card.unwrap().name, "theirs");
                break;
            }
            Event::Synced(_) | Event::Bookmark(_) => {}
            Event::Removed(_) | Event::Report(_) => panic!("of the other tenant"),
        }
    }
    drop(watch);
    running.stop().await;
}

#[tokio::test]
async fn two_tenants_may_use_the_same_name() {
    let (running, _dir) = guarded().await;
    for token in [NORTH, SOUTH] {
        let mut request = registration("fire", "one", &["fire"]);
        request.ttl = seconds(60);
        let granted = client(&running, token).register(request).await.unwrap().into_inner();
        let agent = client(&running, token).get_agent(by_name("fire")).await.unwrap().into_inner();
        assert_eq!(agent.epoch, granted.epoch, "each has its own");
    }
    running.stop().await;
}

#[tokio::test]
async fn only_agents_register_and_only_admins_drain_others() {
    let (running, _dir) = guarded().await;
    let mut caller = client(&running, "caller-token-of-the-north");
    let refused = caller.register(registration("mine", "one", &["fire"])).await.unwrap_err();
    assert_eq!((refused.code(), refused.message()), (Code::PermissionDenied, "the caller lacks the role agent"));
    let mut agent = client(&running, NORTH);
    agent.register(registration("fire", "one", &["fire"])).await.unwrap();
    let request = wire::SetDrainingRequest { name: "fire".into(), ..wire::SetDrainingRequest::default() };
    assert_eq!(agent.set_draining(request).await.unwrap_err().code(), Code::PermissionDenied);
    let nobody = RegistryClient::connect(running.url()).await.unwrap();
    let refused = nobody.clone().query_agents(wire::QueryAgentsRequest::default()).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unauthenticated);
    running.stop().await;
}
