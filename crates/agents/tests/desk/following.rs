//! Dispatches that follow their units: each change is told once, the artifact says who is on it now, and whether
//! anybody came in time; over restarts, and over more changes than are kept.

use std::sync::Arc;

use a2a::metadata::{as_integer, as_text, as_truth};
use agent::words;
use agents::Scenario;
use proto::a2a::Task;
use store::{MemoryStore, Store};
use tokio_util::sync::CancellationToken;
use types::TaskState;

use crate::town::{
    Pace, Sent, altered, begin, ended, eventually, fire, followed, get, progress, release, said, send, start_at,
    start_in, state, told, units,
};

fn memory() -> Arc<dyn Store> {
    Arc::new(MemoryStore::new())
}

/// What was said that begins with `word`.
fn lines(task: &Task, word: &str) -> Vec<String> {
    let now = task.status.iter().filter_map(|status| status.message.as_ref());
    let all = task.history.iter().chain(now).map(words::text_of);
    all.filter(|words| words.starts_with(word)).collect()
}

#[tokio::test]
async fn a_dispatch_that_follows_tells_each_change_and_ends_when_its_units_have_cleared() {
    let town = start_at(&memory(), Pace::Quick, &CancellationToken::new()).await;
    let task = begin(&town, followed()).await;
    let task = ended(&town, &task.id).await;
    assert_eq!((state(&task), said(&task).as_str()), (TaskState::Completed, "its unit has cleared"));
    assert_eq!(units(&task), ["E1"]);
    let told: Vec<String> =
        task.history.iter().map(words::text_of).filter(|words| words.starts_with("engine")).collect();
    let minutes = told[0].clone();
    assert!(minutes.starts_with("engine E1 is assigned, ETA "), "{minutes}");
    assert_eq!(told[1], "engine E1 has acknowledged");
    assert!(told[2].starts_with("engine E1 is on its way, ETA "));
    assert_eq!(told[3..], ["engine E1 is on scene", "engine E1 has cleared"]);
    assert_eq!(as_text(progress(&task, "to").as_ref()), Some("cleared"));
    assert_eq!(as_text(progress(&task, "waits").as_ref()), Some("following"));
}

#[tokio::test]
async fn a_dispatch_that_follows_goes_on_after_a_restart_without_telling_anything_twice() {
    let store = memory();
    let closing = CancellationToken::new();
    let town = start_at(&store, Pace::Still, &closing).await;
    let begun = begin(&town, followed()).await;
    eventually("the assignment is told", async || {
        let task = get(&town, &begun.id).await;
        (as_text(progress(&task, "to").as_ref()) == Some("assigned")).then_some(())
    })
    .await;
    closing.cancel();
    let town = start_at(&store, Pace::Quick, &CancellationToken::new()).await;
    let task = ended(&town, &begun.id).await;
    let told: Vec<String> =
        task.history.iter().map(words::text_of).filter(|words| words.starts_with("engine")).collect();
    assert_eq!(told.len(), 5, "{told:#?}");
    assert_eq!((state(&task), task.artifacts.len()), (TaskState::Completed, 1));
}

#[tokio::test]
async fn the_artifact_of_a_dispatch_that_follows_says_who_is_on_it_now() {
    let failing = "id = \"E1\"\nfails = { at = \"acknowledge\" }";
    let town = start_in(altered("id = \"E1\"", failing), &memory(), Pace::Quick, &CancellationToken::new()).await;
    let begun = begin(&town, followed()).await;
    let renewed = eventually("the artifact names the unit that took over", async || {
        let task = get(&town, &begun.id).await;
        (!task.artifacts.is_empty() && units(&task) == ["E2"]).then_some(task)
    })
    .await;
    assert_eq!(lines(&renewed, "engine E1").last().unwrap(), "engine E1 did not come in time and is withdrawn");
    let task = ended(&town, &begun.id).await;
    assert_eq!((units(&task), said(&task).as_str()), (vec!["E2".to_owned()], "its unit has cleared"));
}

/// The built-in town whose run card for fires wants somebody on scene after so many seconds.
fn urgent(seconds: u32) -> Scenario {
    altered("sla_s = 600", &format!("sla_s = {seconds}"))
}

/// The engines of the built-in town, the neighbour's included.
const ENGINES: usize = 14;
const LATE: &str = "nobody was on scene at 170 London Road within the 1 min of its run card";

#[tokio::test]
async fn a_dispatch_that_follows_tells_once_that_nobody_came_within_the_time_of_its_run_card() {
    let store = memory();
    let closing = CancellationToken::new();
    let town = start_in(urgent(60), &store, Pace::Quick, &closing).await;
    let begun = begin(&town, followed()).await;
    let late = eventually("it is told", async || {
        let task = get(&town, &begun.id).await;
        (!lines(&task, "nobody").is_empty()).then_some(task)
    })
    .await;
    assert_eq!(lines(&late, "nobody"), [LATE]);
    assert_eq!(as_integer(Some(&told(&late, "sla_s"))), Some(60));
    let words = format!("{:?}", late.artifacts);
    assert!(words.contains("Nobody is expected there within the 1 min of its run card"), "{words}");
    closing.cancel();
    let town = start_in(urgent(60), &store, Pace::Quick, &CancellationToken::new()).await;
    let task = ended(&town, &begun.id).await;
    assert_eq!(lines(&task, "nobody"), [LATE], "once, also over a restart");
    assert_eq!(as_truth(progress(&task, "overdue").as_ref()), Some(true));
}

#[tokio::test]
async fn who_is_there_in_time_is_not_late() {
    let town = start_in(urgent(1200), &memory(), Pace::Quick, &CancellationToken::new()).await;
    let task = ended(&town, &begin(&town, followed()).await.id).await;
    assert_eq!((lines(&task, "nobody").len(), progress(&task, "overdue")), (0, None));
    let plain = start_at(&memory(), Pace::Still, &CancellationToken::new()).await;
    let asked = send(&plain, Sent::words("A cat is stuck up a tree, 170 London Road")).await;
    assert!(!format!("{:?}", asked.artifacts).contains("sla_s"), "a card without a time asks for none");
}

#[tokio::test]
async fn a_dispatch_that_waits_tells_once_that_nobody_came_in_time() {
    let store = memory();
    let closing = CancellationToken::new();
    let town = start_in(urgent(60), &store, Pace::Still, &closing).await;
    for _ in 0..ENGINES {
        send(&town, fire(2)).await;
    }
    let waits = begin(&town, fire(2)).await;
    eventually("it waits", async || progress(&get(&town, &waits.id).await, "position")).await;
    closing.cancel();
    let town = start_in(urgent(60), &store, Pace::Quick, &CancellationToken::new()).await;
    let task = ended(&town, &waits.id).await;
    assert_eq!((state(&task), lines(&task, "nobody was")), (TaskState::Completed, vec![LATE.to_owned()]));
}

#[tokio::test]
async fn a_dispatch_that_is_behind_what_is_kept_tells_how_its_units_are_instead() {
    let store = memory();
    let closing = CancellationToken::new();
    let town = start_at(&store, Pace::Still, &closing).await;
    let begun = begin(&town, followed()).await;
    eventually("the assignment is told", async || {
        (!lines(&get(&town, &begun.id).await, "engine E1").is_empty()).then_some(())
    })
    .await;
    // Each round is three changes; four thousand and some are kept.
    for _ in 0..1400 {
        let sent = Sent { context: Some("there"), ..fire(2) };
        send(&town, sent).await;
        send(&town, Sent { context: Some("there"), ..release(None) }).await;
    }
    closing.cancel();
    let town = start_at(&store, Pace::Still, &CancellationToken::new()).await;
    let task = eventually("it tells how things are", async || {
        let task = get(&town, &begun.id).await;
        as_truth(progress(&task, "missed").as_ref()).map(|_| task)
    })
    .await;
    let words = said(&task);
    let begins = "some changes are no longer known; as it stands, engine E1 is assigned, ETA ";
    assert!(words.starts_with(begins), "{words}");
    assert_eq!(lines(&task, "engine E1").len(), 1, "and nothing twice");
}
