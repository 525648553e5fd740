//! A message is taken exactly once, and answered as it was asked.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use a2a::metadata::Dispatch;
use a2a::{Backend, Error, History, ListQuery};
use futures::future::join_all;
use prost::Message as _;
use proto::a2a::ListTasksResponse;
use store::MemoryStore;
use tokio_util::sync::CancellationToken;
use types::{StoreId, TaskId, TaskState, Timestamp};

use crate::script::{self, Stage, call, get, id, immediately, message, script, send, start, start_on, state};

#[tokio::test]
async fn a_blocking_send_answers_with_the_finished_task() {
    let kit = start::<true>(&Stage::new()).await;
    let task = send(&kit, script("work artifact")).await.unwrap();
    assert_eq!(state(&task), TaskState::Completed);
    assert_eq!(task.artifacts.len(), 1);
    let read = get(&kit, id(&task)).await.unwrap();
    assert_eq!(read, task);
}

#[tokio::test]
async fn a_quick_result_shares_the_commit_of_its_message() {
    let kit = start::<true>(&Stage::new()).await;
    let task = send(&kit, script("work artifact")).await.unwrap();
    let log = kit.store().log(types::Scope::Service, id(&task), types::Head::ZERO, 10).await.unwrap();
    assert_eq!(log.len(), 1);
    assert_eq!(log[0].entries.len(), 4);
}

#[tokio::test]
async fn rows_and_the_end_of_a_turn_share_the_commit_of_its_message() {
    let kit = start::<true>(&Stage::new()).await;
    let task = send(&kit, script("conclude")).await.unwrap();
    let log = kit.store().log(types::Scope::Service, id(&task), types::Head::ZERO, 10).await.unwrap();
    assert_eq!((state(&task), log.len()), (TaskState::Completed, 1));
    assert_eq!(kit.store().rows("count", b"last").await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_message_whose_first_commit_meets_a_changed_row_is_taken_anew() {
    let (store, stage) = (Arc::new(MemoryStore::new()), Stage::new());
    let first = start_on::<true>(&Stage::new(), store.clone(), CancellationToken::new()).await;
    send(&first, script("conclude")).await.unwrap();
    let second = start_on::<true>(&stage, store, CancellationToken::new()).await;
    let task = send(&second, script("conclude")).await.unwrap();
    assert_eq!((state(&task), stage.runs.load(Ordering::SeqCst)), (TaskState::Completed, 2));
    assert_eq!(second.store().rows("count", b"last").await.unwrap()[0].version, 2);
    assert_eq!(second.in_flight(), 0);
}

#[tokio::test]
async fn a_handler_that_is_not_eager_begins_after_its_message_is_durable() {
    let kit = start::<false>(&Stage::new()).await;
    let task = send(&kit, script("work artifact")).await.unwrap();
    let log = kit.store().log(types::Scope::Service, id(&task), types::Head::ZERO, 10).await.unwrap();
    assert_eq!(log.len(), 2);
}

#[tokio::test]
async fn an_immediate_send_answers_before_the_end() {
    let stage = Stage::new();
    let kit = start::<false>(&stage).await;
    let task = send(&kit, immediately(script("work wait"))).await.unwrap();
    assert!(!state(&task).is_terminal());
    stage.open();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_message_a_hundred_times_at_once_is_one_task() {
    let stage = Stage::new();
    let kit = start::<false>(&stage).await;
    let sends = (0..100).map(|_| send(&kit, message("m1", "work artifact")));
    let tasks: Vec<_> = join_all(sends).await.into_iter().map(|task| task.unwrap().id).collect();
    assert!(tasks.iter().all(|task| *task == tasks[0]));
    assert_eq!(stage.runs.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn the_same_id_with_another_body_is_refused_also_after_a_restart() {
    let (stage, store) = (Stage::new(), Arc::new(MemoryStore::new()));
    let closing = CancellationToken::new();
    let kit = start_on::<false>(&stage, store.clone(), closing.clone()).await;
    let first = send(&kit, message("m1", "work")).await.unwrap();
    assert_eq!(send(&kit, message("m1", "artifact")).await, Err(Error::MessageIdReused("m1".into())));
    closing.cancel();
    let kit = start_on::<false>(&stage, store, CancellationToken::new()).await;
    assert_eq!(send(&kit, message("m1", "artifact")).await, Err(Error::MessageIdReused("m1".into())));
    assert_eq!(send(&kit, message("m1", "work")).await.unwrap().id, first.id);
}

#[tokio::test]
async fn work_for_another_store_is_refused() {
    let kit = start::<false>(&Stage::new()).await;
    let mut request = script("work");
    let dispatch = Dispatch {
        run: TaskId::fresh(),
        step: "fire".parse().unwrap(),
        attempt: 1,
        turn: 1,
        not_after: Timestamp::now().after(std::time::Duration::from_secs(60)),
        store_id: Some(StoreId::fresh()),
        at_most_once: false,
    };
    request.message.metadata = Some(dispatch.to_metadata());
    assert_eq!(send(&kit, request.clone()).await, Err(Error::WrongStore));
    let store_id = Some(kit.ownership().store_id);
    request.message.metadata = Some(Dispatch { store_id, ..dispatch }.to_metadata());
    assert_eq!(state(&send(&kit, request).await.unwrap()), TaskState::Completed);
}

#[tokio::test]
async fn lists_page_through_every_task_once() {
    let kit = start::<true>(&Stage::new()).await;
    let mut sent = Vec::new();
    for _ in 0..25 {
        sent.push(send(&kit, script("artifact")).await.unwrap().id);
    }
    let (mut listed, mut page_token) = (Vec::new(), None);
    loop {
        let query = ListQuery {
            context: None,
            state: None,
            since: None,
            page_size: 10,
            page_token,
            history: History::None,
            artifacts: script::WHOLE,
        };
        let page = ListTasksResponse::decode(kit.list(call(), query).await.unwrap()).unwrap();
        assert_eq!(page.total_size, 25);
        listed.extend(page.tasks.into_iter().map(|task| (task.id, task.history.len(), task.artifacts.len())));
        if page.next_page_token.is_empty() {
            break;
        }
        page_token = Some(page.next_page_token);
    }
    assert!(listed.iter().all(|(_, history, artifacts)| (*history, *artifacts) == (0, 1)));
    let mut listed: Vec<_> = listed.into_iter().map(|(id, ..)| id).collect();
    listed.sort();
    sent.sort();
    assert_eq!(listed, sent);
}

#[tokio::test]
async fn another_owner_sees_nothing() {
    let kit = start::<true>(&Stage::new()).await;
    let task = send(&kit, script("work")).await.unwrap();
    let mut stranger = call();
    stranger.owner.tenant = types::Tenant::new("other");
    assert_eq!(kit.get(stranger.clone(), id(&task), History::All).await, Err(Error::TaskNotFound));
    assert_eq!(kit.cancel(stranger.clone(), id(&task), None).await, Err(Error::TaskNotFound));
    assert!(kit.subscribe(stranger, id(&task)).await.is_err_and(|error| error == Error::TaskNotFound));
}
