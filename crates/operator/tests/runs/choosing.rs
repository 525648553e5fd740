//! Which of two instances of one agent gets a step.

use discovery::choose::Policy;
use orchestrator::Settings;
use types::TaskState;

use crate::stage::{Script, Stage, request};

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
