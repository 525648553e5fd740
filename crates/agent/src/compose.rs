//! From a decided change to the A2A values that clients see.

use a2a::frame::Ids;
use proto::a2a::{Message, Role, TaskStatus};
use store::{Entry, Snapshot};
use types::{Seq, TaskState, Timestamp};

/// A status of a task as frame `seq`; the words with it become a message of the agent.
pub(crate) fn status(ids: Ids<'_>, state: TaskState, words: Option<Message>, now: Timestamp, seq: Seq) -> TaskStatus {
    let message = words.map(|words| Message {
        message_id: if words.message_id.is_empty() { format!("{}-{seq}", ids.task) } else { words.message_id },
        role: Role::Agent.into(),
        task_id: ids.task.to_owned(),
        context_id: ids.context.to_owned(),
        ..words
    });
    TaskStatus { state: state.wire(), message, timestamp: Some(a2a::time::to_wire(now)) }
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
