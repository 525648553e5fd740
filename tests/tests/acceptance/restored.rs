//! An agent that is restored from a backup while an operator has steps at its old store. The restored one is another
//! store: what was sent to the old one is asked for only there, becomes a duty, and the step's policy decides.

use std::path::Path;

use a2a::metadata::{number, object, text, truth};
use proto::a2a::{Part, Task, TaskState, part};
use proto::watchroom::orchestrator::v1::start_run_request::Source;
use proto::watchroom::orchestrator::v1::{
    Duty, ListDutiesRequest, Plan, Run, RunState, StartRunRequest, Step, StepState,
};
use tests::{Cluster, Lookout, Node, Service, eventually, state};

use crate::backup::{back_up, restore, stores};
use crate::duties::{children, ended, scene, start};

/// Puts an agent back to a backup that was taken a moment ago, as after the loss of its disk.
async fn lose(cluster: &Cluster, node: &mut Node, name: &str, file: &Path) {
    let old = stores(cluster, name).await;
    node.kill();
    restore(node, file).await;
    eventually("the restored agent is registered", async || {
        let new = stores(cluster, name).await;
        (new.len() == 1 && new != old).then_some(())
    })
    .await;
}

async fn duties(cluster: &Cluster) -> Vec<Duty> {
    cluster.orchestrator().list_duties(ListDutiesRequest::default()).await.unwrap().into_inner().duties
}

fn ids(tasks: &[Task]) -> Vec<&str> {
    tasks.iter().map(|task| task.id.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_at_the_store_that_is_gone_goes_on_at_the_restored_one_as_another_attempt() {
    let (mut cluster, mut echo) = scene("5s").await;
    let run = start(&cluster, &echo, 3_000, |_| {}).await;
    let before = children(&echo).await.unwrap();
    let file = back_up(&echo, cluster.dir()).await;
    lose(&cluster, &mut echo, "Echo Agent", &file).await;
    let run = ended(&cluster, &run.id).await;
    assert_eq!((run.state(), run.steps[0].attempts), (RunState::Completed, 2), "{run:?}");
    // What the backup has of the first attempt lives on as the restored store's own: nobody touches it for the old one's.
    let after = children(&echo).await.unwrap();
    let [first] = &before[..] else { panic!("{before:?}") };
    let kept = after.iter().find(|task| task.id == first.id).unwrap();
    assert_eq!((after.len(), state(kept)), (2, TaskState::Completed), "{after:?}");
    assert_ne!(run.steps[0].child_task_id, first.id, "it was not taken for the child that was sent to the old store");
    assert!(ids(&after).contains(&run.steps[0].child_task_id.as_str()));
    let [duty] = &run.duties[..] else { panic!("{run:?}") };
    assert_eq!((duty.attempt, &duty.child_task_id), (1, &first.id));
    cluster.crash(Service::Operator).await;
    assert_eq!(duties(&cluster).await, run.duties, "it stays listed: the store never answers");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_may_have_happened_is_not_done_again_at_the_restored_store() {
    let (cluster, mut echo) = scene("3s").await;
    let run = start(&cluster, &echo, 600_000, |step| step.at_most_once = true).await;
    let before = children(&echo).await.unwrap();
    let file = back_up(&echo, cluster.dir()).await;
    lose(&cluster, &mut echo, "Echo Agent", &file).await;
    let run = ended(&cluster, &run.id).await;
    assert_eq!((run.state(), run.steps[0].state()), (RunState::Failed, StepState::Failed), "{run:?}");
    assert_eq!((run.steps[0].error_code.as_str(), run.steps[0].attempts), ("OUTCOME_UNKNOWN", 1));
    assert_eq!(ids(&children(&echo).await.unwrap()), ids(&before), "nothing was sent to the restored store");
    assert_eq!((run.duties.len(), duties(&cluster).await), (1, run.duties));
}

/// A dispatch of one engine that is followed until it has cleared.
async fn dispatch(cluster: &Cluster) -> Run {
    let members = [
        ("type", text("fire")),
        ("priority", number(2)),
        ("location", text("170 London Road")),
        ("follow", truth(true)),
    ];
    let data = object(members.map(|(name, value)| (name.to_owned(), value)).into());
    let step = Step {
        id: "fire".to_owned(),
        agent: "Fire Agent".to_owned(),
        skill: "dispatch".to_owned(),
        input: vec![Part { content: Some(part::Content::Data(data)), ..Part::default() }],
        ..Step::default()
    };
    let plan = Plan { title: "One engine".to_owned(), steps: vec![step], ..Plan::default() };
    let source = Some(Source::Plan(plan));
    let request = StartRunRequest { request_id: "one".to_owned(), source, ..StartRunRequest::default() };
    cluster.orchestrator().start_run(request).await.unwrap().into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fire_service_that_is_restored_sends_no_second_engine_for_the_dispatch_in_its_backup() {
    let mut cluster = Cluster::empty();
    let args = |args: &[&str]| args.iter().map(|arg| (*arg).to_owned()).collect::<Vec<_>>();
    cluster.add(Service::Registry, Vec::new()).await;
    let waits = ["--attempt-timeout", "2s", "--wait-timeout", "4s", "--stop-wait", "500ms", "--step-backoff", "100ms"];
    cluster.add(Service::Operator, args(&waits)).await;
    // A whole life takes some four seconds: it is over when the second attempt begins.
    cluster.add(Service::Fire, args(&["--clock-speed", "400"])).await;
    eventually("the fire service is registered", async || {
        (stores(&cluster, "Fire Agent").await.len() == 1).then_some(())
    })
    .await;
    let run = dispatch(&cluster).await;
    let fire = |cluster: &Cluster| cluster.a2a(Service::Fire);
    let child = eventually("an engine goes", async || {
        let tasks = fire(&cluster).list(proto::a2a::ListTasksRequest::default()).await.ok()?.tasks;
        let sent = tasks.into_iter().next()?;
        (state(&sent) == TaskState::Working).then_some(sent)
    })
    .await;
    let file = back_up(cluster.node(Service::Fire), cluster.dir()).await;
    let old = stores(&cluster, "Fire Agent").await;
    let node = cluster.node_mut(Service::Fire);
    node.kill();
    restore(node, &file).await;
    let lookout = Lookout::start(cluster.node(Service::Fire).address()).await;
    let run = ended(&cluster, &run.id).await;
    assert_eq!((run.state(), run.steps[0].attempts), (RunState::Completed, 2), "{run:?}");
    assert_ne!(stores(&cluster, "Fire Agent").await, old);
    let lives = lookout.finish().await;
    assert_eq!(lives.violations(), [""; 0]);
    let engines: Vec<String> = lives.sent().into_iter().map(|(unit, _)| unit).collect();
    assert!(engines.len() <= 1, "the second attempt has the units of the first: {engines:?}");
    let answer = fire(&cluster).get(&run.steps[0].child_task_id.parse().unwrap(), a2a::History::None).await.unwrap();
    let artifact = format!("{:?}", answer.task.artifacts);
    assert!(artifact.contains("\"E1\"") && answer.task.id != child.id, "{artifact}");
    assert_eq!(run.duties.len(), 1, "{run:?}");
}
