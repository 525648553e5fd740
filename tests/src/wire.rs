//! Messages that tests send and what they read out of the answers.

use a2a::frame::{Event, Update};
use a2a::{ClientError, Events};
use futures::StreamExt as _;
use proto::a2a::{Message, Part, Role, SendMessageRequest, Task, TaskState, TaskStatus, part};
use types::Seq;

/// The call of the demo: all three services.
pub const fn call() -> &'static str {
    "hi, can you help? 170 London road SM6 7AN. Fire, Injuries and a citizen arrested criminal."
}

/// A user's message of one text part.
pub fn request(message_id: &str, text: &str) -> SendMessageRequest {
    let part = Part { content: Some(part::Content::Text(text.to_owned())), ..Part::default() };
    let message =
        Message { message_id: message_id.to_owned(), role: Role::User.into(), parts: vec![part], ..Message::default() };
    SendMessageRequest { message: Some(message), ..SendMessageRequest::default() }
}

/// The frames of one connection, and what ended it.
#[derive(Debug, Default)]
pub struct Seen {
    /// In the order in which they came.
    pub events: Vec<Event>,
    /// Why the stream broke; `None` when the server closed it.
    pub error: Option<ClientError>,
}

/// Reads a stream until `stop` says so or until it ends.
pub async fn collect(events: &mut Events, mut stop: impl FnMut(&Event) -> bool) -> Seen {
    let mut seen = Seen::default();
    while let Some(next) = events.next().await {
        match next {
            Ok(event) => {
                let enough = stop(&event);
                seen.events.push(event);
                if enough {
                    break;
                }
            }
            Err(error) => {
                seen.error = Some(error);
                break;
            }
        }
    }
    seen
}

/// The state of a task.
pub fn state(task: &Task) -> TaskState {
    status_state(task.status.as_ref())
}

fn status_state(status: Option<&TaskStatus>) -> TaskState {
    status.map_or(TaskState::Unspecified, |status| status.state())
}

/// Whether a task in that state has ended.
pub fn is_terminal(state: TaskState) -> bool {
    matches!(state, TaskState::Completed | TaskState::Failed | TaskState::Canceled | TaskState::Rejected)
}

/// Whether the task ends with this event.
pub fn finished(event: &Event) -> bool {
    let state = match &event.update {
        Update::Task(task) => state(task),
        Update::Status(update) => status_state(update.status.as_ref()),
        Update::Message(_) | Update::Artifact(_) => return false,
    };
    matches!(state, TaskState::Completed | TaskState::Failed | TaskState::Canceled | TaskState::Rejected)
}

/// The numbers of frames; a frame without one is a defect.
pub fn seqs(events: &[Event]) -> Vec<u64> {
    let seq = |event: &Event| event.cursor.map(|cursor| cursor.seq).unwrap_or(Seq(u64::MAX)).0;
    events.iter().map(seq).collect()
}

/// All text parts, one per line.
pub fn text(parts: &[Part]) -> String {
    let texts = parts.iter().filter_map(|part| match &part.content {
        Some(part::Content::Text(text)) => Some(text.as_str()),
        Some(part::Content::Raw(_) | part::Content::Url(_) | part::Content::Data(_)) | None => None,
    });
    texts.collect::<Vec<_>>().join("\n")
}
