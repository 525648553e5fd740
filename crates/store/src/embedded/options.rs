//! How an embedded store is set up. Plain values, each with its default.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Clock;
use crate::commit::{Commit, Lane};

/// When a commit counts as durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// When the disk says so.
    #[default]
    Strict,
    /// Accepts and fences as above; other continuations as soon as they are written: a power failure may lose the newest of them,
    /// a killed process loses nothing.
    Relaxed,
}

impl Durability {
    /// Whether this commit is confirmed only when the disk has it: new work and message ids (fences among them) always.
    pub(super) fn is_strict_for(self, commit: &Commit) -> bool {
        self == Self::Strict || commit.lane == Lane::Accept || commit.accept.is_some()
    }
}

/// Settings of an embedded store.
#[derive(Debug, Clone)]
pub struct Options {
    /// The directory that this store has for itself; created if absent.
    pub dir: PathBuf,
    /// When a commit counts as durable.
    pub durability: Durability,
    /// Most commits of one transaction.
    pub batch_items: usize,
    /// Bytes of payload after which a transaction takes no further commit.
    pub batch_bytes: usize,
    /// Most accepts that wait; more are refused.
    pub accept_lane: usize,
    /// How long ended tasks are kept.
    pub retention: Duration,
    /// Pause between two looks for what retention may delete.
    pub sweep_every: Duration,
    /// Threads that read, each with a connection of its own.
    pub readers: usize,
    /// Bytes of the write-ahead log after which it is copied into the database.
    pub checkpoint_bytes: u64,
    /// Bytes set aside, given up when the disk is full so that running work can finish.
    pub ballast_bytes: u64,
    /// Largest size of the database file, the ballast included; the disk is the limit if absent.
    pub max_bytes: Option<u64>,
    /// A database up to this size is read whole when it is opened, to find damaged pages before the first answer.
    pub check_bytes: u64,
    /// Where the time comes from.
    pub clock: Clock,
    /// What to do when a commit can be neither confirmed nor denied.
    pub fatal: Fatal,
    /// Crashes to inject, for tests of recovery.
    pub faults: Option<Arc<dyn Faults>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            dir: PathBuf::from("data"),
            durability: Durability::Strict,
            batch_items: 512,
            batch_bytes: 4 << 20,
            accept_lane: 4096,
            retention: Duration::from_hours(7 * 24),
            sweep_every: Duration::from_secs(60),
            readers: 2,
            checkpoint_bytes: 4 << 20,
            ballast_bytes: 8 << 20,
            max_bytes: None,
            check_bytes: 32 << 20,
            clock: Clock::default(),
            fatal: Fatal::default(),
            faults: None,
        }
    }
}

impl Options {
    /// The defaults, in `dir`.
    pub fn at(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into(), ..Self::default() }
    }
}

/// The last word of a store whose storage failed in the middle of a commit. Nothing is retried:
/// what is on disk is read by the next start.
#[derive(Clone)]
pub struct Fatal(Arc<dyn Fn(&str) + Send + Sync>);

impl Fatal {
    /// Calls `tell` with the reason, on the store's thread and after every waiting commit was told `Closed`.
    pub fn new(tell: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    pub(super) fn tell(&self, reason: &str) {
        (self.0)(reason);
    }
}

impl Default for Fatal {
    /// Logs and aborts the process.
    fn default() -> Self {
        Self::new(|reason| {
            tracing::error!(reason, "the store failed; the process stops so that a restart reads what is on disk");
            std::process::abort();
        })
    }
}

impl fmt::Debug for Fatal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fatal")
    }
}

/// Where a crash can be injected into the commit loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CrashPoint {
    /// A batch was taken, nothing is written.
    BeforeWrite,
    /// Between two commits of a batch.
    MidBatch,
    /// All is written, the transaction is open.
    BeforeCommit,
    /// The transaction is durable, nobody was told.
    AfterCommit,
    /// Some were told, some not.
    BetweenSettles,
}

/// Decides where the commit loop dies.
pub trait Faults: fmt::Debug + Send + Sync {
    /// Whether to stop dead here, as a killed process would: nothing written further, nobody told.
    fn crash(&self, point: CrashPoint) -> bool;
}
