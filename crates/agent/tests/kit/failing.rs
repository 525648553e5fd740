//! Commits that are slow or fail: nothing is shown too early, nothing runs twice, nothing is lost.

use std::sync::atomic::Ordering;
use std::time::Duration;

use a2a::{Backend, Error, History, ListQuery};
use prost::Message as _;
use proto::a2a::ListTasksResponse;
use store::Store as _;
use types::{Head, Scope, Seq, TaskState};

use crate::moody::moody;
use crate::script::{
    Scripted, Stage, after, call, fold, get, id, immediately, message, read, script, send, start, state, to,
};

fn works(task: &proto::a2a::Task) -> usize {
    task.history.iter().filter(|message| agent::words::text_of(message) == "at work").count()
}

async fn log_length(kit: &Scripted<false>, task: types::TaskId) -> usize {
    kit.store().log(Scope::Service, task, Head::ZERO, 99).await.unwrap().len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_read_between_an_emit_and_its_commit_shows_what_is_durable() {
    let stage = Stage::new();
    let kit = start::<false>(&stage).await;
    let task = send(&kit, immediately(script("work block"))).await.unwrap();
    while stage.effects.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    let shown = get(&kit, id(&task)).await.unwrap();
    let stored = kit.store().frames(Scope::Service, id(&task), Seq::ZERO, 100).await.unwrap().len();
    stage.open();
    assert_eq!((state(&shown), stored), (TaskState::Working, 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_handler_that_is_stopped_while_it_is_polled_changes_nothing_any_more() {
    let stage = Stage::new();
    let (store, kit) = moody(&stage).await;
    store.snare();
    let blocked = async |handlers| {
        while stage.effects.load(Ordering::SeqCst) < handlers {
            tokio::task::yield_now().await;
        }
    };
    // What is answered may wait for what is held.
    let (task, ()) = tokio::join!(send(&kit, immediately(script("work yield block count"))), async {
        blocked(1).await;
        store.refuse();
        blocked(2).await;
        stage.open();
    });
    let task = task.unwrap();
    let events = read(kit.subscribe(after(0), id(&task)).await.unwrap()).await;
    assert_eq!(state(&fold(&events[1..])), TaskState::Completed);
    let row = store.rows("count", b"n").await.unwrap().pop().unwrap();
    assert_eq!((row.version, row.body[0]), (1, 1));
}

#[tokio::test]
async fn nothing_is_shown_while_its_commit_is_held() {
    let (store, kit) = moody(&Stage::new()).await;
    let asked = send(&kit, script("ask work")).await.unwrap();
    store.hold();
    let turn = send(&kit, to(&asked, script("there")));
    let look = async {
        let shown = get(&kit, id(&asked));
        tokio::pin!(shown);
        assert!(futures::poll!(shown.as_mut()).is_pending());
        assert_eq!(store.held(), 1);
        store.release();
        shown.await.unwrap()
    };
    let (done, shown) = tokio::join!(turn, look);
    assert_eq!(state(&done.unwrap()), TaskState::Completed);
    assert_ne!(state(&shown), TaskState::InputRequired);
}

#[tokio::test]
async fn a_task_that_is_found_damaged_while_it_lives_hides_no_other() {
    let (store, kit) = moody(&Stage::new()).await;
    let (spoilt, whole) = (send(&kit, script("ask")).await.unwrap(), send(&kit, script("ask")).await.unwrap());
    store.hold();
    let (refused, ()) = tokio::join!(send(&kit, to(&spoilt, script("there"))), async {
        while store.held() == 0 {
            tokio::task::yield_now().await;
        }
        store.damage(id(&spoilt));
        store.refuse();
    });
    assert!(refused.is_err(), "{refused:?}");
    assert_eq!(get(&kit, id(&spoilt)).await, Err(Error::TaskDamaged));
    let query = ListQuery {
        context: None,
        state: None,
        since: None,
        page_size: 10,
        page_token: None,
        history: History::None,
        artifacts: crate::script::WHOLE,
    };
    let page = ListTasksResponse::decode(kit.list(call(), query).await.unwrap()).unwrap();
    assert_eq!(page.tasks.iter().map(|task| &task.id).collect::<Vec<_>>(), [&whole.id]);
}

#[tokio::test(start_paused = true)]
async fn a_turn_after_a_repetition_and_a_sweep_runs_once() {
    let stage = Stage::new();
    let kit = start::<false>(&stage).await;
    let asked = send(&kit, script("ask-twice work slow work slow work slow")).await.unwrap();
    drop(send(&kit, to(&asked, message("x", "there"))).await.unwrap());
    drop(send(&kit, to(&asked, message("x", "there"))).await.unwrap());
    while kit.in_flight() > 0 {
        tokio::time::advance(Duration::from_secs(1)).await;
    }
    assert_eq!(stage.runs.load(Ordering::SeqCst), 2);
    let done = send(&kit, to(&asked, message("y", "here"))).await.unwrap();
    assert_eq!((stage.runs.load(Ordering::SeqCst), works(&done)), (3, 3));
}

#[tokio::test(start_paused = true)]
async fn a_turn_refused_by_a_full_store_and_sent_again_runs_once() {
    let stage = Stage::new();
    let (store, kit) = moody(&stage).await;
    let asked = send(&kit, script("ask work slow work slow work slow")).await.unwrap();
    store.fill();
    let refused = send(&kit, to(&asked, message("y", "here"))).await;
    assert!(matches!(refused, Err(Error::Overloaded { .. })));
    let done = send(&kit, to(&asked, message("y", "here"))).await.unwrap();
    assert_eq!((stage.runs.load(Ordering::SeqCst), works(&done)), (2, 3));
}

#[tokio::test(start_paused = true)]
async fn an_eager_handler_survives_a_row_conflict() {
    let kit = start::<true>(&Stage::new()).await;
    let done = send(&kit, script("clash slow work")).await.unwrap();
    assert_eq!(state(&done), TaskState::Completed);
}

#[tokio::test]
async fn an_answer_sent_twice_while_it_is_written_is_one_turn() {
    let (store, kit) = moody(&Stage::new()).await;
    let asked = send(&kit, script("ask")).await.unwrap();
    store.hold();
    let turn = || send(&kit, to(&asked, message("y", "here")));
    // Polled in order: both turns are under way when the store goes on.
    let (first, second, ()) = tokio::join!(turn(), turn(), async { store.release() });
    assert_eq!(state(&first.unwrap()), TaskState::Completed);
    assert_eq!(second.map(|task| state(&task)), Ok(TaskState::Completed));
}

#[tokio::test(start_paused = true)]
async fn a_cancel_is_not_lost_to_a_question() {
    let kit = start::<false>(&Stage::new()).await;
    let task = send(&kit, immediately(script("swallow ask"))).await.unwrap();
    kit.cancel(call(), id(&task), None).await.unwrap();
    assert_eq!(state(&get(&kit, id(&task)).await.unwrap()), TaskState::Canceled);
}

#[tokio::test(start_paused = true)]
async fn c103_a_repeated_cancel_writes_nothing() {
    let kit = start::<false>(&Stage::new()).await;
    let slow = format!("work {}", "slow ".repeat(60));
    let task = send(&kit, immediately(script(&slow))).await.unwrap();
    kit.cancel(call(), id(&task), None).await.unwrap();
    let before = log_length(&kit, id(&task)).await;
    kit.cancel(call(), id(&task), None).await.unwrap();
    assert_eq!(log_length(&kit, id(&task)).await, before);
}

#[tokio::test]
async fn a_handler_that_emits_faster_than_the_disk_shares_commits() {
    let (store, kit) = moody(&Stage::new()).await;
    let task = send(&kit, immediately(script("wait"))).await.unwrap();
    kit.cancel(call(), id(&task), None).await.unwrap();
    store.hold();
    let words = "work yield ".repeat(200);
    let sent = send(&kit, script(&words));
    let release = async {
        while store.held() == 0 {
            tokio::task::yield_now().await;
        }
        store.release();
    };
    let (done, ()) = tokio::join!(sent, release);
    assert_eq!((state(done.as_ref().unwrap()), works(done.as_ref().unwrap())), (TaskState::Completed, 200));
}

#[tokio::test]
async fn what_would_not_fit_an_answer_is_refused_or_fails_with_a_message() {
    let kit = start::<true>(&Stage::new()).await;
    let large = "x".repeat(3_400_000);
    assert!(matches!(send(&kit, script(&large)).await, Err(Error::TooLarge { .. })));
    let failed = send(&kit, script("huge huge")).await.unwrap();
    assert_eq!((state(&failed), failed.artifacts.len()), (TaskState::Failed, 1));
}

#[tokio::test]
async fn what_does_not_fit_is_refused_with_its_rows_and_the_handler_goes_on() {
    for word in ["commit-huge", "conclude-huge"] {
        let kit = start::<true>(&Stage::new()).await;
        let done = send(&kit, script(&format!("{word} artifact"))).await.unwrap();
        assert_eq!((state(&done), done.artifacts.len()), (TaskState::Completed, 1), "{word}");
        assert_eq!(kit.store().rows("count", b"last").await.unwrap(), [], "{word}");
    }
}

#[tokio::test]
async fn a_handler_whose_task_has_failed_is_not_told_that_its_rows_are_stored() {
    let stage = Stage::new();
    let kit = start::<true>(&stage).await;
    let failed = send(&kit, script("huge conclude")).await.unwrap();
    assert_eq!((state(&failed), stage.concluded.load(Ordering::SeqCst)), (TaskState::Failed, 0));
    assert_eq!(kit.store().rows("count", b"last").await.unwrap(), []);
}
