//! A full disk: new work is refused, running work finishes what fits, freed room is used again, and nothing is lost.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use a2a::frame::{Event, Update};
use a2a::metadata::{PROGRESS, as_text, member};
use a2a::{Client, ClientError, Error, Fence, Fenced, Reply};
use proto::a2a::{AgentCard, SendMessageRequest, TaskState};
use proto::value::Kind;
use proto::watchroom::registry::v1::QueryAgentsRequest;
use tests::{Cluster, Service, SmallDisk, Traffic, call, eventually, finished, large_town, request, state};
use types::{RemoteTask, StoreId, TaskId, Timestamp};

use crate::story::{assert_recorded, assert_unbroken, ended, read_until, replay, task_of, tasks};

/// Room for the ballast and a little more.
const MEGABYTES: u32 = 16;

/// Everything but `small`, which is on a small disk and behind no proxy; agents have proxies before them.
async fn cluster(small: Service) -> (Cluster, SmallDisk) {
    let mut cluster = Cluster::empty();
    let town = large_town(cluster.dir(), 20).to_str().unwrap().to_owned();
    let disk = SmallDisk::at(&cluster.dir().join(small.name()).join("data"), MEGABYTES).await;
    for service in Service::ALL {
        let args = match service {
            Service::Fire | Service::Police | Service::Ambulance => vec!["--scenario".to_owned(), town.clone()],
            // Long enough to find the room that is made.
            Service::Operator => vec!["--reach-wait".to_owned(), "60s".to_owned()],
            Service::Registry => Vec::new(),
        };
        if service == small {
            cluster.add_dressed(service, args, |node| node.under(disk.under())).await;
        } else if Service::AGENTS.contains(&service) {
            cluster.add_proxied(service, args).await;
        } else {
            cluster.add(service, args).await;
        }
    }
    cluster.gather().await;
    (cluster, disk)
}

/// Sends calls until one is refused for want of room; returns those that still were taken.
async fn until_refused(client: &Client, name: &str) -> Vec<RemoteTask> {
    let mut taken = Vec::new();
    for number in 0..200 {
        match send(client, &format!("{name}-{number}")).await {
            Ok(task) => taken.push(task),
            Err(ClientError::Refused(Error::Overloaded { retry_after })) => {
                assert!(!retry_after.is_zero());
                return taken;
            }
            Err(error) => panic!("{error:?}"),
        }
    }
    panic!("{} calls were taken on a full disk", taken.len())
}

async fn send(client: &Client, message: &str) -> Result<RemoteTask, ClientError> {
    sent(client, immediately(request(message, "Smoke is coming out of the roof at 12 Mill Lane."))).await
}

fn immediately(mut request: SendMessageRequest) -> SendMessageRequest {
    request.configuration.get_or_insert_default().return_immediately = true;
    request
}

async fn sent(client: &Client, request: SendMessageRequest) -> Result<RemoteTask, ClientError> {
    match client.send(request).await? {
        Reply::Task(snapshot) => Ok(snapshot.task.id.parse().unwrap()),
        Reply::Message(message) => panic!("a message instead of a task: {message:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_on_a_full_disk_refuses_calls_and_finishes_its_runs() {
    let (mut cluster, disk) = cluster(Service::Operator).await;
    let operator = cluster.a2a(Service::Operator);
    for agent in Service::AGENTS {
        cluster.proxy(agent).set(Traffic::Stops);
    }
    let mut events = operator.stream(request("running", call()), None).await.unwrap();
    let mut seen = read_until(&mut events, |event| matches!(&event.update, Update::Artifact(_))).await;
    let running = task_of(&seen[0]);
    disk.fill();
    let mut taken = until_refused(&operator, "more").await;
    cluster.proxy(Service::Fire).set(Traffic::Flows);
    seen.extend(read_until(&mut events, |event| is_progress(event, "completed")).await);
    // Without the room that the ballast left, nothing more has to fit.
    disk.fill();
    for agent in [Service::Police, Service::Ambulance] {
        cluster.proxy(agent).set(Traffic::Flows);
    }
    assert_full(&operator, "still full").await;
    assert_eq!(sent(&operator, immediately(request("running", call()))).await.unwrap(), running, "it is known");
    disk.free();
    seen.extend(read_until(&mut events, finished).await);
    taken.push(eventually("calls are taken again", async || send(&operator, "room again").await.ok()).await);
    cluster.crash(Service::Operator).await;
    let operator = cluster.a2a(Service::Operator);
    for task in taken.iter().chain([&running]) {
        let run = ended(&operator, task).await;
        assert_eq!(state(&run), TaskState::Completed, "{run:?}");
    }
    let log = replay(&operator, &running).await;
    assert_unbroken(&log);
    assert_recorded(&seen, &log);
    assert_eq!(tasks(&cluster, Service::Operator).await.len(), taken.len() + 1, "what was refused has left nothing");
    let log = cluster.node(Service::Operator).log();
    assert!(log.contains("the disk is full: new work is refused until there is room"), "{log}");
}

/// Whether a step has come to this.
fn is_progress(event: &Event, wanted: &str) -> bool {
    let Update::Status(update) = &event.update else { return false };
    let Some(Kind::StructValue(progress)) = member(update.metadata.as_ref(), PROGRESS).and_then(|it| it.kind.as_ref())
    else {
        return false;
    };
    as_text(progress.fields.get("state")) == Some(wanted)
}

async fn assert_full(client: &Client, message: &str) {
    let refusal = send(client, message).await;
    assert!(matches!(refusal, Err(ClientError::Refused(Error::Overloaded { .. }))), "{refusal:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_killed_and_started_on_a_full_disk_serves_what_it_has() {
    let (mut cluster, disk) = cluster(Service::Fire).await;
    let done = send(&cluster.a2a(Service::Fire), "done").await.unwrap();
    disk.fill();
    until_refused(&cluster.a2a(Service::Fire), "direct").await;
    cluster.crash(Service::Fire).await;
    let fire = cluster.a2a(Service::Fire);
    assert_eq!(state(&ended(&fire, &done).await), TaskState::Completed);
    // Its ballast is in place again, and there is hardly more room than that.
    until_refused(&fire, "after the restart").await;
    disk.free();
    eventually("calls are taken again", async || send(&fire, "room again").await.ok()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_on_a_full_disk_refuses_dispatches_takes_fences_and_goes_on() {
    let (mut cluster, disk) = cluster(Service::Fire).await;
    let (operator, fire) = (cluster.a2a(Service::Operator), cluster.a2a(Service::Fire));
    disk.fill();
    let taken = until_refused(&fire, "direct").await;
    // Whoever waits for a fence has running work of its own.
    let fence = fence(store_of(&cluster, Service::Fire).await);
    assert_eq!(fire.fence(&fence).await.unwrap(), Fenced::NeverAccepted);
    let waiting = send(&operator, "waiting").await.unwrap();
    eventually("the dispatch is turned away, and sent again", async || {
        let log = cluster.node(Service::Operator).log();
        (log.matches("not taken").count() >= 2).then_some(())
    })
    .await;
    assert_eq!(tasks(&cluster, Service::Fire).await.len(), taken.len());
    disk.free();
    let run = ended(&operator, &waiting).await;
    assert_eq!(state(&run), TaskState::Completed, "{run:?}");
    cluster.crash(Service::Fire).await;
    assert_eq!(tasks(&cluster, Service::Fire).await.len(), taken.len() + 1, "one child, however often it was sent");
    assert_eq!(cluster.a2a(Service::Fire).fence(&fence).await.unwrap(), Fenced::NeverAccepted);
}

fn fence(store_id: StoreId) -> Fence {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let not_after = Timestamp::from_millis(u64::try_from((now + Duration::from_secs(60)).as_millis()).unwrap());
    Fence { run: TaskId::fresh(), step: "fire".parse().unwrap(), attempt: 1, not_after, store_id }
}

/// The store that an agent has told the registry.
async fn store_of(cluster: &Cluster, service: Service) -> StoreId {
    let page = cluster.registry().query_agents(QueryAgentsRequest::default()).await.unwrap().into_inner();
    let named = |card: &AgentCard| card.name.to_lowercase().starts_with(service.name());
    let mut registrations = page.agents.into_iter().filter_map(|agent| agent.registration);
    let found = registrations.find(|it| it.card.as_ref().is_some_and(named)).unwrap();
    found.store_id.parse().unwrap()
}
