//! Those who are told each change of a unit as it becomes visible, never more than a bound behind.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::mpsc;

use super::unit::Change;

/// Commits that a listener may be behind. Their changes are shared by all, so a slow one holds on to pointers.
const BEHIND: usize = 256;

/// What one commit changed.
pub(crate) type News = Arc<[Arc<Change>]>;

/// The board's end of all listeners.
#[derive(Debug, Default)]
pub(crate) struct Hub {
    listeners: Vec<Listener>,
    closed: bool,
}

#[derive(Debug)]
struct Listener {
    tx: mpsc::Sender<News>,
    slow: Arc<AtomicBool>,
}

/// One listener's end.
#[derive(Debug)]
pub(crate) struct Listening {
    pub(crate) rx: mpsc::Receiver<News>,
    slow: Arc<AtomicBool>,
}

impl Hub {
    /// One more listener, from now on.
    pub(crate) fn join(&mut self) -> Listening {
        let (tx, rx) = mpsc::channel(BEHIND);
        let slow = Arc::new(AtomicBool::new(false));
        self.listeners.retain(|listener| !listener.tx.is_closed());
        if !self.closed {
            self.listeners.push(Listener { tx, slow: slow.clone() });
        }
        Listening { rx, slow }
    }

    /// Tells everybody; one that has no room left is cut.
    pub(crate) fn tell(&mut self, news: &News) {
        self.listeners.retain(|listener| match listener.tx.try_send(news.clone()) {
            Ok(()) => true,
            Err(mpsc::error::TrySendError::Closed(_)) => false,
            Err(mpsc::error::TrySendError::Full(_)) => {
                listener.slow.store(true, Ordering::Release);
                tracing::warn!("a watch of units reads too slowly; cutting it");
                false
            }
        });
    }

    /// Lets everybody go, and who comes later too.
    pub(crate) fn close(&mut self) {
        self.listeners.clear();
        self.closed = true;
    }
}

impl Listening {
    /// Whether it was cut for being slow.
    pub(crate) fn is_slow(&self) -> bool {
        self.slow.load(Ordering::Acquire)
    }
}
