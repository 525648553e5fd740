//! What is noted of a child that is seen as a whole, as after a gap.

use a2a::frame::Update;
use a2a::metadata::{PROGRESS, member, structure, text};
use agent::words::say;
use prost::Message as _;
use proto::Value;
use proto::a2a::part::Content;
use proto::a2a::{Message, Part, Task, TaskState, TaskStatus};
use proto::value::{Kind, MAX_LEVELS};

use super::{note, replied};
use crate::plan::parts;

#[test]
fn a_task_that_is_seen_whole_says_how_far_it_is_and_nothing_else_beside_its_words() {
    let status = TaskStatus { state: TaskState::Working.into(), message: Some(say("waiting")), timestamp: None };
    let metadata = Some(structure([(PROGRESS, text("queue")), ("else", text("x"))]));
    let task = Task { status: Some(status), metadata, ..Task::default() };
    let noted = Message::decode(note(&Update::Task(task)).as_bytes()).unwrap();
    assert_eq!(noted.metadata.as_ref().map(|metadata| metadata.fields.len()), Some(1));
    assert_eq!(member(noted.metadata.as_ref(), PROGRESS), Some(&text("queue")));
}

/// Lists within each other, each of which is two levels of messages.
fn nested(lists: usize) -> Part {
    let list = |inner| Value { kind: Some(Kind::ListValue(proto::ListValue { values: vec![inner] })) };
    let value = (0..lists).fold(text("core"), |inner, _| list(inner));
    Part { content: Some(Content::Data(value)), ..Part::default() }
}

#[test]
fn data_that_is_too_deep_to_be_told_again_is_left_out_in_words() {
    let message = Message { parts: vec![nested(2), nested(MAX_LEVELS / 2 + 1)], ..Message::default() };
    let engine::Answer::Completed(answer) = replied(message) else { panic!("an answer is one") };
    let told = parts(&answer);
    assert_eq!(told[0], nested(2));
    assert!(matches!(&told[1].content, Some(Content::Text(words)) if words.contains("too deep")), "{told:?}");
}
