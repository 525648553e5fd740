//! What updates make of a task. The same rules as in the official SDKs, so that whoever folds a stream
//! holds the task that GetTask would answer:
//!
//! * a status replaces the status; the message of the status that it replaces becomes the newest of the history;
//!   the update's metadata is merged into the task's, key by key;
//! * an artifact replaces the one of the same id, or its parts and metadata are appended to it;
//! * a task replaces everything.

use proto::Struct;
use proto::a2a::{Artifact, Message, Task, TaskStatus};

use crate::backend::History;
use crate::frame::{Chunk, Update};

/// An update that does not fit the task it is applied to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// It is about another task.
    #[error("the update is about task {0}")]
    OtherTask(String),
    /// A chunk is appended to an artifact that was never begun.
    #[error("a chunk of artifact {0} came before its beginning")]
    NoBeginning(String),
    /// The update has no status, no artifact, or is a direct reply.
    #[error("the update holds nothing for a task")]
    Nothing,
}

/// Applies one update. On an error the task is as it was.
pub fn apply(task: &mut Task, update: Update) -> Result<(), Misfit> {
    let about = match &update {
        Update::Task(whole) => &whole.id,
        Update::Status(update) => &update.task_id,
        Update::Artifact(update) => &update.task_id,
        Update::Message(_) => return Err(Misfit::Nothing),
    };
    if *about != task.id {
        return Err(Misfit::OtherTask(about.clone()));
    }
    match update {
        Update::Task(whole) => *task = whole,
        Update::Status(update) => status(task, update.status.ok_or(Misfit::Nothing)?, update.metadata),
        Update::Artifact(update) => {
            let chunk = Chunk::from_flags(update.append, update.last_chunk);
            artifact(task, update.artifact.ok_or(Misfit::Nothing)?, chunk)?;
        }
        Update::Message(_) => return Err(Misfit::Nothing),
    }
    Ok(())
}

/// Applies a new status with the metadata of its update.
pub fn status(task: &mut Task, status: TaskStatus, metadata: Option<Struct>) {
    let replaced = task.status.replace(status);
    task.history.extend(replaced.and_then(|replaced| replaced.message));
    merge(&mut task.metadata, metadata);
}

/// Applies an artifact, or a chunk of one.
pub fn artifact(task: &mut Task, new: Artifact, chunk: Chunk) -> Result<(), Misfit> {
    let known = task.artifacts.iter_mut().find(|known| known.artifact_id == new.artifact_id);
    match (known, chunk.appends()) {
        (Some(known), true) => {
            known.parts.extend(new.parts);
            merge(&mut known.metadata, new.metadata);
        }
        (Some(known), false) => *known = new,
        (None, false) => task.artifacts.push(new),
        (None, true) => return Err(Misfit::NoBeginning(new.artifact_id)),
    }
    Ok(())
}

/// The part of a history that an answer shows: the newest messages, oldest first.
pub fn newest(history: &[Message], wanted: History) -> &[Message] {
    match wanted {
        History::All => history,
        History::None => &[],
        History::Last(count) => &history[history.len().saturating_sub(count as usize)..],
    }
}

/// Cuts a task's history down to what an answer shows.
pub fn truncate(task: &mut Task, wanted: History) {
    let surplus = task.history.len() - newest(&task.history, wanted).len();
    task.history.drain(..surplus);
}

pub(crate) fn merge(into: &mut Option<Struct>, new: Option<Struct>) {
    match (into, new) {
        (Some(into), Some(new)) => into.fields.extend(new.fields),
        (into @ None, new) => *into = new,
        (Some(_), None) => {}
    }
}
