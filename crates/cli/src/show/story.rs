//! A task's stream, told to people.

use a2a::frame::Update;
use a2a::metadata::{self, PLAN, PROGRESS};
use proto::Struct;
use proto::a2a::{Artifact, Task, TaskArtifactUpdateEvent, TaskState, TaskStatus};

use super::{parts, state};
use crate::screen::{Mark, ids};

/// Remembers what was said, so that nothing is said twice.
#[derive(Debug, Default)]
pub(crate) struct Story {
    begun: bool,
    last: Option<(TaskState, String)>,
}

/// What to print, and how it is marked.
pub(crate) type Line = (Mark, String);

impl Story {
    /// The lines for one frame; none when it says nothing new.
    pub(crate) fn tell(&mut self, update: &Update) -> Vec<Line> {
        match update {
            Update::Task(task) => self.task(task),
            Update::Message(message) => vec![(Mark::None, parts(&message.parts))],
            Update::Status(update) => {
                let progress = progress(update.metadata.as_ref());
                update.status.iter().filter_map(|status| self.status(status, progress)).collect()
            }
            Update::Artifact(update) => artifact_update(update).into_iter().collect(),
        }
    }

    fn task(&mut self, task: &Task) -> Vec<Line> {
        let mut lines = Vec::new();
        if !std::mem::replace(&mut self.begun, true) {
            lines.push((Mark::None, ids(task)));
        }
        lines.extend(task.artifacts.iter().map(artifact));
        lines.extend(task.status.iter().filter_map(|status| self.status(status, None)));
        lines
    }

    fn status(&mut self, status: &TaskStatus, progress: Option<Mark>) -> Option<Line> {
        let now = status.state();
        let said = status.message.as_ref().map(|message| parts(&message.parts)).unwrap_or_default();
        let new = (now, said.clone());
        if self.last.as_ref() == Some(&new) {
            return None;
        }
        let moved = self.last.as_ref().is_none_or(|(before, _)| *before != now);
        self.last = Some(new);
        let mark = progress.unwrap_or_else(|| mark(now));
        match (said.is_empty(), moved) {
            (false, true) if announced(now) => Some((mark, format!("{}: {said}", state(now)))),
            (false, _) => Some((mark, said)),
            (true, true) if now != TaskState::Submitted => Some((mark, state(now).to_owned())),
            (true, _) => None,
        }
    }
}

/// States that are worth a word beside the message.
const fn announced(state: TaskState) -> bool {
    !matches!(state, TaskState::Working | TaskState::Submitted)
}

const fn mark(state: TaskState) -> Mark {
    match state {
        TaskState::Completed => Mark::Success,
        TaskState::Failed | TaskState::Rejected => Mark::Failure,
        TaskState::Canceled | TaskState::InputRequired | TaskState::AuthRequired => Mark::Warning,
        TaskState::Unspecified | TaskState::Submitted | TaskState::Working => Mark::None,
    }
}

/// The mark of a step's progress, by the step's state.
fn progress(metadata: Option<&Struct>) -> Option<Mark> {
    let fields = metadata::as_object(metadata::member(metadata, PROGRESS))?;
    Some(match metadata::as_text(fields.fields.get("state"))? {
        "completed" => Mark::Success,
        "failed" | "exhausted" => Mark::Failure,
        "backoff" | "parked" | "waiting" | "stopping" | "skipped" | "canceled" => Mark::Warning,
        "dispatching" => Mark::Dispatch,
        _ => Mark::None,
    })
}

fn artifact_update(update: &TaskArtifactUpdateEvent) -> Option<Line> {
    let one = update.artifact.as_ref()?;
    if update.append { Some((Mark::None, parts(&one.parts))) } else { Some(artifact(one)) }
}

fn artifact(artifact: &Artifact) -> Line {
    let text = parts(&artifact.parts);
    if metadata::member(artifact.metadata.as_ref(), PLAN).is_some() {
        return (Mark::Plan, text);
    }
    // Markdown has a title of its own.
    if text.starts_with("# ") {
        return (Mark::None, format!("\n{text}\n"));
    }
    let name = if artifact.name.is_empty() { &artifact.artifact_id } else { &artifact.name };
    (Mark::None, format!("{name}:\n{text}"))
}

/// Whether a frame shows a plan with a question that can be answered before it is asked.
pub(crate) fn asks_early(update: &Update) -> bool {
    let asks = |artifact: &Artifact| {
        let plan = metadata::as_object(metadata::member(artifact.metadata.as_ref(), PLAN));
        plan.is_some_and(|plan| plan.fields.contains_key("question"))
    };
    match update {
        Update::Task(task) => {
            let state = task.status.as_ref().map(TaskStatus::state);
            matches!(state, Some(TaskState::Working)) && task.artifacts.iter().any(asks)
        }
        Update::Artifact(update) => update.artifact.as_ref().is_some_and(asks),
        Update::Status(_) | Update::Message(_) => false,
    }
}
