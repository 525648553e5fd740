//! One task, in full or as a row.

use std::fmt::Write as _;

use proto::a2a::{Artifact, Role, Task};

use super::{first_line, parts, state, time};

/// Everything that a person wants to know of a task.
pub(crate) fn task(task: &Task) -> String {
    let status = task.status.clone().unwrap_or_default();
    let mut text = format!(
        "task          {}\nconversation  {}\nstate         {}\nchanged       {}",
        task.id,
        task.context_id,
        state(status.state()),
        time(status.timestamp.as_ref()),
    );
    if let Some(message) = &status.message {
        push(&mut text, &format!("message       {}", parts(&message.parts)));
    }
    for message in &task.history {
        let who = if message.role() == Role::User { "user" } else { "agent" };
        push(&mut text, &format!("history       {who}: {}", parts(&message.parts)));
    }
    for one in &task.artifacts {
        push(&mut text, &artifact(one));
    }
    text
}

/// An artifact with its name.
fn artifact(artifact: &Artifact) -> String {
    let name = if artifact.name.is_empty() { &artifact.artifact_id } else { &artifact.name };
    format!("\n--- {name} ---\n{}", parts(&artifact.parts))
}

/// Id, state, time, conversation, message.
pub(crate) fn task_row(task: &Task) -> [String; 5] {
    let status = task.status.clone().unwrap_or_default();
    let message = status.message.as_ref().map(|message| parts(&message.parts)).unwrap_or_default();
    [
        task.id.clone(),
        state(status.state()).to_owned(),
        time(status.timestamp.as_ref()),
        task.context_id.clone(),
        first_line(&message, 60),
    ]
}

fn push(text: &mut String, more: &str) {
    // Writing to a String cannot fail.
    write!(text, "\n{more}").ok();
}
