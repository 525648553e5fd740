//! What the decisions of one commit append to its row is one row, and each commit has its own; what is in no haste
//! shares the commit of what comes next.

use std::sync::Arc;

use a2a::{Backend, Card, Error, History};
use agent::{Append, Damaged, Decision, Driver, Handle, Haste, Input, Kit, Parts, View};
use prost::Message as _;
use proto::a2a::SendMessageResponse;
use proto::a2a::send_message_response::Payload;
use store::{Record, Store};
use tokio_util::sync::CancellationToken;
use types::TaskId;

use crate::moody::Moody;
use crate::script::{call, immediately, message, skill};

/// Notes a letter per decision: `m` for a message, the signal's own otherwise; a capital is in no haste.
#[derive(Debug)]
struct Notes;

impl Driver for Notes {
    type State = ();
    type Signal = u8;
    type Effect = ();

    fn begin(&self, _task: &TaskId) {}

    fn replay(&self, _state: &mut (), record: &Record) -> Result<(), Damaged> {
        Err(Damaged(record.kind))
    }

    fn fold(&self, _state: &()) -> Vec<Record> {
        Vec::new()
    }

    fn decide(&self, task: &View<'_>, _state: &mut (), input: Input<u8>) -> Result<Decision<()>, Error> {
        let letter = if let Input::Signal(letter) = input { letter } else { b'm' };
        let key = task.commit.0.to_be_bytes().to_vec().into();
        let haste = if letter.is_ascii_uppercase() { Haste::Soon } else { Haste::Now };
        Ok(Decision { appends: vec![Append { kind: "notes", key, body: vec![letter] }], haste, ..Decision::default() })
    }

    fn outstanding(&self, _task: &View<'_>, _state: &()) -> Vec<()> {
        Vec::new()
    }

    fn perform(&self, _handle: Handle<Self>, (): ()) {}

    fn describe(&self, _record: &Record) -> (&'static str, String) {
        ("none", String::new())
    }
}

/// A task that has noted one message, and the store that its commits go to.
async fn noting() -> (Arc<Moody>, Handle<Notes>) {
    let card = Card {
        name: "Notes".into(),
        description: "tests".into(),
        version: "1".into(),
        url: "localhost:1".into(),
        skills: vec![skill()],
        extensions: Vec::new(),
    };
    let (store, idempotency) = (Arc::new(Moody::default()), agent::Idempotency::Always);
    let (card, closing) = (card.build().unwrap(), CancellationToken::new());
    let parts = Parts { driver: Notes, store: store.clone() as Arc<dyn Store>, card, idempotency, closing };
    let kit = Kit::start(parts).await.unwrap();
    let answer = SendMessageResponse::decode(kit.send(call(), immediately(message("m1", "work"))).await.unwrap());
    let Some(Payload::Task(task)) = answer.unwrap().payload else { panic!("no task") };
    let handle = kit.handle(task.id.parse().unwrap()).await.unwrap().unwrap();
    (store, handle)
}

/// What each commit has noted, in their order.
async fn told(store: &Moody) -> Vec<String> {
    let rows = store.rows("notes", &[]).await.unwrap();
    rows.iter().map(|row| String::from_utf8(row.body.to_vec()).unwrap()).collect()
}

#[tokio::test]
async fn what_the_decisions_of_one_commit_append_is_one_row() {
    let (store, handle) = noting().await;
    store.hold();
    // The first is on its way when the others are decided, so that these share the next commit.
    let release = async {
        tokio::task::yield_now().await;
        store.release();
    };
    let (a, b, c, ()) = tokio::join!(handle.signal(b'a'), handle.signal(b'b'), handle.signal(b'c'), release);
    assert_eq!((a, b, c), (Ok(()), Ok(()), Ok(())));
    handle.signal(b'd').await.unwrap();
    let told = told(&store).await;
    assert_eq!(told.concat(), "mabcd");
    assert!(told.len() < 5, "{told:?}");
    assert!(told.len() >= 3, "each commit has its own: {told:?}");
}

#[tokio::test]
async fn what_a_failed_commit_would_have_appended_is_appended_once_by_a_later_one() {
    let (store, handle) = noting().await;
    store.hold();
    let refuse = async {
        tokio::task::yield_now().await;
        assert!(store.held() > 0);
        store.refuse();
        store.release();
    };
    let (a, b, ()) = tokio::join!(handle.signal(b'a'), handle.signal(b'b'), refuse);
    for (letter, taken) in [(b'a', a), (b'b', b)] {
        if taken.is_err() {
            handle.signal(letter).await.unwrap();
        }
    }
    handle.signal(b'c').await.unwrap();
    let told = told(&store).await.concat();
    assert!(["mabc", "mbac"].contains(&told.as_str()), "{told}");
}

#[tokio::test(start_paused = true)]
async fn what_is_in_no_haste_shares_the_commit_of_what_comes_next() {
    let (store, handle) = noting().await;
    let begun = tokio::time::Instant::now();
    let last = async {
        // Those before have had their turn, and wait.
        for _ in 0..3 {
            tokio::task::yield_now().await;
        }
        assert_eq!(told(&store).await, ["m"]);
        handle.signal(b'c').await
    };
    let taken = tokio::join!(handle.signal(b'A'), handle.signal(b'B'), last);
    assert_eq!(taken, (Ok(()), Ok(()), Ok(())));
    assert_eq!(told(&store).await, ["m", "ABc"]);
    assert_eq!(begun.elapsed(), std::time::Duration::ZERO, "nobody waits for those that can wait");
}

#[tokio::test(start_paused = true)]
async fn what_is_in_no_haste_is_durable_after_a_moment_by_itself() {
    let (store, handle) = noting().await;
    handle.signal(b'A').await.unwrap();
    handle.signal(b'B').await.unwrap();
    assert_eq!(told(&store).await, ["m", "A", "B"]);
}

#[tokio::test(start_paused = true)]
async fn who_asks_for_the_task_does_not_wait_for_what_may() {
    let (store, handle) = noting().await;
    let begun = tokio::time::Instant::now();
    let asked = async {
        tokio::task::yield_now().await;
        tokio::task::yield_now().await;
        handle.kit().get(call(), handle.id(), History::All).await.map(drop)
    };
    let (taken, asked) = tokio::join!(handle.signal(b'A'), asked);
    assert_eq!((taken, asked, begun.elapsed()), (Ok(()), Ok(()), std::time::Duration::ZERO));
    assert_eq!(told(&store).await, ["m", "A"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_in_no_haste_is_queued_also_if_nobody_waits_for_it_any_more() {
    let (store, handle) = noting().await;
    tokio::select! {
        biased;
        _ = handle.signal(b'A') => panic!("it waits"),
        () = async { for _ in 0..3 { tokio::task::yield_now().await } } => {}
    }
    assert_eq!(told(&store).await, ["m", "A"]);
}
