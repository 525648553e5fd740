//! Going on from a run that has ended: what is done is not done again, and what may have been done is not risked.

use std::time::Duration;

use a2a::metadata::{PLAN, object, structure, truth};
use a2a::{Backend as _, Error, SendRequest};
use engine::Patience;
use tonic::Code;
use types::{MessageId, TaskId, TaskState};

use crate::stage::{Act, CALL, Operator, Script, Stage, Story, call, eventually, request, services};

/// The message that goes on from `run`, as any client may write it.
fn go_on(run: TaskId) -> SendRequest {
    let mut request = request("Please go on.");
    request.message.reference_task_ids = vec![run.to_string()];
    request.message.metadata = Some(structure([(PLAN, object([("resume".to_owned(), truth(true))].into()))]));
    request
}

async fn resume(operator: &Operator, run: TaskId) -> Story {
    operator.send(go_on(run)).await.end().await
}

/// Why `run` is not gone on from.
async fn refusal(operator: &Operator, request: SendRequest) -> String {
    match operator.kit.send(call(), request).await {
        Err(Error::Other { code: Code::FailedPrecondition, reason: Some(reason), message })
            if reason == "RUN_NOT_RESUMABLE" =>
        {
            message
        }
        other => panic!("{other:?}"),
    }
}

fn heard(agents: [&Script; 3]) -> [usize; 3] {
    agents.map(Script::heard)
}

/// A stage without police, and a run that ended there.
async fn without_police(fire: &Script, ambulance: &Script) -> (Stage, Operator, TaskId) {
    let stage = Stage::new(&[fire, ambulance]).await;
    let operator = stage.operator().await;
    let story = operator.call(CALL).await.end().await;
    assert!(story.lines().last().unwrap().contains("2 successful, 1 failed (Police Agent: "), "{:#?}", story.lines());
    let run = story.run();
    (stage, operator, run)
}

#[tokio::test]
async fn what_failed_is_done_when_its_agent_is_back_and_nothing_else_is_done_again() {
    let [fire, police, ambulance] = services(&[], &[], &[]);
    let (mut stage, operator, run) = without_police(&fire, &ambulance).await;
    stage.add(&police).await;
    let story = resume(&operator, run).await;
    let expected = [
        &format!("Going on from run {run}..."),
        "<plan>",
        "<answer-fire>",
        &format!("[1/3] Fire Brigade Agent: done by run {run}"),
        "<answer-ambulance>",
        &format!("[3/3] Ambulance Agent: done by run {run}"),
        "[2/3] Dispatching Police Agent...",
        "<answer-police>",
        "[2/3] Police Agent dispatched successfully",
        "<report>",
        "All emergency services dispatched successfully (3/3)",
    ];
    let lines = story.lines();
    assert_eq!(lines.iter().filter(|line| !line.contains("Waiting for an endpoint")).collect::<Vec<_>>(), expected);
    assert_eq!(heard([&fire, &police, &ambulance]), [1, 1, 1]);
    let (old, new) = (operator.get(run).await, operator.get(story.run()).await);
    assert_ne!(old.id, new.id, "terminal stays terminal");
    assert_eq!((old.status.unwrap().state(), old.context_id), (proto::a2a::TaskState::Completed, new.context_id));
    assert_eq!(new.history[0].reference_task_ids, [run.to_string()]);
}

#[tokio::test]
async fn a_run_is_gone_on_from_once_however_often_it_is_asked() {
    let [fire, police, ambulance] = services(&[], &[Act::Fail, Act::Fail, Act::Fail], &[]);
    let stage = Stage::new(&[&fire, &police, &ambulance]).await;
    let operator = stage.operator().await;
    let run = operator.call(CALL).await.end().await.run();
    let asked = go_on(run);
    let again = |request: SendRequest| async { operator.send(request).await.end().await.run() };
    let newer = again(asked.clone()).await;
    // The same message is the same run; another message is told which run that is.
    assert_eq!(again(asked).await, newer);
    let why = refusal(&operator, go_on(run)).await;
    assert!(why.contains(&format!("has been resumed as run {newer}")), "{why}");
    assert!(refusal(&operator, go_on(newer)).await.contains("every step of the run is done"));
    assert_eq!(heard([&fire, &police, &ambulance]), [1, 4, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_that_ask_at_once_one_goes_on() {
    let [fire, police, ambulance] = services(&[], &[Act::Reject], &[]);
    let stage = Stage::new(&[&fire, &police, &ambulance]).await;
    let operator = stage.operator().await;
    let run = operator.call(CALL).await.end().await.run();
    let sends = (0..20).map(|_| operator.kit.send(call(), go_on(run)));
    let answers = futures::future::join_all(sends).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
    assert_eq!(heard([&fire, &police, &ambulance]), [1, 2, 1]);
}

#[tokio::test]
async fn a_cancel_takes_back_what_the_earlier_run_did() {
    let [fire, police, ambulance] = services(&[], &[Act::Reject, Act::Hang], &[]);
    let stage = Stage::new(&[&fire, &police, &ambulance]).await;
    let operator = stage.operator().await;
    let run = operator.call(CALL).await.end().await.run();
    let mut story = operator.send(go_on(run)).await;
    story.until("[2/3] Police Agent is at work").await;
    operator.cancel(story.run()).await;
    let lines = story.end().await.lines();
    assert_eq!(lines.last().unwrap(), "Dispatch canceled: 2 successful (2 released), 1 canceled");
    let json = proto::to_json(&fire.heard.lock()[1].clone()).unwrap();
    assert!(json.contains(&format!(r#"{{"dispatch":"{run}/fire"}}"#)), "{json}");
}

#[tokio::test]
async fn what_was_taken_back_is_done_anew() {
    let [fire, police, ambulance] = services(&[], &[Act::Hang], &[]);
    let stage = Stage::new(&[&fire, &police, &ambulance]).await;
    let operator = stage.operator().await;
    let mut story = operator.call(CALL).await;
    story.until("[2/3] Police Agent is at work").await;
    let run = story.run();
    let why = refusal(&operator, go_on(run)).await;
    assert!(why.contains("has not ended"), "{why}");
    operator.cancel(run).await;
    assert_eq!(story.end().await.state(), TaskState::Canceled);
    let story = resume(&operator, run).await;
    assert!(story.lines().last().unwrap().contains("(3/3)"), "{:#?}", story.lines());
    // Sent, released, sent.
    assert_eq!(heard([&fire, &police, &ambulance]), [3, 2, 1]);
}

#[tokio::test]
async fn what_the_reaper_holds_is_left_alone_and_what_it_finds_done_is_not_done_again() {
    let [fire, police, ambulance] = services(&[Act::Deaf], &[], &[]);
    let mut stage = Stage::new(&[&fire, &police, &ambulance]).await;
    stage.settings.attempt_timeout = Duration::from_millis(200);
    stage.settings.retry.attempts = 1;
    stage.settings.patience = Patience { stopping: Duration::from_millis(300), ..stage.settings.patience };
    let operator = stage.operator().await;
    let run = operator.call(CALL).await.end().await.run();
    assert_eq!(stage.duties().await, 1);
    let why = refusal(&operator, go_on(run)).await;
    assert!(why.contains("fire: Fire Agent has not said what became of an attempt"), "{why}");
    fire.open();
    eventually("the reaper has nothing left", async || stage.duties().await == 0).await;
    let story = resume(&operator, run).await;
    assert!(story.lines().last().unwrap().contains("(3/3)"), "{:#?}", story.lines());
    assert_eq!(heard([&fire, &police, &ambulance]), [1, 1, 1]);
}

#[tokio::test]
async fn a_resumed_run_goes_on_after_its_operator_died() {
    let [fire, police, ambulance] = services(&[], &[Act::Reject, Act::Gate], &[]);
    let stage = Stage::new(&[&fire, &police, &ambulance]).await;
    let operator = stage.operator().await;
    let run = operator.call(CALL).await.end().await.run();
    let mut story = operator.send(go_on(run)).await;
    story.until("[2/3] Police Agent: looking for units").await;
    let (newer, told) = (story.run(), story.events.clone());
    operator.die();
    let operator = stage.operator().await;
    police.open();
    let whole = operator.follow(newer, 0).await.end().await;
    assert_eq!(&whole.events[..told.len()], &told[..]);
    assert!(whole.lines().last().unwrap().contains("(3/3)"), "{:#?}", whole.lines());
    assert_eq!(heard([&fire, &police, &ambulance]), [1, 2, 1]);
}

#[tokio::test]
async fn what_is_asked_for_must_make_sense() {
    let [fire, police, ambulance] = services(&[], &[Act::Reject], &[]);
    let stage = Stage::new(&[&fire, &police, &ambulance]).await;
    let operator = stage.operator().await;
    let run = operator.call(CALL).await.end().await.run();
    let refused = async |change: fn(&mut SendRequest)| {
        let mut request = go_on(run);
        change(&mut request);
        operator.kit.send(call(), request).await.unwrap_err()
    };
    let no_reference = refused(|it| it.message.reference_task_ids.clear()).await;
    assert!(no_reference.to_string().contains("reference_task_ids"), "{no_reference}");
    let context = refused(|it| it.message.context_id = "another".into()).await;
    assert!(context.to_string().contains("context_id"), "{context}");
    let unknown = refused(|it| it.message.reference_task_ids = vec![MessageId::fresh().to_string()]).await;
    assert_eq!(unknown, Error::TaskNotFound);
    let not_true = refused(|it| it.message.metadata = Some(structure([("resume", truth(false))]))).await;
    assert!(not_true.to_string().contains("must be true"), "{not_true}");
    assert_eq!(fire.heard(), 1);
}
