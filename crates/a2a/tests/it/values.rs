//! Dispatch metadata, digests, times and cards.

use a2a::metadata::{self, Cursor, Dispatch};
use a2a::{Card, framed_body, validate_card};
use prost::Message as _;
use proto::a2a::{AgentCard, AgentInterface, AgentSkill, Message, Part, part::Content};
use types::{Seq, StoreId, TaskId, Timestamp};

use crate::stage::{Stage, message, text};

fn dispatch() -> Dispatch {
    Dispatch {
        run: TaskId::fresh(),
        step: "fire".parse().unwrap(),
        attempt: 2,
        turn: 1,
        not_after: Timestamp::from_millis(1_795_239_000_123),
        store_id: Some(StoreId::fresh()),
        at_most_once: true,
    }
}

#[test]
fn a_dispatch_comes_back_from_its_metadata() {
    for dispatch in [dispatch(), Dispatch { store_id: None, at_most_once: false, ..dispatch() }] {
        let wire = dispatch.to_metadata().encode_to_vec();
        let metadata = proto::Struct::decode(&wire[..]).unwrap();
        assert_eq!(Dispatch::from_metadata(Some(&metadata)), Ok(Some(dispatch)));
    }
    assert_eq!(Dispatch::from_metadata(None), Ok(None));
    assert_eq!(Dispatch::from_metadata(Some(&metadata::structure([("else", metadata::null())]))), Ok(None));
}

#[test]
fn a_dispatch_that_is_malformed_names_the_member() {
    let bad = [
        ("run", metadata::text("x")),
        ("step", metadata::text("")),
        ("attempt", metadata::number(-1)),
        ("turn", metadata::number(0.5)),
        ("not_after", metadata::text("soon")),
        ("store_id", metadata::number(1)),
    ];
    for (field, value) in bad {
        let mut whole = dispatch().to_metadata();
        let inner = whole.fields.get_mut(metadata::DISPATCH).unwrap();
        let Some(proto::value::Kind::StructValue(inner)) = &mut inner.kind else { panic!("no object") };
        inner.fields.insert(field.into(), value);
        assert_eq!(Dispatch::from_metadata(Some(&whole)).unwrap_err().field, field);
    }
    let none = Dispatch { attempt: 0, ..dispatch() }.to_metadata();
    assert_eq!(Dispatch::from_metadata(Some(&none)).unwrap_err().field, "attempt");
}

#[test]
fn a_cursor_is_taken_out_of_metadata_that_stays() {
    let position = metadata::object([("seq".to_owned(), metadata::count(4))].into());
    let own = ("own", metadata::truth(false));
    let mut both = Some(metadata::structure([(metadata::CURSOR, position.clone()), own.clone()]));
    assert_eq!(Cursor::take(&mut both), Some(Cursor { seq: Seq(4), prev: None }));
    assert_eq!(both, Some(metadata::structure([own])));
    let mut alone = Some(metadata::structure([(metadata::CURSOR, position)]));
    assert!(Cursor::take(&mut alone).is_some());
    assert_eq!(alone, None);
}

#[test]
fn a_request_names_the_one_store_that_it_is_meant_for() {
    let dispatch = dispatch();
    let store = dispatch.store_id.unwrap();
    assert_eq!(metadata::store_of(Some(&metadata::for_store(store))), Ok(Some(store)));
    assert_eq!(metadata::store_of(Some(&dispatch.to_metadata())), Ok(Some(store)));
    assert_eq!(metadata::store_of(Some(&metadata::structure([("else", metadata::null())]))), Ok(None));
    assert_eq!(metadata::store_of(None), Ok(None));
    for bad in [metadata::text("x"), metadata::object([("store_id".into(), metadata::text("x"))].into())] {
        assert!(metadata::store_of(Some(&metadata::structure([(metadata::DISPATCH, bad)]))).is_err());
    }
}

#[test]
fn a_reason_is_read_as_it_was_written() {
    let written = metadata::for_reason(metadata::OUTCOME_UNKNOWN);
    assert_eq!(metadata::reason_of(Some(&written)), Some("OUTCOME_UNKNOWN"));
    assert_eq!(metadata::reason_of(None), None);
}

fn digest(message: &Message) -> Vec<u8> {
    framed_body(&message.clone().into())
}

#[test]
fn the_body_is_role_context_references_and_parts() {
    let base = message("hello");
    let same = [
        Message { message_id: "other".into(), ..base.clone() },
        Message { metadata: Some(metadata::structure([("a", metadata::null())])), ..base.clone() },
        Message { extensions: vec!["urn:x".into()], ..base.clone() },
    ];
    for message in same {
        assert_eq!(digest(&message), digest(&base));
    }
    let other = [
        Message { role: 2, ..base.clone() },
        Message { context_id: "c".into(), ..base.clone() },
        Message { reference_task_ids: vec!["t".into()], ..base.clone() },
        Message { parts: vec![text("hello"), text("")], ..base.clone() },
        Message { parts: vec![Part { media_type: "text/plain".into(), ..text("hello") }], ..base.clone() },
        Message { context_id: "t".into(), ..base.clone() },
    ];
    for message in other {
        assert_ne!(digest(&message), digest(&base));
    }
    let references = Message { reference_task_ids: vec!["a".into(), "b".into()], ..base.clone() };
    let joined = Message { reference_task_ids: vec!["ab".into()], ..base };
    assert_ne!(digest(&references), digest(&joined));
}

#[test]
fn the_senders_order_of_members_does_not_count() {
    // The same object, its two members written in either order.
    let member = |key: &str| {
        let one = proto::Struct { fields: [(key.to_owned(), metadata::truth(true))].into() };
        one.encode_to_vec()
    };
    let read = |bytes: Vec<u8>| {
        let object = proto::Struct::decode(&bytes[..]).unwrap();
        let value = proto::Value { kind: Some(proto::value::Kind::StructValue(object)) };
        let part = Part { content: Some(Content::Data(value)), ..Part::default() };
        digest(&Message { parts: vec![part], ..message("x") })
    };
    assert_eq!(read([member("a"), member("b")].concat()), read([member("b"), member("a")].concat()));
}

#[test]
fn times_are_whole_milliseconds() {
    let time = Timestamp::from_millis(1_795_239_000_123);
    assert_eq!(a2a::time::to_wire(time).nanos, 123_000_000);
    assert_eq!(a2a::time::from_wire(&a2a::time::to_wire(time)), Some(time));
    let odd = |seconds, nanos| a2a::time::from_wire(&prost_types::Timestamp { seconds, nanos });
    assert_eq!(odd(1, 999_999), Some(Timestamp::from_millis(1000)));
    assert_eq!((odd(-1, 0), odd(0, -1), odd(0, 1_000_000_000), odd(i64::MAX, 0)), (None, None, None, None));
}

#[test]
fn c67_a_built_card_has_all_that_is_required_and_requires_nothing() {
    let card = Stage::new().card;
    assert_eq!(validate_card(&card), Ok(()));
    let bindings: Vec<&str> = card.supported_interfaces.iter().map(|one| one.protocol_binding.as_str()).collect();
    assert_eq!(bindings, ["GRPC", "JSONRPC", "HTTP+JSON"]);
    let interface = &card.supported_interfaces[0];
    assert_eq!((interface.protocol_binding.as_str(), interface.protocol_version.as_str()), ("GRPC", "1.0"));
    assert_eq!(interface.url, "127.0.0.1:1");
    let extensions = &card.capabilities.as_ref().unwrap().extensions;
    let uris: Vec<&str> = extensions.iter().map(|extension| extension.uri.as_str()).collect();
    assert_eq!(uris, [metadata::CURSOR, metadata::IDEMPOTENCY, metadata::DISPATCH, metadata::PROGRESS]);
    assert!(extensions.iter().all(|extension| !extension.required && !extension.description.is_empty()));
}

#[test]
fn c63_every_extension_of_ours_has_a_document_that_names_it() {
    let documents = [
        (metadata::CURSOR, include_str!("../../../../docs/extensions/cursor.md")),
        (metadata::IDEMPOTENCY, include_str!("../../../../docs/extensions/idempotency.md")),
        (metadata::PROGRESS, include_str!("../../../../docs/extensions/progress.md")),
        (metadata::PLAN, include_str!("../../../../docs/extensions/plan.md")),
        (metadata::REASON, include_str!("../../../../docs/extensions/reason.md")),
        (metadata::DISPATCH, include_str!("../../../../docs/extensions/correlation.md")),
    ];
    for (uri, document) in documents {
        assert!(document.contains(&format!("`{uri}`")), "{uri}");
    }
}

#[test]
fn c67_a_card_names_every_field_that_it_lacks() {
    let empty = validate_card(&AgentCard::default()).unwrap_err();
    assert_eq!(empty.len(), 8);
    let partly = AgentCard {
        supported_interfaces: vec![AgentInterface::default()],
        skills: vec![AgentSkill { id: "x".into(), ..AgentSkill::default() }],
        ..Stage::new().card
    };
    let fields: Vec<String> =
        validate_card(&partly).unwrap_err().into_iter().map(|violation| violation.field).collect();
    let expected = [
        "supported_interfaces[0].url",
        "supported_interfaces[0].protocol_binding",
        "supported_interfaces[0].protocol_version",
        "skills[0].name",
        "skills[0].description",
        "skills[0].tags",
    ];
    assert_eq!(fields, expected);
    let url = "http://127.0.0.1:1".to_owned();
    let (name, description, version) = ("a".to_owned(), "b".to_owned(), "1".to_owned());
    let card = Card { name, description, version, url, skills: Stage::new().card.skills, extensions: vec![] };
    assert_eq!(card.build().unwrap_err()[0].field, "url");
}
