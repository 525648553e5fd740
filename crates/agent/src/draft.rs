//! What has been decided for a task since its last commit, and is not queued yet.

use store::{Accept, Created, Entry, Ready, RowChange, Timer};
use tokio::sync::oneshot;
use types::Timestamp;

use crate::driver::{Append, Driver, Haste};
use crate::live::Receipt;

/// The next commit of a task as far as it is put together.
pub(crate) struct Draft<D: Driver> {
    pub(crate) at: Timestamp,
    pub(crate) created: Option<Created>,
    pub(crate) accept: Option<Accept>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) rows: Vec<RowChange>,
    appends: Vec<Append>,
    pub(crate) ready: Ready,
    pub(crate) timer: Timer,
    pub(crate) effects: Vec<D::Effect>,
    pub(crate) haste: Haste,
    pub(crate) waiters: Vec<oneshot::Sender<Result<(), store::Refusal>>>,
}

impl<D: Driver> Draft<D> {
    pub(crate) fn new(at: Timestamp) -> Self {
        Self {
            at,
            created: None,
            accept: None,
            entries: Vec::new(),
            rows: Vec::new(),
            appends: Vec::new(),
            ready: Ready::Keep,
            timer: Timer::Keep,
            effects: Vec::new(),
            haste: Haste::Soon,
            waiters: Vec::new(),
        }
    }

    /// Puts it behind what this commit has under the same key.
    pub(crate) fn append(&mut self, more: Append) {
        match self.appends.iter_mut().find(|known| (known.kind, &known.key) == (more.kind, &more.key)) {
            Some(known) => known.body.extend(more.body),
            None => self.appends.push(more),
        }
    }

    /// Takes the rows that it changes, those of its own among them.
    pub(crate) fn take_rows(&mut self) -> Vec<RowChange> {
        let mut rows = std::mem::take(&mut self.rows);
        let own =
            |Append { kind, key, body }| RowChange { kind, key, expected: RowChange::ANY, body: Some(body.into()) };
        rows.extend(std::mem::take(&mut self.appends).into_iter().map(own));
        rows
    }

    /// Tells when it is durable. Costs an allocation: only for who waits.
    pub(crate) fn receipt(&mut self) -> Receipt {
        let (tx, rx) = oneshot::channel();
        self.waiters.push(tx);
        rx
    }
}
