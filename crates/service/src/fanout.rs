//! News for many listeners, never more than a bound behind: one that reads too slowly is cut and delays nobody.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::mpsc;

/// The source's end of all listeners; `K` says whom a listener listens for.
#[derive(Debug)]
pub struct Fanout<T, K = ()> {
    of: &'static str,
    listeners: Vec<Listener<T, K>>,
    closed: bool,
}

#[derive(Debug)]
struct Listener<T, K> {
    key: K,
    tx: mpsc::Sender<T>,
    slow: Arc<AtomicBool>,
}

/// One listener's end: news until it is cut, or the source has closed.
#[derive(Debug)]
pub struct Listening<T> {
    /// In the order in which they were told.
    pub rx: mpsc::Receiver<T>,
    slow: Arc<AtomicBool>,
}

impl<T: Clone, K> Fanout<T, K> {
    /// News that a listener may be behind. They should be pointers that all share, so that a slow one holds on to
    /// those.
    pub const BEHIND: usize = 256;

    /// Nobody listens yet. What the news are `of`, such as "units", is for the log.
    pub fn new(of: &'static str) -> Self {
        Self { of, listeners: Vec::new(), closed: false }
    }

    /// One more listener, from now on.
    pub fn join(&mut self, key: K) -> Listening<T> {
        let (tx, rx) = mpsc::channel(Self::BEHIND);
        let slow = Arc::new(AtomicBool::new(false));
        self.prune();
        if !self.closed {
            self.listeners.push(Listener { key, tx, slow: slow.clone() });
        }
        Listening { rx, slow }
    }

    /// Tells everybody; one that has no room left is cut.
    pub fn tell(&mut self, news: &T) {
        self.tell_those(news, |_| true);
    }

    /// Tells those whom `who` names.
    pub fn tell_those(&mut self, news: &T, who: impl Fn(&K) -> bool) {
        self.listeners.retain(|listener| !who(&listener.key) || deliver(self.of, listener, news));
    }

    /// Forgets listeners that have gone, and counts the others.
    pub fn prune(&mut self) -> usize {
        self.listeners.retain(|listener| !listener.tx.is_closed());
        self.listeners.len()
    }

    /// Lets everybody go, and who comes later too.
    pub fn close(&mut self) {
        self.listeners.clear();
        self.closed = true;
    }
}

/// Whether the listener goes on.
fn deliver<T: Clone, K>(of: &'static str, listener: &Listener<T, K>, news: &T) -> bool {
    match listener.tx.try_send(news.clone()) {
        Ok(()) => true,
        Err(mpsc::error::TrySendError::Closed(_)) => false,
        Err(mpsc::error::TrySendError::Full(_)) => {
            listener.slow.store(true, Ordering::Release);
            tracing::warn!("a watch of {of} reads too slowly; cutting it");
            false
        }
    }
}

impl<T> Listening<T> {
    /// Whether it was cut for being slow.
    pub fn is_slow(&self) -> bool {
        self.slow.load(Ordering::Acquire)
    }
}
