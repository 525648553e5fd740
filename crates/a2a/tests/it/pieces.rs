//! What is put together from bytes is what generated code writes of the same values.

use a2a::frame::{self, Chunk, Held, Made, Metadata, Piece, Written};
use a2a::metadata;
use proptest::prelude::*;
use prost::Message as _;
use proto::a2a::part::Content;
use proto::a2a::{Artifact, Message, Part, Role, Task, TaskStatus};
use proto::{Struct, Value};
use types::{Seq, TaskState};

use crate::stage::{CONTEXT, IDS, TASK, message, text};

fn parts() -> impl Strategy<Value = Vec<Part>> {
    let words = || "\\PC{0,200}";
    let data = (words(), any::<i32>()).prop_map(|(name, number)| object(&name, metadata::number(number)));
    let content = prop_oneof![
        words().prop_map(Content::Text),
        proptest::collection::vec(any::<u8>(), 0..200).prop_map(|bytes| Content::Raw(bytes.into())),
        words().prop_map(Content::Url),
        data.prop_map(Content::Data),
    ];
    let metadata = words().prop_map(|name| metadata::structure([(name.as_str(), metadata::truth(true))]));
    let part = (prop::option::of(content), prop::option::of(metadata), words(), words());
    let part =
        part.prop_map(|(content, metadata, filename, media_type)| Part { content, metadata, filename, media_type });
    proptest::collection::vec(part, 0..5)
}

fn object(name: &str, value: Value) -> Value {
    metadata::object([(name.to_owned(), value)].into())
}

/// The part that a piece shows.
fn shown(piece: &Piece<'_>) -> Part {
    let content = piece.content.map(|held| match held {
        Held::Text(words) => Content::Text(words.to_owned()),
        Held::Raw(bytes) => Content::Raw(bytes.to_vec().into()),
        Held::Url(url) => Content::Url(url.to_owned()),
        Held::Data(value) => Content::Data(Value::decode(value).unwrap()),
    });
    let metadata = piece.metadata.map(|bytes| Struct::decode(bytes).unwrap());
    let (filename, media_type) = (piece.filename.to_owned(), piece.media_type.to_owned());
    Part { content, metadata, filename, media_type }
}

proptest! {
    #[test]
    fn the_pieces_of_a_message_are_its_parts(parts in parts()) {
        let whole = Message { parts: parts.clone(), metadata: Some(Struct::default()), ..message("hello") };
        let bytes = Message { role: Role::User.into(), ..whole }.encode_to_vec();
        let pieces = Piece::all(&bytes);
        prop_assert_eq!(pieces.iter().map(shown).collect::<Vec<_>>(), parts.clone());
        let written: Vec<Vec<u8>> = pieces.iter().map(|piece| piece.bytes.to_vec()).collect();
        prop_assert_eq!(written, parts.iter().map(prost::Message::encode_to_vec).collect::<Vec<_>>());
        let words: Vec<&str> = pieces.iter().filter_map(Piece::words).collect();
        let known = parts.iter().filter_map(|part| match &part.content {
            Some(Content::Text(words)) => Some(words.as_str()),
            _ => None,
        });
        prop_assert_eq!(words, known.collect::<Vec<_>>());
    }

    #[test]
    fn an_artifact_of_pieces_is_that_of_the_parts(parts in parts()) {
        let bytes = Message { parts: parts.clone(), ..Message::default() }.encode_to_vec();
        let made = Made::new("a", "n").pieces(&Piece::all(&bytes));
        let artifact = Artifact { artifact_id: "a".into(), name: "n".into(), parts, ..Artifact::default() };
        prop_assert_eq!(made, Made::from(artifact));
    }

    #[test]
    fn of_any_bytes_that_are_a_message_the_pieces_are_as_many_as_the_parts(
        bytes in proptest::collection::vec(any::<u8>(), 0..60),
    ) {
        if let Ok(message) = Message::decode(&bytes[..]) {
            prop_assert_eq!(Piece::all(&bytes).len(), message.parts.len());
        }
    }
}

#[test]
fn a_message_that_is_cut_off_or_not_text_has_no_pieces() {
    let whole = Message { parts: vec![text("one"), text("two")], ..Message::default() }.encode_to_vec();
    assert_eq!(Piece::all(&whole).len(), 2);
    assert_eq!(Piece::all(&whole[..whole.len() - 1]), []);
    // Field 5, three bytes long: field 1 with one byte that is no text.
    assert_eq!(Piece::all(&[0x2a, 3, 0x0a, 1, 0xff]), []);
    assert_eq!(Piece::all(&[]), []);
}

#[test]
fn an_artifact_is_put_together_as_generated_code_writes_it() {
    let key = "urn:own";
    let made = Made::new("a", "n")
        .text("words", "text/plain")
        .json(|slot| slot.object(|out| _ = out.text("k", "v")))
        .with(Metadata::of(key, |slot| slot.truth(true)));
    let data = Content::Data(object("k", metadata::text("v")));
    let part =
        |content, media_type: &str| Part { content: Some(content), media_type: media_type.into(), ..Part::default() };
    let artifact = Artifact {
        artifact_id: "a".into(),
        name: "n".into(),
        parts: vec![part(Content::Text("words".into()), "text/plain"), part(data, "application/json")],
        metadata: Some(metadata::structure([(key, metadata::truth(true))])),
        ..Artifact::default()
    };
    assert_eq!((made.id(), &made), ("a", &Made::from(artifact.clone())));
    let mut written = Written::new(TASK.into(), CONTEXT.into());
    let frame = written.make(made, Chunk::Whole, Seq(2));
    assert_eq!(frame, frame::artifact(IDS, &artifact, Chunk::Whole, None, Seq(2)));
}

#[test]
fn metadata_are_written_and_read_as_a_struct() {
    let tree = metadata::structure([("b", metadata::number(1)), ("a", object("x", metadata::null()))]);
    let mut written = Metadata::from(tree.clone());
    assert_eq!(Struct::from(&written), tree);
    written.put("b", |slot| slot.number(2));
    let later = metadata::structure([("b", metadata::number(2)), ("a", object("x", metadata::null()))]);
    assert_eq!(written, Metadata::from(later));
}

#[test]
fn what_is_written_takes_as_many_bytes_as_it_says() {
    let long = "x".repeat(300);
    let entry = |n: usize| (long.repeat(n), metadata::number(1));
    let metadata = Struct { fields: (0..40).map(entry).collect() };
    let artifact = Artifact {
        artifact_id: "a".into(),
        description: long.clone(),
        parts: vec![text("words")],
        metadata: Some(metadata.clone()),
        extensions: vec!["urn:x".into(), long],
        ..Artifact::default()
    };
    let none = Artifact { metadata: Some(Struct::default()), extensions: Vec::new(), ..artifact.clone() };
    for artifact in [artifact, none, Artifact::default()] {
        assert_eq!(Made::from(artifact.clone()).size(), artifact.encoded_len());
        let task = Task { artifacts: vec![artifact], metadata: Some(metadata.clone()), ..Task::default() };
        assert_eq!(task.encoded_len(), Written::from(task).len());
    }
}

#[test]
fn what_an_agent_says_is_its_tasks_and_has_an_id() {
    let at = prost_types::Timestamp { seconds: 5, nanos: 6 };
    for (own, id) in [("", format!("{TASK}-7")), ("own", "own".to_owned())] {
        let words = Message {
            message_id: own.into(),
            task_id: "other".into(),
            parts: vec![text("busy")],
            ..Message::default()
        };
        let whole = Message {
            message_id: id,
            task_id: TASK.into(),
            context_id: CONTEXT.into(),
            role: Role::Agent.into(),
            ..words.clone()
        };
        let status = TaskStatus { state: TaskState::Working.wire(), message: Some(whole), timestamp: Some(at) };
        let mut told = Written::new(TASK.into(), CONTEXT.into());
        let frame = told.tell(TaskState::Working, Some(&words), at, None, Seq(7));
        assert_eq!(frame, frame::status(IDS, &status, None, Seq(7)));
        let status = Some(status);
        let task = Task { id: TASK.into(), context_id: CONTEXT.into(), status, ..Task::default() };
        assert_eq!(told.bytes(), task.encode_to_vec());
    }
}
