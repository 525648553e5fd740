//! What goes wrong, and what the caller hears of it.

use std::time::Duration;

use a2a::metadata::{structure, text};
use engine::Patience;
use store::{MemoryOptions, MemoryStore, SeenKey, SeenReply, Store as _};
use types::{MessageId, Owner, TaskState};

use crate::stage::{Act, CALL, Stage, eventually, request, services};

#[tokio::test]
async fn a_failed_attempt_is_tried_again() {
    let [fire, police, ambulance] = services(&[Act::Fail, Act::Fail], &[], &[]);
    let stage = Stage::new(&[&fire, &police, &ambulance]).await;
    let operator = stage.operator().await;
    let story = operator.call(CALL).await.end().await;
    let lines = story.lines();
    assert!(lines.contains(&"[1/3] Fire Brigade Agent: attempt 1 of 3 failed: no hose".to_owned()), "{lines:#?}");
    assert!(lines.contains(&"[1/3] Dispatching Fire Brigade Agent again (attempt 3 of 3)...".to_owned()));
    assert_eq!((fire.heard(), story.state()), (3, TaskState::Completed));
}

#[tokio::test]
async fn partial_success_says_which_and_why() {
    let [fire, police, ambulance] = services(&[], &[Act::Reject], &[]);
    let stage = Stage::new(&[&fire, &police, &ambulance]).await;
    let operator = stage.operator().await;
    let story = operator.call(CALL).await.end().await;
    let lines = story.lines();
    assert!(lines.contains(&"[2/3] Failed to dispatch Police Agent: not our area".to_owned()), "{lines:#?}");
    let summary = "Dispatch completed with issues: 2 successful, 1 failed (Police Agent: not our area)";
    assert_eq!(lines.last().unwrap(), summary);
    assert_eq!((police.heard(), story.state()), (1, TaskState::Completed));
}

#[tokio::test]
async fn an_agent_that_is_not_there_fails_its_step_and_no_other() {
    let [fire, _, ambulance] = services(&[], &[], &[]);
    let stage = Stage::new(&[&fire, &ambulance]).await;
    let operator = stage.operator().await;
    let story = operator.call(CALL).await.end().await;
    let summary = "Dispatch completed with issues: 2 successful, 1 failed (Police Agent: no Police Agent is registered within 0.5 s; see `watchroom agents`)";
    assert_eq!(story.lines().last().unwrap(), summary);
    assert!(format!("{:?}", story.events).contains("NO_ENDPOINT"));
}

#[tokio::test]
async fn d4_every_needed_service_is_tried_whichever_other_is_down_or_away() {
    for (absent, name) in ["Fire Agent", "Police Agent", "Ambulance Agent"].into_iter().enumerate() {
        for (mode, registered) in [("sequential", false), ("parallel", false), ("sequential", true), ("parallel", true)]
        {
            let scripts = services(&[], &[], &[]);
            let others: Vec<_> = scripts.iter().enumerate().filter(|(place, _)| *place != absent).collect();
            let mut stage = Stage::new(&others.iter().map(|(_, script)| *script).collect::<Vec<_>>()).await;
            let _lease = registered.then(|| stage.ghost(name));
            let operator = stage.operator().await;
            let mut request = request(CALL);
            request.message.metadata = Some(structure([("mode", text(mode))]));
            let story = operator.send(request).await.end().await;
            let heard: Vec<usize> = others.iter().map(|(_, script)| script.heard()).collect();
            assert_eq!((heard, story.state()), (vec![1, 1], TaskState::Completed), "without {name}, {mode}");
            assert!(story.lines().last().unwrap().contains("2 successful, 1 failed"), "{:#?}", story.lines());
        }
    }
}

#[tokio::test]
async fn an_agent_that_comes_in_time_is_waited_for() {
    let [fire, police, ambulance] = services(&[], &[], &[]);
    let mut stage = Stage::new(&[&fire, &ambulance]).await;
    stage.settings.patience.endpoint = Duration::from_secs(15);
    let operator = stage.operator().await;
    let mut story = operator.call(CALL).await;
    story.until("[2/3] Waiting for an endpoint of Police Agent...").await;
    stage.add(&police).await;
    assert_eq!(story.end().await.lines().last().unwrap(), "All emergency services dispatched successfully (3/3)");
}

#[tokio::test]
async fn nobody_there_fails_the_run() {
    let stage = Stage::new(&[]).await;
    let operator = stage.operator().await;
    let story = operator.call(CALL).await.end().await;
    assert_eq!(story.state(), TaskState::Failed);
    assert!(story.lines().last().unwrap().starts_with("Dispatch failed: 0 successful, 3 failed (Fire Brigade Agent: "));
}

#[tokio::test]
async fn an_attempt_that_takes_too_long_is_stopped_and_tried_again() {
    let [fire, police, ambulance] = services(&[Act::Hang], &[], &[]);
    let mut stage = Stage::new(&[&fire, &police, &ambulance]).await;
    stage.settings.attempt_timeout = Duration::from_millis(300);
    let operator = stage.operator().await;
    let story = operator.call(CALL).await.end().await;
    let lines = story.lines();
    assert!(lines.iter().any(|line| line.contains("Asking it to stop")), "{lines:#?}");
    assert_eq!((fire.heard(), story.state()), (2, TaskState::Completed), "{lines:#?}");
    assert!(lines.last().unwrap().contains("(3/3)"), "{lines:#?}");
}

#[tokio::test]
async fn an_agent_that_does_not_stop_is_left_to_the_reaper_and_the_run_ends() {
    let [fire, police, ambulance] = services(&[Act::Deaf], &[], &[]);
    let mut stage = Stage::new(&[&fire, &police, &ambulance]).await;
    stage.settings.attempt_timeout = Duration::from_millis(200);
    stage.settings.retry.attempts = 1;
    stage.settings.patience = Patience { stopping: Duration::from_millis(300), ..stage.settings.patience };
    let operator = stage.operator().await;
    let story = operator.call(CALL).await.end().await;
    let lines = story.lines();
    let last = lines.last().unwrap();
    assert!(last.contains("2 successful, 1 failed") && last.ends_with("; 1 attempt still being stopped"), "{lines:#?}");
    assert!(format!("{:?}", story.events).contains("OUTCOME_UNKNOWN"));
    assert_eq!(stage.duties().await, 1, "the duty is in the commit of the terminal event");
    operator.die();
    let operator = stage.operator().await;
    fire.open();
    eventually("the reaper has nothing left", async || stage.duties().await == 0).await;
    assert_eq!(fire.heard(), 1);
    assert_eq!(operator.get(story.run()).await.status.unwrap().state(), proto::a2a::TaskState::Completed);
}

#[tokio::test]
async fn a_cancel_does_not_wait_for_an_agent_that_does_not_stop() {
    let [fire, police, ambulance] = services(&[Act::Deaf], &[], &[]);
    let mut stage = Stage::new(&[&fire, &police, &ambulance]).await;
    stage.settings.patience = Patience { stopping: Duration::from_millis(300), ..stage.settings.patience };
    let operator = stage.operator().await;
    let mut story = operator.call(CALL).await;
    story.until("[1/3] Fire Brigade Agent is at work").await;
    operator.cancel(story.run()).await;
    assert_eq!((story.end().await.state(), stage.duties().await), (TaskState::Canceled, 1));
    fire.open();
    eventually("the reaper has nothing left", async || stage.duties().await == 0).await;
    assert_eq!((fire.heard(), police.heard()), (1, 0));
}

#[tokio::test]
async fn a_foreign_agent_is_asked_to_cancel_before_its_step_is_tried_again() {
    let [fire, police, ambulance] = services(&[Act::Hang], &[], &[]);
    let mut stage = Stage::new(&[&police, &ambulance]).await;
    stage.stranger(&fire).await;
    stage.settings.attempt_timeout = Duration::from_millis(500);
    let operator = stage.operator().await;
    let story = operator.call(CALL).await.end().await;
    let lines = story.lines();
    assert!(lines.last().unwrap().contains("(3/3)"), "{lines:#?}");
    assert_eq!((fire.heard(), stage.duties().await), (2, 0), "{lines:#?}");
}

#[tokio::test]
async fn the_run_timeout_ends_what_is_under_way() {
    let [fire, police, ambulance] = services(&[Act::Hang], &[], &[]);
    let mut stage = Stage::new(&[&fire, &police, &ambulance]).await;
    stage.settings.timeout = Duration::from_millis(300);
    let operator = stage.operator().await;
    let story = operator.call(CALL).await.end().await;
    assert_eq!(story.state(), TaskState::Failed);
    assert!(format!("{:?}", story.events).contains("RUN_TIMEOUT"));
    assert_eq!(police.heard(), 0);
}

#[tokio::test]
async fn cancel_reaches_the_agent_and_ends_the_run() {
    let [fire, police, ambulance] = services(&[], &[Act::Hang], &[]);
    let stage = Stage::new(&[&fire, &police, &ambulance]).await;
    let operator = stage.operator().await;
    let mut story = operator.call(CALL).await;
    story.until("[2/3] Dispatching Police Agent").await;
    eventually("the police has it", async || police.heard() == 1).await;
    operator.cancel(story.run()).await;
    let story = story.end().await;
    assert_eq!(story.state(), TaskState::Canceled);
    assert_eq!(story.lines().last().unwrap(), "Dispatch canceled: 1 successful (1 released), 2 canceled");
    assert_eq!(ambulance.heard(), 0);
}

#[tokio::test]
async fn cancel_takes_back_what_was_dispatched_once() {
    let [fire, police, ambulance] = services(&[], &[Act::Hang], &[]);
    let stage = Stage::new(&[&fire, &police, &ambulance]).await;
    let operator = stage.operator().await;
    let mut story = operator.call(CALL).await;
    story.until("[2/3] Dispatching Police Agent").await;
    let run = story.run();
    operator.cancel(run).await;
    let lines = story.end().await.lines();
    assert!(lines.contains(&"[4/4] Fire Brigade Agent released".to_owned()), "{lines:#?}");
    let release = fire.heard.lock()[1].clone();
    let json = proto::to_json(&release).unwrap();
    assert!(json.contains(r#""skill":"release""#), "{json}");
    assert!(json.contains(&format!(r#"{{"dispatch":"{run}/fire"}}"#)), "{json}");
    assert_eq!(fire.heard(), 2);
}

#[tokio::test]
async fn an_agent_that_takes_no_more_work_is_fenced_before_its_step_is_tried_again() {
    let [fire, police, ambulance] = services(&[], &[], &[]);
    let mut stage = Stage::new(&[&police, &ambulance]).await;
    // Full from the start: it takes no dispatch, and still takes fences.
    let full = |store_id| MemoryOptions { most_seen: 0, store_id: Some(store_id), ..MemoryOptions::default() };
    let store = stage.add_over(&fire, |store_id| MemoryStore::with(full(store_id))).await;
    stage.settings.retry.attempts = 2;
    let operator = stage.operator().await;
    let story = operator.call(CALL).await.end().await;
    assert!(format!("{:?}", story.events).contains("OVERLOADED"), "{:#?}", story.lines());
    assert_eq!((fire.heard(), stage.duties().await), (0, 0), "{:#?}", story.lines());
    for attempt in [1, 2] {
        let message = MessageId::of_dispatch(story.run(), &"fire".parse().unwrap(), attempt, 1);
        let seen = store.seen(SeenKey::new(&Owner::anonymous(), None, &message)).await.unwrap();
        assert_eq!(
            seen.map(|seen| seen.reply),
            Some(SeenReply::Fence),
            "no copy of attempt {attempt} is taken any more"
        );
    }
}

#[tokio::test]
async fn an_attempt_that_a_wrong_store_turned_away_is_not_taken_for_one_that_nobody_has() {
    let [fire, police, ambulance] = services(&[], &[], &[]);
    let mut stage = Stage::new(&[&police, &ambulance]).await;
    stage.add_over(&fire, |_| MemoryStore::new()).await;
    stage.settings.attempt_timeout = Duration::from_millis(700);
    stage.settings.patience = Patience { stopping: Duration::from_millis(300), ..stage.settings.patience };
    stage.settings.retry.attempts = 1;
    let operator = stage.operator().await;
    let story = operator.call(CALL).await.end().await;
    assert!(format!("{:?}", story.events).contains("OUTCOME_UNKNOWN"), "{:#?}", story.lines());
    assert_eq!((fire.heard(), stage.duties().await), (0, 1), "the store that the attempt is for may have it");
}

#[tokio::test]
async fn an_agent_that_is_registered_and_gone_uses_up_its_attempts() {
    let [fire, _, ambulance] = services(&[], &[], &[]);
    let mut stage = Stage::new(&[&fire, &ambulance]).await;
    let _lease = stage.ghost("Police Agent");
    let operator = stage.operator().await;
    let story = operator.call(CALL).await.end().await;
    let lines = story.lines();
    assert!(lines.iter().any(|line| line.contains("attempt 2 of 3 failed: the agent is unreachable")), "{lines:#?}");
    assert!(
        lines.last().unwrap().contains("2 successful, 1 failed (Police Agent: the agent is unreachable)"),
        "{lines:#?}"
    );
    assert!(format!("{:?}", story.events).contains("UNREACHABLE"));
}
