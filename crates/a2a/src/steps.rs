//! What the dispatch protocol has beside A2A: the fence that settles what became of an attempt.

use http::uri::PathAndQuery;
use proto::a2a::Message;
use proto::watchroom::agent::v1::fence_response::Outcome;
use proto::watchroom::agent::v1::{FenceRequest, FenceResponse};
use types::{MessageId, StepId, StoreId, TaskId, Timestamp, limits};

use crate::client::{Client, Snapshot};
use crate::client_error::ClientError;
use crate::error::Error;
use crate::time;

const FENCE: &str = "/watchroom.agent.v1.Steps/Fence";

/// One attempt, as it was dispatched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    /// The run.
    pub run: TaskId,
    /// The step of its plan.
    pub step: StepId,
    /// Which attempt of the step, from 1.
    pub attempt: u32,
    /// The dispatch's own.
    pub not_after: Timestamp,
    /// The store that it was dispatched to.
    pub store_id: StoreId,
}

/// What is certain about a fenced attempt.
#[derive(Debug, Clone, PartialEq)]
pub enum Fenced {
    /// It was not accepted and never will be.
    NeverAccepted,
    /// It became this task, which is terminal.
    Ended(Box<Snapshot>),
    /// It was answered with this message.
    Replied(Box<Message>),
    /// Nothing of it lives; whether it was accepted once is not known any more.
    NothingLive,
}

impl Client {
    /// Ends an attempt for good, or learns how it ended; only for agents of ours.
    /// May be repeated, and has to be when it brings no answer.
    pub async fn fence(&self, fence: &Fence) -> Result<Fenced, ClientError> {
        let path = PathAndQuery::from_static(FENCE);
        let response: FenceResponse = self.beside(path, |tenant| fence.to_request(tenant)).await?;
        Ok(match response.outcome.ok_or(ClientError::Invalid("a fence without an outcome"))? {
            Outcome::NeverAccepted(_) => Fenced::NeverAccepted,
            Outcome::Ended(task) => Fenced::Ended(Box::new(task.into())),
            Outcome::Replied(message) => Fenced::Replied(Box::new(message)),
            Outcome::NothingLive(_) => Fenced::NothingLive,
        })
    }
}

impl Fence {
    /// The request to `tenant` of the agent.
    fn to_request(&self, tenant: &str) -> FenceRequest {
        FenceRequest {
            tenant: tenant.to_owned(),
            run_id: self.run.to_string(),
            step_id: self.step.to_string(),
            attempt: self.attempt,
            not_after: Some(time::to_wire(self.not_after)),
            store_id: self.store_id.to_string(),
        }
    }

    /// The id of the message that began the attempt.
    pub fn message_id(&self) -> MessageId {
        MessageId::of_dispatch(self.run, &self.step, self.attempt, 1)
    }
}

impl TryFrom<&FenceRequest> for Fence {
    type Error = Error;

    fn try_from(request: &FenceRequest) -> Result<Self, Error> {
        let not_after = request.not_after.as_ref().and_then(time::from_wire);
        Ok(Self {
            run: request.run_id.parse().map_err(|bad| invalid("run_id", &bad))?,
            step: request.step_id.parse().map_err(|bad| invalid("step_id", &bad))?,
            attempt: match request.attempt {
                attempt if (1..=limits::ATTEMPTS).contains(&attempt) => attempt,
                _ => return Err(Error::invalid("attempt", format!("must be from 1 to {}", limits::ATTEMPTS))),
            },
            not_after: not_after.ok_or_else(|| Error::invalid("not_after", "must be a time since 1970"))?,
            store_id: request.store_id.parse().map_err(|bad| invalid("store_id", &bad))?,
        })
    }
}

fn invalid(field: &str, bad: &types::IdError) -> Error {
    Error::invalid(field, bad.to_string())
}
