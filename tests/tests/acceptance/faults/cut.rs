//! A connection that is cut in the middle of an answer: whoever asked asks again, and what was done was done once.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use a2a::{Client, ClientError, Events, Fence, Fenced, History, Reply};
use proto::a2a::{SendMessageRequest, TaskState};
use proto::watchroom::registry::v1::QueryAgentsRequest;
use tests::{
    Audit, Cluster, Crowd, Habits, Proxy, Random, Service, collect, eventually, large_town, misread, request, seed,
    state,
};
use types::{RemoteTask, Seq, StoreId, TaskId, Timestamp};

use crate::story::{assert_unbroken, replay, tasks};

/// Places in an answer at which it is cut.
const CUTS: u64 = 24;
/// Cuts between the operator and each of those it talks to.
const ROUNDS: u64 = 40;

/// An agent behind a proxy, with units enough.
async fn agent() -> Cluster {
    let mut cluster = Cluster::empty();
    let town = large_town(cluster.dir(), 60).to_str().unwrap().to_owned();
    cluster.add(Service::Registry, Vec::new()).await;
    cluster.add_proxied(Service::Fire, vec!["--scenario".to_owned(), town]).await;
    cluster
}

/// A client with a connection of its own.
fn client(proxy: &Proxy) -> Client {
    Client::connect(&proxy.address().to_string()).unwrap().within(Duration::from_secs(10))
}

fn smoke(message: &str) -> SendMessageRequest {
    request(message, "Smoke is coming out of the roof at 12 Mill Lane.")
}

/// Asks once in full, then with the answer cut at places all over it; after each cut `again` is asked for the same.
/// Returns how often the cut answer was an error.
async fn cut_everywhere<T>(
    proxy: &Proxy,
    ask: impl AsyncFn(u64, Client) -> Result<T, ClientError>,
    again: impl AsyncFn(u64, Client, Option<T>),
) -> u64 {
    let before = proxy.answered();
    let whole = ask(0, client(proxy)).await.unwrap_or_else(|error| panic!("{error:?}"));
    let length = proxy.answered() - before;
    again(0, client(proxy), Some(whole)).await;
    let mut errors = 0;
    for cut in 1..=CUTS {
        proxy.cut_after(cut * length / (CUTS + 1));
        let told = ask(cut, client(proxy)).await;
        errors += u64::from(told.is_err());
        proxy.keep();
        again(cut, client(proxy), told.ok()).await;
    }
    errors
}

async fn sent(client: Client, request: SendMessageRequest) -> Result<RemoteTask, ClientError> {
    match client.send(request).await? {
        Reply::Task(snapshot) => Ok(snapshot.task.id.parse().unwrap()),
        Reply::Message(message) => panic!("a message instead of a task: {message:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_whose_answer_is_cut_is_taken_once() {
    let cluster = agent().await;
    let proxy = cluster.proxy(Service::Fire);
    let message = |cut| smoke(&format!("cut-{cut}"));
    let errors = cut_everywhere(
        proxy,
        async |cut, client| sent(client, message(cut)).await,
        async |cut, client, told| {
            let task = sent(client, message(cut)).await.unwrap();
            assert!(told.is_none_or(|told| told == task), "the same message is the same task");
        },
    )
    .await;
    assert!(errors > CUTS / 2, "{errors}");
    let tasks = tasks(&cluster, Service::Fire).await;
    assert_eq!(tasks.len() as u64, CUTS + 1);
    assert!(tasks.iter().all(|task| state(task) == TaskState::Completed && task.artifacts.len() == 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_whose_reading_is_cut_is_read_whole_or_not_at_all() {
    let cluster = agent().await;
    let proxy = cluster.proxy(Service::Fire);
    let task = sent(client(proxy), smoke("m")).await.unwrap();
    let whole = client(proxy).get(&task, History::All).await.unwrap();
    let errors = cut_everywhere(
        proxy,
        async |_, client| client.get(&task, History::All).await,
        async |_, client, told| {
            assert!(told.is_none_or(|told| told == whole));
            assert_eq!(client.get(&task, History::All).await.unwrap(), whole);
        },
    )
    .await;
    assert!(errors > CUTS / 2, "{errors}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_is_cut_goes_on_without_a_gap() {
    let cluster = agent().await;
    let proxy = cluster.proxy(Service::Fire);
    let task = sent(client(proxy), smoke("m")).await.unwrap();
    let log = replay(&client(proxy), &task).await;
    let read = async |mut events: Events| collect(&mut events, |_| false).await;
    let errors = cut_everywhere(
        proxy,
        async |_, client| {
            let seen = read(client.subscribe(&task, Some(Seq::ZERO)).await?).await;
            let last = seen.events.last().and_then(|event| event.cursor).map_or(Seq::ZERO, |cursor| cursor.seq);
            let frames = seen.events.into_iter().skip(1).collect::<Vec<_>>();
            assert_eq!(frames, log[..frames.len()], "what came is in the log");
            let whole = last.0 == log.len() as u64;
            // The client's connection may not know yet that it is gone.
            let rest = eventually("it is subscribed again", async || client.subscribe(&task, Some(last)).await.ok());
            let rest = read(rest.await).await;
            let all = [frames, rest.events.into_iter().skip(1).collect()].concat();
            assert_unbroken(&all);
            assert_eq!(all, log);
            if whole { Ok(()) } else { Err(seen.error.expect("a stream that is not whole says so")) }
        },
        async |_, _, _| {},
    )
    .await;
    assert!(errors > CUTS / 3, "{errors}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fence_whose_answer_is_cut_says_the_same_again() {
    let cluster = agent().await;
    let proxy = cluster.proxy(Service::Fire);
    let registered = cluster.registry().query_agents(QueryAgentsRequest::default()).await.unwrap().into_inner().agents;
    let store_id: StoreId = registered[0].registration.as_ref().unwrap().store_id.parse().unwrap();
    let fences: Vec<Fence> = (0..=CUTS).map(|_| fence(store_id)).collect();
    let of = |cut| &fences[usize::try_from(cut).unwrap()];
    let errors = cut_everywhere(
        proxy,
        async |cut, client| client.fence(of(cut)).await,
        async |cut, client, _| {
            assert_eq!(client.fence(of(cut)).await.unwrap(), Fenced::NeverAccepted);
            let late = sent(client, dispatched(of(cut))).await.unwrap_err();
            assert!(matches!(late, ClientError::Refused(a2a::Error::DispatchFenced)), "{late:?}");
        },
    )
    .await;
    assert!(errors > CUTS / 2, "{errors}");
    assert_eq!(tasks(&cluster, Service::Fire).await.len(), 0);
}

fn fence(store_id: StoreId) -> Fence {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let not_after = Timestamp::from_millis(u64::try_from((now + Duration::from_secs(60)).as_millis()).unwrap());
    Fence { run: TaskId::fresh(), step: "fire".parse().unwrap(), attempt: 1, not_after, store_id }
}

/// The message that the fence is about.
fn dispatched(fence: &Fence) -> SendMessageRequest {
    let Fence { run, step, attempt, not_after, store_id } = fence.clone();
    let mark = a2a::metadata::Dispatch {
        run,
        step,
        attempt,
        turn: 1,
        not_after,
        store_id: Some(store_id),
        at_most_once: false,
    };
    let mut request = smoke(fence.message_id().as_str());
    request.message.as_mut().unwrap().metadata = Some(mark.to_metadata());
    request
}

/// Callers while the connections of the operator are cut at random places, in both directions of its work.
#[tokio::test(flavor = "multi_thread")]
async fn connections_cut_at_random_places_lose_nothing_and_double_nothing() {
    let mut cluster = Cluster::empty();
    let town = large_town(cluster.dir(), 60).to_str().unwrap().to_owned();
    cluster.add(Service::Registry, Vec::new()).await;
    for agent in Service::AGENTS {
        cluster.add_proxied(agent, vec!["--scenario".to_owned(), town.clone()]).await;
    }
    cluster.add_proxied(Service::Operator, Vec::new()).await;
    cluster.gather().await;
    let seed = seed();
    println!("SEED={seed}");
    let habits = Habits {
        calls: vec!["Smoke is coming out of the roof at 12 Mill Lane.".to_owned(), tests::call().to_owned()],
        answer: String::new(),
        pause: Duration::from_millis(50),
        cancels: 10,
        repeats: 20,
    };
    let crowd = Crowd::start(cluster.proxy(Service::Operator).address(), 8, seed, &habits);
    let mut random = Random::of(seed, 0);
    let victims = [Service::Operator, Service::Fire, Service::Police, Service::Ambulance];
    for _ in 0..ROUNDS {
        let proxy = cluster.proxy(*random.pick(&victims));
        proxy.cut_after(random.below(6_000));
        eventually("a connection is cut", async || proxy.has_cut().then_some(())).await;
    }
    let told = crowd.finish(Duration::from_secs(30)).await;
    assert!(told.iter().map(|told| told.lost + told.frames.len() - 1).sum::<usize>() > 0, "nobody lost a connection");
    assert_eq!(told.iter().filter_map(|told| told.refused.as_ref()).collect::<Vec<_>>(), [""; 0]);
    let audit = eventually("every task rests", async || Audit::at_rest(&cluster).await).await;
    assert_eq!(audit.violations(&told), [""; 0]);
    assert_eq!(misread(&cluster, &told).await, [""; 0]);
}
