//! A message kept as bytes says what its tree says.

use prost::Message as _;
use proto::a2a::{Message, Role, SendMessageRequest};
use types::{StepId, TaskId, Timestamp};

use super::{Heard, PART, REFERENCE};
use crate::frame::message_bytes;
use crate::metadata::{self, Dispatch};

const FULL: &str = r#"{"message":{"messageId":"m","contextId":"c","taskId":"t","role":"ROLE_USER",
"parts":[{"text":"smoke"},{"data":{"a":[1]},"mediaType":"application/json"},{"text":"fire","metadata":{"k":"v"}}],
"extensions":["x"],"referenceTaskIds":["r","s"]}}"#;

fn dispatch() -> Dispatch {
    Dispatch {
        run: TaskId::fresh(),
        step: "fire".parse::<StepId>().unwrap(),
        attempt: 2,
        turn: 1,
        not_after: Timestamp::from_millis(1_700_000_000_123),
        store_id: None,
        at_most_once: true,
    }
}

fn full() -> Message {
    let request = proto::from_text::<SendMessageRequest>(FULL).unwrap();
    Message { metadata: Some(dispatch().to_metadata()), ..request.message.unwrap() }
}

#[test]
fn bytes_that_are_kept_say_what_the_message_says() {
    let message = Message { metadata: None, ..full() };
    let heard = Heard::read(message.encode_to_vec().into()).unwrap();
    assert!(heard.tree().is_none(), "nothing was decoded");
    assert_eq!((heard.message_id(), heard.context_id(), heard.task_id()), ("m", "c", "t"));
    assert_eq!((heard.role_number(), heard.text()), (Role::User.into(), "smoke\nfire".to_owned()));
    assert_eq!(heard.dispatch(), Ok(None));
    let (mut parts, mut references) = (Vec::new(), Vec::new());
    heard.each_field(PART, |part| parts.push(part.to_vec()));
    heard.each_field(REFERENCE, |id| references.push(id.to_vec()));
    assert_eq!(parts, message.parts.iter().map(prost::Message::encode_to_vec).collect::<Vec<_>>());
    assert_eq!(references, [b"r", b"s"]);
    assert!(heard.tree().is_none(), "nothing has been decoded");
    assert_eq!(*heard, message);
}

#[test]
fn a_dispatch_is_read_from_bytes_as_from_a_tree() {
    for metadata in [
        dispatch().to_metadata(),
        Dispatch { store_id: Some(types::StoreId::fresh()), at_most_once: false, ..dispatch() }.to_metadata(),
        Dispatch { attempt: 0, ..dispatch() }.to_metadata(),
        metadata::structure([(metadata::DISPATCH, metadata::text("none"))]),
        metadata::structure([(metadata::DISPATCH, metadata::object(Default::default()))]),
        metadata::structure([("other", metadata::number(1))]),
    ] {
        let read = Dispatch::from_metadata(Some(&metadata));
        let heard = Heard::read(Message { metadata: Some(metadata), ..full() }.encode_to_vec().into()).unwrap();
        assert_eq!(heard.dispatch(), read);
        assert!(heard.tree().is_none());
    }
}

#[test]
fn what_is_encoded_otherwise_is_written_anew() {
    // The role before the id.
    let bytes = [0x20, 1, 0x0a, 1, b'm', 0x7a, 0];
    let heard = Heard::read(bytes.to_vec().into()).unwrap();
    assert_eq!((heard.message_id(), heard.role_number()), ("m", 1));
    assert_eq!(heard.bytes()[..], [0x0a, 1, b'm', 0x20, 1]);
    assert!(Heard::read(vec![0x0a, 9].into()).is_err());
}

#[test]
fn a_change_of_the_message_is_one_of_its_bytes() {
    let mut heard = Heard::kept(message_bytes(&full()));
    heard.message_id = "n".into();
    heard.parts.clear();
    let changed = Message { message_id: "n".into(), parts: Vec::new(), ..full() };
    assert_eq!(heard.message_id(), "n");
    assert_eq!(heard.bytes()[..], message_bytes(&Message { metadata: heard.metadata.clone(), ..changed })[..]);
}
