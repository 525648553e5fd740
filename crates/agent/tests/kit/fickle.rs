//! A refusal waits for what is queued ahead of it: a message that is being taken is not refused when it comes again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use a2a::{Backend, Card, Error};
use agent::{Change, Damaged, Decision, Driver, Handle, Input, Kit, Parts, View};
use prost::Message as _;
use proto::a2a::SendMessageResponse;
use store::{Record, Store};
use tokio_util::sync::CancellationToken;
use types::TaskId;

use crate::moody::Moody;
use crate::script::{call, immediately, message, skill};

/// Takes the first message ever, and refuses every other.
#[derive(Debug, Default)]
struct Fickle(AtomicBool);

impl Driver for Fickle {
    type State = ();
    type Signal = ();
    type Effect = ();

    fn begin(&self, _task: &TaskId) {}

    fn replay(&self, _state: &mut (), record: &Record) -> Result<(), Damaged> {
        Err(Damaged(record.kind))
    }

    fn fold(&self, _state: &()) -> Vec<Record> {
        Vec::new()
    }

    fn decide(&self, _task: &View<'_>, _state: &mut (), _input: Input<()>) -> Result<Decision<()>, Error> {
        if self.0.swap(true, Ordering::SeqCst) {
            return Err(Error::UnsupportedOperation("one is enough".to_owned()));
        }
        let state = types::TaskState::Working;
        let changes = vec![Change::Status { state, message: None, metadata: None }];
        Ok(Decision { changes, ..Decision::default() })
    }

    fn outstanding(&self, _task: &View<'_>, _state: &()) -> Vec<()> {
        Vec::new()
    }

    fn perform(&self, _handle: Handle<Self>, (): ()) {}

    fn describe(&self, _record: &Record) -> (&'static str, String) {
        ("none", String::new())
    }
}

async fn sent(kit: &Kit<Fickle>, id: &str) -> Result<SendMessageResponse, Error> {
    let bytes = kit.send(call(), immediately(message(id, "work"))).await?;
    Ok(SendMessageResponse::decode(bytes).unwrap())
}

#[tokio::test]
async fn a_message_that_is_being_taken_is_not_refused_when_it_comes_again() {
    let card = Card {
        name: "Fickle".into(),
        description: "tests".into(),
        version: "1".into(),
        url: "localhost:1".into(),
        skills: vec![skill()],
        extensions: Vec::new(),
    };
    let (store, card) = (Arc::new(Moody::default()), card.build().unwrap());
    let closing = CancellationToken::new();
    let parts = Parts {
        driver: Fickle::default(),
        store: store.clone() as Arc<dyn Store>,
        card,
        idempotency: agent::Idempotency::Always,
        closing,
    };
    let kit = Kit::start(parts).await.unwrap();
    store.hold();
    // Polled in order: the first is queued when the others come, and none is answered before the store goes on.
    let (first, again, other, ()) =
        tokio::join!(sent(&kit, "m1"), sent(&kit, "m1"), sent(&kit, "m2"), async { store.release() });
    assert!(first.is_ok());
    assert_eq!(again, first);
    assert!(matches!(other, Err(Error::UnsupportedOperation(_))), "{other:?}");
}
