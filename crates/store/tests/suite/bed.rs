//! Where a store under test lives: its kind, its directory and its clock.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use store::{Clock, EmbeddedStore, MemoryOptions, MemoryStore, Options, Store};
use tempfile::TempDir;
use types::Timestamp;

/// The first instant of every test.
pub(crate) const START: u64 = 1_000_000_000_000;

/// A place for one store after another.
#[derive(Debug)]
pub(crate) struct Bed {
    dir: Option<TempDir>,
    time: Arc<AtomicU64>,
    /// What passes whatever the clock is set to, in milliseconds.
    steady: Arc<AtomicU64>,
    pub(crate) retention: Duration,
}

impl Bed {
    pub(crate) fn memory() -> Self {
        let time = Arc::new(AtomicU64::new(START));
        Self { dir: None, time, steady: Arc::default(), retention: Duration::from_hours(1) }
    }

    pub(crate) fn embedded() -> Self {
        Self { dir: Some(tempfile::tempdir().unwrap()), ..Self::memory() }
    }

    /// Whether a store that is made again knows what the one before knew.
    pub(crate) fn is_durable(&self) -> bool {
        self.dir.is_some()
    }

    /// Settings with this bed's directory and clock; retention looks all the time.
    pub(crate) fn options(&self) -> Options {
        let dir = self.dir.as_ref().unwrap().path();
        let sweep_every = Duration::from_millis(1);
        Options { retention: self.retention, clock: self.clock(), sweep_every, ..Options::at(dir) }
    }

    pub(crate) fn store(&self) -> Arc<dyn Store> {
        if self.is_durable() {
            return Arc::new(self.open());
        }
        let options = MemoryOptions { retention: self.retention, clock: self.clock(), ..MemoryOptions::default() };
        Arc::new(MemoryStore::with(options))
    }

    pub(crate) fn open(&self) -> EmbeddedStore {
        EmbeddedStore::open(self.options()).unwrap()
    }

    pub(crate) fn clock(&self) -> Clock {
        let (time, steady) = (Arc::clone(&self.time), Arc::clone(&self.steady));
        let wall = move || Timestamp::from_millis(time.load(Ordering::Relaxed));
        Clock::with(wall, move || Duration::from_millis(steady.load(Ordering::Relaxed)))
    }

    /// Lets time pass that the clock does not show.
    pub(crate) fn pass(&self, millis: u64) {
        self.steady.fetch_add(millis, Ordering::Relaxed);
    }

    pub(crate) fn set_clock(&self, at: Timestamp) {
        self.time.store(at.as_millis(), Ordering::Relaxed);
    }
}

/// Polls until `check` holds, for at most ten seconds.
pub(crate) async fn eventually<F: Future<Output = bool>>(what: &str, mut check: impl FnMut() -> F) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !check().await {
        assert!(Instant::now() < deadline, "never happened: {what}");
        tokio::task::yield_now().await;
    }
}
