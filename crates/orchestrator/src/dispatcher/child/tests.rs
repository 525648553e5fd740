//! What is noted of a child that is seen as a whole, as after a gap.

use a2a::frame::Update;
use a2a::metadata::{PROGRESS, member, structure, text};
use agent::words::say;
use prost::Message as _;
use proto::a2a::{Message, Task, TaskState, TaskStatus};

use super::note;

#[test]
fn a_task_that_is_seen_whole_says_how_far_it_is_and_nothing_else_beside_its_words() {
    let status = TaskStatus { state: TaskState::Working.into(), message: Some(say("waiting")), timestamp: None };
    let metadata = Some(structure([(PROGRESS, text("queue")), ("else", text("x"))]));
    let task = Task { status: Some(status), metadata, ..Task::default() };
    let noted = Message::decode(note(&Update::Task(task)).as_bytes()).unwrap();
    assert_eq!(noted.metadata.as_ref().map(|metadata| metadata.fields.len()), Some(1));
    assert_eq!(member(noted.metadata.as_ref(), PROGRESS), Some(&text("queue")));
}
