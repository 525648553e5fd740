//! The store's clock: the system's, held back from going back.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use types::Timestamp;

/// Where the time comes from; the system unless a test says otherwise.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// A clock that reads `source`.
    pub fn new(source: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(source))
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new(Timestamp::now)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// A clock that never shows less than it has shown or stored.
#[derive(Debug)]
pub(crate) struct Monotone {
    clock: Clock,
    latest: AtomicU64,
}

impl Monotone {
    pub(crate) fn new(clock: Clock, stored: Timestamp) -> Self {
        Self { clock, latest: AtomicU64::new(stored.as_millis()) }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.raise((self.clock.0)())
    }

    /// Takes note of a stored time; returns the latest of all.
    pub(crate) fn raise(&self, stored: Timestamp) -> Timestamp {
        let before = self.latest.fetch_max(stored.as_millis(), Ordering::Relaxed);
        stored.max(Timestamp::from_millis(before))
    }
}
