//! Push notifications: every event at least once and in order, whatever the webhook, the process and the store do.

use std::time::Duration;

use a2a::frame::Update;
use a2a::{Authentication, Backend, Error, PushConfig, PushPage, SendRequest};
use agent::Outbox;
use prost::Message as _;
use proto::a2a::{ListTaskPushNotificationConfigsResponse, TaskPushNotificationConfig};
use proto::watchroom::admin::v1::{ListPushRequest, PushState, PushStatus, RedrivePushRequest};
use store::Store as _;
use types::{Secret, TaskState};

use crate::bed::{Bed, on_every_store, yielding_until};
use crate::mailbox::{Got, Mailbox};
use crate::moody::moody;
use crate::script::{Scripted, Stage, call, get, id, immediately, message, script, send, state, to};

const HOOK: &str = "http://127.0.0.1:9000";
const OTHER: &str = "http://127.0.0.1:9001";
const HOURS: Duration = Duration::from_secs(7 * 3600);

on_every_store!(
    c91_every_event_of_a_task_is_delivered_once_and_in_order,
    c91_a_webhook_that_fails_gets_everything_in_order_later,
    what_is_named_while_the_outbox_starts_is_told_once,
    a_restart_goes_on_from_the_cursor,
    c95_a_webhook_that_fails_for_hours_is_parked_listed_and_redriven_from_its_cursor,
    a_configuration_of_the_same_id_takes_the_place_and_the_cursor_of_the_former,
    c95_a_deleted_configuration_is_told_nothing_more,
    a_configuration_that_comes_with_a_turn_is_told_what_follows,
    a_turn_that_is_refused_leaves_the_call_under_way_alone,
    c91_what_is_created_is_read_without_its_secrets,
);

fn hook(id: &str, url: &str) -> PushConfig {
    let authentication = Some(Authentication { scheme: "Bearer".into(), credentials: Some(Secret::new("credential")) });
    let id = (!id.is_empty()).then(|| id.parse().unwrap());
    PushConfig { id, url: Secret::new(url), token: Some(Secret::new("t0ken")), authentication }
}

fn pushing(id: &str, request: SendRequest) -> SendRequest {
    SendRequest { push: Some(hook(id, HOOK)), ..request }
}

async fn listed(outbox: &Outbox, parked_only: bool) -> Vec<PushStatus> {
    outbox.list(ListPushRequest { parked_only, ..ListPushRequest::default() }).await.unwrap().configs
}

/// Waits until the webhook has taken these, each at least once, the first of each in order.
async fn taken(mailbox: &Mailbox, origin: &str, upto: u64) {
    yielding_until(|| mailbox.taken(origin).contains(&upto)).await;
    let mut firsts = mailbox.taken(origin);
    let mut seen = std::collections::BTreeSet::new();
    firsts.retain(|seq| seen.insert(*seq));
    assert_eq!(firsts, (firsts[0]..=upto).collect::<Vec<_>>());
}

/// Waits until nothing is left to be told.
async fn quiet(outbox: &Outbox) {
    let deadline = std::time::Instant::now() + Duration::from_secs(10);
    while !listed(outbox, false).await.is_empty() {
        assert!(std::time::Instant::now() < deadline, "{:?}", listed(outbox, false).await);
        tokio::task::yield_now().await;
    }
}

async fn c91_every_event_of_a_task_is_delivered_once_and_in_order(mut bed: Bed) {
    let (mailbox, push) = Mailbox::push();
    let (stage, kit) = bed.open().await;
    let outbox = kit.open_push(push).clone();
    let task = send(&kit, immediately(pushing("a", script("work artifact wait work")))).await.unwrap();
    taken(&mailbox, HOOK, 3).await;
    stage.open();
    taken(&mailbox, HOOK, 5).await;
    quiet(&outbox).await;
    assert_eq!(mailbox.taken(HOOK), [1, 2, 3, 4, 5]);
    let frames = kit.store().frames(types::Scope::Service, id(&task), types::Seq::ZERO, 10).await.unwrap();
    let kept: Vec<_> = frames.into_iter().map(|frame| a2a::frame::open(frame.bytes).unwrap()).collect();
    let told: Vec<_> = mailbox.got.lock().iter().map(|got| got.event.clone()).collect();
    assert_eq!(told, kept);
}

async fn c91_a_webhook_that_fails_gets_everything_in_order_later(mut bed: Bed) {
    let (mailbox, push) = Mailbox::push();
    let (_, kit) = bed.open().await;
    kit.open_push(push);
    mailbox.fail(true);
    send(&kit, pushing("a", script(&"work ".repeat(40)))).await.unwrap();
    yielding_until(|| mailbox.refused() > 5).await;
    assert_eq!(mailbox.taken(HOOK), [0; 0]);
    mailbox.fail(false);
    taken(&mailbox, HOOK, 42).await;
}

/// The outbox takes up what the store has while messages bring configurations.
async fn what_is_named_while_the_outbox_starts_is_told_once(mut bed: Bed) {
    for _ in 0..20 {
        let (mailbox, push) = Mailbox::push();
        let (_, kit) = bed.open().await;
        let before = send(&kit, script("work")).await.unwrap();
        let outbox = kit.open_push(push).clone();
        futures::future::join_all((0..4).map(|_| send(&kit, pushing("a", script("work work work"))))).await;
        quiet(&outbox).await;
        let mut told: Vec<(String, u64)> = mailbox.got.lock().iter().map(told).collect();
        told.sort_unstable();
        let count = told.len();
        told.dedup();
        assert_eq!((count, told.len()), (20, 20), "{told:?}");
        assert!(told.iter().all(|(task, _)| *task != before.id));
        drop(outbox);
        bed.end(kit).await;
    }
}

/// Which event of which task.
fn told(got: &Got) -> (String, u64) {
    let task = match &got.event.update {
        Update::Task(task) => &task.id,
        Update::Status(status) => &status.task_id,
        Update::Artifact(artifact) => &artifact.task_id,
        Update::Message(message) => &message.task_id,
    };
    (task.clone(), got.event.cursor.unwrap().seq.0)
}

async fn a_restart_goes_on_from_the_cursor(mut bed: Bed) {
    let (mailbox, push) = Mailbox::push();
    let (_, kit) = bed.open().await;
    let outbox = kit.open_push(push).clone();
    let task = send(&kit, pushing("a", script("work ask work"))).await.unwrap();
    taken(&mailbox, HOOK, 3).await;
    while listed(&outbox, false).await[0].seq < 3 {
        tokio::task::yield_now().await;
    }
    mailbox.fail(true);
    send(&kit, to(&task, script("there"))).await.unwrap();
    yielding_until(|| mailbox.refused() > 1).await;
    drop(outbox);
    bed.end(kit).await;
    let before = mailbox.taken(HOOK);
    let (_, kit) = bed.open().await;
    let after = std::sync::Arc::new(Mailbox::default());
    let outbox = kit.open_push(after.clone().behind()).clone();
    quiet(&outbox).await;
    let (first, last) = (before.last().unwrap() + 1, state(&get(&kit, id(&task)).await.unwrap()));
    assert_eq!((before, after.taken(HOOK)[0], last), (vec![1, 2, 3], first, TaskState::Completed));
}

async fn c95_a_webhook_that_fails_for_hours_is_parked_listed_and_redriven_from_its_cursor(mut bed: Bed) {
    let (mailbox, push) = Mailbox::push();
    let (_, kit) = bed.open().await;
    let outbox = kit.open_push(push).clone();
    mailbox.fail(true);
    let task = send(&kit, pushing("a", script("work work"))).await.unwrap();
    yielding_until(|| mailbox.refused() > 2).await;
    assert!(listed(&outbox, true).await.is_empty());
    bed.pass(HOURS);
    while listed(&outbox, true).await.is_empty() {
        tokio::task::yield_now().await;
    }
    let parked = listed(&outbox, true).await.remove(0);
    assert_eq!((parked.state(), parked.seq, parked.origin.as_str()), (PushState::Parked, 0, HOOK));
    mailbox.fail(false);
    let redrive = |id: &str| RedrivePushRequest { task_id: task.id.clone(), id: id.into() };
    assert_eq!(outbox.redrive(redrive("b")).await.unwrap_err(), Error::TaskNotFound);
    assert_eq!(outbox.redrive(redrive("a")).await.unwrap().before(), PushState::Parked);
    taken(&mailbox, HOOK, 4).await;
    quiet(&outbox).await;
    assert!(listed(&outbox, true).await.is_empty());
}

async fn a_configuration_of_the_same_id_takes_the_place_and_the_cursor_of_the_former(mut bed: Bed) {
    let (mailbox, push) = Mailbox::push();
    let (stage, kit) = bed.open().await;
    let outbox = kit.open_push(push).clone();
    let task = id(&send(&kit, immediately(pushing("a", script("work wait work")))).await.unwrap());
    taken(&mailbox, HOOK, 2).await;
    kit.create_push(call(), task, hook("a", OTHER)).await.unwrap();
    stage.open();
    quiet(&outbox).await;
    taken(&mailbox, OTHER, 4).await;
    assert!(mailbox.taken(OTHER)[0] <= 3);
    assert_eq!(mailbox.taken(HOOK), [1, 2]);
}

async fn c95_a_deleted_configuration_is_told_nothing_more(mut bed: Bed) {
    let (mailbox, push) = Mailbox::push();
    let (stage, kit) = bed.open().await;
    let outbox = kit.open_push(push).clone();
    let task = id(&send(&kit, immediately(pushing("a", script("work wait work")))).await.unwrap());
    kit.create_push(call(), task, hook("b", OTHER)).await.unwrap();
    taken(&mailbox, HOOK, 2).await;
    for _ in 0..2 {
        kit.delete_push(call(), task, "a".parse().unwrap()).await.unwrap();
    }
    stage.open();
    quiet(&outbox).await;
    taken(&mailbox, OTHER, 4).await;
    assert_eq!(mailbox.taken(HOOK), [1, 2]);
    assert_eq!(kit.get_push(call(), task, "a".parse().unwrap()).await.unwrap_err(), Error::TaskNotFound);
}

async fn a_configuration_that_comes_with_a_turn_is_told_what_follows(mut bed: Bed) {
    let (mailbox, push) = Mailbox::push();
    let (_, kit) = bed.open().await;
    let outbox = kit.open_push(push).clone();
    let task = send(&kit, script("work ask work")).await.unwrap();
    send(&kit, to(&task, pushing("a", script("there")))).await.unwrap();
    quiet(&outbox).await;
    let last = mailbox.got.lock().last().unwrap().event.clone();
    assert!(matches!(last.update, Update::Status(_)));
    assert_eq!(mailbox.taken(HOOK)[0], 4);
}

async fn a_turn_that_is_refused_leaves_the_call_under_way_alone(mut bed: Bed) {
    let (mailbox, push) = Mailbox::push();
    let (stage, kit) = bed.open().await;
    let outbox = kit.open_push(push).clone();
    mailbox.hold(true);
    let task = send(&kit, immediately(pushing("a", script("work wait work")))).await.unwrap();
    let begun = || mailbox.begun.load(std::sync::atomic::Ordering::SeqCst);
    yielding_until(|| begun() == 1).await;
    let refused = send(&kit, to(&task, pushing("a", script("more")))).await;
    assert!(matches!(refused, Err(Error::UnsupportedOperation(_))), "{refused:?}");
    mailbox.hold(false);
    stage.open();
    quiet(&outbox).await;
    assert_eq!((begun(), mailbox.taken(HOOK)), (4, vec![1, 2, 3, 4]));
}

async fn c91_what_is_created_is_read_without_its_secrets(mut bed: Bed) {
    let (_, push) = Mailbox::push();
    let (stage, kit) = bed.open().await;
    kit.open_push(push);
    let task = id(&send(&kit, immediately(script("wait"))).await.unwrap());
    let created = kit.create_push(call(), task, hook("", &format!("{HOOK}/a?b=c"))).await.unwrap();
    let created = TaskPushNotificationConfig::decode(created).unwrap();
    assert_eq!((created.url.as_str(), created.token.as_str()), ("http://127.0.0.1:9000/a?b=c", ""));
    let authentication = created.authentication.clone().unwrap();
    assert_eq!((authentication.scheme.as_str(), authentication.credentials.as_str()), ("Bearer", ""));
    let read = kit.get_push(call(), task, created.id.parse().unwrap()).await.unwrap();
    assert_eq!(TaskPushNotificationConfig::decode(read).unwrap(), created);
    for n in 1..16 {
        kit.create_push(call(), task, hook(&format!("c{n:02}"), HOOK)).await.unwrap();
    }
    let refused = kit.create_push(call(), task, hook("one-more", HOOK)).await.unwrap_err();
    assert!(matches!(refused, Error::Validation(_)), "{refused:?}");
    kit.create_push(call(), task, hook("c01", OTHER)).await.unwrap();
    assert_eq!(pages(&kit, task, 5).await, [5, 5, 5, 1]);
    stage.open();
}

/// How many configurations each page has.
async fn pages(kit: &Scripted<false>, task: types::TaskId, size: usize) -> Vec<usize> {
    let (mut sizes, mut after) = (Vec::new(), None);
    loop {
        let page = kit.list_push(call(), task, PushPage { size, after }).await.unwrap();
        let page = ListTaskPushNotificationConfigsResponse::decode(page).unwrap();
        sizes.push(page.configs.len());
        if page.next_page_token.is_empty() {
            return sizes;
        }
        after = Some(page.next_page_token.parse().unwrap());
    }
}

#[tokio::test]
async fn c88_only_the_owner_of_a_task_sees_its_configurations() {
    let (_, push) = Mailbox::push();
    let (_, kit) = Bed::memory().open().await;
    kit.open_push(push);
    let task = id(&send(&kit, pushing("a", script("work"))).await.unwrap());
    let mut stranger = call();
    stranger.owner.tenant = types::Tenant::new("other");
    let a = || "a".parse().unwrap();
    let answers = [
        kit.create_push(stranger.clone(), task, hook("a", HOOK)).await.map(drop),
        kit.get_push(stranger.clone(), task, a()).await.map(drop),
        kit.list_push(stranger.clone(), task, PushPage { size: 9, after: None }).await.map(drop),
        kit.delete_push(stranger, task, a()).await,
    ];
    assert_eq!(answers, [const { Err(Error::TaskNotFound) }; 4]);
    kit.get_push(call(), task, a()).await.unwrap();
}

#[tokio::test]
async fn c94_a_message_whose_webhook_may_not_be_called_is_refused_before_any_effect() {
    let (_, push) = Mailbox::push();
    let (stage, kit) = Bed::memory().open().await;
    kit.open_push(push);
    for url in ["http://10.0.0.1/", "ftp://127.0.0.1/", "http://a:b@127.0.0.1/", "nonsense"] {
        let request = SendRequest { push: Some(hook("a", url)), ..script("work") };
        let Err(Error::Validation(violations)) = send(&kit, request).await else { panic!("{url} is taken") };
        assert_eq!(violations[0].field, "configuration.task_push_notification_config.url");
        assert!(!violations[0].description.contains("a:b"));
    }
    assert_eq!(stage.runs.load(std::sync::atomic::Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_service_without_push_notifications_says_so() {
    let (_, kit) = Bed::memory().open().await;
    assert_eq!(send(&kit, pushing("a", script("work"))).await, Err(Error::PushNotificationNotSupported));
}

#[tokio::test]
async fn c95_a_configuration_for_an_ended_task_is_kept_and_told_nothing() {
    let (mailbox, push) = Mailbox::push();
    let (_, kit) = Bed::memory().open().await;
    let outbox = kit.open_push(push).clone();
    let task = id(&send(&kit, script("work")).await.unwrap());
    kit.create_push(call(), task, hook("a", HOOK)).await.unwrap();
    kit.get_push(call(), task, "a".parse().unwrap()).await.unwrap();
    assert!(listed(&outbox, false).await.is_empty() && mailbox.got.lock().is_empty());
}

#[tokio::test]
async fn a_repeated_message_keeps_the_configuration_of_the_first() {
    let (mailbox, push) = Mailbox::push();
    let (_, kit) = Bed::memory().open().await;
    let outbox = kit.open_push(push).clone();
    let first = send(&kit, pushing("a", message("m1", "work"))).await.unwrap();
    let again = SendRequest { push: Some(hook("b", OTHER)), ..message("m1", "work") };
    assert_eq!(send(&kit, again).await.unwrap().id, first.id);
    quiet(&outbox).await;
    assert_eq!((mailbox.taken(HOOK), mailbox.taken(OTHER)), (vec![1, 2, 3], vec![]));
}

#[tokio::test]
async fn c95_events_that_retention_has_taken_are_told_as_a_gap() {
    let (mut bed, (mailbox, push)) = (Bed::memory(), Mailbox::push());
    let (_, kit) = bed.open().await;
    let outbox = kit.open_push(push).clone();
    mailbox.fail(true);
    let task = send(&kit, pushing("a", script("work"))).await.unwrap();
    yielding_until(|| mailbox.refused() > 1).await;
    bed.pass(HOURS * 24 * 2);
    while listed(&outbox, true).await.is_empty() {
        tokio::task::yield_now().await;
    }
    for _ in 0..500 {
        send(&kit, script("work")).await.unwrap();
    }
    mailbox.fail(false);
    outbox.redrive(RedrivePushRequest { task_id: task.id.clone(), id: "a".into() }).await.unwrap();
    quiet(&outbox).await;
    let got = mailbox.got.lock().last().unwrap().event.clone();
    let Update::Task(told) = got.update else { panic!("{got:?}") };
    assert_eq!((told.id, told.context_id), (task.id, task.context_id));
    assert_eq!(got.cursor.unwrap().prev, None);
}

#[tokio::test]
async fn a_host_is_called_by_few_at_once() {
    let (mailbox, push) = Mailbox::push();
    let (stage, kit) = Bed::memory().open().await;
    let outbox = kit.open_push(push).clone();
    for _ in 0..40 {
        send(&kit, immediately(pushing("a", script("wait work work work")))).await.unwrap();
    }
    stage.open();
    quiet(&outbox).await;
    let most = mailbox.most.load(std::sync::atomic::Ordering::SeqCst);
    assert!((2..=8).contains(&most), "{most}");
    assert_eq!(mailbox.taken(HOOK).len(), 200);
}

#[tokio::test]
async fn a_courier_gives_up_a_store_that_is_closed() {
    let ((_, push), (store, kit)) = (Mailbox::push(), moody(&Stage::new()).await);
    let outbox = kit.open_push(push).clone();
    let couriers = |count: usize| format!("{outbox:?}").contains(&format!("at_work: {count}"));
    let task = send(&kit, script("ask work")).await.unwrap();
    store.hold();
    {
        // Nobody waits for it any more, so what became of it is looked up.
        let turn = std::pin::pin!(send(&kit, to(&task, pushing("a", script("there")))));
        tokio::select! { _ = turn => panic!("it is held"), () = yielding_until(|| store.held() > 0) => {} }
    }
    assert!(couriers(1));
    store.close().await.unwrap();
    store.release();
    yielding_until(|| couriers(0)).await;
}

#[tokio::test]
async fn a_configuration_goes_with_its_task() {
    let (mut bed, (_, push)) = (Bed::memory(), Mailbox::push());
    let (_, kit) = bed.open().await;
    let outbox = kit.open_push(push.clone()).clone();
    let task = id(&send(&kit, pushing("a", script("work"))).await.unwrap());
    quiet(&outbox).await;
    bed.pass(HOURS * 24 * 2);
    for _ in 0..500 {
        send(&kit, script("work")).await.unwrap();
    }
    drop(outbox);
    bed.end(kit).await;
    let (_, kit) = bed.open().await;
    kit.open_push(push);
    let deadline = std::time::Instant::now() + Duration::from_secs(10);
    while !kit.store().rows("push", task.as_bytes()).await.unwrap().is_empty() {
        assert!(std::time::Instant::now() < deadline, "the row stays");
        tokio::task::yield_now().await;
    }
}
