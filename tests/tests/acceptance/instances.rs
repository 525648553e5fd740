//! Two instances of one agent over separate stores, and a cluster whose registry is away, on the real binaries.

use std::collections::BTreeSet;

use a2a::Client;
use proto::a2a::{ListTasksRequest, Task, TaskState};
use proto::watchroom::registry::v1::{Agent, Filter, QueryAgentsRequest};
use tempfile::TempDir;
use tests::{
    Cluster, Node, Proxy, Service, Traffic, call, collect, eventually, large_town, other_town, request, state,
};
use types::RemoteTask;

use crate::story::{ended, read_until, task_of};

/// Needs the police and nobody else.
const BURGLAR: &str = "A burglar is breaking into the house at 12 Mill Lane, nobody is hurt.";

/// A cluster with a second police over a store and a town of its own, behind a proxy.
struct Pair {
    cluster: Cluster,
    second: Node,
    proxy: Proxy,
    /// The scenarios, for restarts.
    _towns: TempDir,
}

impl Pair {
    async fn start() -> Self {
        let towns = tempfile::tempdir().unwrap();
        let town = large_town(towns.path(), 4).display().to_string();
        let cluster = Cluster::start_with(|service| match service {
            Service::Police => vec!["--scenario".to_owned(), town.clone()],
            Service::Registry | Service::Fire | Service::Ambulance | Service::Operator => Vec::new(),
        })
        .await;
        let (other, proxy) = (other_town(towns.path(), 4, "east").display().to_string(), Proxy::bind().await);
        let registry = format!("http://{}", cluster.node(Service::Registry).address());
        let advertised = proxy.address().to_string();
        let args = ["--registry", &registry, "--instance", "east", "--advertise", &advertised, "--scenario", &other];
        let home = cluster.dir().join("east");
        let mut second = Node::new("police", &home, args.map(str::to_owned).to_vec());
        second.start().await;
        proxy.point_to(second.address());
        let pair = Self { cluster, second, proxy, _towns: towns };
        eventually("both are registered", async || (pair.registered().await.len() == 2).then_some(())).await;
        pair
    }

    async fn registered(&self) -> Vec<Agent> {
        let filter = Filter { names: vec!["Police Agent".to_owned()], ..Filter::default() };
        agents(&self.cluster, filter).await
    }

    /// The children of both, each by its run's conversation.
    async fn children(&self) -> [Vec<Task>; 2] {
        let second = Client::connect(&self.second.address().to_string()).unwrap();
        [children(&self.cluster.a2a(Service::Police)).await, children(&second).await]
    }
}

async fn agents(cluster: &Cluster, filter: Filter) -> Vec<Agent> {
    let request = QueryAgentsRequest { filter: Some(filter), ..QueryAgentsRequest::default() };
    cluster.registry().query_agents(request).await.map(|page| page.into_inner().agents).unwrap_or_default()
}

async fn children(police: &Client) -> Vec<Task> {
    let query = ListTasksRequest { page_size: Some(100), ..ListTasksRequest::default() };
    police.list(query).await.unwrap().tasks
}

fn contexts(tasks: &[Task]) -> BTreeSet<&str> {
    tasks.iter().map(|task| task.context_id.as_str()).collect()
}

/// Starts a run and leaves it to itself; the conversation is the run's own.
async fn begin(operator: &Client, id: &str) -> (RemoteTask, String) {
    let mut events = operator.stream(request(id, BURGLAR), None).await.unwrap();
    let first = read_until(&mut events, |_| true).await;
    let task = task_of(&first[0]);
    let context = operator.get(&task, a2a::History::None).await.unwrap().task.context_id;
    (task, context)
}

async fn completed(operator: &Client, task: &RemoteTask) {
    let run = ended(operator, task).await;
    assert_eq!(state(&run), TaskState::Completed, "{run:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_police_over_separate_stores_share_the_work_and_each_child_stays_where_it_was_sent() {
    let mut pair = Pair::start().await;
    let operator = pair.cluster.a2a(Service::Operator);
    let mut runs = BTreeSet::new();
    // The operator hears of the second one in a moment; by chance one of them may come first several times.
    let mut number = 0;
    eventually("both have work", async || {
        number += 1;
        let (task, context) = begin(&operator, &format!("shared-{number}")).await;
        completed(&operator, &task).await;
        runs.insert(context);
        let [first, second] = pair.children().await;
        (!first.is_empty() && !second.is_empty()).then_some(())
    })
    .await;
    let [first, second] = pair.children().await;
    assert_eq!(first.len() + second.len(), runs.len(), "one child for each run");
    assert!(contexts(&first).is_disjoint(&contexts(&second)), "no run has a child at both");

    // From now on nothing that the second one answers is heard.
    pair.proxy.set(Traffic::NoAnswers);
    let before = second.len();
    let mut open = Vec::new();
    eventually("the second has taken work that nobody has heard of", async || {
        number += 1;
        open.push(begin(&operator, &format!("held-{number}")).await);
        (pair.children().await[1].len() >= before + 3).then_some(())
    })
    .await;
    pair.second.kill();
    pair.proxy.cut();
    let first = children(&pair.cluster.a2a(Service::Police)).await;
    let (others, theirs): (Vec<_>, Vec<_>) = open.iter().partition(|(_, run)| contexts(&first).contains(run.as_str()));
    for (task, _) in &others {
        completed(&operator, task).await;
    }
    for (task, _) in &theirs {
        let run = operator.get(task, a2a::History::None).await.unwrap().task;
        assert_eq!(state(&run), TaskState::Working, "its child is at the store that is away");
    }

    pair.second.start().await;
    pair.proxy.point_to(pair.second.address());
    pair.proxy.set(Traffic::Flows);
    for (task, _) in &theirs {
        completed(&operator, task).await;
    }
    let all = number;
    let [first, second] = pair.children().await;
    assert_eq!(first.len() + second.len(), all, "each child once, at the store that it was sent to");
    assert!(contexts(&first).is_disjoint(&contexts(&second)));
    assert!(first.iter().chain(&second).all(|child| state(child) == TaskState::Completed));
}

/// Instance and epoch of everybody.
async fn epochs(cluster: &Cluster) -> BTreeSet<(String, u64)> {
    let name = |agent: &Agent| agent.registration.clone().unwrap().card.unwrap().name;
    agents(cluster, Filter::default()).await.iter().map(|agent| (name(agent), agent.epoch)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn r10_r5_without_its_registry_a_cluster_goes_on_and_says_so_and_the_registry_comes_back_as_it_was() {
    let mut cluster = Cluster::start_proxied().await;
    let operator = cluster.a2a(Service::Operator);
    eventually("the operator is registered too", async || (epochs(&cluster).await.len() == 4).then_some(())).await;
    let before = epochs(&cluster).await;
    cluster.proxy(Service::Fire).set(Traffic::NoAnswers);
    let mut events = operator.stream(request("running", call()), None).await.unwrap();
    let running = task_of(&read_until(&mut events, |_| true).await[0]);
    eventually("the fire brigade has been sent", async || {
        (!children(&cluster.a2a(Service::Fire)).await.is_empty()).then_some(())
    })
    .await;

    cluster.node_mut(Service::Registry).kill();
    eventually("the operator says so", async || {
        cluster.node(Service::Operator).log().contains("view: the registry does not answer").then_some(())
    })
    .await;
    let mut events = operator.stream(request("new", BURGLAR), None).await.unwrap();
    let new = task_of(&collect(&mut events, |_| false).await.events[0]);
    completed(&operator, &new).await;
    cluster.proxy(Service::Fire).set(Traffic::Flows);
    completed(&operator, &running).await;

    cluster.node_mut(Service::Registry).start().await;
    let restarted = std::time::SystemTime::now();
    eventually("everybody has renewed", async || {
        let all = agents(&cluster, Filter::default()).await;
        let renewed = |agent: &Agent| {
            let at = agent.renewed_at.and_then(|at| std::time::SystemTime::try_from(at).ok());
            at.is_some_and(|at| at >= restarted)
        };
        (all.len() == 4 && all.iter().all(renewed)).then_some(())
    })
    .await;
    assert_eq!(epochs(&cluster).await, before, "the same registrations, nobody evicted");
    eventually("the operator follows it again", async || {
        cluster.node(Service::Operator).log().contains("view: the registry answers again").then_some(())
    })
    .await;
}
