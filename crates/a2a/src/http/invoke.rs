//! From a JSON value to the answer of an operation: the one way that both HTTP bindings take.

use bytes::Bytes;
use prost::{Message, Name};
use proto::JsonError;
use proto::a2a::{
    AgentCard, ListTaskPushNotificationConfigsResponse, ListTasksResponse, SendMessageResponse, Task,
    TaskPushNotificationConfig,
};
use serde_json::Value;

use crate::backend::Backend;
use crate::error::Error;
use crate::http::operation::Operation;
use crate::operations::{Answer, Answered, Caller, Operations};

/// What an operation brings.
pub(super) enum Outcome<F> {
    /// One answer, as JSON.
    One(Value),
    /// Frames, each an encoded `StreamResponse`.
    Frames(F),
}

impl Operation {
    /// Asks for the operation with these parameters.
    pub(super) async fn invoke<B: Backend>(
        self,
        of: &Operations<B>,
        caller: Caller,
        params: Value,
    ) -> Answered<Outcome<B::Frames>> {
        match self {
            Self::SendMessage => one::<SendMessageResponse, _>(of.send(caller, read(params)?).await),
            Self::SendStreamingMessage => frames(of.stream(caller, read(params)?).await),
            Self::GetTask => one::<Task, _>(of.get(caller, read(params)?).await),
            Self::ListTasks => one::<ListTasksResponse, _>(of.list(caller, read(params)?).await),
            Self::CancelTask => one::<Task, _>(of.cancel(caller, read(params)?).await),
            Self::SubscribeToTask => frames(of.subscribe(caller, read(params)?).await),
            Self::CreatePush => one::<TaskPushNotificationConfig, _>(of.create_push(caller, read(params)?).await),
            Self::GetPush => one::<TaskPushNotificationConfig, _>(of.get_push(caller, read(params)?).await),
            Self::ListPush => {
                one::<ListTaskPushNotificationConfigsResponse, _>(of.list_push(caller, read(params)?).await)
            }
            Self::DeletePush => one::<(), _>(of.delete_push(caller, read(params)?).await),
            Self::ExtendedCard => one::<AgentCard, _>(of.extended_card(caller, read(params)?).await),
        }
    }
}

/// An encoded message as JSON. What we have encoded ourselves decodes, so a failure is our own fault.
pub(super) fn write<M: Name>(encoded: &Bytes) -> Result<Value, Error> {
    proto::to_value::<M>(encoded).map_err(|_| Error::Internal)
}

fn one<M: Name, F>(answered: Answered<Bytes>) -> Answered<Outcome<F>> {
    let Answer { value, activated } = answered?;
    Ok(Answer { value: Outcome::One(write::<M>(&value)?), activated })
}

fn frames<F>(answered: Answered<F>) -> Answered<Outcome<F>> {
    answered.map(|answer| answer.map(Outcome::Frames))
}

/// Parameters as the request of an operation; a refusal names the member as the proto does, like every other.
fn read<M: Message + Name + Default>(params: Value) -> Result<M, Error> {
    proto::from_value(params).map_err(|error| match error {
        JsonError::Member { path, source, .. } if path != "." => Error::invalid(snake(&path), source.to_string()),
        JsonError::Enum { path, value, .. } => Error::invalid(snake(&path), format!("there is no {value}")),
        JsonError::Member { source, .. } => Error::invalid("request", source.to_string()),
        other => Error::invalid("request", other.to_string()),
    })
}

/// `message.messageId` as `message.message_id`.
fn snake(path: &str) -> String {
    let mut out = String::with_capacity(path.len() + 4);
    for letter in path.chars() {
        if letter.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}
