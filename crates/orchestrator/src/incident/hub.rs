//! Those who watch incidents. Each has a bound; one that falls behind it is cut and delays nobody.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::mpsc;
use types::Owner;

use super::record::Record;

/// Changes that a watch may be behind. Each is a pointer that all watches share.
const BEHIND: usize = 256;

/// An incident as it became, and as it was.
#[derive(Debug, Clone)]
pub(super) struct Change {
    pub(super) before: Option<Arc<Record>>,
    pub(super) now: Arc<Record>,
}

/// Every watch.
#[derive(Debug, Default)]
pub(super) struct Hub {
    listeners: Vec<Listener>,
    closed: bool,
}

#[derive(Debug)]
struct Listener {
    owner: Owner,
    tx: mpsc::Sender<Change>,
    slow: Arc<AtomicBool>,
}

/// The reader's end.
#[derive(Debug)]
pub(super) struct Watch {
    pub(super) rx: mpsc::Receiver<Change>,
    slow: Arc<AtomicBool>,
}

impl Watch {
    /// Whether it was cut because it read too slowly.
    pub(super) fn was_slow(&self) -> bool {
        self.slow.load(Ordering::Acquire)
    }
}

impl Hub {
    /// Nobody watches, and whoever joins is told so at once.
    pub(super) fn closed() -> Self {
        Self { listeners: Vec::new(), closed: true }
    }

    pub(super) fn join(&mut self, owner: Owner) -> Watch {
        self.listeners.retain(|listener| !listener.tx.is_closed());
        let (tx, rx) = mpsc::channel(BEHIND);
        let slow = Arc::new(AtomicBool::new(false));
        if !self.closed {
            self.listeners.push(Listener { owner, tx, slow: slow.clone() });
        }
        Watch { rx, slow }
    }

    pub(super) fn tell(&mut self, owner: &Owner, before: Option<&Arc<Record>>, now: &Arc<Record>) {
        let change = Change { before: before.cloned(), now: now.clone() };
        self.listeners.retain(|listener| listener.owner != *owner || deliver(listener, &change));
    }
}

/// Whether the watch goes on.
fn deliver(listener: &Listener, change: &Change) -> bool {
    match listener.tx.try_send(change.clone()) {
        Ok(()) => true,
        Err(mpsc::error::TrySendError::Closed(_)) => false,
        Err(mpsc::error::TrySendError::Full(_)) => {
            listener.slow.store(true, Ordering::Release);
            tracing::warn!("a watch of incidents reads too slowly; cutting it");
            false
        }
    }
}
