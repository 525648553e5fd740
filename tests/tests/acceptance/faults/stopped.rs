//! An agent that stands still beyond its lease and then goes on, not knowing that time has passed.

use std::time::Duration;

use futures::TryStreamExt as _;
use proto::a2a::{Part, TaskState, part};
use proto::watchroom::admin::v1::admin_client::AdminClient;
use proto::watchroom::admin::v1::{RecordsRequest, record};
use proto::watchroom::orchestrator::v1::start_run_request::Source;
use proto::watchroom::orchestrator::v1::{Mode, Plan, Retry, StartRunRequest, Step};
use proto::watchroom::registry::v1::QueryAgentsRequest;
use rusqlite::{Connection, OpenFlags};
use tests::{Audit, Cluster, Node, Service, Traffic, call, eventually, finished, request, state, text};
use types::RemoteTask;

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

/// A run of a step at `Echo Agent`, which works for `millis`, and one at the police.
async fn run_of_two(cluster: &Cluster, millis: u64) -> RemoteTask {
    let step = |id: &str, agent: &str, skill: &str, text: String| Step {
        id: id.to_owned(),
        title: id.to_owned(),
        agent: agent.to_owned(),
        skill: skill.to_owned(),
        input: vec![Part { content: Some(part::Content::Text(text)), ..Part::default() }],
        retry: Some(Retry { attempts: Some(1), ..Retry::default() }),
        ..Step::default()
    };
    let slow = Step {
        attempt_timeout: Some(prost_types::Duration { seconds: 1, nanos: 0 }),
        ..step("slow", "Echo Agent", "echo", format!("sleep {millis}"))
    };
    let held = step("held", "Police Agent", "dispatch", "A burglary at 12 Mill Lane.".to_owned());
    let steps = vec![slow, held];
    let plan = Plan { title: "Two steps".to_owned(), mode: Mode::Parallel.into(), steps, ..Plan::default() };
    let source = Some(Source::Plan(plan));
    let request = StartRunRequest { request_id: "two".to_owned(), source, ..StartRunRequest::default() };
    cluster.orchestrator().start_run(request).await.unwrap().into_inner().id.parse().unwrap()
}

/// What the operator's log has of a kind, in words.
async fn records(cluster: &Cluster, run: &RemoteTask, kind: &str) -> Vec<String> {
    let request = RecordsRequest { task_id: run.to_string(), after_head: 0 };
    let mut admin = AdminClient::new(cluster.channel(Service::Operator));
    let records = admin.records(request).await.unwrap().into_inner().try_collect::<Vec<_>>().await.unwrap();
    let private = records.into_iter().filter_map(|record| match record.body? {
        record::Body::Private(private) if private.kind == kind => Some(private.text),
        record::Body::Private(_) | record::Body::Frame(_) => None,
    });
    private.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_after_its_step_has_gone_on_is_recorded_and_not_applied() {
    let mut cluster = Cluster::empty();
    cluster.add(Service::Registry, Vec::new()).await;
    cluster.add_proxied(Service::Police, Vec::new()).await;
    cluster.add(Service::Operator, vec!["--stop-wait".to_owned(), "1s".to_owned()]).await;
    let registry = format!("http://{}", cluster.node(Service::Registry).address());
    let mut echo = Node::new("echo", cluster.dir(), vec!["--registry".to_owned(), registry]);
    echo.start().await;
    cluster.proxy(Service::Police).set(Traffic::Stops);
    let run = run_of_two(&cluster, 1_500).await;
    let agent = a2a::Client::connect(&echo.address().to_string()).unwrap();
    eventually("the child works", async || {
        let tasks = agent.list(Default::default()).await.ok()?.tasks;
        tasks.iter().any(|task| state(task) == TaskState::Working).then_some(())
    })
    .await;
    echo.signal("STOP");
    eventually("the step goes on without it", async || {
        (!records(&cluster, &run, "strayed").await.is_empty()).then_some(())
    })
    .await;
    thaw(&echo);
    let late = eventually("its answer is recorded", async || records(&cluster, &run, "late").await.pop()).await;
    assert!(late.ends_with("not applied"), "{late}");
    cluster.proxy(Service::Police).set(Traffic::Flows);
    let task = ended(&cluster.a2a(Service::Operator), &run).await;
    let summary = text(&task.status.as_ref().unwrap().message.as_ref().unwrap().parts);
    assert!(summary.contains("1 failed") || summary.contains("2 failed"), "{summary}");
    let children = agent.list(Default::default()).await.unwrap().tasks;
    assert!(children.len() == 1 && state(&children[0]) != TaskState::Working, "{children:?}");
    assert_eq!(duties(&cluster), 0);
}

/// Attempts that the operator still asks for.
fn duties(cluster: &Cluster) -> u32 {
    let file = cluster.node(Service::Operator).data_dir().join("store.db");
    let database = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    database.busy_timeout(Duration::from_secs(5)).unwrap();
    database.query_row("SELECT count(*) FROM row WHERE kind = 'duty'", [], |row| row.get(0)).unwrap()
}
