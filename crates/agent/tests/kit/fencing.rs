//! The agent's side of the dispatch protocol: what is fenced never begins, what has begun is told.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use a2a::metadata::{self, Dispatch};
use a2a::{Backend, Error, Fence, SendRequest};
use proto::watchroom::agent::v1::fence_response::Outcome;
use store::{Clock, MemoryOptions, MemoryStore, Store};
use tokio_util::sync::CancellationToken;
use types::{MessageId, Owner, StoreId, TaskId, TaskState, Timestamp};

use crate::script::{Scripted, Stage, call, get, id, immediately, script, send, start_on, state};

const MINUTE: Duration = Duration::from_secs(60);

/// One step, and the store that its attempts are sent to.
#[derive(Debug, Clone)]
struct Step {
    run: TaskId,
    store_id: StoreId,
    not_after: Timestamp,
    at_most_once: bool,
}

impl Step {
    async fn new(store: &dyn Store) -> Self {
        let store_id = store.own().await.unwrap().store_id;
        Self { run: TaskId::fresh(), store_id, not_after: store.now().after(MINUTE), at_most_once: false }
    }

    fn dispatch(&self, attempt: u32, words: &str) -> SendRequest {
        let step = "fire".parse().unwrap();
        let mark = Dispatch {
            run: self.run,
            step,
            attempt,
            turn: 1,
            not_after: self.not_after,
            store_id: Some(self.store_id),
            at_most_once: self.at_most_once,
        };
        let mut request = script(words);
        request.message_id = MessageId::of_dispatch(self.run, &mark.step, attempt, 1);
        request.message.message_id = request.message_id.to_string();
        request.message.metadata = Some(mark.to_metadata());
        request
    }

    fn fence(&self, attempt: u32) -> Fence {
        let (run, not_after, store_id) = (self.run, self.not_after, self.store_id);
        Fence { run, step: "fire".parse().unwrap(), attempt, not_after, store_id }
    }
}

async fn open(store: &Arc<dyn Store>) -> (Stage, Scripted<false>) {
    let stage = Stage::new();
    let kit = start_on::<false>(&stage, store.clone(), CancellationToken::new()).await;
    (stage, kit)
}

async fn fenced(kit: &Scripted<false>, step: &Step, attempt: u32) -> Outcome {
    kit.fence(&Owner::anonymous(), &step.fence(attempt)).await.unwrap()
}

fn memory() -> Arc<dyn Store> {
    Arc::new(MemoryStore::new())
}

#[tokio::test]
async fn what_is_fenced_first_never_begins() {
    let store = memory();
    let (stage, kit) = open(&store).await;
    let step = Step::new(&*store).await;
    assert!(matches!(fenced(&kit, &step, 1).await, Outcome::NeverAccepted(_)));
    assert_eq!(send(&kit, step.dispatch(1, "work")).await.unwrap_err(), Error::DispatchFenced);
    assert!(matches!(fenced(&kit, &step, 1).await, Outcome::NeverAccepted(_)));
    assert_eq!(state(&send(&kit, step.dispatch(2, "work")).await.unwrap()), TaskState::Completed);
    assert_eq!(stage.runs.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn what_was_accepted_first_is_told_as_it_ended() {
    let store = memory();
    let (_, kit) = open(&store).await;
    let step = Step::new(&*store).await;
    let done = send(&kit, step.dispatch(1, "work artifact")).await.unwrap();
    for _ in 0..2 {
        let Outcome::Ended(told) = fenced(&kit, &step, 1).await else { panic!("it has ended") };
        assert_eq!((told.id.as_str(), state(&told)), (done.id.as_str(), TaskState::Completed));
    }
    // The dispatch itself still is what it became.
    assert_eq!(send(&kit, step.dispatch(1, "work artifact")).await.unwrap().id, done.id);
}

#[tokio::test]
async fn what_is_live_is_canceled_before_the_answer() {
    let store = memory();
    let (_, kit) = open(&store).await;
    let step = Step::new(&*store).await;
    let live = send(&kit, immediately(step.dispatch(1, "work wait"))).await.unwrap();
    let Outcome::Ended(told) = fenced(&kit, &step, 1).await else { panic!("it has ended") };
    assert_eq!((told.id.as_str(), state(&told)), (live.id.as_str(), TaskState::Canceled));
    assert_eq!(state(&get(&kit, id(&live)).await.unwrap()), TaskState::Canceled);
}

#[tokio::test]
async fn a_fence_and_a_dispatch_at_once_agree() {
    let store = memory();
    let (stage, kit) = open(&store).await;
    for round in 0..50 {
        let (begun, step) = (stage.runs.load(Ordering::SeqCst), Step::new(&*store).await);
        let (sent, outcome) = tokio::join!(send(&kit, step.dispatch(1, "work")), fenced(&kit, &step, 1));
        match outcome {
            Outcome::NeverAccepted(_) => {
                assert_eq!((sent.unwrap_err(), stage.runs.load(Ordering::SeqCst)), (Error::DispatchFenced, begun));
            }
            Outcome::Ended(task) => assert_eq!(sent.unwrap().id, task.id, "round {round}"),
            other => panic!("round {round}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_newer_attempt_keeps_older_ones_out() {
    let store = memory();
    let (stage, kit) = open(&store).await;
    let step = Step::new(&*store).await;
    assert_eq!(state(&send(&kit, step.dispatch(3, "work")).await.unwrap()), TaskState::Completed);
    for older in [1, 2] {
        assert_eq!(send(&kit, step.dispatch(older, "work")).await.unwrap_err(), Error::DispatchFenced);
    }
    assert_eq!(stage.runs.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_dispatch_that_comes_too_late_is_refused_and_a_repetition_is_not() {
    let clock = Arc::new(std::sync::atomic::AtomicU64::new(Timestamp::now().as_millis()));
    let read = clock.clone();
    let time = Clock::new(move || Timestamp::from_millis(read.load(Ordering::SeqCst)));
    let store: Arc<dyn Store> = Arc::new(MemoryStore::with(MemoryOptions { clock: time, ..MemoryOptions::default() }));
    let (_, kit) = open(&store).await;
    let step = Step::new(&*store).await;
    let done = send(&kit, step.dispatch(1, "work")).await.unwrap();
    clock.fetch_add(2 * 60_000, Ordering::SeqCst);
    assert_eq!(send(&kit, step.dispatch(1, "work")).await.unwrap().id, done.id);
    let other = Step { run: TaskId::fresh(), ..step };
    assert_eq!(send(&kit, other.dispatch(1, "work")).await.unwrap_err(), Error::DispatchExpired);
    assert!(matches!(fenced(&kit, &other, 1).await, Outcome::NeverAccepted(_)));
    // So long after the deadline a row may be gone: its absence no longer says that there was none.
    clock.fetch_add(25 * 3_600_000, Ordering::SeqCst);
    let third = Step { run: TaskId::fresh(), ..other };
    assert!(matches!(fenced(&kit, &third, 1).await, Outcome::NothingLive(_)));
}

#[tokio::test]
async fn another_store_is_refused_for_dispatch_fence_and_cancel() {
    let store = memory();
    let (_, kit) = open(&store).await;
    let step = Step { store_id: StoreId::fresh(), ..Step::new(&*store).await };
    assert_eq!(send(&kit, step.dispatch(1, "work")).await.unwrap_err(), Error::WrongStore);
    assert_eq!(kit.fence(&Owner::anonymous(), &step.fence(1)).await.unwrap_err(), Error::WrongStore);
    let live = send(&kit, immediately(script("work wait"))).await.unwrap();
    let elsewhere = Some(metadata::for_store(step.store_id));
    assert_eq!(kit.cancel(call(), id(&live), elsewhere).await.unwrap_err(), Error::WrongStore);
    let here = Some(metadata::for_store(store.own().await.unwrap().store_id));
    kit.cancel(call(), id(&live), here).await.unwrap();
}

#[tokio::test]
async fn an_effect_that_may_have_happened_is_not_repeated_where_the_dispatch_says_so() {
    for (at_most_once, end, effects) in [(true, TaskState::Failed, 1), (false, TaskState::Working, 2)] {
        let store = memory();
        let (before, closing) = (Stage::new(), CancellationToken::new());
        let kit = start_on::<false>(&before, store.clone(), closing.clone()).await;
        let step = Step { at_most_once, ..Step::new(&*store).await };
        let task = send(&kit, immediately(step.dispatch(1, "work once-and-die"))).await.unwrap();
        yielding_until(|| before.effects.load(Ordering::SeqCst) == 1).await;
        closing.cancel();
        let after = Stage { effects: before.effects.clone(), ..Stage::new() };
        let kit = start_on::<false>(&after, store, CancellationToken::new()).await;
        yielding_until(|| after.runs.load(Ordering::SeqCst) == 1).await;
        if at_most_once {
            let task = get(&kit, id(&task)).await.unwrap();
            assert_eq!(metadata::reason_of(task.metadata.as_ref()), Some(metadata::OUTCOME_UNKNOWN));
        } else {
            yielding_until(|| after.effects.load(Ordering::SeqCst) == effects).await;
        }
        assert_eq!(after.effects.load(Ordering::SeqCst), effects);
        assert_eq!(state(&get(&kit, id(&task)).await.unwrap()), end);
    }
}

/// Yields until `done`; in memory everything happens on this thread.
async fn yielding_until(done: impl Fn() -> bool) {
    for _ in 0..10_000 {
        if done() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("it did not come about");
}
