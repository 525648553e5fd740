//! Taking a message exactly once: as a new task, as a turn of one, or as a repetition of what was taken before.

use std::sync::Arc;
use std::time::Duration;

use a2a::metadata::Dispatch;
use a2a::{Call, Error, Heard, SendRequest};
use bytes::Bytes;
use store::{Accept, BodyDigest, Commit, Created, Refusal, Seen, SeenKey, SeenReply};
use types::{ContextId, MessageId, Owner, Scope, TaskId, Timestamp, limits};

use crate::driver::{Driver, Input, Opening};
use crate::fault;
use crate::handle::TRIES;
use crate::kit::{Found, Kit};
use crate::live::{Live, Origin, Rejected};
use crate::push::Changing;

/// How long an acceptance is remembered at least; that of a dispatch so long after its deadline.
pub(crate) const REMEMBERED: Duration = Duration::from_secs(24 * 3600);

/// Largest message in bytes: the task that it opens must leave room for an answer, and both are answered inline.
const MESSAGE: usize = limits::INLINE_TASK - (256 << 10);

/// A message on its way in.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) call: Call,
    /// The request but for its message.
    pub(crate) request: SendRequest,
    /// Shared with the task that it opens, or is a turn of.
    pub(crate) message: Arc<Heard>,
}

impl Asked {
    pub(crate) fn new(call: Call, mut request: SendRequest) -> Self {
        let message = Arc::new(std::mem::take(&mut request.message));
        Self { call, request, message }
    }
}

/// Who waits for what becomes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Audience {
    /// Somebody who wants the task.
    Caller,
    /// Somebody who reads every frame.
    Reader,
}

/// What tells a message from every other.
#[derive(Debug, Clone)]
pub(crate) struct Print {
    key: SeenKey,
    pub(crate) digest: BodyDigest,
    keep_until: Timestamp,
    /// Of a dispatch that opens a task: when it comes too late.
    not_after: Option<Timestamp>,
    /// Earlier attempts of the same step.
    older: Vec<SeenKey>,
}

impl Print {
    /// The memory that it became (a turn of) `task`.
    fn accept(&self, task: TaskId) -> Accept {
        self.remember(SeenReply::Task(task))
    }

    /// The memory of what it became.
    pub(crate) fn remember(&self, reply: SeenReply) -> Accept {
        let Self { key, digest, keep_until, not_after, older } = self.clone();
        Accept { key, digest, reply, keep_until, not_after, older }
    }
}

/// What a task is opened with.
struct Seed<D: Driver> {
    state: Option<D::State>,
    context: Option<ContextId>,
}

/// What became of a message.
pub(crate) enum Accepted<D: Driver> {
    /// A task of its own, just created.
    Opened(Arc<Live<D>>),
    /// A turn of a task, or a repetition.
    Joined(Found<D>, TaskId),
    /// An encoded message, its direct reply.
    Replied(Bytes),
}

impl<D: Driver> Kit<D> {
    /// Takes a message. When this returns, what it became is durable.
    /// What seldom happens is boxed, so that every other message does without the room for it.
    pub(crate) async fn accept(&self, asked: &Asked, audience: Audience) -> Result<Accepted<D>, Error> {
        let Asked { call, request, message } = asked;
        let size = message.size();
        if size > MESSAGE {
            return Err(Error::TooLarge { field: "message".to_owned(), size, limit: MESSAGE });
        }
        let dispatch = self.dispatch(message)?;
        let now = self.store().now();
        let message_id = self.idempotency().id_of(call, request, dispatch.is_some());
        let late = dispatch.as_ref().map_or(now, |dispatch| dispatch.not_after.max(now));
        // What is said in a conversation belongs to the task that the attempt already is.
        let opening = dispatch.filter(|_| request.task.is_none());
        let print = Print {
            key: SeenKey::new(&call.owner, request.task, &message_id),
            digest: BodyDigest::of_framed(&a2a::framed_body(message)),
            keep_until: late.after(REMEMBERED),
            not_after: opening.as_ref().map(|dispatch| dispatch.not_after),
            older: opening.map(|dispatch| older(&call.owner, &dispatch)).unwrap_or_default(),
        };
        if let Err(error) = self.check_push(request) {
            return Box::pin(self.seen_or(asked, &print, error)).await;
        }
        match request.task {
            None => self.open_anew(asked, audience, &print).await,
            Some(task) => Box::pin(self.turn(asked, task, &print)).await,
        }
    }

    async fn open_anew(&self, asked: &Asked, audience: Audience, print: &Print) -> Result<Accepted<D>, Error> {
        for _ in 0..TRIES {
            let opened = match self.driver().open(self, &asked.call.owner, &asked.message).await {
                Ok(Opening::Reply(reply)) => return Box::pin(self.reply(asked, reply, print)).await,
                Ok(Opening::Task { state, context }) => {
                    self.open(asked, audience, print, Seed { state, context }).await?
                }
                Err(error) => return Box::pin(self.seen_or(asked, print, error)).await,
            };
            if let Some(accepted) = opened {
                return Ok(accepted);
            }
        }
        Err(fault::changing())
    }

    /// The dispatch that the message carries. Work that was dispatched to another store must not begin here:
    /// whoever sent it looks for it there.
    fn dispatch(&self, message: &Heard) -> Result<Option<Dispatch>, Error> {
        let dispatch = message.dispatch().map_err(|bad| Error::invalid("message.metadata", bad.to_string()))?;
        self.check_store(dispatch.as_ref().and_then(|dispatch| dispatch.store_id))?;
        Ok(dispatch)
    }

    /// A task for the message. `None` when the work that it began at once met a row that had changed: nothing is
    /// stored then, and the message can be taken anew.
    async fn open(
        &self,
        asked: &Asked,
        audience: Audience,
        print: &Print,
        seed: Seed<D>,
    ) -> Result<Option<Accepted<D>>, Error> {
        let Asked { call, request, message } = asked;
        let id = TaskId::fresh();
        let context = request.context.clone().or(seed.context).unwrap_or_else(ContextId::fresh);
        let (rows, _changing) = self.push_of_opening(request, id, context.as_str())?;
        let created = Created { owner: call.owner.clone(), context };
        let state = seed.state.unwrap_or_else(|| self.driver().begin(&id));
        let live = Arc::new(Live::create(state, id, created, print.accept(id)));
        live.head().attach(rows);
        if audience == Audience::Reader {
            live.head().attend();
        }
        self.insert(live.clone());
        let receipt = match live.apply_with_receipt(self, Origin::Outside, Input::Message(message.clone())) {
            Ok(Some(receipt)) => receipt,
            Ok(None) => {
                self.forget(&live);
                return Err(Error::Internal);
            }
            Err(rejected) => {
                self.forget(&live);
                return Box::pin(self.seen_or(asked, print, rejected.into())).await.map(Some);
            }
        };
        live.launch(self);
        match receipt.await.unwrap_or(Err(Refusal::Closed)) {
            Ok(()) => {
                self.meters().accepted.inc();
                Ok(Some(Accepted::Opened(live)))
            }
            Err(Refusal::Seen(seen)) => Box::pin(self.repeated(asked, &seen, print.digest)).await.map(Some),
            Err(Refusal::Row { .. }) => Ok(None),
            Err(refusal) => Err(fault::write(&refusal)),
        }
    }

    async fn turn(&self, asked: &Asked, task: TaskId, print: &Print) -> Result<Accepted<D>, Error> {
        let Asked { call, request, message } = asked;
        let scope = Scope::Owner(call.owner.clone());
        let _turn = self.push_turn(request, task).await;
        for _ in 0..TRIES {
            let live = match self.find(&scope, task).await? {
                Found::Live(live) => live,
                Found::Done(_) => return Box::pin(self.seen_or(asked, print, ended())).await,
            };
            check_context(request, &live.context)?;
            let failures = live.mark().failures;
            let (rows, changing) = self.push_of_turn(request, &live).await?;
            match live.turn(self, message.clone(), print.accept(task), rows) {
                Ok(receipt) => {
                    live.launch(self);
                    let written = receipt.await;
                    if let (Some(changing), Ok(written)) = (changing, &written) {
                        changing.ended(written);
                    }
                    match written.unwrap_or(Err(Refusal::Superseded)) {
                        Ok(()) => return Ok(Accepted::Joined(Found::Live(live), task)),
                        Err(Refusal::Seen(seen)) => {
                            self.revive(&live).await?;
                            return self.repeated(asked, &seen, print.digest).await;
                        }
                        Err(refusal) if !fault::is_transient(&refusal) => return Err(fault::write(&refusal)),
                        Err(_) => self.revive(&live).await?,
                    }
                }
                Err(rejected) => {
                    changing.into_iter().for_each(Changing::untouched);
                    match rejected {
                        Rejected::Broken | Rejected::Over => self.revive(&live).await?,
                        Rejected::Draft => live.flush(self),
                        // What it was refused for, and what it may repeat, has to be durable first.
                        Rejected::Refused(error) => {
                            live.show(self).await?;
                            if live.mark().failures == failures {
                                return Box::pin(self.seen_or(asked, print, error)).await;
                            }
                        }
                    }
                }
            }
        }
        Err(fault::changing())
    }

    /// A refusal counts only for a message that was not taken before, nor is about to be: what is queued ahead of it is
    /// waited for.
    async fn seen_or(&self, asked: &Asked, print: &Print, error: Error) -> Result<Accepted<D>, Error> {
        self.store().commit(Commit::barrier(self.epoch(), self.store().now())).await.map_err(|it| fault::write(&it))?;
        match self.store().seen(print.key).await.map_err(fault::read)? {
            Some(seen) => self.repeated(asked, &seen, print.digest).await,
            None => Err(error),
        }
    }

    pub(crate) async fn repeated(&self, asked: &Asked, seen: &Seen, digest: BodyDigest) -> Result<Accepted<D>, Error> {
        let Asked { call, request, .. } = asked;
        let accepted = match &seen.reply {
            SeenReply::Fence => return Err(Error::DispatchFenced),
            SeenReply::Task(_) | SeenReply::Message(_) if seen.digest != digest => {
                return Err(Error::MessageIdReused(request.message_id.to_string()));
            }
            SeenReply::Task(id) => Accepted::Joined(self.find(&Scope::Owner(call.owner.clone()), *id).await?, *id),
            SeenReply::Message(bytes) => Accepted::Replied(bytes.clone()),
        };
        self.meters().repeated.inc();
        Ok(accepted)
    }
}

/// The earlier attempts of a dispatched step: from now on none of them is taken.
fn older(owner: &Owner, dispatch: &Dispatch) -> Vec<SeenKey> {
    let message = |attempt| MessageId::of_dispatch(dispatch.run, &dispatch.step, attempt, 1);
    (1..dispatch.attempt).map(|attempt| SeenKey::new(owner, None, &message(attempt))).collect()
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
            Rejected::Broken | Rejected::Over | Rejected::Draft => fault::changing(),
        }
    }
}
