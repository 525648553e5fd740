//! A message that is answered directly: no task, and the same words however often it comes.

use std::sync::Arc;

use a2a::frame::Update;
use a2a::metadata::Dispatch;
use a2a::{Backend, Error, Fence};
use agent::words::text_of;
use futures::future::join_all;
use proto::a2a::{Message, Role};
use proto::watchroom::agent::v1::fence_response::Outcome;
use store::{EmbeddedStore, Options, Query, Store};
use tokio_util::sync::CancellationToken;
use types::{MessageId, Owner, Scope, StepId, TaskId};

use crate::bed::yielding_until;
use crate::script::{Scripted, Stage, ask, call, message, read, script, send, start, start_on};

async fn tasks(kit: &Scripted<true>) -> usize {
    let query = Query { context: None, state: None, changed_since: None, after: None, limit: 10, total: None };
    kit.store().list(Scope::Service, query).await.unwrap().tasks.len()
}

/// The message as a stream tells it.
async fn streamed(kit: &Scripted<true>, words: &str) -> Message {
    let mut events = read(kit.stream(call(), message("m1", words)).await.unwrap()).await;
    match events.remove(0).update {
        Update::Message(message) if events.is_empty() => message,
        other => panic!("{other:?}, then {events:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_answer_is_the_answer_also_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let closing = CancellationToken::new();
    let store: Arc<dyn Store> = Arc::new(EmbeddedStore::open(Options::at(dir.path())).unwrap());
    let kit = start_on::<true>(&Stage::new(), store.clone(), closing.clone()).await;
    let first = ask(&kit, message("m1", "reply")).await.unwrap();
    assert_eq!((text_of(&first).as_str(), first.role()), ("answer 0", Role::Agent));
    assert!(!first.message_id.is_empty() && !first.context_id.is_empty() && first.task_id.is_empty(), "{first:?}");
    assert_eq!(ask(&kit, message("m1", "reply")).await.unwrap(), first);
    assert_eq!(ask(&kit, message("m1", "reply otherwise")).await, Err(Error::MessageIdReused("m1".into())));
    closing.cancel();
    store.close().await.unwrap();
    drop(kit);
    // What the kit had spawned lets go of it.
    yielding_until(|| Arc::strong_count(&store) == 1).await;
    drop(store);
    let store: Arc<dyn Store> = Arc::new(EmbeddedStore::open(Options::at(dir.path())).unwrap());
    let kit = start_on::<true>(&Stage::new(), store, CancellationToken::new()).await;
    assert_eq!(ask(&kit, message("m1", "reply")).await.unwrap(), first);
    assert_eq!(streamed(&kit, "reply").await, first);
    assert_eq!(tasks(&kit).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_message_a_hundred_times_at_once_has_one_answer() {
    let kit = start::<true>(&Stage::new()).await;
    let answers = join_all((0..100).map(|_| ask(&kit, message("m1", "reply")))).await;
    let first = answers[0].clone().unwrap();
    assert!(answers.into_iter().all(|answer| answer.unwrap() == first));
    assert_ne!(ask(&kit, message("m2", "reply")).await.unwrap().message_id, first.message_id);
}

#[tokio::test]
async fn a_turn_of_a_task_is_the_task_s() {
    let stage = Stage::new();
    let kit = start::<true>(&stage).await;
    let asked = send(&kit, script("ask")).await.unwrap();
    let answered = send(&kit, crate::script::to(&asked, script("reply"))).await.unwrap();
    assert_eq!(answered.id, asked.id);
}

#[tokio::test]
async fn a_fence_tells_the_answer_or_keeps_the_question_out() {
    let kit = start::<true>(&Stage::new()).await;
    for fenced_first in [false, true] {
        let (run, step): (TaskId, StepId) = (TaskId::fresh(), "fire".parse().unwrap());
        let not_after = kit.store().now().after(std::time::Duration::from_secs(60));
        let store_id = kit.ownership().store_id;
        let fence = Fence { run, step: step.clone(), attempt: 1, not_after, store_id };
        let mark =
            Dispatch { run, step, attempt: 1, turn: 1, not_after, store_id: Some(store_id), at_most_once: false };
        let mut request = message(MessageId::of_dispatch(run, &mark.step, 1, 1).as_str(), "reply");
        request.message.metadata = Some(mark.to_metadata());
        if fenced_first {
            assert!(matches!(kit.fence(&Owner::anonymous(), &fence).await.unwrap(), Outcome::NeverAccepted(_)));
            assert_eq!(ask(&kit, request).await, Err(Error::DispatchFenced));
        } else {
            let answer = ask(&kit, request).await.unwrap();
            let told = kit.fence(&Owner::anonymous(), &fence).await.unwrap();
            assert!(matches!(told, Outcome::Replied(told) if told == answer));
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_not_durable_is_not_given() {
    let store = Arc::new(crate::moody::Moody::default());
    let kit = start_on::<true>(&Stage::new(), store.clone(), CancellationToken::new()).await;
    store.fill();
    assert!(matches!(ask(&kit, message("m1", "reply")).await, Err(Error::Overloaded { .. })));
    assert_eq!(text_of(&ask(&kit, message("m1", "reply")).await.unwrap()), "answer 1");
}
