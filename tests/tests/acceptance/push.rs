//! Push notifications: every event of every task reaches its webhook at least once and in order, whatever the webhook
//! and our own process go through.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use a2a::Reply;
use a2a::frame::{Event, Update};
use proto::a2a::{AuthenticationInfo, SendMessageConfiguration, SendMessageRequest, TaskPushNotificationConfig};
use tests::{
    Cluster, Mood, Notified, Receiver, Run, Service, binary, call, eventually, finished, large_town, request, seqs,
};
use types::RemoteTask;

use crate::story::{assert_unbroken, replay};

/// The receiver dawdles for longer than it is waited for.
const TIMEOUT: &str = "400ms";
const DAWDLE: Duration = Duration::from_millis(600);

async fn cluster(patience: &str) -> Cluster {
    let flags = ["--push-allow", "127.0.0.1", "--push-backoff", "20ms", "--push-max-backoff", "100ms"];
    let flags = [&flags[..], &["--push-timeout", TIMEOUT, "--push-patience", patience]].concat();
    let mut cluster = Cluster::empty();
    // So many units that no call waits for one.
    let town = large_town(cluster.dir(), 60).to_str().unwrap().to_owned();
    for service in Service::ALL {
        let args = match service {
            Service::Operator => flags.iter().map(|flag| (*flag).to_owned()).collect(),
            Service::Registry => Vec::new(),
            Service::Fire | Service::Police | Service::Ambulance => vec!["--scenario".to_owned(), town.clone()],
        };
        cluster.add(service, args).await;
    }
    cluster.gather().await;
    cluster
}

fn pushing(message: &str, receiver: &Receiver) -> SendMessageRequest {
    let authentication = AuthenticationInfo { scheme: "Bearer".into(), credentials: "w0rd".into() };
    let config = TaskPushNotificationConfig {
        id: "hook".into(),
        url: receiver.url(),
        token: "t0ken".into(),
        authentication: Some(authentication),
        ..TaskPushNotificationConfig::default()
    };
    let configuration = SendMessageConfiguration {
        task_push_notification_config: Some(config),
        return_immediately: true,
        ..SendMessageConfiguration::default()
    };
    SendMessageRequest { configuration: Some(configuration), ..request(message, call()) }
}

/// Sends the message until it is answered, and says which task it is.
async fn send(cluster: &Cluster, request: SendMessageRequest) -> RemoteTask {
    let client = cluster.a2a(Service::Operator);
    eventually("the message is taken", async || match client.send(request.clone()).await {
        Ok(Reply::Task(snapshot)) => Some(snapshot.task.id.parse().unwrap()),
        Ok(Reply::Message(message)) => panic!("answered with {message:?}"),
        Err(_) => None,
    })
    .await
}

fn task_of(event: &Event) -> &str {
    match &event.update {
        Update::Task(task) => &task.id,
        Update::Status(status) => &status.task_id,
        Update::Artifact(artifact) => &artifact.task_id,
        Update::Message(message) => &message.task_id,
    }
}

/// What was told of each task, in the order in which it was told.
fn by_task(told: &[Notified]) -> BTreeMap<String, Vec<&Notified>> {
    let mut tasks: BTreeMap<String, Vec<&Notified>> = BTreeMap::new();
    for told in told {
        tasks.entry(task_of(&told.event).to_owned()).or_default().push(told);
    }
    tasks
}

/// Waits until the end of each task has been taken.
async fn all_taken(receiver: &Receiver, tasks: &[RemoteTask]) {
    eventually("the end of every task has been taken", async || {
        let told = receiver.told();
        let ended: BTreeSet<&str> =
            told.iter().filter(|told| told.taken && finished(&told.event)).map(|told| task_of(&told.event)).collect();
        tasks.iter().all(|task| ended.contains(task.as_str())).then_some(())
    })
    .await;
}

/// Holds what was told against the log: all of it at least once, as it is there, and each for the first time in order.
async fn audit(cluster: &Cluster, receiver: &Receiver, tasks: &[RemoteTask]) {
    let told = receiver.told();
    let told = by_task(&told);
    assert_eq!(told.len(), tasks.len());
    for task in tasks {
        let log = replay(&cluster.a2a(Service::Operator), task).await;
        assert_unbroken(&log);
        let (mut taken, mut firsts, mut known) = (BTreeSet::new(), Vec::new(), BTreeSet::new());
        for told in &told[task.as_str()] {
            let seq = seqs(std::slice::from_ref(&told.event))[0];
            assert_eq!(told.event, log[usize::try_from(seq).unwrap() - 1], "{task} at {seq}");
            if known.insert(seq) {
                firsts.push(seq);
            }
            if told.taken {
                taken.insert(seq);
            }
        }
        let all = 1..=log.len() as u64;
        assert_eq!(firsts, all.clone().collect::<Vec<_>>(), "{task}: first told in order");
        assert_eq!(taken, all.collect::<BTreeSet<_>>(), "{task}: taken at least once");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a4_every_event_reaches_a_webhook_that_fails_cuts_dawdles_and_restarts_while_we_are_killed() {
    let (mut cluster, mut receiver) = (cluster("6h").await, Receiver::start().await);
    let mut tasks = Vec::new();
    for round in 0..3 {
        for mood in [Mood::Fails, Mood::Cuts, Mood::Dawdles(DAWDLE), Mood::Takes] {
            receiver.set(mood);
            for turn in 0..2 {
                tasks.push(send(&cluster, pushing(&format!("call-{round}-{turn}-{mood:?}"), &receiver)).await);
            }
            receiver.more(3).await;
            if mood == Mood::Cuts || mood == Mood::Dawdles(DAWDLE) {
                cluster.crash(Service::Operator).await;
                receiver.more(2).await;
            }
        }
        receiver.stop();
        tasks.push(send(&cluster, pushing(&format!("call-{round}-gone"), &receiver)).await);
        cluster.crash(Service::Operator).await;
        receiver.resume().await;
    }
    receiver.set(Mood::Takes);
    all_taken(&receiver, &tasks).await;
    audit(&cluster, &receiver, &tasks).await;
    for told in receiver.told() {
        for line in [
            "post /hook http/1.1",
            "content-type: application/a2a+json",
            "authorization: bearer w0rd",
            "x-a2a-notification-token: t0ken",
            "\na2a-notification-token: t0ken",
        ] {
            assert!(told.head.contains(line), "{line} in {}", told.head);
        }
    }
    let log = cluster.node(Service::Operator).log();
    assert!(!log.contains("t0ken") && !log.contains("w0rd") && !log.contains("/hook"), "a secret is logged");
}

#[tokio::test(flavor = "multi_thread")]
async fn a4_a_webhook_that_was_given_up_is_listed_and_redriven_from_its_cursor() {
    let (mut cluster, receiver) = (cluster("300ms").await, Receiver::start().await);
    receiver.set(Mood::Fails);
    let task = send(&cluster, pushing("call-1", &receiver)).await;
    let address = cluster.node(Service::Operator).address().to_string();
    let watchroom = async |args: &[&str]| {
        let args = [&["push", "--service", &address, "--json"], args].concat();
        Run::of(&binary("watchroom"), &args).await.expect_ok("watchroom push")
    };
    let parked =
        eventually("it is parked", async || Some(watchroom(&["--parked"]).await).filter(|listed| !listed.is_empty()))
            .await;
    let parked: serde_json::Value = serde_json::from_str(&parked).unwrap();
    let named = |key: &str| parked[key].as_str().unwrap().to_owned();
    assert_eq!(
        (named("taskId"), named("id"), named("state")),
        (task.to_string(), "hook".into(), "PUSH_STATE_PARKED".into())
    );
    assert_eq!(named("origin"), receiver.url().trim_end_matches("/hook"));
    cluster.crash(Service::Operator).await;
    assert!(watchroom(&["--parked"]).await.contains(task.as_str()), "a restart forgets nobody");
    let metrics = async |line: &str| metrics(&cluster).await.lines().any(|it| it == line);
    eventually!("the parked are counted", metrics("watchroom_push_parked 1").await);
    let quiet = receiver.told().len();
    receiver.set(Mood::Takes);
    watchroom(&["redrive", &format!("{task}/hook")]).await;
    all_taken(&receiver, std::slice::from_ref(&task)).await;
    assert!(receiver.told()[quiet..].iter().all(|told| told.taken));
    audit(&cluster, &receiver, &[task]).await;
    eventually!("nobody is parked any more", metrics("watchroom_push_parked 0").await);
    assert_eq!(watchroom(&["--parked"]).await, "");
}

async fn metrics(cluster: &Cluster) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = tokio::net::TcpStream::connect(cluster.node(Service::Operator).admin()).await.unwrap();
    stream.write_all(b"GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text
}
