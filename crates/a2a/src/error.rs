//! Every way in which an A2A operation is refused or fails. How each looks on the wire is in `status.rs`.

use std::time::Duration;

use tonic::Code;

use crate::oversize;

/// Most bytes of a field's path, and of what is wrong with it.
const LONGEST: usize = 512;
/// Says that there was more.
const MORE: &str = "…";

/// A refusal or a failure, as the caller may see it: no variant carries internal text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is no such task, or the caller may not see it.
    #[error("task not found")]
    TaskNotFound,
    /// The request names a tenant that is not the caller's, whether there is one or not.
    #[error("task not found: the request names a tenant that is not the caller's; name none to mean your own")]
    ForeignTenant,
    /// The task is terminal.
    #[error("the task has ended and cannot be canceled")]
    TaskNotCancelable,
    /// The agent sends no push notifications.
    #[error("push notifications are not supported")]
    PushNotificationNotSupported,
    /// The operation does not apply here; says why.
    #[error("{0}")]
    UnsupportedOperation(String),
    /// A part has a media type that the agent does not take; says which part and what is taken.
    #[error("{0}")]
    ContentTypeNotSupported(String),
    /// An agent answered with something that is no valid answer.
    #[error("invalid agent response: {0}")]
    InvalidAgentResponse(String),
    /// The card promises an extended card, and there is none.
    #[error("no extended agent card is configured")]
    ExtendedAgentCardNotConfigured,
    /// The agent insists on an extension that the client did not ask for.
    #[error("the agent requires the extension {0}: name it in the metadata a2a-extensions")]
    ExtensionSupportRequired(String),
    /// The client speaks another version, or did not say which; says what to add to the call.
    #[error("{0}")]
    VersionNotSupported(String),
    /// The request is malformed; nothing was done.
    #[error("{}", summary(.0))]
    Validation(Vec<Violation>),
    /// The work was dispatched to another store; whoever sent it will look for it there.
    #[error("this dispatch is for another store; look up where its store is served now")]
    WrongStore,
    /// The dispatch was fenced off before it was accepted, by name or by a newer attempt. It never will be.
    #[error("this dispatch has been fenced off and is not accepted any more")]
    DispatchFenced,
    /// The dispatch arrived after its `not_after`.
    #[error("this dispatch has come after its not_after and is not accepted any more")]
    DispatchExpired,
    /// The same message id was used for another body.
    #[error("message id {0} was used before for a message with another body")]
    MessageIdReused(String),
    /// Too much work is waiting.
    #[error("too much work is waiting; try again later")]
    Overloaded {
        /// When to try again.
        retry_after: Duration,
    },
    /// Something is larger than the agent takes.
    #[error("{field} has {size} bytes, the limit is {limit}; send large content as a URL part")]
    TooLarge {
        /// What.
        field: String,
        /// Its size in bytes.
        size: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// The service cannot answer now.
    #[error("{why}")]
    Unavailable {
        /// When to try again, if that is known.
        retry_after: Option<Duration>,
        /// Why, in words for the caller.
        why: String,
    },
    /// What the service has stored of the task does not read back. Its other tasks are not affected.
    #[error("what is stored of this task is damaged; the service's log says where")]
    TaskDamaged,
    /// Our own fault. The cause is logged where it is met, and is not told.
    #[error("internal error")]
    Internal,
    /// What a peer answered that has no variant of its own. Only clients meet this.
    #[error("{message}")]
    Other {
        /// The status code.
        code: Code,
        /// The reason of its ErrorInfo, if it had one.
        reason: Option<String>,
        /// Its message.
        message: String,
    },
}

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Path of the field, such as `message.parts[0]`.
    pub field: String,
    /// What is wrong with it.
    pub description: String,
}

impl Violation {
    /// Of both as much is kept as is told: parts of them are the caller's own words, however long, and a refusal that no
    /// header carries reaches nobody.
    pub fn new(field: impl Into<String>, description: impl Into<String>) -> Self {
        Self { field: told(field.into()), description: told(description.into()) }
    }
}

impl Error {
    /// A refusal for one field.
    pub fn invalid(field: impl Into<String>, description: impl Into<String>) -> Self {
        Self::Validation(vec![Violation::new(field, description)])
    }

    /// Whether it refuses a request for its size, in whichever words: the same request is refused later too.
    pub fn is_for_size(&self) -> bool {
        match self {
            Self::TooLarge { .. } => true,
            Self::Other { code, reason: None, message } => oversize::is_said(*code, message),
            _ => false,
        }
    }
}

/// The beginning of a text, up to [`LONGEST`].
pub(crate) fn told(mut text: String) -> String {
    if text.len() > LONGEST {
        let end = (0..=LONGEST - MORE.len()).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
        text.truncate(end);
        text.push_str(MORE);
    }
    text
}

fn summary(violations: &[Violation]) -> String {
    let each = violations.iter().map(|violation| format!("{}: {}", violation.field, violation.description));
    each.collect::<Vec<_>>().join("; ")
}
