//! A frame in one line, for logs.

use a2a::frame::Update;
use proto::a2a::TaskStatus;

use super::{first_line, parts, state};

const WIDTH: usize = 100;

/// What a frame says, in one line.
pub(crate) fn summary(update: &Update) -> String {
    match update {
        Update::Task(task) => format!("task {}", status(task.status.as_ref())),
        Update::Message(message) => format!("message {}", first_line(&parts(&message.parts), WIDTH)),
        Update::Status(update) => format!("status {}", status(update.status.as_ref())),
        Update::Artifact(update) => {
            let artifact = update.artifact.clone().unwrap_or_default();
            let more = if update.append { " (more)" } else { "" };
            format!("artifact {}{more}: {}", artifact.artifact_id, first_line(&parts(&artifact.parts), WIDTH))
        }
    }
}

fn status(status: Option<&TaskStatus>) -> String {
    let Some(status) = status else { return "without a status".to_owned() };
    let text = status.message.as_ref().map(|message| parts(&message.parts)).unwrap_or_default();
    match first_line(&text, WIDTH) {
        line if line.is_empty() => state(status.state()).to_owned(),
        line => format!("{}: {line}", state(status.state())),
    }
}
