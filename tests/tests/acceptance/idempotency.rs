//! One message is one task, however often, from however many connections, and across a restart.

use std::collections::BTreeSet;

use a2a::{ClientError, Error, Reply};
use futures::future::join_all;
use proto::a2a::SendMessageRequest;
use tests::{Cluster, Service, call, request};

use crate::story::tasks;

const COPIES: usize = 100;
const CONNECTIONS: usize = 10;

#[tokio::test(flavor = "multi_thread")]
async fn a_call_sent_a_hundred_times_at_once_is_one_run_with_one_dispatch_each() {
    let mut cluster = Cluster::start().await;
    let id = one_task(&cluster, Service::Operator, request("same", call())).await;
    for service in Service::AGENTS {
        assert_eq!(tasks(&cluster, service).await.len(), 1, "{}", service.name());
    }
    refuses_another_body(&cluster, Service::Operator).await;
    cluster.crash(Service::Operator).await;
    assert_eq!(one_task(&cluster, Service::Operator, request("same", call())).await, id);
    refuses_another_body(&cluster, Service::Operator).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_sent_to_an_agent_a_hundred_times_at_once_is_one_task() {
    let mut cluster = Cluster::start().await;
    let message = || request("same", "Smoke at 12 Mill Lane.");
    let id = one_task(&cluster, Service::Fire, message()).await;
    refuses_another_body(&cluster, Service::Fire).await;
    cluster.crash(Service::Fire).await;
    assert_eq!(one_task(&cluster, Service::Fire, message()).await, id);
    refuses_another_body(&cluster, Service::Fire).await;
}

/// Sends copies of a message all at once; every answer is the same task, and the service has no other.
async fn one_task(cluster: &Cluster, service: Service, message: SendMessageRequest) -> String {
    let clients: Vec<_> = (0..CONNECTIONS).map(|_| cluster.a2a(service)).collect();
    let sends = (0..COPIES).map(|copy| clients[copy % CONNECTIONS].send(message.clone()));
    let ids: BTreeSet<String> = join_all(sends).await.into_iter().map(|reply| task_id(reply.unwrap())).collect();
    assert_eq!(ids.len(), 1, "{ids:?}");
    let kept = tasks(cluster, service).await;
    assert_eq!(kept.len(), 1, "{kept:#?}");
    ids.into_iter().next().unwrap()
}

fn task_id(reply: Reply) -> String {
    match reply {
        Reply::Task(snapshot) => snapshot.task.id,
        Reply::Message(message) => panic!("a direct message instead of a task: {message:?}"),
    }
}

async fn refuses_another_body(cluster: &Cluster, service: Service) {
    let refusal = cluster.a2a(service).send(request("same", "Something else at 1 High Street.")).await;
    assert!(matches!(&refusal, Err(ClientError::Refused(Error::MessageIdReused(_)))), "{refusal:?}");
    assert_eq!(tasks(cluster, service).await.len(), 1);
}
