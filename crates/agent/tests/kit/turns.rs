//! Questions, failures and cancels.

use a2a::{Backend, Error};
use proto::a2a::Role;
use types::TaskState;

use crate::script::{Stage, call, get, id, immediately, message, script, send, start, state, to};

#[tokio::test]
async fn a_question_waits_and_its_answer_goes_on_by_task_id_alone() {
    let kit = start::<false>(&Stage::new()).await;
    let asked = send(&kit, script("work ask artifact")).await.unwrap();
    assert_eq!(state(&asked), TaskState::InputRequired);
    assert!(asked.metadata.as_ref().unwrap().fields.contains_key(a2a::metadata::REASON));
    let done = send(&kit, to(&asked, script("London road"))).await.unwrap();
    assert_eq!((state(&done), done.id, done.context_id), (TaskState::Completed, asked.id, asked.context_id));
    let users = done.history.iter().filter(|it| it.role == i32::from(Role::User)).count();
    assert_eq!((users, done.artifacts.len()), (2, 1));
}

#[tokio::test]
async fn an_answer_sent_twice_is_one_turn() {
    let kit = start::<false>(&Stage::new()).await;
    let asked = send(&kit, script("ask")).await.unwrap();
    let first = send(&kit, to(&asked, message("a1", "there"))).await.unwrap();
    let again = send(&kit, to(&asked, message("a1", "there"))).await.unwrap();
    assert_eq!(first, again);
    let other = send(&kit, to(&asked, message("a1", "elsewhere"))).await;
    assert_eq!(other, Err(Error::MessageIdReused("a1".into())));
}

#[tokio::test]
async fn a_message_to_an_ended_or_busy_task_is_refused() {
    let stage = Stage::new();
    let kit = start::<false>(&stage).await;
    let busy = send(&kit, immediately(script("wait"))).await.unwrap();
    assert!(matches!(send(&kit, to(&busy, script("more"))).await, Err(Error::UnsupportedOperation(_))));
    stage.open();
    let ended = send(&kit, script("work")).await.unwrap();
    assert!(matches!(send(&kit, to(&ended, script("more"))).await, Err(Error::UnsupportedOperation(_))));
}

#[tokio::test]
async fn the_context_of_a_turn_must_be_the_tasks() {
    let kit = start::<false>(&Stage::new()).await;
    let asked = send(&kit, script("ask")).await.unwrap();
    let mut turn = to(&asked, script("there"));
    turn.context = Some("elsewhere".parse().unwrap());
    assert!(matches!(send(&kit, turn).await, Err(Error::Validation(_))));
}

#[tokio::test]
async fn errors_and_panics_fail_the_task_with_a_message() {
    for (eager_or_not, word, why) in [(true, "fail", "it failed"), (false, "panic", "unexpectedly")] {
        let task = match eager_or_not {
            true => send(&start::<true>(&Stage::new()).await, script(word)).await.unwrap(),
            false => send(&start::<false>(&Stage::new()).await, script(word)).await.unwrap(),
        };
        assert_eq!(state(&task), TaskState::Failed);
        let said = agent::words::text_of(&task.status.unwrap().message.unwrap());
        assert!(said.contains(why), "{said}");
    }
}

#[tokio::test]
async fn a_cancel_reaches_the_running_work() {
    let kit = start::<false>(&Stage::new()).await;
    let task = send(&kit, immediately(script("work wait"))).await.unwrap();
    kit.cancel(call(), id(&task), None).await.unwrap();
    assert_eq!(state(&get(&kit, id(&task)).await.unwrap()), TaskState::Canceled);
    assert_eq!(kit.cancel(call(), id(&task), None).await, Err(Error::TaskNotCancelable));
}

#[tokio::test]
async fn a_cancel_ends_a_task_that_waits_for_an_answer() {
    let kit = start::<false>(&Stage::new()).await;
    let asked = send(&kit, script("ask")).await.unwrap();
    kit.cancel(call(), id(&asked), None).await.unwrap();
    assert_eq!(state(&get(&kit, id(&asked)).await.unwrap()), TaskState::Canceled);
}
