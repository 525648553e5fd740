//! Which behaviour a message asks for: by the prefix of its id or else of its first text, the longest first.

use std::time::Duration;

use proto::a2a::{Message, part::Content};

/// What becomes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Behaviour {
    /// COMPLETED.
    Complete,
    /// COMPLETED with an artifact.
    Artifact(Out),
    /// WORKING, an artifact, COMPLETED.
    Stream(Out),
    /// WORKING, an artifact in two chunks, COMPLETED.
    Chunks,
    /// A message instead of a task.
    Reply,
    /// INPUT_REQUIRED, turn after turn, until somebody says that it is done.
    Converse,
    /// AUTH_REQUIRED; the next turn completes.
    AskAuth,
    /// REJECTED.
    Reject,
    /// FAILED.
    Fail,
    /// WORKING for so long, or until canceled; then COMPLETED.
    Work(Duration),
}

/// What an artifact holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Out {
    /// These words.
    Text(&'static str),
    /// A file by its bytes.
    File,
    /// A file by its address.
    FileUrl,
    /// An object.
    Data,
}

const fn work(seconds: u64) -> Behaviour {
    Behaviour::Work(Duration::from_secs(seconds))
}

const COMPLETE: &str = "tck-complete-task";

const TABLE: [(&str, Behaviour); 23] = [
    (COMPLETE, Behaviour::Complete),
    ("tck-artifact-text", Behaviour::Artifact(Out::Text("Generated text content"))),
    ("tck-artifact-file", Behaviour::Artifact(Out::File)),
    ("tck-artifact-file-url", Behaviour::Artifact(Out::FileUrl)),
    ("tck-artifact-data", Behaviour::Artifact(Out::Data)),
    ("tck-message-response", Behaviour::Reply),
    ("tck-input-required", Behaviour::Converse),
    ("tck-multi-turn", Behaviour::Converse),
    ("tck-reject-task", Behaviour::Reject),
    ("tck-task-failure", Behaviour::Fail),
    ("tck-auth-required", Behaviour::AskAuth),
    ("tck-cancel", work(5)),
    ("tck-long-running", work(5)),
    ("tck-delayed-complete", work(2)),
    ("tck-stream-001", Behaviour::Stream(Out::Text("Stream hello from TCK"))),
    ("tck-stream-002", Behaviour::Complete),
    ("tck-stream-003", Behaviour::Stream(Out::Text("Stream task lifecycle"))),
    ("tck-stream-ordering-001", Behaviour::Stream(Out::Text("Ordered output"))),
    ("tck-stream-basic", Behaviour::Stream(Out::Text("Streamed text content"))),
    ("tck-stream-artifact-text", Behaviour::Stream(Out::Text("Streamed text content"))),
    ("tck-stream-artifact-file", Behaviour::Stream(Out::File)),
    ("tck-stream-artifact-chunked", Behaviour::Chunks),
    ("test-resubscribe-message-id", work(4)),
];

impl Behaviour {
    /// What the message that opens a task asks for.
    pub(super) fn of(message: &Message) -> Self {
        longest(&message.message_id).or_else(|| longest(first_text(message))).unwrap_or(Self::Complete)
    }
}

/// Whether a further message says that the conversation is over.
pub(super) fn is_done(message: &Message) -> bool {
    let text = first_text(message);
    message.message_id.starts_with(COMPLETE) || text.starts_with(COMPLETE) || text.trim().eq_ignore_ascii_case("done")
}

fn longest(word: &str) -> Option<Behaviour> {
    let fitting = TABLE.iter().filter(|(prefix, _)| word.starts_with(prefix));
    fitting.max_by_key(|(prefix, _)| prefix.len()).map(|(_, behaviour)| *behaviour)
}

fn first_text(message: &Message) -> &str {
    let mut texts = message.parts.iter().filter_map(|part| match &part.content {
        Some(Content::Text(text)) => Some(text.as_str()),
        Some(Content::Raw(_) | Content::Url(_) | Content::Data(_)) | None => None,
    });
    texts.next().unwrap_or_default()
}
