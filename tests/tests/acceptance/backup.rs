//! A backup taken under load restores to a consistent state that goes on.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use proto::a2a::TaskState;
use proto::watchroom::registry::v1::QueryAgentsRequest;
use tests::{Audit, Cluster, Crowd, Habits, Node, Run, Service, binary, eventually, large_town, state};

use crate::story::{ended, replay};

fn habits() -> Habits {
    Habits {
        calls: vec!["Smoke is coming out of the roof at 12 Mill Lane.".to_owned(), tests::call().to_owned()],
        answer: String::new(),
        pause: Duration::from_millis(20),
        cancels: 0,
        repeats: 0,
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

/// Takes a backup on the command line.
pub(crate) async fn back_up(node: &Node, dir: &Path) -> PathBuf {
    let file = dir.join(format!("{}.backup", node.name()));
    let run = Run::of(&binary("watchroom"), &["backup", &node.address().to_string(), file.to_str().unwrap()]).await;
    assert!(run.ok, "{run:?}");
    file
}

/// Puts the store of `file` in the place of the one that the service had.
pub(crate) async fn restore(node: &mut Node, file: &Path) {
    let refused = node.run(&["--restore", file.to_str().unwrap()]).await;
    assert!(!refused.ok && refused.err.contains("move it aside"), "{refused:?}");
    node.move_aside();
    let restored = node.run(&["--restore", file.to_str().unwrap()]).await;
    assert!(restored.ok && restored.err.contains("restored"), "{restored:?}");
    node.start().await;
}

/// The stores of the registered instances of an agent.
pub(crate) async fn stores(cluster: &Cluster, name: &str) -> Vec<String> {
    let page = cluster.registry().query_agents(QueryAgentsRequest::default()).await.unwrap().into_inner();
    let registrations = page.agents.into_iter().filter_map(|agent| agent.registration);
    let named = registrations.filter(|it| it.card.as_ref().is_some_and(|card| card.name == name));
    named.map(|registration| registration.store_id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_restored_from_a_backup_under_load_goes_on_with_the_runs_in_it() {
    let mut cluster = cluster().await;
    let crowd = Crowd::start(cluster.node(Service::Operator).address(), 8, tests::seed(), &habits());
    eventually("calls are under way", async || (crowd.taken() > 40).then_some(())).await;
    let before = Audit::read(&cluster).await.unwrap().runs;
    let file = back_up(cluster.node(Service::Operator), cluster.dir()).await;
    let taken = crowd.taken();
    eventually("more calls than the backup has", async || (crowd.taken() > taken + 40).then_some(())).await;
    let told = crowd.finish(Duration::from_secs(60)).await;

    let old = stores(&cluster, "Emergency Operator").await;
    let node = cluster.node_mut(Service::Operator);
    node.stop().await;
    restore(node, &file).await;
    let new = eventually("the restored operator is registered", async || {
        let new = stores(&cluster, "Emergency Operator").await;
        (new.len() == 1 && new != old).then_some(new)
    })
    .await;
    assert_ne!(new, old, "work for the old store must not be taken for the restored one's");

    let operator = cluster.a2a(Service::Operator);
    let restored = eventually("all that was in hand has ended", async || Audit::at_rest(&cluster).await).await;
    assert!(restored.runs.len() < told.len(), "the backup is older than the last call");
    for run in &before {
        let task = ended(&operator, &run.id.parse().unwrap()).await;
        assert_eq!(state(&task), TaskState::Completed, "{task:?}");
    }
    // Runs that went on adopted their children, also those that the backup knew nothing of.
    let kept: Vec<&str> = restored.runs.iter().map(|run| run.id.as_str()).collect();
    let told: Vec<_> = told.into_iter().filter(|it| kept.contains(&it.tasks[0].as_str())).collect();
    assert_eq!(restored.violations(&told), [""; 0]);
    for run in &restored.runs {
        crate::story::assert_unbroken(&replay(&operator, &run.id.parse().unwrap()).await);
    }
    // And it takes new calls.
    let crowd = Crowd::start(
        cluster.node(Service::Operator).address(),
        4,
        tests::seed() ^ 1,
        &Habits { calls: vec!["Smoke is coming out of the roof at 1 High Street.".to_owned()], ..habits() },
    );
    eventually("new calls are taken", async || (crowd.taken() > 4).then_some(())).await;
    let told = crowd.finish(Duration::from_secs(60)).await;
    assert!(told.iter().all(|told| told.ended()), "{told:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_restored_from_a_backup_under_load_keeps_its_units_and_takes_new_work() {
    let mut cluster = cluster().await;
    let crowd = Crowd::start(cluster.node(Service::Operator).address(), 8, tests::seed(), &habits());
    eventually("calls are under way", async || (crowd.taken() > 40).then_some(())).await;
    let before = Audit::read(&cluster).await.unwrap();
    let file = back_up(cluster.node(Service::Fire), cluster.dir()).await;
    crowd.finish(Duration::from_secs(60)).await;

    let old = stores(&cluster, "Fire Agent").await;
    let node = cluster.node_mut(Service::Fire);
    node.stop().await;
    restore(node, &file).await;
    eventually("the restored agent is registered", async || {
        let new = stores(&cluster, "Fire Agent").await;
        (new.len() == 1 && new != old).then_some(())
    })
    .await;
    let restored = Audit::read(&cluster).await.unwrap();
    for child in before.children[&Service::Fire].iter().filter(|child| state(child) == TaskState::Completed) {
        let kept = restored.children[&Service::Fire].iter().find(|it| it.id == child.id);
        assert_eq!(
            kept.map(|it| &it.artifacts),
            Some(&child.artifacts),
            "what was answered before the backup is in it"
        );
    }
    // Its units are still out: new calls get others.
    let crowd = Crowd::start(cluster.node(Service::Operator).address(), 4, tests::seed() ^ 1, &habits());
    eventually("new calls are taken", async || (crowd.taken() > 8).then_some(())).await;
    let told = crowd.finish(Duration::from_secs(60)).await;
    assert!(told.iter().all(|told| told.state == TaskState::Completed), "{told:#?}");
    let audit = Audit::read(&cluster).await.unwrap();
    let fire = |audit: &Audit| Audit {
        runs: Vec::new(),
        children: [(Service::Fire, audit.children[&Service::Fire].clone())].into(),
        duties: Vec::new(),
    };
    assert_eq!(fire(&audit).violations(&[]), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registry_restores_too_and_everybody_finds_it_again() {
    let mut cluster = cluster().await;
    let file = back_up(cluster.node(Service::Registry), cluster.dir()).await;
    let node = cluster.node_mut(Service::Registry);
    node.stop().await;
    restore(node, &file).await;
    cluster.gather().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_another_service_or_with_a_flipped_byte_is_refused() {
    let mut cluster = cluster().await;
    let file = back_up(cluster.node(Service::Fire), cluster.dir()).await;
    let node = cluster.node_mut(Service::Police);
    node.stop().await;
    node.move_aside();
    let refused = node.run(&["--restore", file.to_str().unwrap()]).await;
    assert!(!refused.ok && refused.err.contains("the backup is of fire, this is police"), "{refused:?}");
    let node = cluster.node_mut(Service::Fire);
    node.stop().await;
    node.move_aside();
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&file, bytes).unwrap();
    let refused = node.run(&["--restore", file.to_str().unwrap()]).await;
    assert!(!refused.ok && refused.err.contains("damaged"), "{refused:?}");
    assert!(!node.data_dir().join("store.db").exists());
}
