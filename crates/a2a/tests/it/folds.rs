//! Whoever folds a stream holds the task that GetTask answers, from wherever the folding began.

use a2a::fold::{self, Misfit};
use a2a::frame::{self, Chunk, Ids, Metadata, Update, Written};
use a2a::metadata;
use a2a::{Artifacts, History};
use bytes::Bytes;
use proptest::prelude::*;
use prost::Message as _;
use proto::a2a::{Artifact, Message, Task, TaskStatus, TaskStatusUpdateEvent};
use types::{Seq, TaskState, Timestamp};

use crate::stage::{CONTEXT, TASK, message, status, text};

/// A change of a task, as a backend makes it.
#[derive(Debug, Clone)]
enum Change {
    Status { working: bool, words: Option<u8>, key: Option<u8> },
    Whole { artifact: u8 },
    Append { artifact: u8, last: bool },
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let words = proptest::option::of(any::<u8>());
    let key = proptest::option::of(0u8..3);
    let change = prop_oneof![
        (any::<bool>(), words, key).prop_map(|(working, words, key)| Change::Status { working, words, key }),
        (0u8..3).prop_map(|artifact| Change::Whole { artifact }),
        (0u8..3, any::<bool>()).prop_map(|(artifact, last)| Change::Append { artifact, last }),
    ];
    proptest::collection::vec(change, 0..24)
}

/// The message of a caller as the history of its task has it.
fn heard() -> Message {
    Message { task_id: TASK.into(), context_id: CONTEXT.into(), ..message("hello") }
}

/// Makes the changes as a backend does: each encoded as a frame, then folded into its own task.
fn play(changes: &[Change]) -> (Vec<Bytes>, Vec<Task>) {
    let mut task = Task {
        id: TASK.into(),
        context_id: CONTEXT.into(),
        status: Some(status(TaskState::Submitted, None)),
        history: vec![heard()],
        ..Task::default()
    };
    let (mut frames, mut states) = (vec![frame::task(&task, Seq(1))], vec![task.clone()]);
    for change in changes {
        let seq = Seq(frames.len() as u64 + 1);
        if let Some(frame) = make(&mut task, change, seq) {
            frames.push(frame);
            states.push(task.clone());
        }
    }
    (frames, states)
}

/// A status whose words are the task's.
fn told(state: TaskState, words: Option<&str>) -> TaskStatus {
    let plain = status(state, words);
    let message = plain.message.map(|words| Message { task_id: TASK.into(), context_id: CONTEXT.into(), ..words });
    TaskStatus { message, ..plain }
}

fn make(task: &mut Task, change: &Change, seq: Seq) -> Option<Bytes> {
    let ids = Ids { task: TASK, context: CONTEXT };
    let (artifact, chunk) = match change {
        Change::Status { working, words, key } => {
            let state = if *working { TaskState::Working } else { TaskState::InputRequired };
            let status = told(state, words.map(|words| words.to_string()).as_deref());
            let own = key.map(|key| metadata::structure([(format!("k{key}").as_str(), metadata::count(seq.0))]));
            let frame = frame::status(ids, &status, own.as_ref(), seq);
            fold::status(task, status, own);
            return Some(frame);
        }
        Change::Whole { artifact } => (artifact, Chunk::Whole),
        Change::Append { artifact, last: true } => (artifact, Chunk::Last),
        Change::Append { artifact, last: false } => (artifact, Chunk::Append),
    };
    let artifact = Artifact {
        artifact_id: format!("a{artifact}"),
        parts: vec![text(&seq.to_string())],
        metadata: Some(metadata::structure([(format!("at{}", seq.0 % 3).as_str(), metadata::count(seq.0))])),
        ..Artifact::default()
    };
    let frame = frame::artifact(ids, &artifact, chunk, None, seq);
    fold::artifact(task, artifact, chunk).ok().map(|()| frame)
}

fn apply_all(mut task: Task, frames: &[Bytes]) -> Task {
    for frame in frames {
        fold::apply(&mut task, frame::open(frame.clone()).unwrap().update).unwrap();
    }
    task
}

proptest! {
    #[test]
    fn folding_a_snapshot_and_the_rest_is_folding_everything(changes in changes(), cut in any::<prop::sample::Index>()) {
        let (frames, states) = play(&changes);
        let end = states.last().unwrap();
        prop_assert_eq!(&apply_all(Task { id: TASK.into(), ..Task::default() }, &frames), end);
        let at = cut.index(frames.len());
        let bytes = frame::snapshot(states[at].clone(), History::All, Artifacts::Include, Seq(at as u64 + 1));
        let snapshot = a2a::Snapshot::from(Task::decode(bytes).unwrap());
        prop_assert_eq!(snapshot.seq, Some(Seq(at as u64 + 1)));
        prop_assert_eq!(&apply_all(snapshot.task, &frames[at + 1..]), end);
    }

    #[test]
    fn a_task_that_is_written_piece_by_piece_is_the_folded_one(changes in changes()) {
        let (frames, states) = play(&changes);
        let mut written = Written::new(TASK.into(), CONTEXT.into());
        prop_assert_eq!(&written.hear(&message("hello").into())[..], &heard().encode_to_vec()[..]);
        prop_assert_eq!(&written.open(&status(TaskState::Submitted, None), Seq(1)), &frames[0]);
        for (at, frame) in frames.iter().enumerate().skip(1) {
            let seq = Seq(at as u64 + 1);
            let made = match frame::open(frame.clone()).unwrap().update {
                Update::Status(update) => {
                    let TaskStatus { state, message, timestamp } = update.status.unwrap();
                    let (state, metadata) = (TaskState::from_wire(state).unwrap(), update.metadata.map(Metadata::from));
                    written.tell(state, message.as_ref(), timestamp.unwrap(), metadata, seq)
                }
                Update::Artifact(update) => {
                    let chunk = Chunk::from_flags(update.append, update.last_chunk);
                    written.make(update.artifact.unwrap().into(), chunk, seq)
                }
                other => panic!("{other:?}"),
            };
            prop_assert_eq!(&made, frame);
            prop_assert_eq!(written.bytes(), states[at].encode_to_vec());
            prop_assert_eq!(written.len(), written.bytes().len());
        }
    }

    #[test]
    fn positions_follow_on_each_other(changes in changes()) {
        for (index, frame) in play(&changes).0.into_iter().enumerate() {
            let cursor = frame::open(frame).unwrap().cursor.unwrap();
            prop_assert_eq!((cursor.seq, cursor.prev), (Seq(index as u64 + 1), Some(Seq(index as u64))));
        }
    }
}

fn base() -> Task {
    Task { id: TASK.into(), context_id: CONTEXT.into(), ..Task::default() }
}

#[test]
fn the_words_of_a_replaced_status_go_to_the_history() {
    let mut task = base();
    for words in [Some("one"), None, Some("two")] {
        fold::status(&mut task, status(TaskState::Working, words), None);
    }
    let told: Vec<&str> = task.history.iter().map(|message| message.message_id.as_str()).collect();
    assert_eq!(told, ["m-one"]);
    assert_eq!(task.status.unwrap().message.unwrap().message_id, "m-two");
}

#[test]
fn words_that_become_history_keep_nothing_large_beside_them_in_memory() {
    let (mut written, at) = (Written::new(TASK.into(), CONTEXT.into()), a2a::time::to_wire(Timestamp::default()));
    let much = Metadata::from(metadata::structure([("much", metadata::text("x".repeat(10_000)))]));
    let frame = written.tell(TaskState::Working, Some(&message("busy")), at, Some(much), Seq(2));
    written.tell(TaskState::Working, None, at, None, Seq(3));
    let heard = written.history().next().unwrap();
    assert_eq!(heard.text(), "busy");
    assert!(!frame.as_ptr_range().contains(&heard.bytes().as_ptr()), "all of the frame is kept");
}

#[test]
fn updates_that_do_not_fit_change_nothing() {
    let mut task = base();
    let other = TaskStatusUpdateEvent { task_id: "other".into(), ..TaskStatusUpdateEvent::default() };
    let empty = TaskStatusUpdateEvent { task_id: TASK.into(), ..TaskStatusUpdateEvent::default() };
    let chunk = Artifact { artifact_id: "a".into(), ..Artifact::default() };
    assert_eq!(fold::apply(&mut task, Update::Status(other)), Err(Misfit::OtherTask("other".into())));
    assert_eq!(fold::apply(&mut task, Update::Status(empty)), Err(Misfit::Nothing));
    assert_eq!(fold::apply(&mut task, Update::Message(message("x"))), Err(Misfit::Nothing));
    assert_eq!(fold::artifact(&mut task, chunk, Chunk::Append), Err(Misfit::NoBeginning("a".into())));
    assert_eq!(task, base());
}

#[test]
fn a_history_is_cut_to_its_newest_messages() {
    let mut task = Task { history: ["a", "b", "c"].map(message).to_vec(), ..base() };
    fold::truncate(&mut task, History::Last(2));
    assert_eq!(task.history, ["b", "c"].map(message));
    fold::truncate(&mut task, History::None);
    assert_eq!(task.history, []);
}
