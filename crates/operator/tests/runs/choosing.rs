//! Which of two instances of one agent gets a step, and who gets none.

use std::time::Duration;

use discovery::choose::Policy;
use orchestrator::Settings;
use types::TaskState;

use crate::stage::{Act, Script, Stage, eventually, request};

/// Needs the fire brigade and nobody else.
const SMOKE: &str = "Smoke is coming out of the roof at 12 Mill Lane.";

/// The number of the instance that each call went to, one call after the other, each in its conversation.
async fn sent(choose: Policy, contexts: &[String]) -> Vec<usize> {
    let pair = [Script::new("Fire Agent", []), Script::new("Fire Agent", [])];
    let mut stage = Stage::new(&[&pair[0]]).await;
    stage.add_instance(&pair[1], "2").await;
    stage.settings = Settings { choose, ..stage.settings };
    let operator = stage.operator().await;
    let mut sent = Vec::new();
    for context in contexts {
        let first = pair[0].heard();
        let request = a2a::SendRequest { context: Some(context.parse().unwrap()), ..request(SMOKE) };
        assert_eq!(operator.send(request).await.end().await.state(), TaskState::Completed);
        sent.push(usize::from(pair[0].heard() == first));
    }
    assert_eq!(pair[0].heard() + pair[1].heard(), contexts.len(), "each call once");
    sent
}

fn contexts(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("context-{number}")).collect()
}

#[tokio::test]
async fn in_turn_means_one_after_the_other_however_often_a_run_looks_for_a_way() {
    let sent = sent(Policy::RoundRobin, &contexts(6)).await;
    assert!(sent.windows(2).all(|pair| pair[0] != pair[1]), "{sent:?}");
}

#[tokio::test]
async fn a_conversation_stays_with_the_instance_that_it_began_at() {
    let twice = [contexts(24), contexts(24)].concat();
    let sent = sent(Policy::Sticky, &twice).await;
    let (first, again) = sent.split_at(24);
    assert_eq!(first, again);
    assert!(first.contains(&0) && first.contains(&1), "conversations are spread: {first:?}");
}

#[tokio::test]
async fn the_usual_choice_spreads_work_whose_load_nobody_has_reported_yet() {
    let sent = sent(Policy::default(), &contexts(24)).await;
    assert!(sent.contains(&0) && sent.contains(&1), "{sent:?}");
}

#[tokio::test]
async fn where_only_signed_cards_count_no_other_is_called_and_the_step_says_so() {
    let fire = Script::new("Fire Agent", []);
    let mut stage = Stage::new(&[&fire]).await;
    stage.settings.only_signed = true;
    let story = stage.operator().await.call(SMOKE).await.end().await;
    assert_eq!(story.state(), TaskState::Failed);
    assert!(story.lines().iter().any(|line| line.contains("(--only-signed)")), "{:#?}", story.lines());
    assert_eq!(fire.heard(), 0);
}

#[tokio::test]
async fn what_is_under_way_without_a_signed_card_is_neither_followed_nor_fenced() {
    let fire = Script::new("Fire Agent", [Act::Gate]);
    let mut stage = Stage::new(&[&fire]).await;
    stage.settings.attempt_timeout = Duration::from_secs(1);
    stage.settings.patience.stopping = Duration::from_millis(500);
    let operator = stage.operator().await;
    let mut story = operator.call(SMOKE).await;
    story.until("looking for units").await;
    let run = story.run();
    operator.die();
    fire.open();
    stage.settings.only_signed = true;
    let operator = stage.operator().await;
    let whole = operator.follow(run, 0).await.end().await;
    assert_eq!(whole.state(), TaskState::Failed, "{:#?}", whole.lines());
    assert_eq!(stage.duties().await, 1, "nobody was asked what became of it");
    operator.die();
    stage.settings.only_signed = false;
    let _operator = stage.operator().await;
    eventually("the agent is asked", async || stage.duties().await == 0).await;
    assert_eq!(fire.heard(), 1);
}
