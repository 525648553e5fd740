//! What a child's task says, in the engine's words.

use a2a::frame::Update;
use a2a::metadata::{OUTCOME_UNKNOWN, PROGRESS, as_object, as_text, member, reason_of, structure};
use engine::{Answer, Cause, Code, Payload, WaitsOn};
use prost::Message as _;
use proto::Struct;
use proto::a2a::part::Content;
use proto::a2a::{Artifact, Message, Part, Role, Task, TaskStatus};
use types::TaskState;

use crate::plan::payload;

/// Where a child stands.
pub(super) enum Standing {
    Working,
    Waits(WaitsOn),
    Ended,
}

/// Where a status leaves its task.
pub(super) fn standing(status: Option<&TaskStatus>, metadata: Option<&Struct>) -> Standing {
    match status.and_then(|status| TaskState::from_wire(status.state)) {
        Some(TaskState::Completed | TaskState::Failed | TaskState::Canceled | TaskState::Rejected) => Standing::Ended,
        Some(TaskState::InputRequired) => Standing::Waits(WaitsOn::Input),
        Some(TaskState::AuthRequired) => Standing::Waits(WaitsOn::Authorisation),
        Some(TaskState::Submitted | TaskState::Working) | None => {
            waits(metadata).map_or(Standing::Working, Standing::Waits)
        }
    }
}

/// Whether an update says that its task has ended.
pub(super) fn has_ended(update: &Update) -> bool {
    let status = match update {
        Update::Status(update) => update.status.as_ref(),
        Update::Task(task) => task.status.as_ref(),
        Update::Message(_) | Update::Artifact(_) => None,
    };
    matches!(standing(status, None), Standing::Ended)
}

/// A working task says in its progress what it waits for: `{"waits": "queue" | "following"}`.
fn waits(metadata: Option<&Struct>) -> Option<WaitsOn> {
    let progress = as_object(member(metadata, PROGRESS))?;
    match as_text(progress.fields.get("waits"))? {
        "queue" => Some(WaitsOn::Queue),
        "following" => Some(WaitsOn::Following),
        _ => None,
    }
}

/// What an update says to people, with its structured side; empty when it says nothing.
pub(super) fn note(update: &Update) -> Payload {
    let (message, metadata) = match update {
        Update::Status(update) => {
            (update.status.as_ref().and_then(|status| status.message.as_ref()), update.metadata.clone())
        }
        Update::Task(task) => {
            (task.status.as_ref().and_then(|status| status.message.as_ref()), progress(task.metadata.as_ref()))
        }
        Update::Message(_) | Update::Artifact(_) => (None, None),
    };
    match message {
        Some(message) => {
            let metadata = metadata.filter(|metadata| metadata.check().is_ok());
            Payload::from(
                Message { parts: shown(message.parts.clone()), metadata, ..Message::default() }.encode_to_vec(),
            )
        }
        None => Payload::default(),
    }
}

/// How far a task is; what else it has beside it is no news.
fn progress(metadata: Option<&Struct>) -> Option<Struct> {
    let progress = member(metadata, PROGRESS)?;
    Some(structure([(PROGRESS, progress.clone())]))
}

/// What a task has said to people before its present status.
pub(super) fn said(task: &Task) -> impl Iterator<Item = Payload> {
    let words = task.history.iter().filter(|message| message.role == i32::from(Role::Agent));
    words.map(|message| payload(shown(message.parts.clone())))
}

/// How a terminal task answers: everything it made, and its last words.
pub(super) fn answer(task: Task) -> Answer {
    let state = task.status.as_ref().and_then(|status| TaskState::from_wire(status.state));
    let unknown = reason_of(task.metadata.as_ref()) == Some(OUTCOME_UNKNOWN);
    let last = task.status.and_then(|status| status.message);
    let code = match state {
        Some(TaskState::Completed) => return Answer::Completed(answered(task.artifacts, last)),
        Some(TaskState::Rejected) => Code::AgentRejected,
        Some(TaskState::Canceled) => Code::AgentCanceled,
        // An effect that must not be repeated began, and nobody knows whether it happened.
        Some(TaskState::Failed) if unknown => Code::OutcomeUnknown,
        Some(
            TaskState::Failed
            | TaskState::Submitted
            | TaskState::Working
            | TaskState::InputRequired
            | TaskState::AuthRequired,
        )
        | None => Code::AgentFailed,
    };
    let said = last.map(|message| agent::words::text_of(&message)).filter(|words| !words.is_empty());
    Answer::Failed(Cause::new(code, said.unwrap_or_else(|| silent(code).to_owned())))
}

/// A direct reply is an answer in one piece.
pub(super) fn replied(message: Message) -> Answer {
    Answer::Completed(payload(shown(message.parts)))
}

/// Last words that only repeat what was made are left out.
fn answered(artifacts: Vec<Artifact>, last: Option<Message>) -> Payload {
    let mut parts: Vec<Part> = artifacts.into_iter().flat_map(|artifact| artifact.parts).collect();
    for part in last.into_iter().flat_map(|message| message.parts) {
        if parts.iter().all(|made| made.content != part.content) {
            parts.push(part);
        }
    }
    payload(shown(parts))
}

/// Parts as they can be told again: the report and its JSON put them deeper than they came, and what decoders no longer
/// follow there would make all of the run unreadable.
fn shown(parts: Vec<Part>) -> Vec<Part> {
    parts.into_iter().map(|part| if part.check().is_ok() { part } else { unshown() }).collect()
}

fn unshown() -> Part {
    let text = "(data left out: it is nested too deep, or holds a number that JSON does not have)".to_owned();
    Part { content: Some(Content::Text(text)), ..Part::default() }
}

fn silent(code: Code) -> &'static str {
    match code {
        Code::AgentRejected => "the agent declined and did not say why",
        Code::AgentCanceled => "the agent's task was canceled",
        Code::OutcomeUnknown => "the agent cannot say whether it did it",
        _ => "the agent failed and did not say why",
    }
}

#[cfg(test)]
mod tests;
