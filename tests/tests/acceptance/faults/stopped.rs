//! An agent that stands still beyond its lease and then goes on, not knowing that time has passed.

use std::time::Duration;

use proto::a2a::TaskState;
use proto::watchroom::registry::v1::QueryAgentsRequest;
use rusqlite::{Connection, OpenFlags};
use tests::{Audit, Cluster, Node, Service, call, eventually, finished, request, state, text};

use crate::story::{assert_told_once, assert_unbroken, ended, read_until, replay, task_of, tasks};

/// Leases of a second, and an operator that waits for `patience` for an attempt, and then for its fence.
async fn cluster(patience: &str) -> Cluster {
    let flags = |service: Service| match service {
        Service::Registry => vec!["--ttl-min", "1s", "--ttl-default", "1s"],
        Service::Operator => {
            vec!["--attempt-timeout", patience, "--stop-wait", patience, "--endpoint-wait", "500ms"]
        }
        Service::Fire | Service::Police | Service::Ambulance => Vec::new(),
    };
    Cluster::start_with(|service| flags(service).into_iter().map(str::to_owned).collect()).await
}

/// Stops a process where it stands, until the registry has given it up.
async fn freeze(cluster: &Cluster, service: Service) {
    cluster.node(service).signal("STOP");
    let mut registry = cluster.registry();
    eventually("its lease is over", async || {
        let page = registry.query_agents(QueryAgentsRequest::default()).await.ok()?.into_inner();
        let mut cards = page.agents.into_iter().filter_map(|agent| agent.registration?.card);
        (!cards.any(|card| card.name.to_lowercase().starts_with(service.name()))).then_some(())
    })
    .await;
}

fn thaw(node: &Node) {
    node.signal("CONT");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispatch_to_an_agent_that_stands_still_is_done_once_when_it_goes_on() {
    let cluster = cluster("30s").await;
    let operator = cluster.a2a(Service::Operator);
    // Not yet known to be away, so the dispatch goes out to it.
    cluster.node(Service::Fire).signal("STOP");
    let mut events = operator.stream(request("call", call()), None).await.unwrap();
    let mut seen = read_until(&mut events, |event| format!("{event:?}").contains("Dispatching Fire")).await;
    freeze(&cluster, Service::Fire).await;
    thaw(cluster.node(Service::Fire));
    seen.extend(read_until(&mut events, finished).await);
    assert_told_once(&cluster, &task_of(&seen[0]), &seen).await;
    cluster.gather().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_ends_without_an_agent_that_stands_still_and_what_comes_later_changes_nothing() {
    let cluster = cluster("2s").await;
    let operator = cluster.a2a(Service::Operator);
    cluster.node(Service::Fire).signal("STOP");
    let mut events = operator.stream(request("call", call()), None).await.unwrap();
    let seen = read_until(&mut events, finished).await;
    let run = task_of(&seen[0]);
    let task = ended(&operator, &run).await;
    assert_eq!(state(&task), TaskState::Completed, "{task:?}");
    let summary = text(&task.status.as_ref().unwrap().message.as_ref().unwrap().parts);
    assert!(summary.contains("2 successful, 1 failed") && summary.contains("1 attempt"), "{summary}");
    assert_eq!(duties(&cluster), 1);
    freeze(&cluster, Service::Fire).await;
    let log = replay(&operator, &run).await;
    assert_unbroken(&log);
    thaw(cluster.node(Service::Fire));
    eventually("the reaper has its answer", async || (duties(&cluster) == 0).then_some(())).await;
    // What had been sent before it stood still came after its deadline, and after the fence.
    assert_eq!(tasks(&cluster, Service::Fire).await.len(), 0);
    assert_eq!(operator.get(&run, a2a::History::All).await.unwrap().task, task);
    assert_eq!(replay(&operator, &run).await, log, "an ended run does not move");
    assert_eq!(Audit::read(&cluster).await.unwrap().violations(&[]), [""; 0]);
}

/// Attempts that the operator still asks for.
fn duties(cluster: &Cluster) -> u32 {
    let file = cluster.node(Service::Operator).data_dir().join("store.db");
    let database = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    database.busy_timeout(Duration::from_secs(5)).unwrap();
    database.query_row("SELECT count(*) FROM row WHERE kind = 'duty'", [], |row| row.get(0)).unwrap()
}
