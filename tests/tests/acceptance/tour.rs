//! A stranger with grpcurl: lists, describes and calls everything that every binary serves, without a proto file.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use tests::{Cluster, Explorer, Service, VERSION, call};

/// A fence of an attempt that was sent to another store.
const FENCE: &str = r#"{
    "runId": "019b0000-0000-7000-8000-00000000dead", "stepId": "fire", "attempt": 1,
    "notAfter": "2030-01-01T00:00:00Z", "storeId": "019b0000-0000-7000-8000-0000000000fe"
}"#;

/// One harmless call to each service, with a word that its answer, or its refusal, holds.
fn calls() -> BTreeMap<&'static str, (&'static str, &'static str, &'static str)> {
    BTreeMap::from([
        ("lf.a2a.v1.A2AService", ("ListTasks", r#"{"pageSize": 5}"#, "pageSize")),
        (
            "watchroom.admin.v1.Admin",
            ("Records", r#"{"taskId": "019b0000-0000-7000-8000-00000000dead"}"#, "task not found"),
        ),
        ("watchroom.agent.v1.Steps", ("Fence", FENCE, "WRONG_STORE")),
        ("watchroom.emergency.v1.Units", ("ListUnits", r#"{"pageSize": 2}"#, "UNIT_STATUS_AVAILABLE")),
        ("watchroom.orchestrator.v1.Orchestrator", ("PlanOnly", r#"{"text": "Smoke at 12 Mill Lane."}"#, "Fire")),
        (
            "watchroom.emergency.v1.Incidents",
            ("GetIncident", r#"{"id": "a conversation of nobody"}"#, "INCIDENT_NOT_FOUND"),
        ),
        ("watchroom.registry.v1.Registry", ("QueryAgents", r#"{"filter": {"skills": ["dispatch"]}}"#, "Fire Agent")),
        ("grpc.health.v1.Health", ("Check", "{}", "SERVING")),
    ])
}

/// What the protocol listener of a service must offer, beside reflection.
fn expected(service: Service) -> &'static [&'static str] {
    match service {
        Service::Registry => &["watchroom.registry.v1.Registry"],
        Service::Operator => &[
            "lf.a2a.v1.A2AService",
            "watchroom.admin.v1.Admin",
            "watchroom.emergency.v1.Incidents",
            "watchroom.orchestrator.v1.Orchestrator",
        ],
        Service::Fire | Service::Police | Service::Ambulance => &[
            "lf.a2a.v1.A2AService",
            "watchroom.admin.v1.Admin",
            "watchroom.agent.v1.Steps",
            "watchroom.emergency.v1.Units",
        ],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_service_of_every_binary_can_be_listed_described_and_called() {
    let cluster = Cluster::start().await;
    for explorer in Explorer::all() {
        for service in Service::ALL {
            let node = cluster.node(service);
            let listed = visit(&explorer, node.address()).await;
            for name in expected(service) {
                assert!(listed.iter().any(|it| it == name), "{explorer:?}: {} lacks {name}: {listed:?}", node.name());
            }
            let listed = visit(&explorer, node.admin()).await;
            assert!(listed.iter().any(|it| it == "grpc.health.v1.Health"), "{}: {listed:?}", node.name());
        }
    }
}

/// Lists an address and calls everything there; a service that nobody here knows fails the tour.
async fn visit(explorer: &Explorer, address: SocketAddr) -> Vec<String> {
    let calls = calls();
    let listed = explorer.list(address).await;
    for name in &listed {
        let description = explorer.describe(address, name).await;
        assert!(description.len() > name.len(), "{explorer:?}: {name} has no description");
        // Listing has just called it.
        if name.starts_with("grpc.reflection.") {
            continue;
        }
        let (method, json, word) = calls.get(name.as_str()).unwrap_or_else(|| panic!("no call of {name} in the tour"));
        let answer = explorer.call(address, &format!("{name}/{method}"), json, &[VERSION]).await;
        let text = answer.unwrap_or_else(|refusal| refusal);
        assert!(text.contains(word), "{explorer:?}: {name}/{method}: {word:?} is not in\n{text}");
    }
    listed
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispatch_can_be_streamed() {
    let cluster = Cluster::start().await;
    for (index, explorer) in Explorer::all().into_iter().enumerate() {
        let json = message(&format!("tour-{index}"), call());
        let address = cluster.node(Service::Operator).address();
        let answer = explorer.call(address, "lf.a2a.v1.A2AService/SendStreamingMessage", &json, &[VERSION]).await;
        let text = answer.unwrap();
        for word in ["TASK_STATE_SUBMITTED", "TASK_STATE_WORKING", "artifactUpdate", "TASK_STATE_COMPLETED", "3/3"] {
            assert!(text.contains(word), "{explorer:?}: {word} is not in\n{text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_are_readable_and_say_what_to_do() {
    let cluster = Cluster::start().await;
    let address = cluster.node(Service::Operator).address();
    let unknown = r#"{"id": "019b0000-0000-7000-8000-00000000dead"}"#;
    for explorer in Explorer::all() {
        let refused = async |method: &str, json: &str, headers: &[(&str, &str)], words: &[&str]| {
            let path = format!("lf.a2a.v1.A2AService/{method}");
            let text = explorer.call(address, &path, json, headers).await.unwrap_err();
            for word in words {
                assert!(text.contains(word), "{explorer:?}: {word} is not in\n{text}");
            }
        };
        refused("GetTask", unknown, &[VERSION], &["TASK_NOT_FOUND", "a2a-protocol.org", "google.rpc.ErrorInfo"]).await;
        refused("SendMessage", "{}", &[VERSION], &["google.rpc.BadRequest", "fieldViolations", "message"]).await;
        let flag = ["VERSION_NOT_SUPPORTED", "-H 'a2a-version: 1.0'"];
        refused("SendMessage", &message("no-version", call()), &[], &flag).await;
        refused("GetTask", unknown, &[("a2a-version", "0.3")], &flag).await;
    }
}

fn message(id: &str, text: &str) -> String {
    let parts = serde_json::json!([{ "text": text }]);
    serde_json::json!({ "message": { "messageId": id, "role": "ROLE_USER", "parts": parts } }).to_string()
}
