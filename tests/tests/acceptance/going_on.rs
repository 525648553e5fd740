//! A service that is not there costs its own step and no other; when it is back, what is left is done and nothing twice.

use std::time::{Duration, Instant};

use tests::{Cluster, Run, Service, binary, call};

use crate::story::tasks;

/// What the whole call may take without one of its services.
const LIMIT: Duration = Duration::from_secs(15);

async fn watchroom(cluster: &Cluster, args: &[&str]) -> Run {
    let operator = format!("http://{}", cluster.node(Service::Operator).address());
    Run::of(&binary("watchroom"), &[args, &["--operator", &operator]].concat()).await
}

async fn children(cluster: &Cluster) -> Vec<usize> {
    let mut children = Vec::new();
    for agent in Service::AGENTS {
        children.push(tasks(cluster, agent).await.len());
    }
    children
}

#[tokio::test(flavor = "multi_thread")]
async fn without_police_a_call_is_partly_done_and_resumed_when_the_police_is_back() {
    let mut cluster = Cluster::empty();
    for service in [Service::Registry, Service::Fire, Service::Ambulance, Service::Operator] {
        cluster.add(service, Vec::new()).await;
    }
    cluster.gather().await;
    let began = Instant::now();
    let sent = watchroom(&cluster, &["send", call()]).await;
    let took = began.elapsed();
    assert!(took <= LIMIT, "{took:?}");
    let summary = "completed: Dispatch completed with issues: 2 successful, 1 failed (Police Agent: ";
    for words in [summary, "no Police Agent is registered within 10 s", "NO_ENDPOINT"] {
        assert!(sent.out.contains(words), "{words}: {sent:?}");
    }
    assert!(!sent.ok, "a partial success is not taken for a whole one");
    let run = sent.out.strip_prefix("task ").and_then(|rest| rest.split(' ').next()).unwrap().to_owned();

    cluster.add(Service::Police, Vec::new()).await;
    cluster.gather().await;
    let resumed = watchroom(&cluster, &["resume", &run]).await;
    println!("partly done after {took:?}\n{}", resumed.out);
    assert!(resumed.ok && resumed.out.contains("All emergency services dispatched successfully (3/3)"), "{resumed:?}");
    assert_eq!(children(&cluster).await, [1, 1, 1], "no finished step was done again");
    let again = watchroom(&cluster, &["resume", &run]).await;
    assert!(!again.ok && again.err.contains("RUN_NOT_RESUMABLE"), "{again:?}");
}
