//! Streams: in order, gap-free, resumable at any place.

use a2a::frame::Update;
use a2a::{Backend, Error};
use futures::StreamExt;
use types::{Seq, TaskState};

use crate::script::{Stage, after, call, fold, get, id, immediately, message, read, script, send, seqs, start, state};

#[tokio::test]
async fn a_stream_begins_with_the_task_and_counts_every_frame() {
    let kit = start::<false>(&Stage::new()).await;
    let events = read(kit.stream(call(), script("work artifact work")).await.unwrap()).await;
    assert!(matches!(&events[0].update, Update::Task(_)));
    assert_eq!(seqs(&events), [2, 3, 4, 5]);
    assert!(events[1..].iter().all(|event| event.cursor.unwrap().prev.unwrap().next() == event.cursor.unwrap().seq));
    let task = fold(&events);
    assert_eq!(state(&task), TaskState::Completed);
    let read = get(&kit, id(&task)).await.unwrap();
    assert_eq!((task.history, task.artifacts, task.status), (read.history, read.artifacts, read.status));
}

#[tokio::test]
async fn a_stream_resumes_after_any_frame_even_when_the_task_has_ended() {
    let kit = start::<false>(&Stage::new()).await;
    let events = read(kit.stream(call(), script("work artifact work")).await.unwrap()).await;
    let task = id(&fold(&events));
    for cursor in 0..=5 {
        let rest = read(kit.subscribe(after(cursor), task).await.unwrap()).await;
        assert_eq!(seqs(&rest), (cursor + 1..=5).collect::<Vec<_>>());
        let Update::Task(bare) = &rest[0].update else { panic!("no task first") };
        assert!(bare.history.is_empty() && bare.artifacts.is_empty());
        assert_eq!(rest[0].cursor.unwrap().seq, Seq(cursor));
    }
}

#[tokio::test]
async fn a_cursor_past_the_end_gets_a_snapshot_at_an_earlier_place() {
    let kit = start::<true>(&Stage::new()).await;
    let task = send(&kit, script("artifact")).await.unwrap();
    let events = read(kit.subscribe(after(99), id(&task)).await.unwrap()).await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].cursor.unwrap().seq, Seq(3));
    assert_eq!(fold(&events).artifacts.len(), 1);
}

#[tokio::test]
async fn a_cut_send_resumes_by_its_message_id_and_a_cursor() {
    let stage = Stage::new();
    let kit = start::<false>(&stage).await;
    let mut first = kit.stream(call(), message("m1", "work wait artifact")).await.unwrap();
    first.next().await.unwrap().unwrap();
    drop(first);
    stage.open();
    let rest = read(kit.stream(after(1), message("m1", "work wait artifact")).await.unwrap()).await;
    assert_eq!(seqs(&rest), [2, 3, 4]);
}

#[tokio::test]
async fn every_subscriber_sees_the_same_events_in_the_same_order() {
    let stage = Stage::new();
    let kit = start::<false>(&stage).await;
    let task = send(&kit, immediately(script("work wait artifact work"))).await.unwrap();
    let one = kit.subscribe(after(0), id(&task)).await.unwrap();
    let two = kit.subscribe(after(0), id(&task)).await.unwrap();
    stage.open();
    let (one, two) = tokio::join!(read(one), read(two));
    assert_eq!(one, two);
    assert_eq!(seqs(&one), [1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn a_plain_subscribe_to_an_ended_task_is_refused() {
    let kit = start::<true>(&Stage::new()).await;
    let task = send(&kit, script("work")).await.unwrap();
    assert!(matches!(kit.subscribe(call(), id(&task)).await.err(), Some(Error::UnsupportedOperation(_))));
}

#[tokio::test]
async fn a_reader_far_behind_reads_the_log() {
    let kit = start::<true>(&Stage::new()).await;
    let script_of_many = "work ".repeat(500);
    let task = send(&kit, script(&script_of_many)).await.unwrap();
    let events = read(kit.subscribe(after(0), id(&task)).await.unwrap()).await;
    assert_eq!(seqs(&events), (1..=502).collect::<Vec<_>>());
}

#[tokio::test]
async fn streams_end_unavailable_when_the_service_stops() {
    use tokio_util::sync::CancellationToken;
    let (stage, closing) = (Stage::new(), CancellationToken::new());
    let store = std::sync::Arc::new(store::MemoryStore::new());
    let kit = crate::script::start_on::<false>(&stage, store, closing.clone()).await;
    let mut frames = kit.stream(call(), script("wait")).await.unwrap();
    frames.next().await.unwrap().unwrap();
    closing.cancel();
    assert!(matches!(frames.next().await, Some(Err(Error::Unavailable { .. }))));
    assert!(frames.next().await.is_none());
}
