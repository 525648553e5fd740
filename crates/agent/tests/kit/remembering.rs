//! The policy of idempotency: everybody's messages are taken once, or those of clients that count on it.

use std::sync::atomic::Ordering;
use std::time::Duration;

use a2a::metadata::Dispatch;
use a2a::{Error, Fence};
use agent::Idempotency::Extension;
use agent::words::text_part;
use futures::future::join_all;
use prost::Message as _;
use proto::a2a::{Message, Role};
use proto::watchroom::agent::v1::fence_response::Outcome;
use store::BodyDigest;
use types::{MessageId, Owner, TaskId, TaskState, Timestamp};

use crate::bed::{Bed, on_every_store};
use crate::mailbox::Mailbox;
use crate::script::{ask, ask_by, counting, id, message, script, send, send_by, state, to};

on_every_store!(
    c138_by_default_every_message_is_taken_once,
    c138_a_message_whose_client_does_not_count_on_it_is_a_new_one_each_time,
    c138_a_message_whose_client_counts_on_it_is_taken_once_at_once_and_after_a_restart,
    c138_turns_are_remembered_by_the_same_policy,
    c138_direct_replies_are_remembered_by_the_same_policy,
    c138_a_dispatch_is_taken_once_and_fenced_whatever_the_policy,
    c138_a_repetition_gets_its_task_though_its_webhook_is_refused_by_now,
);

/// Stores of earlier versions hold digests of these parts, each behind its length.
#[test]
fn a_repetition_is_told_by_the_same_digest_as_ever() {
    let part = text_part("smoke");
    let message = Message {
        role: Role::User.into(),
        context_id: "c".into(),
        reference_task_ids: vec!["a".into(), "b".into()],
        parts: vec![part.clone()],
        ..Message::default()
    };
    let (role, count, part) = (i32::from(Role::User).to_be_bytes(), 2_u64.to_be_bytes(), part.encode_to_vec());
    let parts: [&[u8]; 6] = [&role, b"c", &count, b"a", b"b", &part];
    assert_eq!(BodyDigest::of_framed(&a2a::framed_body(&message.clone().into())), BodyDigest::of(parts));
}

async fn c138_by_default_every_message_is_taken_once(mut bed: Bed) {
    let (stage, kit) = bed.open().await;
    let first = send(&kit, message("m1", "work")).await.unwrap();
    assert_eq!(send(&kit, message("m1", "work")).await.unwrap().id, first.id);
    assert_eq!(send_by(&kit, counting(), message("m1", "work")).await.unwrap().id, first.id);
    assert_eq!(stage.runs.load(Ordering::SeqCst), 1);
}

async fn c138_a_message_whose_client_does_not_count_on_it_is_a_new_one_each_time(mut bed: Bed) {
    let (stage, kit) = bed.open_remembering(Extension).await;
    let first = send(&kit, message("m1", "work")).await.unwrap();
    let second = send(&kit, message("m1", "work")).await.unwrap();
    let third = send(&kit, message("m1", "artifact")).await.unwrap();
    assert!(first.id != second.id && second.id != third.id && first.id != third.id);
    // What was not remembered cannot be repeated.
    let counted = send_by(&kit, counting(), message("m1", "work")).await.unwrap();
    assert!(![&first.id, &second.id, &third.id].contains(&&counted.id));
    assert_eq!(stage.runs.load(Ordering::SeqCst), 4);
}

async fn c138_a_message_whose_client_counts_on_it_is_taken_once_at_once_and_after_a_restart(mut bed: Bed) {
    let (stage, kit) = bed.open_remembering(Extension).await;
    let sends = (0..100).map(|_| send_by(&kit, counting(), message("m1", "work")));
    let tasks: Vec<_> = join_all(sends).await.into_iter().map(|task| task.unwrap().id).collect();
    assert!(tasks.iter().all(|task| *task == tasks[0]));
    assert_eq!(stage.runs.load(Ordering::SeqCst), 1);
    let reused = Err(Error::MessageIdReused("m1".into()));
    assert_eq!(send_by(&kit, counting(), message("m1", "artifact")).await, reused);
    bed.end(kit).await;
    let (stage, kit) = bed.open_remembering(Extension).await;
    assert_eq!(send_by(&kit, counting(), message("m1", "work")).await.unwrap().id, tasks[0]);
    assert_eq!(send_by(&kit, counting(), message("m1", "artifact")).await, reused);
    assert_eq!(stage.runs.load(Ordering::SeqCst), 0);
}

async fn c138_turns_are_remembered_by_the_same_policy(mut bed: Bed) {
    let (stage, kit) = bed.open_remembering(Extension).await;
    let task = send(&kit, script("ask-twice")).await.unwrap();
    let answer = || to(&task, message("m1", "there"));
    assert_eq!(state(&send_by(&kit, counting(), answer()).await.unwrap()), TaskState::InputRequired);
    assert_eq!(state(&send_by(&kit, counting(), answer()).await.unwrap()), TaskState::InputRequired);
    assert_eq!(stage.runs.load(Ordering::SeqCst), 2, "the repetition is no turn");
    assert_eq!(state(&send(&kit, answer()).await.unwrap()), TaskState::Completed);
    // It has ended, and only who counts on it is told what its message became.
    assert_eq!(state(&send_by(&kit, counting(), answer()).await.unwrap()), TaskState::Completed);
    assert!(matches!(send(&kit, answer()).await, Err(Error::UnsupportedOperation(_))));
}

async fn c138_direct_replies_are_remembered_by_the_same_policy(mut bed: Bed) {
    let (_, kit) = bed.open_remembering(Extension).await;
    let asked = || message("m1", "reply");
    assert_ne!(ask(&kit, asked()).await.unwrap(), ask(&kit, asked()).await.unwrap());
    let first = ask_by(&kit, counting(), asked()).await.unwrap();
    assert_eq!(ask_by(&kit, counting(), asked()).await.unwrap(), first);
}

async fn c138_a_dispatch_is_taken_once_and_fenced_whatever_the_policy(mut bed: Bed) {
    let (_, kit) = bed.open_remembering(Extension).await;
    let dispatch = Dispatch {
        run: TaskId::fresh(),
        step: "fire".parse().unwrap(),
        attempt: 1,
        turn: 1,
        not_after: Timestamp::now().after(Duration::from_secs(60)),
        store_id: Some(kit.ownership().store_id),
        at_most_once: false,
    };
    let dispatched = |dispatch: &Dispatch| {
        let id = MessageId::of_dispatch(dispatch.run, &dispatch.step, dispatch.attempt, 1);
        let mut request = message(id.as_str(), "work");
        request.message.metadata = Some(dispatch.to_metadata());
        request
    };
    let first = send(&kit, dispatched(&dispatch)).await.unwrap();
    assert_eq!(send(&kit, dispatched(&dispatch)).await.unwrap().id, first.id);
    let other = Dispatch { run: TaskId::fresh(), ..dispatch.clone() };
    let Dispatch { run, step, attempt, not_after, .. } = other.clone();
    let fence = Fence { run, step, attempt, not_after, store_id: kit.ownership().store_id };
    let fenced = kit.fence(&Owner::anonymous(), &fence).await.unwrap();
    assert!(matches!(fenced, Outcome::NeverAccepted(_)), "{fenced:?}");
    assert_eq!(send(&kit, dispatched(&other)).await, Err(Error::DispatchFenced));
}

async fn c138_a_repetition_gets_its_task_though_its_webhook_is_refused_by_now(mut bed: Bed) {
    let (_, push) = Mailbox::push();
    let (_, kit) = bed.open().await;
    kit.open_push(push.clone());
    let pushing = |id: &str, script: &str| {
        let url = types::Secret::new("http://127.0.0.1:9000");
        let push = Some(a2a::PushConfig { id: None, url, token: None, authentication: None });
        a2a::SendRequest { push, ..message(id, script) }
    };
    let first = send(&kit, pushing("m1", "ask")).await.unwrap();
    bed.end(kit).await;
    let (_, kit) = bed.open().await;
    kit.open_push(agent::Push { guard: outbound::Guard::new([]), ..push });
    assert_eq!(send(&kit, pushing("m1", "ask")).await.unwrap().id, first.id);
    assert_eq!(send(&kit, pushing("m1", "work")).await, Err(Error::MessageIdReused("m1".into())));
    let refused = |sent| matches!(sent, Err(Error::Validation(violations)) if violations[0].field.ends_with(".url"));
    assert!(refused(send(&kit, pushing("m2", "work")).await), "a new message is refused");
    assert!(refused(send(&kit, pushing("m3", "reply")).await), "also one that would be answered directly");
    assert!(refused(send(&kit, to(&first, pushing("m4", "there"))).await), "also a turn");
    assert_eq!(id(&first), id(&send(&kit, message("m1", "ask")).await.unwrap()));
}
