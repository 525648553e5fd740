//! What the decisions of one commit append to its row is one row, and each commit has its own.

use std::sync::Arc;

use a2a::{Backend, Card, Error};
use agent::{Append, Damaged, Decision, Driver, Handle, Input, Kit, Parts, View};
use prost::Message as _;
use proto::a2a::SendMessageResponse;
use proto::a2a::send_message_response::Payload;
use store::{Record, Store};
use tokio_util::sync::CancellationToken;
use types::TaskId;

use crate::moody::Moody;
use crate::script::{call, immediately, message, skill};

/// Notes a letter per decision: `m` for a message, the signal's own otherwise.
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
        Ok(Decision { appends: vec![Append { kind: "notes", key, body: vec![letter] }], ..Decision::default() })
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
