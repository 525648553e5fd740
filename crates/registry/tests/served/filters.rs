//! Which instances a filter finds.

use std::sync::Arc;

use proto::a2a::{AgentCapabilities, AgentCard, AgentExtension, AgentInterface, AgentProvider};
use proto::watchroom::registry::v1 as wire;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::harness::{Client, DEADLINE, Running, registration};
use crate::reopened::Reopened;
use crate::wire::{instance, register};

type Words = &'static [&'static str];

#[tokio::test]
async fn filters_join_fields_by_and_and_values_by_or() {
    let registry = Running::fresh().await;
    let mut client = registry.client().await;
    register(&mut client, "fire", "f", &["dispatch", "report"]).await;
    register(&mut client, "police", "p", &["dispatch"]).await;
    register(&mut client, "payment", "y", &["pay"]).await;
    let words = |words: Words| words.iter().map(|&word| word.to_owned()).collect::<Vec<String>>();
    let serving = wire::Health::Serving as i32;
    let table: [(Words, Words, Words, &[i32], Words); 8] = [
        (&[], &[], &[], &[], &["f", "y", "p"]),
        (&["fire", "police"], &[], &[], &[], &["f", "p"]),
        (&[], &["pay", "report"], &[], &[], &["f", "y"]),
        (&["police"], &["report"], &[], &[], &[]),
        (&[], &["dispatch"], &["tag-report"], &[], &["f"]),
        (&[], &[], &["tag-pay"], &[serving], &["y"]),
        (&[], &[], &[], &[serving], &["f", "y", "p"]),
        (&[], &[], &[], &[wire::Health::NotServing as i32], &[]),
    ];
    for (names, skills, tags, health, found) in table {
        let filter = wire::Filter {
            names: words(names),
            skills: words(skills),
            tags: words(tags),
            health: health.to_vec(),
            ..wire::Filter::default()
        };
        assert_eq!(find(&mut client, filter).await, found);
    }
    registry.stop().await;
}

async fn find(client: &mut Client, filter: wire::Filter) -> Vec<String> {
    let request = wire::QueryAgentsRequest { filter: Some(filter), ..wire::QueryAgentsRequest::default() };
    let page = client.query_agents(request).await.unwrap().into_inner();
    page.agents.iter().map(instance).collect()
}

/// Registers `name` as instance `name`, its card changed by `change`.
async fn register_with(client: &mut Client, name: &str, change: impl FnOnce(&mut AgentCard)) {
    let mut request = registration(name, name, &["dispatch"]);
    change(request.registration.as_mut().unwrap().card.as_mut().unwrap());
    client.register(request).await.unwrap();
}

fn interface(url: &str, binding: &str, version: &str, tenant: &str) -> AgentInterface {
    AgentInterface {
        url: url.into(),
        protocol_binding: binding.into(),
        protocol_version: version.into(),
        tenant: tenant.into(),
    }
}

/// `fire` is plain; `police` has a tenant, a provider and every capability; `tow` speaks two protocols.
async fn register_three(client: &mut Client) {
    register_with(client, "fire", |_| ()).await;
    register_with(client, "police", |card| {
        let extension = AgentExtension { uri: "https://example.org/geo".into(), ..AgentExtension::default() };
        card.capabilities = Some(AgentCapabilities {
            streaming: Some(true),
            push_notifications: Some(true),
            extensions: vec![extension],
            ..AgentCapabilities::default()
        });
        card.provider = Some(AgentProvider { url: "https://example.org".into(), organization: "City".into() });
        card.skills[0].input_modes = vec!["application/json".into()];
        card.default_output_modes = vec!["image/png".into()];
        card.supported_interfaces = vec![interface("127.0.0.1:7412", "GRPC", "1.0", "north")];
    })
    .await;
    register_with(client, "tow", |card| {
        card.supported_interfaces = vec![
            interface("127.0.0.1:7413", "GRPC", "1.0", ""),
            interface("https://example.org/tow", "JSONRPC", "0.3", ""),
        ];
    })
    .await;
}

#[tokio::test]
async fn a_filter_asks_for_modes_capabilities_and_provider_of_the_card() {
    type Ask = fn(&mut wire::Filter);
    let registry = Running::fresh().await;
    let mut client = registry.client().await;
    register_three(&mut client).await;
    let table: [(Ask, Words); 11] = [
        (|it| it.input_modes = vec!["application/json".into()], &["police"]),
        (|it| it.input_modes = vec!["text/plain".into()], &["fire", "police", "tow"]),
        (|it| it.output_modes = vec!["image/png".into()], &["police"]),
        (|it| it.output_modes = vec!["text/plain".into()], &["fire", "tow"]),
        (|it| it.extensions = vec!["https://example.org/geo".into()], &["police"]),
        (|it| it.streaming = Some(true), &["police"]),
        (|it| it.streaming = Some(false), &["fire", "tow"]),
        (|it| it.push_notifications = Some(true), &["police"]),
        (|it| it.providers = vec!["City".into(), "County".into()], &["police"]),
        (|it| it.providers = vec![String::new()], &["fire", "tow"]),
        (|it| (it.streaming, it.names) = (Some(true), vec!["fire".into()]), &[]),
    ];
    for (number, (ask, found)) in table.into_iter().enumerate() {
        let mut filter = wire::Filter::default();
        ask(&mut filter);
        assert_eq!(find(&mut client, filter).await, found, "row {number}");
    }
    registry.stop().await;
}

#[tokio::test]
async fn a_filter_of_interfaces_holds_of_one_interface_at_once() {
    let registry = Running::fresh().await;
    let mut client = registry.client().await;
    register_three(&mut client).await;
    let words = |words: Words| words.iter().map(|&word| word.to_owned()).collect::<Vec<String>>();
    let table: [(Words, Words, Words, Words); 7] = [
        (&["GRPC"], &[], &[], &["fire", "police", "tow"]),
        (&["JSONRPC"], &[], &[], &["tow"]),
        (&[], &["0.3", "9.9"], &[], &["tow"]),
        (&["JSONRPC"], &["1.0"], &[], &[]),
        (&[], &[], &["north"], &["police"]),
        (&[], &[], &[""], &["fire", "tow"]),
        (&["HTTP+JSON", "GRPC"], &["1.0"], &["north", "south"], &["police"]),
    ];
    for (bindings, versions, tenants, found) in table {
        let filter = wire::Filter {
            bindings: words(bindings),
            protocol_versions: words(versions),
            tenants: words(tenants),
            ..wire::Filter::default()
        };
        assert_eq!(find(&mut client, filter).await, found, "{bindings:?} {versions:?} {tenants:?}");
    }
    registry.stop().await;
}

#[tokio::test]
async fn role_and_domain_are_registered_beside_the_card_filtered_by_and_kept() {
    type Ask = fn(&mut wire::Filter);
    let store = Reopened::default();
    let registry = Running::over(Arc::new(store.clone()), None).await;
    let mut client = registry.client().await;
    for (name, role, domain) in
        [("fire", "responder", "emergency"), ("control", "orchestrator", "emergency"), ("shop", "", "")]
    {
        let mut request = registration(name, name, &["dispatch"]);
        let labelled = request.registration.as_mut().unwrap();
        (labelled.role, labelled.domain) = (role.into(), domain.into());
        client.register(request).await.unwrap();
    }
    registry.stop().await;
    let registry = Running::over(Arc::new(store), None).await;
    let mut client = registry.client().await;
    let table: [(Ask, Words); 5] = [
        (|it| it.roles = vec!["responder".into()], &["fire"]),
        (|it| it.domains = vec!["emergency".into()], &["control", "fire"]),
        (|it| (it.roles, it.domains) = (vec!["responder".into()], vec!["trade".into()]), &[]),
        (|it| it.roles = vec![String::new(), "orchestrator".into()], &["control", "shop"]),
        (|it| it.domains = vec![String::new()], &["shop"]),
    ];
    for (number, (ask, found)) in table.into_iter().enumerate() {
        let mut filter = wire::Filter::default();
        ask(&mut filter);
        assert_eq!(find(&mut client, filter).await, found, "row {number}");
    }
    let filter = discovery::Filter { roles: vec!["responder".into()], ..discovery::Filter::default() };
    let view = discovery::View::watch(&registry.url(), filter, CancellationToken::new()).unwrap();
    let shown = timeout(DEADLINE, view.until(|view| view.synced().then(|| view.all()))).await.unwrap();
    let labels: Vec<(&str, &str)> = shown.iter().map(|one| (one.role.as_str(), one.domain.as_str())).collect();
    assert_eq!(labels, [("responder", "emergency")]);
    registry.stop().await;
}
