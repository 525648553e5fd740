//! What waits for the writer: one queue in order, with a bound on accepts.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use bytes::Bytes;
use parking_lot::{Condvar, Mutex};
use tokio::sync::oneshot;

use crate::Error;
use crate::commit::{Commit, Lane, Refusal};
use crate::log::Entry;
use crate::seen::SeenReply;
use crate::ticket::Settle;

/// A commit and who is told.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) commit: Commit,
    pub(super) settle: Settle,
}

/// What a refused accept is told to wait: a few batches.
const RETRY_AFTER: Duration = Duration::from_millis(100);

/// What the writer finds when it asks.
#[derive(Debug)]
pub(super) enum Taken {
    /// Commits to write.
    Batch,
    /// Nothing, until the time was up.
    Idle,
    /// Nothing, and nothing will come.
    Closed,
}

/// The writer's queue. Continuations are not counted: a task has few commits under way, and live tasks are bounded
/// by what was accepted.
#[derive(Debug)]
pub(super) struct Queue {
    inner: Mutex<Inner>,
    wake: Condvar,
    accept_lane: usize,
}

#[derive(Debug, Default)]
struct Inner {
    items: VecDeque<Item>,
    accepts: usize,
    closed: bool,
    end: End,
    ends: Vec<oneshot::Sender<Result<(), Error>>>,
}

/// How it ended.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum End {
    #[default]
    Open,
    /// All is written.
    Written,
    /// Something may be lost.
    Abandoned,
}

impl Queue {
    pub(super) fn new(accept_lane: usize) -> Self {
        Self { inner: Mutex::default(), wake: Condvar::new(), accept_lane }
    }

    /// Queues it, or refuses it at once.
    pub(super) fn push(&self, item: Item) {
        let mut inner = self.inner.lock();
        if let Some(refusal) = inner.refusal(item.commit.lane, self.accept_lane) {
            drop(inner);
            return item.settle.settle(Err(refusal));
        }
        inner.accepts += usize::from(item.commit.lane == Lane::Accept);
        inner.items.push_back(item);
        drop(inner);
        self.wake.notify_one();
    }

    /// Takes no more; the writer ends when it has written what is queued. `end`, if any, is told then.
    pub(super) fn close(&self, end: Option<oneshot::Sender<Result<(), Error>>>) {
        let mut inner = self.inner.lock();
        inner.closed = true;
        match inner.end {
            End::Open => inner.ends.extend(end),
            // Whoever asked may have gone.
            End::Written => drop(end.map(|end| end.send(Ok(())))),
            // A sender that is dropped says that the store is closed.
            End::Abandoned => {}
        }
        drop(inner);
        self.wake.notify_one();
    }

    /// Moves what is queued to `batch`, up to the limits, and waits for something until `until`.
    pub(super) fn take(&self, most: usize, most_bytes: usize, until: Instant, batch: &mut Vec<Item>) -> Taken {
        let mut inner = self.inner.lock();
        while inner.items.is_empty() {
            if inner.closed {
                return Taken::Closed;
            }
            if self.wake.wait_until(&mut inner, until).timed_out() && inner.items.is_empty() && !inner.closed {
                return Taken::Idle;
            }
        }
        let mut bytes = 0;
        while batch.is_empty() || batch.len() < most && bytes < most_bytes {
            let Some(item) = inner.items.pop_front() else { break };
            bytes += size(&item.commit);
            inner.accepts -= usize::from(item.commit.lane == Lane::Accept);
            batch.push(item);
        }
        Taken::Batch
    }

    /// Tells those who wait for the end that all is on disk.
    pub(super) fn end(&self) {
        let mut inner = self.inner.lock();
        inner.end = End::Written;
        for end in std::mem::take(&mut inner.ends) {
            // Whoever asked may have gone.
            drop(end.send(Ok(())));
        }
    }

    /// Closes at once and hands back all that is queued.
    pub(super) fn abandon(&self) -> VecDeque<Item> {
        let mut inner = self.inner.lock();
        inner.closed = true;
        inner.end = End::Abandoned;
        inner.ends.clear();
        std::mem::take(&mut inner.items)
    }
}

impl Inner {
    fn refusal(&self, lane: Lane, accept_lane: usize) -> Option<Refusal> {
        match lane {
            _ if self.closed => Some(Refusal::Closed),
            Lane::Accept if self.accepts >= accept_lane => Some(Refusal::Full { retry_after: RETRY_AFTER }),
            Lane::Accept | Lane::Continue => None,
        }
    }
}

/// The payload of a commit in bytes.
pub(super) fn size(commit: &Commit) -> usize {
    let entries = commit.task.iter().flat_map(|change| &change.entries).map(|entry| match entry {
        Entry::Frame(frame) => frame.bytes.len(),
        Entry::Record(record) => record.bytes.len(),
    });
    let snapshot = commit.task.as_ref().and_then(|change| change.snapshot.as_ref());
    let records = snapshot.iter().flat_map(|snapshot| &snapshot.records).map(|record| record.bytes.len());
    let reply = commit.accept.iter().map(|accept| match &accept.reply {
        SeenReply::Message(bytes) => bytes.len(),
        SeenReply::Task(_) | SeenReply::Fence => 0,
    });
    let rows = commit.rows.iter().filter_map(|row| row.body.as_ref()).map(Bytes::len);
    entries.chain(snapshot.map(|snapshot| snapshot.task.len())).chain(records).chain(reply).chain(rows).sum()
}
