//! A driver's hold on one of its tasks, for work that outlives the decision.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use a2a::Error;
use tokio::time::timeout;
use types::{ContextId, Owner, TaskId};

use crate::driver::{Driver, Input};
use crate::fault;
use crate::kit::Kit;
use crate::live::{Landed, Live, Origin, Receipt, Rejected};

/// How often an input is decided again after a commit failed under it.
pub(crate) const TRIES: usize = 8;

/// How long what is in no haste waits for more: who looks on hardly notices, and the answers of a fan-out come within it
/// also under load.
const GATHER: Duration = Duration::from_millis(100);

/// One task, seen from the work that belongs to it. Cheap to clone.
pub struct Handle<D: Driver> {
    kit: Kit<D>,
    live: Arc<Live<D>>,
    era: u64,
}

impl<D: Driver> Handle<D> {
    pub(crate) fn new(kit: Kit<D>, live: Arc<Live<D>>) -> Self {
        let era = live.head().era();
        Self { kit, live, era }
    }

    /// Which task.
    pub fn id(&self) -> TaskId {
        self.live.id
    }

    /// Its conversation.
    pub fn context(&self) -> &ContextId {
        &self.live.context
    }

    /// Whose it is.
    pub fn owner(&self) -> &Owner {
        &self.live.owner
    }

    /// All tasks of the service.
    pub fn kit(&self) -> &Kit<D> {
        &self.kit
    }

    /// The service's decisions.
    pub fn driver(&self) -> &D {
        self.kit.driver()
    }

    pub(crate) fn era(&self) -> u64 {
        self.era
    }

    pub(crate) fn live(&self) -> &Arc<Live<D>> {
        &self.live
    }

    /// Feeds news into the task and waits until what follows from it is durable.
    pub async fn signal(&self, signal: D::Signal) -> Result<(), Error> {
        self.input(Input::Signal(signal)).await
    }

    /// As [`Handle::signal`], for what the task's own work says: refused once that work has been stopped.
    pub(crate) async fn report(&self, signal: D::Signal) -> Result<(), Error> {
        self.feed(Origin::Work(self.era), Input::Signal(signal)).await
    }

    pub(crate) async fn input(&self, input: Input<D::Signal>) -> Result<(), Error> {
        self.feed(Origin::Outside, input).await
    }

    async fn feed(&self, origin: Origin, input: Input<D::Signal>) -> Result<(), Error> {
        for _ in 0..TRIES {
            let failures = self.live.mark().failures;
            match self.live.apply_with_receipt(&self.kit, origin, input.clone()) {
                // Nothing followed: what that was decided on has to be durable all the same.
                Ok(None) => return self.live.show(&self.kit).await.map(|_| ()),
                Ok(Some(receipt)) => match self.landed(receipt).await {
                    Ok(Ok(())) => return Ok(()),
                    Ok(Err(refusal)) if !fault::is_transient(&refusal) => return Err(fault::write(&refusal)),
                    Ok(Err(_)) | Err(_) => self.kit.revive(&self.live).await?,
                },
                // What it was refused for has to be durable first.
                Err(Rejected::Refused(error)) => {
                    self.live.show(&self.kit).await?;
                    if self.live.mark().failures == failures {
                        return Err(error);
                    }
                }
                Err(Rejected::Over) => return Err(fault::changing()),
                Err(Rejected::Broken | Rejected::Draft) => self.kit.revive(&self.live).await?,
            }
        }
        Err(fault::changing())
    }

    /// Queues what has been decided after all that is ready to run has had its turn, and when no other commit of the
    /// task is under way: what arrives together, as the answers of a fan-out do, shares a commit. What is in no haste
    /// waits a little longer, unless what comes meanwhile takes it along. It is queued also if nobody waits for it any
    /// more.
    async fn landed(&self, mut receipt: Receipt) -> Landed {
        let queued = Flush { handle: self, after: self.live.head().departed() };
        tokio::task::yield_now().await;
        if self.live.head().may_wait()
            && let Ok(landed) = timeout(GATHER, &mut receipt).await
        {
            return landed;
        }
        drop(queued);
        receipt.await
    }

    /// Runs `work` for this task until it ends, the process drains, or the task has to be loaded again,
    /// after which [`Driver::outstanding`] asks for it anew.
    pub fn spawn(&self, name: &'static str, work: impl Future<Output = ()> + Send + 'static) {
        let Some(token) = self.live.work(self.era) else { return };
        let closing = self.kit.closing().clone();
        let task = self.live.id;
        let span = move || tracing::info_span!("work", name, %task);
        let guarded = async move {
            tokio::select! {
                // What is to end takes no further step.
                biased;
                () = token.cancelled() => {}
                () = closing.cancelled() => {}
                () = work => {}
            }
        };
        self.kit.runtime().spawn(self.live.trace().instrument(span, guarded));
    }
}

/// Queues a task's draft when it is dropped, if it is still the one after so many commits.
struct Flush<'h, D: Driver> {
    handle: &'h Handle<D>,
    after: u64,
}

impl<D: Driver> Drop for Flush<'_, D> {
    fn drop(&mut self) {
        let Handle { kit, live, .. } = self.handle;
        if live.head().departed() == self.after {
            live.ease(kit, 1);
        }
    }
}

impl<D: Driver> Clone for Handle<D> {
    fn clone(&self) -> Self {
        Self { kit: self.kit.clone(), live: self.live.clone(), era: self.era }
    }
}

impl<D: Driver> fmt::Debug for Handle<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").field("task", &self.live.id).finish_non_exhaustive()
    }
}
