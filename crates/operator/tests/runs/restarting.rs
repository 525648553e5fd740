//! An operator that dies and comes back: the run goes on by itself, nobody is sent twice, nothing told is untold.

use types::TaskState;

use crate::stage::{Act, CALL, Stage, eventually, services};

#[tokio::test]
async fn a_run_goes_on_after_its_operator_died_while_an_agent_worked() {
    let [fire, police, ambulance] = services(&[], &[Act::Gate], &[]);
    let stage = Stage::new(&[&fire, &police, &ambulance]).await;
    let operator = stage.operator().await;
    let mut story = operator.call(CALL).await;
    story.until("[2/3] Police Agent: looking for units").await;
    let (run, told) = (story.run(), story.events.clone());
    operator.die();
    let operator = stage.operator().await;
    police.open();
    let whole = operator.follow(run, 0).await.end().await;
    assert_eq!(&whole.events[..told.len()], &told[..], "what was told is in the log in that order");
    assert_eq!(whole.state(), TaskState::Completed);
    assert!(whole.lines().last().unwrap().contains("(3/3)"), "{:#?}", whole.lines());
    assert_eq!((fire.heard(), police.heard(), ambulance.heard()), (1, 1, 1));
}

#[tokio::test]
async fn a_dispatch_whose_answer_was_lost_is_sent_again_and_taken_once() {
    let [fire, police, ambulance] = services(&[Act::Gate], &[], &[]);
    let stage = Stage::new(&[&fire, &police, &ambulance]).await;
    let operator = stage.operator().await;
    let mut story = operator.call(CALL).await;
    story.until("[1/3] Dispatching Fire Brigade Agent").await;
    eventually("fire has it", async || fire.heard() == 1).await;
    let run = story.run();
    // Well before the first news of the child would be recorded.
    operator.die();
    fire.open();
    let operator = stage.operator().await;
    let whole = operator.follow(run, 0).await.end().await;
    assert!(whole.lines().last().unwrap().contains("(3/3)"), "{:#?}", whole.lines());
    assert_eq!(fire.heard(), 1);
}

#[tokio::test]
async fn the_task_of_a_foreign_agent_is_found_by_its_message_and_followed() {
    let [fire, police, ambulance] = services(&[Act::Gate], &[], &[]);
    let mut stage = Stage::new(&[&police, &ambulance]).await;
    stage.stranger(&fire).await;
    let operator = stage.operator().await;
    let mut story = operator.call(CALL).await;
    story.until("[1/3] Dispatching Fire Brigade Agent").await;
    eventually("fire has it", async || fire.heard() == 1).await;
    let run = story.run();
    operator.die();
    let operator = stage.operator().await;
    let mut whole = operator.follow(run, 0).await;
    whole.until("[1/3] Fire Brigade Agent: looking for units").await;
    fire.open();
    let whole = whole.end().await;
    assert!(whole.lines().last().unwrap().contains("(3/3)"), "{:#?}", whole.lines());
    assert_eq!(fire.heard(), 1, "such an agent would take a message twice, so it is not sent again");
    assert!(
        a2a::metadata::Dispatch::from_metadata(fire.heard.lock()[0].metadata.as_ref())
            .unwrap()
            .unwrap()
            .store_id
            .is_none()
    );
}

#[tokio::test]
async fn timers_survive_a_restart() {
    let [fire, police, ambulance] = services(&[Act::Hang], &[], &[]);
    let mut stage = Stage::new(&[&fire, &police, &ambulance]).await;
    stage.settings.attempt_timeout = std::time::Duration::from_millis(800);
    let operator = stage.operator().await;
    let mut story = operator.call(CALL).await;
    story.until("[1/3] Dispatching Fire Brigade Agent").await;
    eventually("fire has it", async || fire.heard() == 1).await;
    let run = story.run();
    operator.die();
    let operator = stage.operator().await;
    let whole = operator.follow(run, 0).await.end().await;
    assert_eq!(whole.state(), TaskState::Completed);
    assert_eq!(fire.heard(), 2, "{:#?}", whole.lines());
}

#[tokio::test]
async fn a_cancel_under_way_is_finished_after_a_restart() {
    let [fire, police, ambulance] = services(&[Act::Deaf], &[], &[]);
    let stage = Stage::new(&[&fire, &police, &ambulance]).await;
    let operator = stage.operator().await;
    let mut story = operator.call(CALL).await;
    story.until("[1/3] Fire Brigade Agent is at work").await;
    let run = story.run();
    operator.cancel(run).await;
    operator.die();
    let operator = stage.operator().await;
    fire.open();
    let whole = operator.follow(run, 0).await.end().await;
    assert_eq!(whole.state(), TaskState::Canceled, "{:#?}", whole.lines());
    // It finished all the same, so it is asked to take that back.
    assert!(whole.lines().contains(&"[4/4] Fire Brigade Agent released".to_owned()), "{:#?}", whole.lines());
    assert_eq!((fire.heard(), police.heard()), (2, 0));
}

#[tokio::test]
async fn a_run_whose_log_was_folded_into_a_snapshot_goes_on_from_it() {
    let [fire, police, ambulance] = services(&[Act::Chatter], &[], &[]);
    let stage = Stage::new(&[&fire, &police, &ambulance]).await;
    let operator = stage.operator().await;
    let mut story = operator.call(CALL).await;
    story.until("unit 299 of many").await;
    let (run, told) = (story.run(), story.events.clone());
    let loaded = operator.kit.store().load(types::Scope::Service, run).await.unwrap().unwrap();
    assert!(loaded.snapshot.is_some(), "the log is long enough for a snapshot");
    operator.die();
    let operator = stage.operator().await;
    fire.open();
    let whole = operator.follow(run, 0).await.end().await;
    assert_eq!(&whole.events[..told.len()], &told[..]);
    assert!(whole.lines().last().unwrap().contains("(3/3)"), "{:#?}", whole.lines());
    assert_eq!((fire.heard(), police.heard(), ambulance.heard()), (1, 1, 1));
}
