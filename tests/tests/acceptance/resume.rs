//! A stream is a view of the log from a cursor: cut anywhere, it goes on without a gap and without a repeat.

use a2a::Events;
use a2a::frame::Event;
use tests::{Cluster, Service, Traffic, collect, finished, request};
use types::{RemoteTask, Seq};

use crate::story::{assert_unbroken, ended, read_until, replay, task_of};

/// One service is enough, and leaves units for the other runs of the same cluster.
const CALL: &str = "Smoke is coming out of the roof at 12 Mill Lane.";

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_cut_after_any_event_resumes_from_its_cursor() {
    let frames = whole_story(&Cluster::start().await).await.len();
    for cut in 1..frames {
        // A cluster of its own each: runs must not share units.
        let cluster = Cluster::start().await;
        let (task, mut seen) = beginning(&cluster, cut).await;
        seen.extend(rest(&cluster, &task, &seen).await);
        check(&cluster, &task, &seen).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_whose_task_has_ended_meanwhile_replays_the_rest_and_closes() {
    let cluster = Cluster::start().await;
    let log = whole_story(&cluster).await;
    let task = task_of(&log[0]);
    for cut in 0..=log.len() {
        let rest = rest(&cluster, &task, &log[..cut]).await;
        assert_eq!(rest, log[cut..], "cut after {cut}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_past_the_head_gets_the_task_as_it_stands() {
    let cluster = Cluster::start().await;
    let log = whole_story(&cluster).await;
    let mut events = cluster.a2a(Service::Operator).subscribe(&task_of(&log[0]), Some(Seq(9_999))).await.unwrap();
    let seen = collect(&mut events, |_| false).await;
    assert!(seen.error.is_none(), "{:?}", seen.error);
    assert_eq!(tests::seqs(&seen.events), [log.len() as u64], "a snapshot says which position it has");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_message_with_a_cursor_resumes_the_stream_that_it_started() {
    let cluster = Cluster::start().await;
    let log = whole_story(&cluster).await;
    for cut in 0..=log.len() {
        let cursor = Some(Seq(cut as u64));
        let mut events = cluster.a2a(Service::Operator).stream(request("call", CALL), cursor).await.unwrap();
        let mut seen = collect(&mut events, |_| false).await;
        assert!(seen.error.is_none(), "{:?}", seen.error);
        let place = seen.events.remove(0);
        assert_eq!(place.cursor.map(|cursor| cursor.seq), cursor, "a resumed stream says where it is");
        assert_eq!(seen.events, log[cut..], "cut after {cut}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_cut_by_a_server_killed_after_any_event_resumes_from_its_cursor() {
    let frames = whole_story(&Cluster::start().await).await.len();
    for cut in 1..frames {
        let mut cluster = Cluster::start().await;
        let (mut events, mut seen) = open(&cluster, cut).await;
        cluster.node_mut(Service::Operator).kill();
        // Whatever the dead server had sent still counts as seen.
        seen.extend(collect(&mut events, |_| false).await.events);
        let task = task_of(&seen[0]);
        cluster.node_mut(Service::Operator).start().await;
        seen.extend(rest(&cluster, &task, &seen).await);
        check(&cluster, &task, &seen).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_does_not_close_its_streams_as_if_they_were_complete() {
    let mut cluster = Cluster::start_proxied().await;
    cluster.proxy(Service::Fire).set(Traffic::Stops);
    let (mut events, _) = open(&cluster, 1).await;
    cluster.node_mut(Service::Operator).kill();
    assert!(collect(&mut events, |_| false).await.error.is_some());
}

/// The first `count` events of a new run; its stream is closed.
async fn beginning(cluster: &Cluster, count: usize) -> (RemoteTask, Vec<Event>) {
    let (_, seen) = open(cluster, count).await;
    (task_of(&seen[0]), seen)
}

/// The stream of a new run, and its first `count` events.
async fn open(cluster: &Cluster, count: usize) -> (Events, Vec<Event>) {
    let mut events = cluster.a2a(Service::Operator).stream(request("call", CALL), None).await.unwrap();
    let mut left = count;
    let seen = collect(&mut events, |_| {
        left -= 1;
        left == 0
    });
    let seen = seen.await.events;
    (events, seen)
}

/// What follows on `seen`, to the end of the task.
async fn rest(cluster: &Cluster, task: &RemoteTask, seen: &[Event]) -> Vec<Event> {
    let cursor = seen.last().map_or(Seq(0), |last| last.cursor.unwrap().seq);
    let mut events = cluster.a2a(Service::Operator).subscribe(task, Some(cursor)).await.unwrap();
    let mut rest = collect(&mut events, |_| false).await;
    assert!(rest.error.is_none(), "{:?}", rest.error);
    let place = rest.events.remove(0);
    assert_eq!(place.cursor.map(|cursor| cursor.seq), Some(cursor), "a resumed stream says where it is");
    rest.events
}

async fn whole_story(cluster: &Cluster) -> Vec<Event> {
    let mut events = cluster.a2a(Service::Operator).stream(request("call", CALL), None).await.unwrap();
    let log = read_until(&mut events, finished).await;
    assert_unbroken(&log);
    log
}

async fn check(cluster: &Cluster, task: &RemoteTask, seen: &[Event]) {
    let operator = cluster.a2a(Service::Operator);
    ended(&operator, task).await;
    assert_unbroken(seen);
    assert_eq!(seen, replay(&operator, task).await);
}
