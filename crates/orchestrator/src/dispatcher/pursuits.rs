//! Which attempts are being sent or followed, and which are being fenced: each by one piece of work at a time.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

use crate::duty::Key;

/// Those that are sent or followed, each with the way to end that.
type Open = Arc<Mutex<HashMap<Key, (u64, CancellationToken)>>>;

/// Those that are fenced.
type Fenced = Arc<Mutex<HashSet<Key>>>;

/// The work under way, by attempt.
#[derive(Debug, Default)]
pub(super) struct Pursuits {
    open: Open,
    fenced: Fenced,
    begun: AtomicU64,
}

/// Sending or following of one attempt.
#[derive(Debug)]
pub(super) struct Pursuit {
    key: Key,
    number: u64,
    stop: CancellationToken,
    open: Open,
}

/// The right to fence one attempt, for as long as it lives.
#[derive(Debug)]
pub(super) struct Claim {
    key: Key,
    fenced: Fenced,
}

impl Pursuits {
    /// Sending or following begins.
    pub(super) fn begin(&self, key: Key) -> Pursuit {
        let (number, stop) = (self.begun.fetch_add(1, Ordering::Relaxed), CancellationToken::new());
        self.open.lock().insert(key.clone(), (number, stop.clone()));
        Pursuit { key, number, stop, open: self.open.clone() }
    }

    /// Ends sending and following.
    pub(super) fn end(&self, key: &Key) {
        if let Some((_, stop)) = self.open.lock().remove(key) {
            stop.cancel();
        }
    }

    /// The right to fence an attempt; `None` while somebody else has it.
    pub(super) fn claim(&self, key: Key) -> Option<Claim> {
        let free = self.fenced.lock().insert(key.clone());
        free.then(|| Claim { key, fenced: self.fenced.clone() })
    }
}

impl Pursuit {
    /// Does `work` until it is done or is to end.
    pub(super) async fn run(self, work: impl Future<Output = ()>) {
        self.stop.run_until_cancelled(work).await;
    }
}

impl Drop for Pursuit {
    fn drop(&mut self) {
        let mut open = self.open.lock();
        if open.get(&self.key).is_some_and(|(number, _)| *number == self.number) {
            open.remove(&self.key);
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.fenced.lock().remove(&self.key);
    }
}
