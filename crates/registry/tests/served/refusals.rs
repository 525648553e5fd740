//! Wrong input, call by call: the code, the field and the words.

use proto::a2a::AgentInterface;
use proto::watchroom::registry::v1 as wire;
use tokio_stream::once;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::harness::{Client, Running, registration, seconds};

/// A change that makes a good request bad.
type Spoil<T> = fn(&mut T);

fn fields(status: &Status) -> Vec<String> {
    let details = status.get_details_bad_request().map(|bad| bad.field_violations).unwrap_or_default();
    details.into_iter().map(|one| one.field).collect()
}

fn reason(status: &Status) -> String {
    status.get_details_error_info().map(|info| info.reason).unwrap_or_default()
}

fn of(request: &mut wire::RegisterRequest) -> &mut wire::Registration {
    request.registration.as_mut().unwrap()
}

fn of_card(request: &mut wire::RegisterRequest) -> &mut proto::a2a::AgentCard {
    of(request).card.as_mut().unwrap()
}

#[tokio::test]
async fn a_registration_that_is_wrong_is_refused_by_field() {
    let registry = Running::fresh().await;
    let mut client = registry.client().await;
    let table: [(&str, Spoil<wire::RegisterRequest>); 15] = [
        ("registration", |it| it.registration = None),
        ("registration.card", |it| of(it).card = None),
        ("registration.card", |it| of_card(it).description = "x".repeat(300_000)),
        ("registration.card.name", |it| of_card(it).name.clear()),
        ("registration.card.name", |it| of_card(it).name = "a\nb".into()),
        ("registration.card.version", |it| of_card(it).version.clear()),
        ("registration.card.version", |it| of_card(it).version = "1".repeat(300)),
        ("registration.card.skills", |it| of_card(it).skills.clear()),
        ("registration.card.supported_interfaces[0].url", |it| {
            of_card(it).supported_interfaces[0] = AgentInterface {
                url: String::new(),
                protocol_binding: "GRPC".into(),
                protocol_version: "1.0".into(),
                tenant: String::new(),
            };
        }),
        ("registration.instance_id", |it| of(it).instance_id.clear()),
        ("registration.store_id", |it| of(it).store_id = "here".into()),
        ("registration.store_id", |it| of(it).store_id.clear()),
        ("registration.role", |it| of(it).role = "x".repeat(129)),
        ("registration.domain", |it| of(it).domain = "a\tb".into()),
        ("ttl", |it| it.ttl = seconds(-1)),
    ];
    for (field, spoil) in table {
        let mut request = registration("fire", "one", &["dispatch"]);
        spoil(&mut request);
        let status = client.register(request).await.unwrap_err();
        assert_eq!((status.code(), fields(&status)), (Code::InvalidArgument, vec![field.to_owned()]), "{status:?}");
        assert_eq!(reason(&status), "INVALID_REQUEST");
    }
    let all = client.query_agents(wire::QueryAgentsRequest::default()).await.unwrap().into_inner();
    assert_eq!((all.agents, all.version), (Vec::new(), 0), "nothing was registered");
    registry.stop().await;
}

#[tokio::test]
async fn all_that_is_wrong_with_a_card_is_named_at_once() {
    let registry = Running::fresh().await;
    let mut request = registration("fire", "one", &["dispatch"]);
    let card = of_card(&mut request);
    card.description.clear();
    card.skills[0].tags.clear();
    let status = registry.client().await.register(request).await.unwrap_err();
    assert_eq!(fields(&status), ["registration.card.description", "registration.card.skills[0].tags"]);
    assert!(status.message().contains("registration.card.description is required"), "{}", status.message());
    registry.stop().await;
}

#[tokio::test]
async fn a_query_that_is_wrong_is_refused_by_field() {
    let registry = Running::fresh().await;
    let mut client = registry.client().await;
    let table: [(&str, Spoil<wire::QueryAgentsRequest>); 8] = [
        ("page_size", |it| it.page_size = Some(0)),
        ("page_size", |it| it.page_size = Some(101)),
        ("page_size", |it| it.page_size = Some(-1)),
        ("page_token", |it| it.page_token = "???".into()),
        ("page_token", |it| it.page_token = "AAAA".into()),
        ("filter.health", |it| it.filter = Some(wire::Filter { health: vec![9], ..wire::Filter::default() })),
        ("filter.names", |it| {
            it.filter = Some(wire::Filter { names: vec!["x".into(); 101], ..wire::Filter::default() });
        }),
        ("filter.tenants", |it| {
            it.filter = Some(wire::Filter { tenants: vec!["x".into(); 101], ..wire::Filter::default() });
        }),
    ];
    for (field, spoil) in table {
        let mut request = wire::QueryAgentsRequest::default();
        spoil(&mut request);
        let status = client.query_agents(request).await.unwrap_err();
        assert_eq!((status.code(), fields(&status)), (Code::InvalidArgument, vec![field.to_owned()]), "{status:?}");
    }
    registry.stop().await;
}

#[tokio::test]
async fn an_instance_that_is_not_there_is_not_found() {
    let registry = Running::fresh().await;
    let mut client = registry.client().await;
    let request = wire::GetAgentRequest { name: "fire".into(), version: "1".into(), instance_id: "one".into() };
    let status = client.get_agent(request).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::NotFound, "AGENT_NOT_FOUND"));
    assert_eq!(status.message(), "fire 1 (one) is not registered");
    let status = client.get_agent(wire::GetAgentRequest::default()).await.unwrap_err();
    assert_eq!((status.code(), fields(&status)), (Code::InvalidArgument, vec!["name".to_owned()]));
    registry.stop().await;
}

async fn renew(client: &mut Client, request: wire::KeepAliveRequest) -> Result<wire::KeepAliveResponse, Status> {
    let mut answers = client.keep_alive(once(request)).await?.into_inner();
    Ok(answers.message().await?.unwrap())
}

#[tokio::test]
async fn a_lease_that_is_not_the_callers_is_refused() {
    let registry = Running::fresh().await;
    let mut client = registry.client().await;
    let request = registration("fire", "one", &["dispatch"]);
    let old = client.register(request.clone()).await.unwrap().into_inner();
    let new = client.register(request).await.unwrap().into_inner();
    assert_eq!(old.lease_id, new.lease_id);
    assert!(new.epoch > old.epoch);
    let renewal = |lease_id: &str, epoch| wire::KeepAliveRequest {
        lease_id: lease_id.to_owned(),
        epoch,
        ..wire::KeepAliveRequest::default()
    };
    let table = [
        (renewal(&old.lease_id, old.epoch), Code::FailedPrecondition, "LEASE_SUPERSEDED"),
        (renewal("5c2f8a52-6a0b-4d0c-9a3e-7d1f04b69e21", 1), Code::NotFound, "LEASE_NOT_FOUND"),
        (renewal("lease", 1), Code::InvalidArgument, "INVALID_REQUEST"),
        (
            wire::KeepAliveRequest { health: 7, ..renewal(&new.lease_id, new.epoch) },
            Code::InvalidArgument,
            "INVALID_REQUEST",
        ),
    ];
    for (request, code, why) in table {
        let status = renew(&mut client, request.clone()).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).as_str()), (code, why));
    }
    let stale = wire::DeregisterRequest { lease_id: old.lease_id.clone(), epoch: old.epoch };
    assert_eq!(client.deregister(stale).await.unwrap_err().code(), Code::FailedPrecondition);
    assert!(renew(&mut client, renewal(&new.lease_id, new.epoch)).await.is_ok());
    let held = wire::DeregisterRequest { lease_id: new.lease_id.clone(), epoch: new.epoch };
    client.deregister(held.clone()).await.unwrap();
    assert_eq!(client.deregister(held).await.unwrap_err().code(), Code::NotFound);
    registry.stop().await;
}

#[tokio::test]
async fn a_version_that_cannot_be_gone_on_from_is_out_of_range() {
    let registry = Running::fresh().await;
    let mut client = registry.client().await;
    let foreign = "01890000-0000-7000-8000-000000000000".to_owned();
    let table = [(7, String::new()), (1, foreign)];
    for (from_version, registry_id) in table {
        let request = wire::WatchAgentsRequest { filter: None, from_version, registry_id };
        let status = client.watch_agents(request).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).as_str()), (Code::OutOfRange, "VERSION_UNKNOWN"));
        let given = status.get_details_error_info().unwrap().metadata["given"].clone();
        assert_eq!(given, from_version.to_string());
    }
    let request = wire::WatchAgentsRequest { registry_id: "x".into(), from_version: 1, filter: None };
    assert_eq!(client.watch_agents(request).await.unwrap_err().code(), Code::InvalidArgument);
    registry.stop().await;
}
