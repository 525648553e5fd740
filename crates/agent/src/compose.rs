//! From a decided change to the A2A values that clients see.

use a2a::frame::Ids;
use proto::a2a::{Message, Role, Task, TaskStatus};
use store::{Entry, Snapshot};
use types::{Seq, TaskState, Timestamp};

/// A status of `task` as frame `seq`; the words with it become a message of the agent.
pub(crate) fn status(task: &Task, state: TaskState, words: Option<Message>, now: Timestamp, seq: Seq) -> TaskStatus {
    let message = words.map(|words| Message {
        message_id: if words.message_id.is_empty() { format!("{}-{seq}", task.id) } else { words.message_id },
        role: Role::Agent.into(),
        task_id: task.id.clone(),
        context_id: task.context_id.clone(),
        ..words
    });
    TaskStatus { state: state.wire(), message, timestamp: Some(a2a::time::to_wire(now)) }
}

/// The ids that frames of `task` carry.
pub(crate) fn ids(task: &Task) -> Ids<'_> {
    Ids { task: &task.id, context: &task.context_id }
}

/// Bytes of a snapshot.
pub(crate) fn whole(snapshot: &Snapshot) -> usize {
    snapshot.task.len() + snapshot.records.iter().map(|record| record.bytes.len()).sum::<usize>()
}

/// Bytes of an entry as the snapshot rule counts them.
pub(crate) fn size(entry: &Entry) -> usize {
    match entry {
        Entry::Frame(frame) => frame.bytes.len(),
        Entry::Record(record) => record.bytes.len(),
    }
}
