//! The log in memory: the same promises but for durability, for tests and for services that may forget.
//! Sharded, so that commits of different tasks do not wait for each other.

mod rows;
mod seen;
mod shard;
mod task;

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};
use types::{Epoch, Head, Scope, Seq, StoreId, TaskId, Timestamp};

use crate::clock::{Clock, Monotone};
use crate::commit::{Accept, Commit, Committed, Lane, Outcome, Refusal};
use crate::log::{Frame, LogRow};
use crate::read::{Due, Listing, Loaded, Query, Row, Summary};
use crate::seen::{Seen, SeenKey};
use crate::{Ownership, Pending, Settle, Store};
use rows::Rows;
use seen::SeenShard;
use shard::Shard;
use task::Task;

/// Enough that two commits rarely meet, few enough that a list of all is cheap.
const SHARDS: usize = 64;

/// Idempotency rows are kept at least this long, as are those on disk.
const SEEN_AT_LEAST: Duration = Duration::from_hours(24);

/// What an in-memory store may keep.
#[derive(Debug, Clone)]
pub struct MemoryOptions {
    /// How long ended tasks are kept.
    pub retention: Duration,
    /// How many ended tasks are kept at most.
    pub most_ended: usize,
    /// How many accepted messages are remembered at most, those of tasks still kept aside. Dispatches and fences are never
    /// forgotten before their time: with so many of them, further dispatches are refused and fences still taken.
    pub most_seen: usize,
    /// The store's id; a new one if absent.
    pub store_id: Option<StoreId>,
    /// The owner's epoch.
    pub epoch: Epoch,
    /// Where the time comes from.
    pub clock: Clock,
}

impl Default for MemoryOptions {
    fn default() -> Self {
        Self {
            retention: Duration::from_hours(7 * 24),
            most_ended: 262_144,
            most_seen: 1_048_576,
            store_id: None,
            epoch: Epoch(1),
            clock: Clock::default(),
        }
    }
}

/// A store that keeps everything in memory and forgets it with the process. It settles before `submit` returns.
///
/// ```
/// use std::sync::Arc;
/// use store::{MemoryStore, Store};
///
/// let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
/// assert!(store.now().as_millis() > 0);
/// ```
#[derive(Debug)]
pub struct MemoryStore {
    own: Ownership,
    retention: Duration,
    /// Per shard.
    most_ended: usize,
    /// Per shard.
    most_seen: usize,
    clock: Monotone,
    hash: RandomState,
    closed: AtomicBool,
    // Locked in this order: rows, one of seen, one of tasks.
    rows: Mutex<Rows>,
    seen: Vec<Mutex<SeenShard>>,
    tasks: Vec<Mutex<Shard>>,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryStore {
    /// An empty store with the default bounds.
    pub fn new() -> Self {
        Self::with(MemoryOptions::default())
    }

    /// An empty store with these bounds.
    pub fn with(options: MemoryOptions) -> Self {
        Self {
            own: Ownership { epoch: options.epoch, store_id: options.store_id.unwrap_or_else(StoreId::fresh) },
            retention: options.retention,
            most_ended: options.most_ended.div_ceil(SHARDS),
            most_seen: options.most_seen.div_ceil(SHARDS),
            clock: Monotone::new(options.clock, Timestamp::default()),
            hash: RandomState::new(),
            closed: AtomicBool::new(false),
            rows: Mutex::default(),
            seen: std::iter::repeat_with(Mutex::default).take(SHARDS).collect(),
            tasks: std::iter::repeat_with(Mutex::default).take(SHARDS).collect(),
        }
    }

    fn apply(&self, commit: Commit) -> Outcome {
        if self.closed.load(Ordering::Acquire) {
            return Err(Refusal::Closed);
        }
        if let Some(accept) = commit.accept.as_ref().filter(|_| commit.epoch == self.own.epoch) {
            self.fence_older(accept);
        }
        let mut locks = self.lock(&commit);
        if let Err(refusal) = locks.check(&commit, self) {
            locks.note_failure(&commit);
            // Also then: rows whose time is over make room for the next.
            self.forget(&mut locks, self.clock.now());
            return Err(refusal);
        }
        let now = self.clock.raise(commit.at);
        let Locks { rows, seen, task } = &mut locks;
        if let Some(rows) = rows {
            rows.write(commit.rows);
        }
        if let Some((change, shard)) = commit.task.zip(task.as_mut()) {
            shard.write(change, commit.at);
            shard.expire(now, self.retention, self.most_ended);
        }
        if let Some((accept, seen)) = commit.accept.zip(seen.as_mut()) {
            seen.insert(accept, now, self.seen_span());
        }
        self.forget(&mut locks, now);
        Ok(Committed)
    }

    fn forget(&self, locks: &mut Locks<'_>, now: Timestamp) {
        // This looks into other shards of tasks: two of them are never locked at once.
        locks.task = None;
        if let Some(seen) = &mut locks.seen {
            seen.expire(now, self.seen_span(), self.most_seen, |task| self.task_shard(task).lock().exists(task));
        }
    }

    fn lock(&self, commit: &Commit) -> Locks<'_> {
        Locks {
            rows: (!commit.rows.is_empty()).then(|| self.rows.lock()),
            seen: commit.accept.as_ref().map(|accept| self.seen_shard(&accept.key).lock()),
            task: commit.task.as_ref().map(|change| self.task_shard(change.id).lock()),
        }
    }

    /// Before the commit that asks for it, since two shards are never locked at once.
    /// Whatever becomes of that commit: something newer has been seen.
    fn fence_older(&self, accept: &Accept) {
        for fence in accept.fences() {
            let mut shard = self.seen_shard(&fence.key).lock();
            if shard.get(&fence.key).is_none() {
                shard.insert(fence, self.clock.now(), self.seen_span());
            }
        }
    }

    fn seen_span(&self) -> Duration {
        self.retention.max(SEEN_AT_LEAST)
    }

    fn seen_shard(&self, key: &SeenKey) -> &Mutex<SeenShard> {
        // The key is a hash already.
        &self.seen[usize::from(key.0[0]) % SHARDS]
    }

    fn task_shard(&self, id: TaskId) -> &Mutex<Shard> {
        &self.tasks[self.hash.hash_one(id) as usize % SHARDS]
    }

    fn of_task<T>(&self, scope: &Scope, id: TaskId, view: impl FnOnce(&Task) -> T) -> Option<T> {
        self.task_shard(id).lock().task(scope, id).map(view)
    }
}

/// What one commit holds while it is checked and written.
struct Locks<'s> {
    rows: Option<MutexGuard<'s, Rows>>,
    seen: Option<MutexGuard<'s, SeenShard>>,
    task: Option<MutexGuard<'s, Shard>>,
}

impl Locks<'_> {
    fn check(&self, commit: &Commit, store: &MemoryStore) -> Result<(), Refusal> {
        if commit.epoch != store.own.epoch {
            return Err(Refusal::Fenced { expected: commit.epoch, found: store.own.epoch });
        }
        let change = commit.task.as_ref().zip(self.task.as_deref());
        if change.is_some_and(|(change, shard)| shard.failed.covers(change.id, change.generation)) {
            return Err(Refusal::Superseded);
        }
        let accept = commit.accept.as_ref().zip(self.seen.as_deref());
        accept.map_or(Ok(()), |(accept, seen)| {
            seen.check(accept, || store.clock.now())?;
            if commit.lane == Lane::Accept { seen.has_room(accept, store.most_seen) } else { Ok(()) }
        })?;
        change.map_or(Ok(()), |(change, shard)| shard.check(change))?;
        self.rows.as_deref().map_or(Ok(()), |rows| rows.check(&commit.rows))
    }

    fn note_failure(&mut self, commit: &Commit) {
        if let Some((change, shard)) = commit.task.as_ref().zip(self.task.as_deref_mut()) {
            shard.failed.note(change.id, change.generation);
        }
    }
}

impl Store for MemoryStore {
    fn submit(&self, commit: Commit, settle: Settle) {
        let outcome = self.apply(commit);
        settle.settle(outcome);
    }

    fn load(&self, scope: Scope, task: TaskId) -> Pending<Option<Loaded>> {
        Pending::ready(Ok(self.of_task(&scope, task, Task::loaded)))
    }

    fn frames(&self, scope: Scope, task: TaskId, after: Seq, limit: usize) -> Pending<Vec<Frame>> {
        let frames = self.of_task(&scope, task, |task| task.frames_after(after, limit));
        Pending::ready(Ok(frames.unwrap_or_default()))
    }

    fn log(&self, scope: Scope, task: TaskId, after: Head, limit: usize) -> Pending<Vec<LogRow>> {
        let rows = self.of_task(&scope, task, |task| task.rows_after(after, limit));
        Pending::ready(Ok(rows.unwrap_or_default()))
    }

    fn list(&self, scope: Scope, query: Query) -> Pending<Listing> {
        let mut tasks = Vec::new();
        let total = self.tasks.iter().map(|shard| shard.lock().list(&scope, &query, &mut tasks)).sum();
        tasks.sort_unstable_by_key(Summary::place);
        let told = query.total.filter(|_| !query.is_open());
        Pending::ready(Ok(Listing::page(tasks, query.limit, told.unwrap_or(total))))
    }

    fn rows(&self, kind: &'static str, prefix: &[u8]) -> Pending<Vec<Row>> {
        Pending::ready(Ok(self.rows.lock().with_prefix(kind, prefix)))
    }

    fn seen(&self, key: SeenKey) -> Pending<Option<Seen>> {
        Pending::ready(Ok(self.seen_shard(&key).lock().get(&key).cloned()))
    }

    fn due(&self, now: Timestamp, after: Option<Due>, limit: usize) -> Pending<Vec<Due>> {
        let mut marks = Vec::new();
        for shard in &self.tasks {
            shard.lock().due(now, after, limit, &mut marks);
        }
        marks.sort_unstable_by_key(|mark| (mark.at, mark.task, mark.wake));
        marks.truncate(limit);
        Pending::ready(Ok(marks))
    }

    fn own(&self) -> Pending<Ownership> {
        Pending::ready(Ok(self.own))
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn close(&self) -> Pending<()> {
        self.closed.store(true, Ordering::Release);
        Pending::ready(Ok(()))
    }
}
