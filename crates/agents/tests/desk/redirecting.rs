//! A place that is learnt after units were sent: through the real kit, over restarts, beside whatever else goes on.

use std::sync::Arc;

use a2a::Backend as _;
use a2a::metadata::{as_integer, as_text, number, text, truth};
use agent::words;
use agents::Scenario;
use futures::future::join_all;
use proto::Value;
use proto::a2a::Task;
use proto::value::Kind;
use proto::watchroom::emergency::v1::{Unit, UnitChangeReason, UnitFilter, UnitStatus};
use store::{MemoryStore, Store};
use tokio_util::sync::CancellationToken;
use types::{Head, Scope, TaskId, TaskState};

use crate::served::{Client, change, client, list, synced, watch};
use crate::town::{
    Pace, Sent, Town, altered, begin, ended, eventually, fire, get, incident, progress, redirect, release, said, send,
    start, start_in, state, told, units,
};

/// The engines of the built-in town, the neighbour's included.
const ENGINES: usize = 14;

fn memory() -> Arc<dyn Store> {
    Arc::new(MemoryStore::new())
}

async fn fresh() -> Town {
    start(&memory(), &CancellationToken::new()).await
}

/// One engine to a place that nobody knows, in a conversation.
fn somewhere() -> Sent {
    let part = incident([("type", text("fire")), ("priority", number(2))]);
    Sent { context: Some("there"), ..Sent::new(vec![part]) }
}

/// The same, followed until it has cleared.
fn followed() -> Sent {
    let part = incident([("type", text("fire")), ("priority", number(2)), ("follow", truth(true))]);
    Sent { context: Some("there"), ..Sent::new(vec![part]) }
}

fn there(sent: Sent) -> Sent {
    Sent { context: Some("there"), ..sent }
}

fn dispatch(task: &Task) -> String {
    as_text(Some(&told(task, "dispatch"))).unwrap().to_owned()
}

/// The text of a place in an artifact.
fn location(task: &Task) -> String {
    let Value { kind: Some(Kind::StructValue(fields)) } = told(task, "location") else { panic!("no place") };
    as_text(fields.fields.get("text")).unwrap().to_owned()
}

/// The units that work for somebody, and where they go.
async fn places(client: &mut Client) -> Vec<(String, String)> {
    let of = |unit: Unit| unit.assignment.map(|part| (unit.id, part.place));
    list(client, UnitFilter::default()).await.units.into_iter().filter_map(of).collect()
}

/// What was said that begins with `word`.
fn lines(task: &Task, word: &str) -> Vec<String> {
    let now = task.status.iter().filter_map(|status| status.message.as_ref());
    let all = task.history.iter().chain(now).map(words::text_of);
    all.filter(|words| words.starts_with(word)).collect()
}

#[tokio::test]
async fn the_place_reaches_the_units_in_the_commit_of_the_answer_and_all_who_look_at_them() {
    let store = memory();
    let town = start(&store, &CancellationToken::new()).await;
    let mut units_of = client(&town).await;
    let sent = send(&town, somewhere()).await;
    assert!(said(&sent).starts_with("1 unit dispatched to a place not known yet: "), "{}", said(&sent));
    let unit = units(&sent).remove(0);
    let mut items = watch(&mut units_of, 1).await.unwrap();
    change(&mut items).await;
    assert_eq!(places(&mut units_of).await, [(unit.clone(), String::new())]);
    let turned = send(&town, there(redirect(Some(&dispatch(&sent)), "12 Mill Lane"))).await;
    assert_eq!(state(&turned), TaskState::Completed);
    let begins = format!("1 unit goes on to 12 Mill Lane: engine {unit}, ETA ");
    assert!(said(&turned).starts_with(&begins), "{}", said(&turned));
    assert_eq!(
        (dispatch(&turned), units(&turned), location(&turned)),
        (dispatch(&sent), units(&sent), "12 Mill Lane".into())
    );
    let log = store.log(Scope::Service, turned.id.parse().unwrap(), Head::ZERO, 8).await.unwrap();
    assert_eq!(log.len(), 1, "one commit");
    assert_eq!(places(&mut units_of).await, [(unit, "12 Mill Lane".to_owned())]);
    synced(&mut items).await;
    let seen = change(&mut items).await;
    assert_eq!(
        (seen.from(), seen.to(), seen.reason()),
        (UnitStatus::Assigned, UnitStatus::Assigned, UnitChangeReason::Redirected)
    );
    let after = seen.after.unwrap();
    assert_eq!((after.assignment.unwrap().place.as_str(), after.epoch), ("12 Mill Lane", 1));
    assert!(seen.eta_s > 0);
}

#[tokio::test]
async fn d11_a_place_that_is_told_again_changes_nothing_and_gets_the_same_answer() {
    let store = memory();
    let store_id = store.own().await.unwrap().store_id;
    let closing = CancellationToken::new();
    let town = start(&store, &closing).await;
    let run = TaskId::fresh();
    let sent = send(&town, somewhere().attempt(run, 1, store_id)).await;
    let message = there(redirect(Some(&dispatch(&sent)), "12 Mill Lane"));
    let first = send(&town, message.clone()).await;
    let version = list(&mut client(&town).await, UnitFilter::default()).await.version;
    closing.cancel();
    let town = start(&store, &CancellationToken::new()).await;
    assert_eq!(send(&town, message).await, first);
    let other = send(&town, there(redirect(Some(&dispatch(&sent)), "12 Mill Lane"))).await;
    assert_eq!((said(&other), &other.artifacts), (said(&first), &first.artifacts));
    let again = send(&town, somewhere().attempt(run, 2, store_id)).await;
    assert!(said(&again).starts_with("1 unit dispatched to 12 Mill Lane: "), "{}", said(&again));
    assert_eq!(location(&again), "12 Mill Lane");
    assert_eq!(list(&mut client(&town).await, UnitFilter::default()).await.version, version);
}

#[tokio::test]
async fn without_a_dispatch_all_of_the_conversation_is_meant_and_nobody_elses() {
    let town = fresh().await;
    let first = send(&town, somewhere()).await;
    send(&town, somewhere()).await;
    send(&town, Sent { principal: "mallory", ..somewhere() }).await;
    send(&town, Sent { context: Some("elsewhere"), ..somewhere() }).await;
    let stranger = Sent { principal: "carl", ..there(redirect(Some(&dispatch(&first)), "12 Mill Lane")) };
    let refused = send(&town, stranger).await;
    assert_eq!(state(&refused), TaskState::Rejected);
    let wanted =
        "nobody works or waits for this dispatch any more, so nobody goes to 12 Mill Lane; ask for a new dispatch";
    assert_eq!(said(&refused), wanted);
    let turned = send(&town, there(redirect(None, "12 Mill Lane"))).await;
    let ids: Vec<&str> = turned.artifacts.iter().map(|artifact| artifact.artifact_id.as_str()).collect();
    assert_eq!(ids, ["dispatch-1", "dispatch-2"]);
    let places = places(&mut client(&town).await).await;
    assert_eq!(places.iter().filter(|(_, place)| place == "12 Mill Lane").count(), 2);
    assert_eq!(places.len(), 4);
}

#[tokio::test]
async fn a_dispatch_that_waits_is_told_its_place_once_and_goes_there_later() {
    let store = memory();
    let closing = CancellationToken::new();
    let town = start(&store, &closing).await;
    let gone = send(&town, fire(2)).await;
    for _ in 1..ENGINES {
        send(&town, fire(2)).await;
    }
    let waits = begin(&town, somewhere()).await;
    let waits = eventually("it waits", async || {
        let task = get(&town, &waits.id).await;
        progress(&task, "position").map(|_| task)
    })
    .await;
    let id = as_text(progress(&waits, "dispatch").as_ref()).unwrap().to_owned();
    let turned = send(&town, there(redirect(Some(&id), "12 Mill Lane"))).await;
    let line = "no fire unit is free for 12 Mill Lane: 1 × engine needed, waiting at position 1";
    assert_eq!((state(&turned), said(&turned).as_str()), (TaskState::Completed, line));
    assert_eq!(as_integer(Some(&told(&turned, "queue_position"))), Some(1));
    let told_now = async |town: &Town| {
        eventually("it says where to", async || {
            let task = get(town, &waits.id).await;
            (as_text(progress(&task, "place").as_ref()) == Some("12 Mill Lane")).then_some(task)
        })
        .await
    };
    assert_eq!(said(&told_now(&town).await), line);
    closing.cancel();
    let town = start(&store, &CancellationToken::new()).await;
    send(&town, release(Some(&dispatch(&gone)))).await;
    let task = ended(&town, &waits.id).await;
    assert_eq!((state(&task), location(&task)), (TaskState::Completed, "12 Mill Lane".to_owned()));
    assert!(said(&task).starts_with("1 unit dispatched to 12 Mill Lane: "), "{}", said(&task));
    assert_eq!(lines(&task, "no fire unit is free for 12 Mill Lane").len(), 1, "once, also over a restart");
}

/// The built-in town whose run card for fires wants somebody on scene after so many seconds.
fn urgent(seconds: u32) -> Scenario {
    altered("sla_s = 600", &format!("sla_s = {seconds}"))
}

#[tokio::test]
async fn a_dispatch_that_follows_tells_the_redirect_and_lives_on_at_the_new_place() {
    let store = memory();
    let closing = CancellationToken::new();
    // Any unit that goes to the unknown place is there in time; from there to the new one it takes longer.
    let town = start_in(urgent(1200), &store, Pace::Quick, &closing).await;
    let begun = begin(&town, followed()).await;
    let unit = eventually("it is on scene", async || {
        let task = get(&town, &begun.id).await;
        (as_text(progress(&task, "to").as_ref()) == Some("on-scene")).then(|| units(&task).remove(0))
    })
    .await;
    closing.cancel();
    let closing = CancellationToken::new();
    let town = start_in(urgent(1200), &store, Pace::Still, &closing).await;
    let id = dispatch(&get(&town, &begun.id).await);
    let turned = send(&town, there(redirect(Some(&id), "12 Mill Lane"))).await;
    assert_eq!(state(&turned), TaskState::Completed, "{}", said(&turned));
    let task = eventually("the artifact names the new place", async || {
        let task = get(&town, &begun.id).await;
        (location(&task) == "12 Mill Lane" && said(&task).contains("goes on")).then_some(task)
    })
    .await;
    assert!(said(&task).starts_with(&format!("engine {unit} goes on to 12 Mill Lane, ETA ")), "{}", said(&task));
    assert_eq!(as_text(progress(&task, "to").as_ref()), Some("en-route"));
    closing.cancel();
    let town = start_in(urgent(1200), &store, Pace::Quick, &CancellationToken::new()).await;
    let task = ended(&town, &begun.id).await;
    assert_eq!((state(&task), said(&task).as_str()), (TaskState::Completed, "its unit has cleared"));
    assert_eq!(lines(&task, &format!("engine {unit} is on scene")).len(), 2);
    assert_eq!(lines(&task, &format!("engine {unit} goes on")).len(), 1);
}

#[tokio::test]
async fn who_was_on_scene_at_the_wrong_place_was_not_there_in_time() {
    let store = memory();
    let closing = CancellationToken::new();
    let town = start_in(urgent(86_000), &store, Pace::Quick, &closing).await;
    let begun = begin(&town, followed()).await;
    eventually("it is on scene", async || {
        let task = get(&town, &begun.id).await;
        (as_text(progress(&task, "to").as_ref()) == Some("on-scene")).then_some(())
    })
    .await;
    closing.cancel();
    let closing = CancellationToken::new();
    let town = start_in(urgent(60), &store, Pace::Still, &closing).await;
    let id = dispatch(&get(&town, &begun.id).await);
    send(&town, there(redirect(Some(&id), "12 Mill Lane"))).await;
    let task = eventually("it is told", async || {
        let task = get(&town, &begun.id).await;
        (!lines(&task, "nobody was").is_empty()).then_some(task)
    })
    .await;
    assert_eq!(lines(&task, "nobody was"), ["nobody was on scene at 12 Mill Lane within the 1 min of its run card"]);
}

#[tokio::test]
async fn d6_units_that_were_redirected_are_given_back_once_by_a_release_and_by_a_cancel() {
    let town = fresh().await;
    let mut units_of = client(&town).await;
    let sent = send(&town, somewhere()).await;
    send(&town, there(redirect(None, "12 Mill Lane"))).await;
    let freed = send(&town, release(Some(&dispatch(&sent)))).await;
    assert_eq!(said(&freed), format!("1 unit released: {}", units(&sent)[0]));
    assert_eq!(said(&send(&town, release(Some(&dispatch(&sent)))).await), "no units are assigned");
    let late = send(&town, there(redirect(Some(&dispatch(&sent)), "12 Mill Lane"))).await;
    assert_eq!(state(&late), TaskState::Rejected);
    let task = begin(&town, followed()).await;
    send(&town, there(redirect(None, "12 Mill Lane"))).await;
    town.cancel(crate::town::call(), task.id.parse().unwrap(), None).await.unwrap();
    assert_eq!(state(&ended(&town, &task.id).await), TaskState::Canceled);
    assert!(places(&mut units_of).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn d1_redirects_beside_dispatches_and_releases_leave_no_unit_twice_and_nobody_behind() {
    let town = fresh().await;
    let sent = join_all((0..ENGINES).map(|_| send(&town, somewhere()))).await;
    let (kept, freed) = sent.split_at(ENGINES / 2);
    let redirects = kept.iter().map(|task| send(&town, there(redirect(Some(&dispatch(task)), "12 Mill Lane"))));
    let all = redirects.collect::<Vec<_>>();
    let releases = freed.iter().map(|task| send(&town, release(Some(&dispatch(task)))));
    let more = (0..ENGINES / 2).map(|_| send(&town, Sent { context: Some("elsewhere"), ..fire(2) }));
    let (turned, _, more) = futures::join!(join_all(all), join_all(releases), join_all(more));
    assert!(turned.iter().all(|task| state(task) == TaskState::Completed), "{turned:#?}");
    let mut places = places(&mut client(&town).await).await;
    places.sort_by(|a, b| a.1.cmp(&b.1));
    let at = |place: &str| places.iter().filter(|(_, at)| at == place).count();
    assert_eq!((at("12 Mill Lane"), at("170 London Road"), more.len()), (ENGINES / 2, ENGINES / 2, ENGINES / 2));
}

#[tokio::test]
async fn a_redirect_without_a_place_is_rejected_and_changes_nothing() {
    let town = fresh().await;
    send(&town, somewhere()).await;
    let refused = send(&town, there(redirect(None, "  "))).await;
    assert_eq!(state(&refused), TaskState::Rejected);
    assert_eq!(said(&refused), "location must be the place to go to, as a text or an object with a text");
    assert_eq!(places(&mut client(&town).await).await[0].1, "");
}
