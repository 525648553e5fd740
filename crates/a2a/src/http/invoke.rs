//! From parameters to the answer of an operation: the one way that both HTTP bindings take.

use bytes::Bytes;
use proto::Members;
use proto::a2a::{
    AgentCard, ListTaskPushNotificationConfigsResponse, ListTasksResponse, SendMessageRequest, SendMessageResponse,
    Task, TaskPushNotificationConfig,
};

use crate::backend::Backend;
use crate::error::Error;
use crate::http::operation::Operation;
use crate::http::params::Params;
use crate::operations::{Answer, Answered, Caller, Operations};

/// What an operation brings.
pub(super) enum Outcome<F> {
    /// One answer, as the text of its JSON.
    One(String),
    /// Frames, each an encoded `StreamResponse`.
    Frames(F),
}

impl Operation {
    /// Asks for the operation with these parameters.
    pub(super) async fn invoke<B: Backend>(
        self,
        of: &Operations<B>,
        caller: Caller,
        params: Params,
    ) -> Answered<Outcome<B::Frames>> {
        match self {
            Self::SendMessage => {
                one::<SendMessageResponse, _>(of.send(caller, params.read::<SendMessageRequest>()?.into()).await)
            }
            Self::SendStreamingMessage => frames(of.stream(caller, params.read::<SendMessageRequest>()?.into()).await),
            Self::GetTask => one::<Task, _>(of.get(caller, params.read()?).await),
            Self::ListTasks => one::<ListTasksResponse, _>(of.list(caller, params.read()?).await),
            Self::CancelTask => one::<Task, _>(of.cancel(caller, params.read()?).await),
            Self::SubscribeToTask => frames(of.subscribe(caller, params.read()?).await),
            Self::CreatePush => one::<TaskPushNotificationConfig, _>(of.create_push(caller, params.read()?).await),
            Self::GetPush => one::<TaskPushNotificationConfig, _>(of.get_push(caller, params.read()?).await),
            Self::ListPush => {
                one::<ListTaskPushNotificationConfigsResponse, _>(of.list_push(caller, params.read()?).await)
            }
            Self::DeletePush => one::<(), _>(of.delete_push(caller, params.read()?).await),
            Self::ExtendedCard => one::<AgentCard, _>(of.extended_card(caller, params.read()?).await),
        }
    }
}

/// An encoded message as JSON. What we have encoded ourselves decodes, so a failure is our own fault.
pub(super) fn write<M: Members>(encoded: &Bytes) -> Result<String, Error> {
    proto::to_text::<M>(encoded).map_err(|_| Error::Internal)
}

fn one<M: Members, F>(answered: Answered<Bytes>) -> Answered<Outcome<F>> {
    let Answer { value, activated } = answered?;
    Ok(Answer { value: Outcome::One(write::<M>(&value)?), activated })
}

fn frames<F>(answered: Answered<F>) -> Answered<Outcome<F>> {
    answered.map(|answer| answer.map(Outcome::Frames))
}
