//! What became of a task, as an exit code.

use std::collections::BTreeMap;
use std::process::ExitCode;

use a2a::frame::Update;
use a2a::metadata::{self, PROGRESS};
use proto::a2a::{Task, TaskState, part};
use proto::value::Kind;
use proto::{Struct, Value};

/// How a command ended when nothing went wrong on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// What was asked is done, or under way as asked.
    Done,
    /// The task failed, or a part of it, or it was canceled or rejected.
    Failed,
    /// The task waits for an answer.
    InputNeeded,
    /// Somebody pressed Ctrl-C.
    Interrupted,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(match outcome {
            Outcome::Done => 0,
            Outcome::Failed => 1,
            Outcome::InputNeeded => 2,
            Outcome::Interrupted => 130,
        })
    }
}

/// Follows a task's state and its steps', so that a partial success is not taken for a whole one.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    state: Option<TaskState>,
    /// Whether each step's last word was a failure.
    steps: BTreeMap<String, bool>,
    /// Whether the last update counted failures.
    totals: bool,
}

impl Tally {
    /// Takes in what a frame says.
    pub(crate) fn see(&mut self, update: &Update) {
        match update {
            Update::Task(task) => self.whole(task),
            Update::Status(update) => {
                self.state = update.status.as_ref().map(|status| status.state());
                self.progress(update.metadata.as_ref());
            }
            Update::Artifact(update) => {
                for part in update.artifact.iter().flat_map(|artifact| &artifact.parts) {
                    self.report(part.content.as_ref());
                }
            }
            Update::Message(_) => self.state = Some(TaskState::Completed),
        }
    }

    /// The task's state, once it is known.
    pub(crate) fn state(&self) -> Option<TaskState> {
        self.state
    }

    pub(crate) fn outcome(&self) -> Outcome {
        match self.state {
            Some(TaskState::Completed) if self.totals || self.steps.values().any(|failed| *failed) => Outcome::Failed,
            Some(TaskState::Failed | TaskState::Canceled | TaskState::Rejected) => Outcome::Failed,
            Some(TaskState::InputRequired | TaskState::AuthRequired) => Outcome::InputNeeded,
            Some(TaskState::Completed | TaskState::Submitted | TaskState::Working | TaskState::Unspecified) | None => {
                Outcome::Done
            }
        }
    }

    fn whole(&mut self, task: &Task) {
        self.state = task.status.as_ref().map(|status| status.state());
        self.progress(task.metadata.as_ref());
        for part in task.artifacts.iter().flat_map(|artifact| &artifact.parts) {
            self.report(part.content.as_ref());
        }
    }

    fn progress(&mut self, metadata: Option<&Struct>) {
        let Some(progress) = metadata::as_object(metadata::member(metadata, PROGRESS)) else { return };
        self.step(progress, "step");
        // The last update counts the steps instead of naming one.
        let count = |name| metadata::as_integer(progress.fields.get(name)).unwrap_or(0);
        self.totals |= count("failed") + count("skipped") + count("canceled") > 0;
    }

    /// A run's report has its steps as data: `{"steps": [{"id", "state"}]}`.
    fn report(&mut self, content: Option<&part::Content>) {
        let Some(part::Content::Data(Value { kind: Some(Kind::StructValue(data)) })) = content else { return };
        let Some(Value { kind: Some(Kind::ListValue(steps)) }) = data.fields.get("steps") else { return };
        for step in &steps.values {
            if let Some(Kind::StructValue(step)) = &step.kind {
                self.step(step, "id");
            }
        }
    }

    fn step(&mut self, fields: &Struct, id: &str) {
        let word = |name| metadata::as_text(fields.fields.get(name));
        if let (Some(step), Some(state)) = (word(id), word("state")) {
            self.steps.insert(step.to_owned(), is_failure(state));
        }
    }
}

/// Whether a step that says so has not done its work.
fn is_failure(state: &str) -> bool {
    matches!(state, "failed" | "exhausted" | "skipped" | "canceled")
}

#[cfg(test)]
mod tests;
