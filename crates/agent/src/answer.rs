//! What callers read of a task: only what is durable.

use std::sync::Arc;

use a2a::{Artifacts, Error, History};
use bytes::Bytes;
use prost::Message as _;
use proto::a2a::Task;
use types::{Seq, TaskId, TaskState};

use crate::driver::Driver;
use crate::fault;
use crate::kit::{Found, Kit};
use crate::live::{Live, Mark};

/// A durable view of a task.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) bytes: Bytes,
    pub(crate) seq: Seq,
    pub(crate) state: TaskState,
}

impl<D: Driver> Found<D> {
    /// The task as of its newest durable change.
    pub(crate) async fn show(&self, kit: &Kit<D>) -> Result<Shown, Error> {
        match self {
            Self::Done(done) => Ok(Shown { bytes: done.bytes.clone(), seq: done.seq, state: done.state }),
            Self::Live(live) => live.show(kit).await,
        }
    }
}

impl<D: Driver> Live<D> {
    /// The newest state, once it is durable; taken anew when its commit fails.
    pub(crate) async fn show(self: &Arc<Self>, kit: &Kit<D>) -> Result<Shown, Error> {
        let mut watch = self.watch();
        loop {
            let failures = watch.borrow_and_update().failures;
            self.flush(kit);
            let seen = self.glance();
            match seen {
                Some((shown, mark)) => {
                    let reached = watch.wait_for(|now| now.head >= mark.head || now.failures != failures).await;
                    let now = *reached.map_err(|_| fault::unavailable("the service is stopping"))?;
                    if now.failures == failures {
                        return Ok(shown);
                    }
                }
                None => Box::pin(kit.revive(self)).await?,
            }
        }
    }

    fn glance(&self) -> Option<(Shown, Mark)> {
        let mut head = self.head();
        if head.is_broken() {
            return None;
        }
        let mut mark = head.mark();
        if head.has_draft() {
            // What is shown includes the draft: it is durable with the commit that takes it.
            mark.head = mark.head.next();
        }
        Some((Shown { bytes: head.encoded(), seq: mark.seq, state: mark.state }, mark))
    }

    /// Waits until the durable state satisfies `until`.
    pub(crate) async fn wait_until(&self, until: impl Fn(TaskState) -> bool) -> Result<(), Error> {
        let mut watch = self.watch();
        let reached = watch.wait_for(|mark| until(mark.state)).await;
        reached.map(|_| ()).map_err(|_| fault::unavailable("the service is stopping"))
    }
}

/// The encoded task with as much of it as was asked for.
pub(crate) fn excerpt(id: TaskId, shown: Shown, history: History, artifacts: Artifacts) -> Result<Bytes, Error> {
    if history == History::All && artifacts == Artifacts::Include {
        return Ok(shown.bytes);
    }
    let task = Task::decode(shown.bytes).map_err(|error| fault::undecodable(id, &error))?;
    Ok(a2a::frame::snapshot(task, history, artifacts, shown.seq))
}
