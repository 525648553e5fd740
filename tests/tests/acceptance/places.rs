//! Units are sent before anybody knows where, and the caller says it later: all of them go there.

use a2a::frame::Update;
use futures::StreamExt as _;
use proto::a2a::TaskState;
use proto::watchroom::emergency::v1::DispatchStatus;
use serde_json::Value;
use tests::{Cluster, Run, Service, binary, eventually, request, state};

use crate::incidents::{begun, fire, incident, one_engine, queued, release, sent};
use crate::story::ended;

const PLACE: &str = "12 Mill Lane";

async fn watchroom(cluster: &Cluster, args: &[&str]) -> Run {
    let operator = format!("http://{}", cluster.node(Service::Operator).address());
    let registry = format!("http://{}", cluster.node(Service::Registry).address());
    Run::of(&binary("watchroom"), &[args, &["--operator", &operator, "--registry", &registry]].concat()).await
}

/// Each unit that works for somebody, with the place that it goes to.
async fn going(cluster: &Cluster) -> Vec<(String, String)> {
    let units = watchroom(cluster, &["units", "--json"]).await.expect_ok("units");
    let units = units.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let going = units.filter(|unit| unit["assignment"].is_object()).map(|unit| {
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (word(&unit["id"]), word(&unit["assignment"]["place"]))
    });
    going.collect()
}

/// The task that a command began or followed.
fn task_of(run: &Run) -> String {
    let rest = run.out.strip_prefix("task ").unwrap_or_else(|| panic!("{run:?}"));
    rest.split(' ').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_is_learnt_reaches_every_unit_that_was_sent() {
    // In real time, so that units stay where they are while they are looked at.
    let cluster = Cluster::start_with(|service| match Service::AGENTS.contains(&service) {
        true => vec!["--clock-speed".to_owned(), "1".to_owned()],
        false => Vec::new(),
    })
    .await;
    let called = watchroom(&cluster, &["send", "gas leak"]).await;
    assert!(called.out.contains("Where is help needed?"), "{called:?}");
    let run = task_of(&called);
    assert!(called.err.contains(&format!("answer at any time with: watchroom send --task {run}")), "{called:?}");
    let before = going(&cluster).await;
    assert!(!before.is_empty() && before.iter().all(|(_, place)| place.is_empty()), "{before:?}");

    let answered = watchroom(&cluster, &["send", "--task", &run, PLACE]).await;
    println!("{}", answered.out);
    assert!(answered.ok, "{answered:?}");
    for words in ["Fire Brigade Agent knows the place", "# Emergency dispatch to 12 Mill Lane"] {
        assert!(answered.out.contains(words), "{words}: {answered:?}");
    }
    let after = going(&cluster).await;
    let everybody = |units: &[(String, String)]| units.iter().map(|(unit, _)| unit.clone()).collect::<Vec<_>>();
    assert_eq!(everybody(&after), everybody(&before), "nobody is sent a second time");
    assert!(after.iter().all(|(_, place)| place == PLACE), "{after:?}");

    let context = called.out.lines().next().unwrap().rsplit(' ').next().unwrap();
    let told = incident(&cluster, context, "the incident is at the place", |incident| {
        let located = incident.location.as_ref().is_some_and(|it| it.text == PLACE && it.position.is_some());
        located && incident.log.iter().any(|entry| entry.text == format!("fire is told the place: {PLACE}"))
    });
    let told = told.await;
    assert!(told.dispatches.iter().all(|it| it.status() == DispatchStatus::Assigned), "{told:#?}");
    let more = watchroom(&cluster, &["send", "--task", &run, "14 Mill Lane"]).await;
    assert!(more.err.contains(&format!("next: `watchroom send --context {context}")), "{more:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_is_told_while_a_dispatch_waits_in_a_queue_and_its_unit_goes_there_later() {
    let (_dir, mut cluster) = one_engine().await;
    let first = begun(&cluster, "call-1").await;
    let first = incident(&cluster, &first, "the engine is sent", sent).await;
    let mut events = cluster.a2a(Service::Operator).stream(request("call-2", "gas leak"), None).await.unwrap();
    let Update::Task(task) = events.next().await.unwrap().unwrap().update else {
        panic!("a stream begins with its task")
    };
    queued(&cluster, &task.context_id, 1).await;

    let answered = watchroom(&cluster, &["send", "--task", &task.id, "--return-immediately", PLACE]).await;
    assert!(answered.ok, "{answered:?}");
    let told = incident(&cluster, &task.context_id, "the brigade is told", |incident| {
        incident.log.iter().any(|entry| entry.text == format!("fire is told the place: {PLACE}"))
    });
    let told = told.await;
    let waits = fire(&told).unwrap();
    assert_eq!((waits.status(), waits.queue_position), (DispatchStatus::Queued, 1), "{told:#?}");

    cluster.crash(Service::Operator).await;
    cluster.crash(Service::Fire).await;
    release(&cluster, Service::Fire, &fire(&first).unwrap().id).await;
    let task = ended(&cluster.a2a(Service::Operator), &task.id.parse().unwrap()).await;
    assert_eq!(state(&task), TaskState::Completed);
    let report = watchroom(&cluster, &["task", &task.id]).await.expect_ok("task");
    assert!(report.contains("# Emergency dispatch to 12 Mill Lane"), "{report}");
    eventually("the engine goes there", async || {
        let going = going(&cluster).await;
        going.iter().any(|(unit, place)| unit == "E1" && place == PLACE).then_some(())
    })
    .await;
}
