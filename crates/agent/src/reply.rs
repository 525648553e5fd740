//! Answering a message directly, without a task: the reply is durable with the memory of the message,
//! so a repetition gets the same words.

use a2a::{Error, SendRequest};
use bytes::Bytes;
use prost::Message as _;
use proto::a2a::{Message, Role};
use store::{Commit, Lane, Refusal, SeenReply};
use types::{ContextId, MessageId, limits};

use crate::accept::{Accepted, Asked, Print};
use crate::driver::Driver;
use crate::fault;
use crate::kit::Kit;

impl<D: Driver> Kit<D> {
    /// Makes `reply` the answer to the message, unless it has become something before: then that is the answer.
    pub(crate) async fn reply(&self, asked: &Asked, reply: Message, print: &Print) -> Result<Accepted<D>, Error> {
        let bytes = encoded(&asked.request, reply)?;
        let commit = Commit {
            epoch: self.epoch(),
            lane: Lane::Accept,
            at: self.store().now(),
            task: None,
            accept: Some(print.remember(SeenReply::Message(bytes.clone()))),
            rows: Vec::new(),
        };
        match self.store().commit(commit).await {
            Ok(_) => {
                self.meters().replied.inc();
                Ok(Accepted::Replied(bytes))
            }
            Err(Refusal::Seen(seen)) => self.repeated(asked, &seen, print.digest).await,
            Err(refusal) => Err(fault::write(&refusal)),
        }
    }
}

/// The reply as a message of the agent, in the conversation that was named or in one of its own.
fn encoded(request: &SendRequest, reply: Message) -> Result<Bytes, Error> {
    let context = request.context.clone().unwrap_or_else(ContextId::fresh);
    let id = if reply.message_id.is_empty() { MessageId::fresh().to_string() } else { reply.message_id };
    let reply = Message { message_id: id, context_id: context.to_string(), role: Role::Agent.into(), ..reply };
    let size = reply.encoded_len();
    if size > limits::INLINE_TASK {
        tracing::error!(size, limit = limits::INLINE_TASK, "a direct reply is too large to be sent");
        return Err(Error::Internal);
    }
    Ok(reply.encode_to_vec().into())
}
