//! Units of the real binaries: their life goes on over kill -9, none is sent twice, and their times never go back.

use std::collections::BTreeSet;

use proto::a2a::{Part, SendMessageRequest, Task, TaskState};
use proto::watchroom::emergency::v1::{ListUnitsRequest, UnitChangeReason, UnitStatus};
use serde_json::json;
use tests::{Cluster, Lives, Lookout, Service, call, eventually, request, state, units};

/// Fast enough that a unit's life fits a test, slow enough that a kill comes in the middle of it.
const SPEED: &str = "300";

async fn cluster(speed: &str) -> Cluster {
    Cluster::start_with(|service| match service {
        Service::Fire | Service::Police | Service::Ambulance => vec!["--clock-speed".to_owned(), speed.to_owned()],
        Service::Registry | Service::Operator => Vec::new(),
    })
    .await
}

async fn statuses(cluster: &Cluster, agent: Service) -> Vec<UnitStatus> {
    let request = ListUnitsRequest { page_size: Some(100), ..ListUnitsRequest::default() };
    let page = units(cluster.node(agent).address()).list_units(request).await.unwrap().into_inner();
    page.units.iter().map(|unit| unit.status()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn units_live_on_over_kill_9_and_none_is_sent_twice() {
    let mut cluster = cluster(SPEED).await;
    let lookout = Lookout::start(cluster.node(Service::Fire).address()).await;
    let operator = cluster.a2a(Service::Operator);
    for number in 0..3 {
        operator.send(request(&format!("call-{number}"), call())).await.unwrap();
    }
    for wanted in [UnitStatus::EnRoute, UnitStatus::OnScene] {
        eventually("a unit is in the middle of its life", async || {
            statuses(&cluster, Service::Fire).await.contains(&wanted).then_some(())
        })
        .await;
        cluster.crash(Service::Fire).await;
    }
    eventually("every unit is available again", async || {
        let all = statuses(&cluster, Service::Fire).await;
        all.iter().all(|status| *status == UnitStatus::Available).then_some(())
    })
    .await;
    let seen: Lives = lookout.finish().await;
    assert_eq!(seen.violations(), Vec::<String>::new());
    assert!(seen.lost >= 2, "the watch was cut by each kill");
    let sent: BTreeSet<(String, String)> = seen.sent();
    let engines: BTreeSet<&String> = sent.iter().map(|(unit, _)| unit).collect();
    assert!(sent.len() >= 3 && engines.len() == sent.len(), "{sent:?}");
    let cleared = seen.changes.iter().filter(|change| change.to() == UnitStatus::Cleared).count();
    assert_eq!(cleared, sent.len(), "each that was sent has cleared once");
}

/// A message of one data part.
fn asking(id: &str, data: &serde_json::Value) -> SendMessageRequest {
    let part: Part = proto::from_json(&json!({ "data": data }).to_string()).unwrap();
    let mut asking = request(id, "");
    asking.message.as_mut().unwrap().parts = vec![part];
    asking
}

async fn sent(cluster: &Cluster, asked: &SendMessageRequest) -> Task {
    let reply = cluster.a2a(Service::Fire).send(asked.clone()).await.unwrap();
    let a2a::Reply::Task(snapshot) = reply else { panic!("a message instead of a task: {reply:?}") };
    snapshot.task
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_is_learnt_later_is_told_once_over_kill_9_and_units_go_on_to_it() {
    // Slow enough that a unit on scene stays there until it is told.
    let mut cluster = cluster("100").await;
    let lookout = Lookout::start(cluster.node(Service::Fire).address()).await;
    let call = sent(&cluster, &asking("call", &json!({"type": "fire", "priority": 2}))).await;
    assert_eq!(state(&call), TaskState::Completed);
    let on_scene = async |cluster: &Cluster| {
        eventually("a unit is on scene", async || {
            statuses(cluster, Service::Fire).await.contains(&UnitStatus::OnScene).then_some(())
        })
        .await;
    };
    on_scene(&cluster).await;
    let data = json!({"skill": "redirect", "dispatch": call.id, "location": {"text": "12 Mill Lane"}});
    let first = sent(&cluster, &asking("place", &data)).await;
    assert_eq!(state(&first), TaskState::Completed, "{first:#?}");
    cluster.crash(Service::Fire).await;
    assert_eq!(sent(&cluster, &asking("place", &data)).await, first, "delivered again");
    let again = sent(&cluster, &asking("place again", &data)).await;
    assert_eq!(again.artifacts, first.artifacts, "told again");
    on_scene(&cluster).await;
    let seen = lookout.finish().await;
    assert_eq!(seen.violations(), Vec::<String>::new());
    let turned: Vec<_> = seen.changes.iter().filter(|it| it.reason() == UnitChangeReason::Redirected).collect();
    assert_eq!(turned.len(), 1, "{turned:#?}");
    assert_eq!((turned[0].from(), turned[0].to()), (UnitStatus::OnScene, UnitStatus::EnRoute));
    let places = seen.changes.iter().map(|it| (it.seq >= turned[0].seq, it.after.as_ref().unwrap()));
    let places = places.map(|(after, unit)| (after, unit.assignment.as_ref().unwrap().place.as_str()));
    assert!(places.clone().all(|(after, place)| place == if after { "12 Mill Lane" } else { "" }), "{seen:#?}");
}
