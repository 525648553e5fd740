//! Where a kit under test keeps its tasks: its store's kind, its directory and its clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use agent::Idempotency;
use store::{Clock, EmbeddedStore, MemoryOptions, MemoryStore, Options, Store};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use types::Timestamp;

use crate::script::{Scripted, Stage, start_remembering};

/// Declares these tests for every implementation of the store.
macro_rules! on_every_store {
    ($($test:ident),* $(,)?) => {
        mod memory {
            $(#[tokio::test] async fn $test() { super::$test($crate::bed::Bed::memory()).await; })*
        }
        mod embedded {
            $(#[tokio::test] async fn $test() { super::$test($crate::bed::Bed::embedded()).await; })*
        }
    };
}
pub(crate) use on_every_store;

/// A store and the kit over it, one after another.
#[derive(Debug)]
pub(crate) struct Bed {
    time: Arc<AtomicU64>,
    closing: CancellationToken,
    store: Option<Arc<dyn Store>>,
    // After the store, which works in it.
    dir: Option<TempDir>,
}

impl Bed {
    pub(crate) fn memory() -> Self {
        let time = Arc::new(AtomicU64::new(Timestamp::now().as_millis()));
        Self { time, closing: CancellationToken::new(), store: None, dir: None }
    }

    pub(crate) fn embedded() -> Self {
        Self { dir: Some(tempfile::tempdir().unwrap()), ..Self::memory() }
    }

    /// The present store.
    pub(crate) fn store(&mut self) -> Arc<dyn Store> {
        let (time, dir) = (self.time.clone(), self.dir.as_ref());
        let make = || -> Arc<dyn Store> {
            let clock = Clock::new(move || Timestamp::from_millis(time.load(Ordering::SeqCst)));
            match dir {
                Some(dir) => Arc::new(EmbeddedStore::open(Options { clock, ..Options::at(dir.path()) }).unwrap()),
                None => Arc::new(MemoryStore::with(MemoryOptions { clock, ..MemoryOptions::default() })),
            }
        };
        self.store.get_or_insert_with(make).clone()
    }

    /// A kit over the present store.
    pub(crate) async fn open(&mut self) -> (Stage, Scripted<false>) {
        self.open_remembering(Idempotency::Always).await
    }

    /// The same, with a policy of its own.
    pub(crate) async fn open_remembering(&mut self, idempotency: Idempotency) -> (Stage, Scripted<false>) {
        let stage = Stage::new();
        let kit = start_remembering::<false>(&stage, self.store(), self.closing.clone(), idempotency).await;
        (stage, kit)
    }

    /// Ends the process of `kit`, as far as a test can; the store goes with it, unless it is one in memory.
    pub(crate) async fn end(&mut self, kit: Scripted<false>) {
        std::mem::take(&mut self.closing).cancel();
        drop(kit);
        let Some(store) = self.store.take_if(|_| self.dir.is_some()) else { return };
        store.close().await.unwrap();
        // What the kit had spawned lets go of it.
        yielding_until(|| Arc::strong_count(&store) == 1).await;
    }

    /// Lets time pass.
    pub(crate) fn pass(&self, time: Duration) {
        self.time.fetch_add(u64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

/// Yields until `done`, for at most ten seconds.
pub(crate) async fn yielding_until(done: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !done() {
        assert!(Instant::now() < deadline, "it did not come about");
        tokio::task::yield_now().await;
    }
}
