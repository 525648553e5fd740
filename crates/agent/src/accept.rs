//! Taking a message exactly once: as a new task, as a turn of one, or as a repetition of what was taken before.

use std::sync::Arc;
use std::time::Duration;

use a2a::{Call, Error, SendRequest};
use bytes::Bytes;
use store::{Accept, BodyDigest, Created, Refusal, Seen, SeenKey, SeenReply};
use types::{ContextId, Scope, TaskId};

use crate::driver::{Driver, Input};
use crate::fault;
use crate::kit::{Found, Kit};
use crate::live::{Live, Rejected};

/// How long an acceptance is remembered at least.
const REMEMBERED: Duration = Duration::from_secs(24 * 3600);
/// How often a turn is decided again after a commit failed under it.
const TRIES: usize = 8;

/// Who waits for what becomes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Audience {
    /// Somebody who wants the task.
    Caller,
    /// Somebody who reads every frame.
    Reader,
}

/// What became of a message.
pub(crate) enum Accepted<D: Driver> {
    /// A task of its own, just created.
    Opened(Arc<Live<D>>),
    /// A turn of a task, or a repetition.
    Joined(Found<D>, TaskId),
    /// An encoded message, the direct reply that it once got.
    Replied(Bytes),
}

impl<D: Driver> Kit<D> {
    /// Takes a message. When this returns, what it became is durable.
    pub(crate) async fn accept(
        &self,
        call: &Call,
        request: &SendRequest,
        audience: Audience,
    ) -> Result<Accepted<D>, Error> {
        self.check_store(request)?;
        let key = SeenKey::new(&call.owner, request.task, &request.message_id);
        let digest = BodyDigest::of(a2a::body_digest_parts(&request.message).iter().map(Vec::as_slice));
        match request.task {
            None => self.open(call, request, audience, key, digest).await,
            Some(task) => self.turn(call, request, task, key, digest).await,
        }
    }

    /// Work that was dispatched to another store must not begin here: whoever sent it looks for it there.
    fn check_store(&self, request: &SendRequest) -> Result<(), Error> {
        let dispatch = a2a::metadata::Dispatch::from_metadata(request.message.metadata.as_ref())
            .map_err(|bad| Error::invalid("message.metadata", bad.to_string()))?;
        match dispatch.and_then(|dispatch| dispatch.store_id) {
            Some(wanted) if wanted != self.ownership().store_id => Err(Error::WrongStore),
            _ => Ok(()),
        }
    }

    async fn open(
        &self,
        call: &Call,
        request: &SendRequest,
        audience: Audience,
        key: SeenKey,
        digest: BodyDigest,
    ) -> Result<Accepted<D>, Error> {
        let id = TaskId::fresh();
        let context = request.context.clone().unwrap_or_else(ContextId::fresh);
        let created = Created { owner: call.owner.clone(), context };
        let live = Arc::new(Live::create(self.driver(), id, created, self.accepting(id, key, digest)));
        if audience == Audience::Reader {
            live.head().attend();
        }
        self.insert(live.clone());
        let message = Arc::new(request.message.clone());
        let receipt = match live.apply_with_receipt(self, Input::Message(message)) {
            Ok(receipt) => receipt,
            Err(rejected) => {
                self.forget(&live);
                return self.seen_or(call, request, key, digest, rejected.into()).await;
            }
        };
        live.launch(self);
        match receipt.await.unwrap_or(Err(Refusal::Closed)) {
            Ok(()) => {
                self.meters().accepted.inc();
                Ok(Accepted::Opened(live))
            }
            Err(Refusal::Seen(seen)) => self.repeated(call, request, &seen, digest).await,
            Err(refusal) => Err(fault::write(&refusal)),
        }
    }

    async fn turn(
        &self,
        call: &Call,
        request: &SendRequest,
        task: TaskId,
        key: SeenKey,
        digest: BodyDigest,
    ) -> Result<Accepted<D>, Error> {
        let scope = Scope::Owner(call.owner.clone());
        for _ in 0..TRIES {
            let live = match self.find(&scope, task).await? {
                Found::Live(live) => live,
                Found::Done(_) => return self.seen_or(call, request, key, digest, ended()).await,
            };
            check_context(request, &live.context)?;
            match live.turn(self, Arc::new(request.message.clone()), self.accepting(task, key, digest)) {
                Ok(receipt) => {
                    live.launch(self);
                    match receipt.await.unwrap_or(Err(Refusal::Superseded)) {
                        Ok(()) => return Ok(Accepted::Joined(Found::Live(live), task)),
                        Err(Refusal::Seen(seen)) => {
                            self.revive(&live).await?;
                            return self.repeated(call, request, &seen, digest).await;
                        }
                        Err(refusal) if !fault::is_transient(&refusal) => return Err(fault::write(&refusal)),
                        Err(_) => self.revive(&live).await?,
                    }
                }
                Err(Rejected::Broken) => self.revive(&live).await?,
                Err(Rejected::Draft) => live.flush(self),
                Err(Rejected::Refused(error)) => return self.seen_or(call, request, key, digest, error).await,
            }
        }
        Err(fault::changing())
    }

    /// A refusal on the task's state counts only for a message that was not taken before.
    async fn seen_or(
        &self,
        call: &Call,
        request: &SendRequest,
        key: SeenKey,
        digest: BodyDigest,
        error: Error,
    ) -> Result<Accepted<D>, Error> {
        match self.store().seen(key).await.map_err(fault::read)? {
            Some(seen) => self.repeated(call, request, &seen, digest).await,
            None => Err(error),
        }
    }

    async fn repeated(
        &self,
        call: &Call,
        request: &SendRequest,
        seen: &Seen,
        digest: BodyDigest,
    ) -> Result<Accepted<D>, Error> {
        if seen.digest != digest {
            return Err(Error::MessageIdReused(request.message_id.to_string()));
        }
        self.meters().repeated.inc();
        match &seen.reply {
            SeenReply::Task(id) => {
                let found = self.find(&Scope::Owner(call.owner.clone()), *id).await?;
                Ok(Accepted::Joined(found, *id))
            }
            SeenReply::Message(bytes) => Ok(Accepted::Replied(bytes.clone())),
            SeenReply::Fence => Err(Error::UnsupportedOperation("this dispatch has been fenced off".to_owned())),
        }
    }

    fn accepting(&self, task: TaskId, key: SeenKey, digest: BodyDigest) -> Accept {
        Accept { key, digest, reply: SeenReply::Task(task), keep_until: self.store().now().after(REMEMBERED) }
    }
}

fn check_context(request: &SendRequest, context: &ContextId) -> Result<(), Error> {
    match &request.context {
        Some(named) if named != context => Err(Error::invalid("message.context_id", "is not the context of the task")),
        _ => Ok(()),
    }
}

fn ended() -> Error {
    Error::UnsupportedOperation("the task has ended; send a new message that names it in reference_task_ids".to_owned())
}

impl From<Rejected> for Error {
    fn from(rejected: Rejected) -> Self {
        match rejected {
            Rejected::Refused(error) => error,
            Rejected::Broken | Rejected::Draft => fault::changing(),
        }
    }
}
