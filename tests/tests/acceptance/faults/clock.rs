//! A clock that is set back by an hour while everything works: times in a log never go back, timers fire, runs end.

use a2a::frame::{Event, Update};
use proto::a2a::{Part, TaskState, part};
use proto::watchroom::orchestrator::v1::start_run_request::Source;
use proto::watchroom::orchestrator::v1::{Mode, Plan, Retry, StartRunRequest, Step};
use tests::{Cluster, FakeTime, Node, Service, call, eventually, finished, request, state};
use types::RemoteTask;

use crate::story::{assert_told_once, assert_unbroken, ended, read_until, replay, task_of};

/// An operator, agents and an echo, all by one clock that a test can set.
async fn scene() -> (Cluster, Node, FakeTime) {
    let mut cluster = Cluster::empty();
    let clock = FakeTime::in_dir(cluster.dir());
    for service in Service::ALL {
        cluster.add_dressed(service, Vec::new(), |node| node.with_env(clock.env())).await;
    }
    let registry = format!("http://{}", cluster.node(Service::Registry).address());
    let echo = Node::new("echo", cluster.dir(), vec!["--registry".to_owned(), registry]);
    let mut echo = echo.with_env(clock.env());
    echo.start().await;
    cluster.gather().await;
    (cluster, echo, clock)
}

/// A run of one step whose agent answers never, which therefore needs a timer for every attempt and one in between.
async fn silent_run(cluster: &Cluster, name: &str) -> RemoteTask {
    let wait = Part { content: Some(part::Content::Text("wait".to_owned())), ..Part::default() };
    let half = prost_types::Duration { seconds: 0, nanos: 500_000_000 };
    let step = Step {
        id: "silent".to_owned(),
        title: "A step that nobody answers".to_owned(),
        agent: "Echo Agent".to_owned(),
        skill: "echo".to_owned(),
        input: vec![wait],
        attempt_timeout: Some(half),
        retry: Some(Retry { attempts: Some(2), backoff: Some(half), max_backoff: Some(half) }),
        ..Step::default()
    };
    let plan = Plan { title: name.to_owned(), mode: Mode::Sequential.into(), steps: vec![step], ..Plan::default() };
    let source = Some(Source::Plan(plan));
    let request = StartRunRequest { request_id: name.to_owned(), source, ..StartRunRequest::default() };
    cluster.orchestrator().start_run(request).await.unwrap().into_inner().id.parse().unwrap()
}

/// The time of each status in a log, in milliseconds.
fn times(log: &[Event]) -> Vec<i64> {
    let status = |event: &Event| match &event.update {
        Update::Task(task) => task.status.clone(),
        Update::Status(update) => update.status.clone(),
        Update::Artifact(_) | Update::Message(_) => None,
    };
    let stamps = log.iter().filter_map(status).filter_map(|status| status.timestamp);
    stamps.map(|stamp| stamp.seconds * 1000 + i64::from(stamp.nanos) / 1_000_000).collect()
}

async fn assert_in_order(cluster: &Cluster, run: &RemoteTask) -> Vec<i64> {
    let log = replay(&cluster.a2a(Service::Operator), run).await;
    assert_unbroken(&log);
    assert!(finished(log.last().unwrap()));
    let times = times(&log);
    assert!(times.is_sorted(), "{times:?}");
    times
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_set_back_by_an_hour_turns_no_time_back_and_stops_no_timer() {
    let (mut cluster, echo, clock) = scene().await;
    let agent = a2a::Client::connect(&echo.address().to_string()).unwrap();
    let under_way = silent_run(&cluster, "before").await;
    eventually("its first attempt is under way", async || {
        (!agent.list(Default::default()).await.ok()?.tasks.is_empty()).then_some(())
    })
    .await;
    clock.set("-1h");
    let operator = cluster.a2a(Service::Operator);
    let mut events = operator.stream(request("after", call()), None).await.unwrap();
    let seen = read_until(&mut events, finished).await;
    assert_told_once(&cluster, &task_of(&seen[0]), &seen).await;
    let later = silent_run(&cluster, "after").await;
    let mut last = 0;
    for run in [&under_way, &later] {
        let task = ended(&operator, run).await;
        assert_eq!(state(&task), TaskState::Failed, "{task:?}");
        let times = assert_in_order(&cluster, run).await;
        assert!(times[0] >= last, "a run that began later has later times");
        last = times[0];
    }
    // Nor does a restart turn it back.
    cluster.crash(Service::Operator).await;
    let restarted = silent_run(&cluster, "restarted").await;
    let operator = cluster.a2a(Service::Operator);
    ended(&operator, &restarted).await;
    assert!(assert_in_order(&cluster, &restarted).await[0] >= last);
    for service in [Service::Operator, Service::Fire] {
        let log = cluster.node(service).log();
        assert!(log.contains("the system's clock went back"), "{log}");
    }
}
