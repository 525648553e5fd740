//! The seam between the protocol and whoever does the work: requests come parsed, answers go encoded,
//! so that what was stored is what is sent.

use std::future::{Future, ready};
use std::sync::Arc;

use bytes::Bytes;
use futures::Stream;
use proto::Struct;
use proto::a2a::AgentCard;
use types::{ContextId, MessageId, PushId, TaskId, TaskState, Timestamp};

use crate::call::Call;
use crate::error::Error;
use crate::heard::Heard;
use crate::push::{PushConfig, PushPage};

/// The operations of an agent, behind every binding.
pub trait Backend: Send + Sync + 'static {
    /// A stream of encoded `StreamResponse`s.
    type Frames: Stream<Item = Result<Bytes, Error>> + Send + 'static;

    /// Takes a message; answers with an encoded `SendMessageResponse`.
    fn send(&self, call: Call, request: SendRequest) -> impl Future<Output = Result<Bytes, Error>> + Send;

    /// Takes a message; answers with the stream of its task, or of the one message that is the reply.
    fn stream(&self, call: Call, request: SendRequest) -> impl Future<Output = Result<Self::Frames, Error>> + Send;

    /// Answers with an encoded `Task`.
    fn get(&self, call: Call, task: TaskId, history: History) -> impl Future<Output = Result<Bytes, Error>> + Send;

    /// Answers with an encoded `ListTasksResponse`.
    fn list(&self, call: Call, query: ListQuery) -> impl Future<Output = Result<Bytes, Error>> + Send;

    /// Asks a task to stop; answers with the encoded `Task`.
    fn cancel(
        &self,
        call: Call,
        task: TaskId,
        metadata: Option<Struct>,
    ) -> impl Future<Output = Result<Bytes, Error>> + Send;

    /// Answers with the stream of a task: from its present state on, or after the call's cursor.
    fn subscribe(&self, call: Call, task: TaskId) -> impl Future<Output = Result<Self::Frames, Error>> + Send;

    /// Keeps a configuration of push notifications, in place of one with the same id; answers with the encoded
    /// `TaskPushNotificationConfig` as it is read.
    fn create_push(
        &self,
        _call: Call,
        _task: TaskId,
        _config: PushConfig,
    ) -> impl Future<Output = Result<Bytes, Error>> + Send {
        ready(Err(Error::PushNotificationNotSupported))
    }

    /// Answers with an encoded `TaskPushNotificationConfig`, without its secrets.
    fn get_push(&self, _call: Call, _task: TaskId, _id: PushId) -> impl Future<Output = Result<Bytes, Error>> + Send {
        ready(Err(Error::PushNotificationNotSupported))
    }

    /// Answers with an encoded `ListTaskPushNotificationConfigsResponse`, without secrets.
    fn list_push(
        &self,
        _call: Call,
        _task: TaskId,
        _page: PushPage,
    ) -> impl Future<Output = Result<Bytes, Error>> + Send {
        ready(Err(Error::PushNotificationNotSupported))
    }

    /// Forgets a configuration, if it is there, and stops its deliveries.
    fn delete_push(&self, _call: Call, _task: TaskId, _id: PushId) -> impl Future<Output = Result<(), Error>> + Send {
        ready(Err(Error::PushNotificationNotSupported))
    }

    /// The public card. Its capabilities gate the operations.
    fn card(&self) -> Arc<AgentCard>;

    /// The card for callers that are known, if there is one. Asked for only where the public card promises it.
    fn extended_card(&self) -> Option<AgentCard> {
        None
    }
}

/// A message to the agent, checked: it has an id, the role USER, and parts with content.
#[derive(Debug, Clone, PartialEq)]
pub struct SendRequest {
    /// The message.
    pub message: Heard,
    /// Its id.
    pub message_id: MessageId,
    /// The task that it is a turn of.
    pub task: Option<TaskId>,
    /// The conversation that it names. Whether it agrees with the task's is the backend's to check.
    pub context: Option<ContextId>,
    /// Whether the caller waits for the end.
    pub wait: Wait,
    /// How much history the answer has.
    pub history: History,
    /// Where the events of its task are to be sent.
    pub push: Option<PushConfig>,
    /// Media types that the caller takes; empty means any.
    pub accepted_output_modes: Vec<String>,
    /// Metadata of the request, beside that of the message.
    pub metadata: Option<Struct>,
}

/// How long the answer to a message may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// Until the task is terminal or interrupted.
    Blocking,
    /// Until the task is created.
    Immediately,
}

/// How much of a task's history an answer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum History {
    /// All of it.
    All,
    /// None.
    None,
    /// So many of the newest messages, oldest first; never 0.
    Last(u32),
}

/// Whether an answer has the task's artifacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Artifacts {
    /// With them.
    Include,
    /// Without.
    Omit,
}

/// Which tasks to list, and how much of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListQuery {
    /// Only this conversation.
    pub context: Option<ContextId>,
    /// Only this state.
    pub state: Option<TaskState>,
    /// Only what changed at or after this.
    pub since: Option<Timestamp>,
    /// Tasks of a page, 1 to 100.
    pub page_size: usize,
    /// Where the page starts, in the backend's own words; `None` is the first.
    pub page_token: Option<String>,
    /// How much history.
    pub history: History,
    /// Whether with artifacts.
    pub artifacts: Artifacts,
}
