//! SIGTERM and `watchroom drain` under load: nothing is lost, nothing fails, and what was under way goes on.

use std::time::Duration;

use a2a::frame::{Event, Update};
use a2a::{ClientError, Error};
use proto::a2a::TaskState;
use proto::watchroom::orchestrator::v1::start_run_request::Source;
use proto::watchroom::orchestrator::v1::{Mode, Plan, StartRunRequest, Step};
use tests::{
    Audit, Cluster, Crowd, Habits, Node, Run, Service, binary, collect, eventually, large_town, misread, state,
};
use types::{RemoteTask, Seq};

use crate::story::{assert_recorded, assert_unbroken, ended, replay};

/// A child works so long that it is under way whenever something stops.
const WORK: Duration = Duration::from_secs(3);

fn habits() -> Habits {
    Habits {
        calls: vec!["Smoke is coming out of the roof at 12 Mill Lane.".to_owned(), tests::call().to_owned()],
        answer: String::new(),
        pause: Duration::from_millis(50),
        cancels: 0,
        repeats: 20,
    }
}

async fn cluster() -> Cluster {
    let mut cluster = Cluster::empty();
    let town = large_town(cluster.dir(), 60).to_str().unwrap().to_owned();
    for service in Service::ALL {
        let agent = Service::AGENTS.contains(&service);
        let args = if agent { vec!["--scenario".to_owned(), town.clone()] } else { Vec::new() };
        cluster.add(service, args).await;
    }
    cluster.gather().await;
    cluster
}

/// 16 callers while `stop` stops a service and starts it again, three times over.
async fn under_load(mut cluster: Cluster, service: Service, stop: impl AsyncFn(&mut Node)) {
    let crowd = Crowd::start(cluster.node(Service::Operator).address(), 16, tests::seed(), &habits());
    for round in 1..=3 {
        let before = crowd.taken();
        eventually("calls are under way", async || (crowd.taken() > before + 16 * round).then_some(())).await;
        stop(cluster.node_mut(service)).await;
        cluster.node_mut(service).start().await;
    }
    let told = crowd.finish(Duration::from_secs(60)).await;
    for told in &told {
        assert_eq!((told.refused.as_deref(), told.state), (None, TaskState::Completed), "{}", told.message);
    }
    let audit = Audit::read(&cluster).await.unwrap();
    assert_eq!(audit.violations(&told), [""; 0]);
    assert_eq!(misread(&cluster, &told).await, [""; 0]);
    let failed = audit.children.values().flatten().filter(|child| state(child) != TaskState::Completed);
    assert_eq!(failed.map(|child| &child.id).collect::<Vec<_>>(), [""; 0], "no step fails because somebody stops");
}

async fn terminate(node: &mut Node) {
    let ended = node.stop().await;
    assert_eq!(ended.code(), Some(0), "{}", ended.log);
    assert!(!ended.log.contains("connections are still open"), "{}", ended.log);
}

/// As an operator does it, on the command line.
async fn drain(node: &mut Node) {
    let address = node.address().to_string();
    let (program, args) = (binary("watchroom"), ["drain", &address]);
    let (run, ended) = tokio::join!(Run::of(&program, &args), node.ended());
    assert!(run.ok && run.out.contains("is drained and has stopped"), "{run:?}");
    assert_eq!(ended.code(), Some(0), "{}", ended.log);
    // Of an address alone nobody knows whether there ever was a service.
    let again = Run::of(&program, &args).await;
    assert!(!again.ok && again.err.contains("nobody listens there"), "{again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_stopped_under_load_loses_and_fails_nothing() {
    under_load(cluster().await, Service::Operator, terminate).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_drained_under_load_loses_and_fails_nothing() {
    under_load(cluster().await, Service::Operator, drain).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_stopped_under_load_loses_and_fails_nothing() {
    under_load(cluster().await, Service::Fire, terminate).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registry_drained_under_load_loses_and_fails_nothing() {
    under_load(cluster().await, Service::Registry, drain).await;
}

/// A run of two steps at an agent that works for long.
async fn long_run(cluster: &Cluster) -> RemoteTask {
    let text = format!("sleep {}", WORK.as_millis());
    let part = proto::a2a::Part { content: Some(proto::a2a::part::Content::Text(text)), ..Default::default() };
    let step = |id: &str| Step {
        id: id.to_owned(),
        title: id.to_owned(),
        agent: "Echo Agent".to_owned(),
        skill: "echo".to_owned(),
        input: vec![part.clone()],
        ..Step::default()
    };
    let plan = Plan {
        title: "Two long steps".to_owned(),
        mode: Mode::Parallel.into(),
        steps: vec![step("one"), step("two")],
        ..Plan::default()
    };
    let source = Some(Source::Plan(plan));
    let request = StartRunRequest { request_id: "long".to_owned(), source, ..StartRunRequest::default() };
    cluster.orchestrator().start_run(request).await.unwrap().into_inner().id.parse().unwrap()
}

/// An operator, a registry, an agent that works for long, and a run whose children are under way.
async fn long_scene() -> (Cluster, Node, RemoteTask) {
    let mut cluster = Cluster::empty();
    for service in [Service::Registry, Service::Operator] {
        cluster.add(service, Vec::new()).await;
    }
    let registry = format!("http://{}", cluster.node(Service::Registry).address());
    let mut echo = Node::new("echo", cluster.dir(), vec!["--registry".to_owned(), registry]);
    echo.start().await;
    let run = long_run(&cluster).await;
    let agent = a2a::Client::connect(&echo.address().to_string()).unwrap();
    eventually("both children work", async || {
        let tasks = agent.list(Default::default()).await.ok()?.tasks;
        (tasks.iter().filter(|task| state(task) == TaskState::Working).count() == 2).then_some(())
    })
    .await;
    (cluster, echo, run)
}

async fn check_long_run(cluster: &Cluster, echo: &Node, run: &RemoteTask, seen: &[Event]) {
    let operator = cluster.a2a(Service::Operator);
    let task = ended(&operator, run).await;
    assert_eq!(state(&task), TaskState::Completed, "{task:?}");
    let log = replay(&operator, run).await;
    assert_unbroken(&log);
    assert_recorded(seen, &log);
    let children = a2a::Client::connect(&echo.address().to_string()).unwrap().list(Default::default()).await.unwrap();
    assert_eq!(children.tasks.len(), 2, "each step has one child, which was adopted: {:#?}", children.tasks);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_stopped_while_its_children_work_is_adopted_by_running_runs() {
    let (cluster, mut echo, run) = long_scene().await;
    terminate(&mut echo).await;
    echo.start().await;
    check_long_run(&cluster, &echo, &run, &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_stopped_while_children_work_ends_streams_unavailable_and_adopts_them() {
    let (mut cluster, echo, run) = long_scene().await;
    let operator = cluster.a2a(Service::Operator);
    let mut events = operator.subscribe(&run, Some(Seq::ZERO)).await.unwrap();
    let node = cluster.node_mut(Service::Operator);
    let (seen, ()) = tokio::join!(collect(&mut events, |_| false), terminate(node));
    let unavailable = matches!(&seen.error, Some(ClientError::Refused(Error::Unavailable { .. })));
    assert!(unavailable, "a stream that is not complete ends UNAVAILABLE: {:?}", seen.error);
    let mut frames = seen.events;
    assert!(frames.iter().any(|event| matches!(event.update, Update::Artifact(_))), "{frames:#?}");
    // Where the stream stood, before its first frame.
    frames.remove(0);
    cluster.node_mut(Service::Operator).start().await;
    let from = frames.last().unwrap().cursor.unwrap().seq;
    let rest = eventually("the stream goes on", async || operator.subscribe(&run, Some(from)).await.ok());
    let mut rest = collect(&mut rest.await, |_| false).await;
    assert!(rest.error.is_none(), "{:?}", rest.error);
    frames.extend(rest.events.split_off(1));
    assert_unbroken(&frames);
    check_long_run(&cluster, &echo, &run, &frames).await;
}
