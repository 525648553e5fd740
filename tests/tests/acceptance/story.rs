//! What a run leaves behind, and whether it is the truth: shared by the tests of crashes and of resumption.

use a2a::frame::{Event, Update};
use a2a::{Events, History};
use proto::a2a::{ListTasksRequest, Task, TaskState};
use proto::watchroom::emergency::v1::ListUnitsRequest;
use tests::{Cluster, Service, collect, eventually, finished, seqs, state, units};
use types::{RemoteTask, Seq};

/// The id of the task whose stream begins with `event`.
pub(crate) fn task_of(event: &Event) -> RemoteTask {
    let Update::Task(task) = &event.update else { panic!("a stream begins with its task, not with {event:?}") };
    task.id.parse().unwrap()
}

/// Every frame of a task, from the log.
pub(crate) async fn replay(client: &a2a::Client, task: &RemoteTask) -> Vec<Event> {
    let mut events = client.subscribe(task, Some(Seq(0))).await.unwrap();
    let mut seen = collect(&mut events, |_| false).await;
    assert!(seen.error.is_none(), "{:?}", seen.error);
    let place = seen.events.remove(0);
    assert_eq!(place.cursor.map(|cursor| cursor.seq), Some(Seq(0)), "a resumed stream begins where it was asked to");
    seen.events
}

/// Frames numbered from 1 without a gap, each naming the one before it.
pub(crate) fn assert_unbroken(events: &[Event]) {
    assert_eq!(seqs(events), (1..=events.len() as u64).collect::<Vec<_>>());
    for event in events {
        let cursor = event.cursor.unwrap();
        assert_eq!(cursor.prev, Some(Seq(cursor.seq.0 - 1)), "{event:?}");
    }
}

/// What was seen is in the log, at the same place.
pub(crate) fn assert_recorded(seen: &[Event], log: &[Event]) {
    for event in seen {
        let seq = event.cursor.unwrap().seq.0;
        let place = usize::try_from(seq).unwrap().checked_sub(1).and_then(|index| log.get(index));
        assert_eq!(place, Some(event), "frame {seq} was seen, and is not in the log");
    }
}

/// The task, once it has ended.
pub(crate) async fn ended(client: &a2a::Client, task: &RemoteTask) -> Task {
    let terminal = [TaskState::Completed, TaskState::Failed, TaskState::Canceled, TaskState::Rejected];
    eventually("the task has ended", async || {
        let task = client.get(task, History::All).await.ok()?.task;
        terminal.contains(&state(&task)).then_some(task)
    })
    .await
}

/// All tasks of a service, with their artifacts.
pub(crate) async fn tasks(cluster: &Cluster, service: Service) -> Vec<Task> {
    let query = ListTasksRequest { include_artifacts: Some(true), page_size: Some(100), ..ListTasksRequest::default() };
    cluster.a2a(service).list(query).await.unwrap().tasks
}

/// The run ends COMPLETED by itself, its log is unbroken and holds what was seen, and every service was sent once.
pub(crate) async fn assert_told_once(cluster: &Cluster, task: &RemoteTask, seen: &[Event]) {
    let operator = cluster.a2a(Service::Operator);
    let run = ended(&operator, task).await;
    assert_eq!(state(&run), TaskState::Completed, "{run:?}");
    let log = replay(&operator, task).await;
    assert_unbroken(&log);
    assert_recorded(seen, &log);
    assert_eq!(log.iter().filter(|event| finished(event)).count(), 1, "exactly one terminal event");
    assert!(finished(log.last().unwrap()), "nothing after the terminal event");
    for agent in Service::AGENTS {
        assert_sent_once(cluster, agent).await;
    }
}

/// One completed child with one dispatch in it, and no unit assigned twice.
async fn assert_sent_once(cluster: &Cluster, agent: Service) {
    let children = tasks(cluster, agent).await;
    let [child] = &children[..] else {
        panic!("{} has {} tasks instead of one: {children:#?}", agent.name(), children.len())
    };
    assert_eq!(state(child), TaskState::Completed, "{child:?}");
    assert_eq!(child.artifacts.len(), 1, "{} assigned its units once: {child:?}", agent.name());
    let epochs = epochs(cluster, agent).await;
    assert!(epochs.contains(&1) && epochs.iter().all(|epoch| *epoch <= 1), "{}: {epochs:?}", agent.name());
}

/// How often each unit was ever assigned.
async fn epochs(cluster: &Cluster, agent: Service) -> Vec<u64> {
    let request = ListUnitsRequest { page_size: Some(100), ..ListUnitsRequest::default() };
    let page = units(cluster.node(agent).address()).list_units(request).await.unwrap().into_inner();
    page.units.iter().map(|unit| unit.epoch).collect()
}

/// Reads up to and including the first event that `wanted` picks.
pub(crate) async fn read_until(events: &mut Events, wanted: impl Fn(&Event) -> bool) -> Vec<Event> {
    let seen = collect(events, &wanted).await;
    assert!(seen.error.is_none(), "{:?}", seen.error);
    assert!(seen.events.last().is_some_and(&wanted), "the stream ended without it: {:#?}", seen.events);
    seen.events
}
