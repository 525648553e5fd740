//! The agent's side of the dispatch protocol: what is fenced never begins, what has begun is told.

use std::sync::atomic::Ordering;
use std::time::Duration;

use a2a::metadata::{self, Dispatch};
use a2a::{Artifacts, Backend, Call, Error, Fence, History, ListQuery, SendRequest};
use proto::a2a::Task;
use proto::watchroom::agent::v1::fence_response::Outcome;
use types::{MessageId, Owner, StoreId, TaskId, TaskState, Timestamp};

use crate::bed::{Bed, on_every_store, yielding_until};
use crate::script::{Scripted, after, call, get, id, immediately, read, script, send, state};

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
    async fn new(kit: &Scripted<false>) -> Self {
        let (store_id, not_after) = (kit.ownership().store_id, kit.store().now().after(MINUTE));
        Self { run: TaskId::fresh(), store_id, not_after, at_most_once: false }
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

async fn fenced(kit: &Scripted<false>, step: &Step, attempt: u32) -> Outcome {
    kit.fence(&Owner::anonymous(), &step.fence(attempt)).await.unwrap()
}

on_every_store!(
    what_is_fenced_first_never_begins,
    what_was_accepted_first_is_told_as_it_ended,
    what_is_live_is_canceled_before_the_answer,
    a_fence_and_a_dispatch_at_once_agree,
    a_newer_attempt_keeps_older_ones_out,
    a_dispatch_that_comes_too_late_is_refused_and_a_repetition_is_not,
    another_store_is_refused_for_dispatch_fence_and_cancel,
    a_call_that_is_meant_for_another_store_is_refused_whatever_it_asks,
    an_effect_that_may_have_happened_is_not_repeated_where_the_dispatch_says_so,
    a_live_effect_of_unknown_outcome_is_told_by_the_fence,
    no_end_of_a_handler_hides_an_unknown_outcome,
);

async fn what_is_fenced_first_never_begins(mut bed: Bed) {
    let (stage, kit) = bed.open().await;
    let step = Step::new(&kit).await;
    assert!(matches!(fenced(&kit, &step, 1).await, Outcome::NeverAccepted(_)));
    assert_eq!(send(&kit, step.dispatch(1, "work")).await.unwrap_err(), Error::DispatchFenced);
    assert!(matches!(fenced(&kit, &step, 1).await, Outcome::NeverAccepted(_)));
    assert_eq!(state(&send(&kit, step.dispatch(2, "work")).await.unwrap()), TaskState::Completed);
    assert_eq!(stage.runs.load(Ordering::SeqCst), 1);
}

async fn what_was_accepted_first_is_told_as_it_ended(mut bed: Bed) {
    let (_, kit) = bed.open().await;
    let step = Step::new(&kit).await;
    let done = send(&kit, step.dispatch(1, "work artifact")).await.unwrap();
    for _ in 0..2 {
        let Outcome::Ended(told) = fenced(&kit, &step, 1).await else { panic!("it has ended") };
        assert_eq!((told.id.as_str(), state(&told)), (done.id.as_str(), TaskState::Completed));
    }
    // The dispatch itself still is what it became.
    assert_eq!(send(&kit, step.dispatch(1, "work artifact")).await.unwrap().id, done.id);
}

async fn what_is_live_is_canceled_before_the_answer(mut bed: Bed) {
    let (_, kit) = bed.open().await;
    let step = Step::new(&kit).await;
    let live = send(&kit, immediately(step.dispatch(1, "work wait"))).await.unwrap();
    let Outcome::Ended(told) = fenced(&kit, &step, 1).await else { panic!("it has ended") };
    assert_eq!((told.id.as_str(), state(&told)), (live.id.as_str(), TaskState::Canceled));
    assert_eq!(state(&get(&kit, id(&live)).await.unwrap()), TaskState::Canceled);
}

async fn a_fence_and_a_dispatch_at_once_agree(mut bed: Bed) {
    let (stage, kit) = bed.open().await;
    for round in 0..50 {
        let (begun, step) = (stage.runs.load(Ordering::SeqCst), Step::new(&kit).await);
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

async fn a_newer_attempt_keeps_older_ones_out(mut bed: Bed) {
    let (stage, kit) = bed.open().await;
    let step = Step::new(&kit).await;
    assert_eq!(state(&send(&kit, step.dispatch(3, "work")).await.unwrap()), TaskState::Completed);
    for older in [1, 2] {
        assert_eq!(send(&kit, step.dispatch(older, "work")).await.unwrap_err(), Error::DispatchFenced);
    }
    assert_eq!(stage.runs.load(Ordering::SeqCst), 1);
}

async fn a_dispatch_that_comes_too_late_is_refused_and_a_repetition_is_not(mut bed: Bed) {
    let (_, kit) = bed.open().await;
    let step = Step::new(&kit).await;
    let done = send(&kit, step.dispatch(1, "work")).await.unwrap();
    bed.pass(2 * MINUTE);
    assert_eq!(send(&kit, step.dispatch(1, "work")).await.unwrap().id, done.id);
    let other = Step { run: TaskId::fresh(), ..step };
    assert_eq!(send(&kit, other.dispatch(1, "work")).await.unwrap_err(), Error::DispatchExpired);
    assert!(matches!(fenced(&kit, &other, 1).await, Outcome::NeverAccepted(_)));
    // So long after the deadline a row may be gone: its absence no longer says that there was none.
    bed.pass(Duration::from_hours(25));
    let third = Step { run: TaskId::fresh(), ..other };
    assert!(matches!(fenced(&kit, &third, 1).await, Outcome::NothingLive(_)));
}

async fn another_store_is_refused_for_dispatch_fence_and_cancel(mut bed: Bed) {
    let (_, kit) = bed.open().await;
    let step = Step { store_id: StoreId::fresh(), ..Step::new(&kit).await };
    assert_eq!(send(&kit, step.dispatch(1, "work")).await.unwrap_err(), Error::WrongStore);
    assert_eq!(kit.fence(&Owner::anonymous(), &step.fence(1)).await.unwrap_err(), Error::WrongStore);
    let live = send(&kit, immediately(script("work wait"))).await.unwrap();
    let elsewhere = Some(metadata::for_store(step.store_id));
    assert_eq!(kit.cancel(call(), id(&live), elsewhere).await.unwrap_err(), Error::WrongStore);
    let here = Some(metadata::for_store(kit.ownership().store_id));
    kit.cancel(call(), id(&live), here).await.unwrap();
}

async fn a_call_that_is_meant_for_another_store_is_refused_whatever_it_asks(mut bed: Bed) {
    let (_, kit) = bed.open().await;
    let live = send(&kit, immediately(script("work wait"))).await.unwrap();
    let elsewhere = Call { store: Some(StoreId::fresh()), ..call() };
    let of = || elsewhere.clone();
    let refused = [
        kit.get(of(), id(&live), History::All).await.unwrap_err(),
        kit.subscribe(of(), id(&live)).await.map(drop).unwrap_err(),
        kit.list(of(), all()).await.unwrap_err(),
        kit.cancel(of(), id(&live), None).await.unwrap_err(),
        kit.send(of(), immediately(script("work"))).await.unwrap_err(),
        kit.stream(of(), script("work")).await.map(drop).unwrap_err(),
    ];
    assert!(refused.iter().all(|error| *error == Error::WrongStore), "{refused:?}");
    let here = Call { store: Some(kit.ownership().store_id), ..call() };
    kit.get(here, id(&live), History::All).await.unwrap();
}

/// A page of everything.
fn all() -> ListQuery {
    ListQuery {
        context: None,
        state: None,
        since: None,
        page_size: 10,
        page_token: None,
        history: History::None,
        artifacts: Artifacts::Omit,
    }
}

async fn an_effect_that_may_have_happened_is_not_repeated_where_the_dispatch_says_so(mut bed: Bed) {
    for (at_most_once, end, effects) in [(true, TaskState::Failed, 1), (false, TaskState::Working, 2)] {
        let (before, kit) = bed.open().await;
        let step = Step { at_most_once, ..Step::new(&kit).await };
        let task = send(&kit, immediately(step.dispatch(1, "work once-and-die"))).await.unwrap();
        yielding_until(|| before.effects.load(Ordering::SeqCst) == 1).await;
        bed.end(kit).await;
        let (after, kit) = bed.open().await;
        if at_most_once {
            assert!(is_unknown(&ended(&kit, id(&task)).await));
        } else {
            yielding_until(|| after.effects.load(Ordering::SeqCst) == 1).await;
        }
        let done = before.effects.load(Ordering::SeqCst) + after.effects.load(Ordering::SeqCst);
        assert_eq!((done, state(&get(&kit, id(&task)).await.unwrap())), (effects, end));
        kit.cancel(call(), id(&task), None).await.ok();
        bed.end(kit).await;
    }
}

async fn a_live_effect_of_unknown_outcome_is_told_by_the_fence(mut bed: Bed) {
    let (stage, kit) = bed.open().await;
    for (at_most_once, end) in [(true, TaskState::Failed), (false, TaskState::Canceled)] {
        let (begun, step) = (stage.effects.load(Ordering::SeqCst), Step { at_most_once, ..Step::new(&kit).await });
        drop(send(&kit, immediately(step.dispatch(1, "work once-or-stop"))).await.unwrap());
        yielding_until(|| stage.effects.load(Ordering::SeqCst) > begun).await;
        let Outcome::Ended(told) = fenced(&kit, &step, 1).await else { panic!("it has ended") };
        assert_eq!((state(&told), is_unknown(&told)), (end, at_most_once));
    }
}

async fn no_end_of_a_handler_hides_an_unknown_outcome(mut bed: Bed) {
    for end in ["artifact", "ask", "conclude", "fail", "panic", "wait"] {
        let (before, kit) = bed.open().await;
        let step = Step { at_most_once: true, ..Step::new(&kit).await };
        let words = format!("once-whatever {end}");
        let task = send(&kit, immediately(step.dispatch(1, &words))).await.unwrap();
        yielding_until(|| before.effects.load(Ordering::SeqCst) == 1).await;
        bed.end(kit).await;
        let (after, kit) = bed.open().await;
        if end == "wait" {
            kit.cancel(call(), id(&task), None).await.unwrap();
        }
        let task = ended(&kit, id(&task)).await;
        assert_eq!((state(&task), is_unknown(&task)), (TaskState::Failed, true), "{end}");
        assert_eq!(after.effects.load(Ordering::SeqCst), 0, "{end}");
        assert_eq!(kit.store().rows("count", b"last").await.unwrap(), [], "{end}");
        bed.end(kit).await;
    }
}

fn is_unknown(task: &Task) -> bool {
    metadata::reason_of(task.metadata.as_ref()) == Some(metadata::OUTCOME_UNKNOWN)
}

async fn ended(kit: &Scripted<false>, task: TaskId) -> Task {
    drop(read(kit.subscribe(after(0), task).await.unwrap()).await);
    get(kit, task).await.unwrap()
}
