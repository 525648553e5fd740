//! All configurations of one service: which have a courier at work, and how they are changed.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::sync::{Arc, Weak};
use std::time::Duration;

use a2a::Error;
use dashmap::DashMap;
use outbound::Guard;
use push::Policy;
use service::Metrics;
use store::{Commit, Lane, Outcome, Ownership, Refusal, RowChange, Store};
use tokio::runtime;
use tokio::sync::{Mutex, Notify, OwnedSemaphorePermit, Semaphore, watch};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;
use types::{PushId, Scope, Seq, TaskId};

use super::courier::{Courier, End};
use super::meters::Meters;
use super::poster::Poster;
use super::row::{self, Kept, Life};
use crate::fault;

/// Calls under way at once, of all webhooks and of those at one host: it bounds memory and what a slow host can take up.
const CALLS: usize = 64;
const CALLS_OF_HOST: usize = 8;
/// Pause before a store that failed is asked again.
const AGAIN: Duration = Duration::from_secs(1);
/// Between looks for configurations whose tasks retention has taken.
const SWEEP: Duration = Duration::from_secs(3600);
/// Changes of different tasks that do not wait for each other.
const SHARDS: usize = 64;

/// What an outbox is made of.
#[derive(Debug, Clone)]
pub struct Push {
    /// Makes the calls.
    pub poster: Arc<dyn Poster>,
    /// Who may be named as a target.
    pub guard: Guard,
    /// How patient it is.
    pub policy: Policy,
}

/// The configurations of a service and their couriers. Cheap to clone.
#[derive(Clone)]
pub struct Outbox(Arc<Inner>);

struct Inner {
    push: Push,
    store: Arc<dyn Store>,
    own: Ownership,
    closing: CancellationToken,
    runtime: runtime::Handle,
    meters: Meters,
    /// The couriers at work, by task.
    slots: DashMap<TaskId, Vec<Slot>>,
    /// How many changes of a configuration are under way.
    changing: watch::Sender<HashMap<(TaskId, PushId), usize>>,
    /// Those that were given up, for their number.
    parked: DashMap<(TaskId, PushId), ()>,
    calls: Arc<Semaphore>,
    hosts: DashMap<String, Weak<Semaphore>>,
    /// Held while the configurations of a task are counted and changed.
    turns: Vec<Mutex<()>>,
}

struct Slot {
    id: PushId,
    /// Rung when the task's log has grown.
    bell: Arc<Notify>,
    stop: CancellationToken,
}

/// A change of one configuration under way. Whatever becomes of it, and also if nobody waits for it any more, what
/// the store has afterwards is taken up when this is dropped. Until then nobody begins to deliver by what it replaces,
/// or by what it has written: a courier that is called back in the middle has told what the next one tells again.
#[derive(Debug)]
pub(crate) struct Changing {
    outbox: Outbox,
    task: TaskId,
    id: PushId,
    /// Whether it is certain that nothing was written.
    refused: bool,
}

/// The leave to make calls to one host.
pub(super) type Leave = (OwnedSemaphorePermit, OwnedSemaphorePermit);

impl Outbox {
    /// Takes up what the store has. Must be called within a Tokio runtime; work goes on there until `closing` fires.
    pub(crate) fn start(push: Push, store: Arc<dyn Store>, own: Ownership, closing: CancellationToken) -> Self {
        let outbox = Self(Arc::new(Inner {
            push,
            store,
            own,
            closing,
            runtime: runtime::Handle::current(),
            meters: Meters::new(),
            slots: DashMap::new(),
            changing: watch::Sender::default(),
            parked: DashMap::new(),
            calls: Arc::new(Semaphore::new(CALLS)),
            hosts: DashMap::new(),
            turns: std::iter::repeat_with(Mutex::default).take(SHARDS).collect(),
        }));
        let keeper = outbox.clone();
        outbox.spawn(tracing::info_span!("push keeper"), async move { keeper.keep().await });
        outbox
    }

    /// Makes the counters readable at `/metrics`.
    pub(crate) fn register(&self, metrics: &Metrics) {
        self.0.meters.register(metrics);
    }

    pub(super) fn push(&self) -> &Push {
        &self.0.push
    }

    pub(super) fn store(&self) -> &Arc<dyn Store> {
        &self.0.store
    }

    pub(super) fn meters(&self) -> &Meters {
        &self.0.meters
    }

    /// The log of `task` has grown. Called on the store's thread.
    pub(crate) fn moved(&self, task: TaskId) {
        if let Some(slots) = self.0.slots.get(&task) {
            slots.iter().for_each(|slot| slot.bell.notify_one());
        }
    }

    /// Couriers at work.
    pub(super) fn at_work(&self) -> usize {
        self.0.slots.iter().map(|slots| slots.len()).sum()
    }

    /// Waits for a place among the calls to `host`, then among all: who waits for a slow host takes up nobody else's.
    pub(super) async fn leave(&self, host: &str) -> Option<Leave> {
        let of_host = self.host(host).acquire_owned().await.ok()?;
        let of_all = self.0.calls.clone().acquire_owned().await.ok()?;
        Some((of_host, of_all))
    }

    fn host(&self, host: &str) -> Arc<Semaphore> {
        let mut known = self.0.hosts.entry(host.to_owned()).or_default();
        known.upgrade().unwrap_or_else(|| {
            let fresh = Arc::new(Semaphore::new(CALLS_OF_HOST));
            *known = Arc::downgrade(&fresh);
            fresh
        })
    }

    /// The turn to count and change the configurations of `task`.
    pub(super) async fn turn(&self, task: TaskId) -> tokio::sync::MutexGuard<'_, ()> {
        self.0.turns[usize::from(task.as_bytes()[15]) % SHARDS].lock().await
    }

    /// Says that a configuration is about to be changed.
    pub(super) fn changing(&self, task: TaskId, id: PushId) -> Changing {
        self.0.changing.send_modify(|open| *open.entry((task, id.clone())).or_default() += 1);
        Changing { outbox: self.clone(), task, id, refused: false }
    }

    /// Writes one row.
    pub(super) async fn write(&self, lane: Lane, change: RowChange) -> Outcome {
        let (epoch, at) = (self.0.own.epoch, self.0.store.now());
        self.0.store.commit(Commit { lane, ..Commit::of_rows(epoch, at, vec![change]) }).await
    }

    /// The configurations of a task, by id.
    pub(super) async fn of_task(&self, task: TaskId) -> Result<Vec<Kept>, Error> {
        self.read(&row::prefix(task)).await.map_err(fault::read)
    }

    /// All configurations under a prefix of their keys; one that cannot be read is left out, and told of.
    pub(super) async fn read(&self, prefix: &[u8]) -> Result<Vec<Kept>, store::Error> {
        let rows = self.0.store.rows(row::KIND, prefix).await?;
        let kept = rows.iter().filter_map(|row| match Kept::read(row) {
            Ok(kept) => Some(kept),
            Err(error) => {
                tracing::error!(%error, "a push notification configuration cannot be read");
                None
            }
        });
        Ok(kept.collect())
    }

    /// Whether anything of the task's log is left.
    pub(super) async fn is_kept(&self, task: TaskId) -> Result<bool, store::Error> {
        Ok(!self.0.store.frames(Scope::Service, task, Seq::ZERO, 1).await?.is_empty())
    }

    /// Takes up every configuration once, and from then on forgets those whose tasks are gone.
    async fn keep(&self) {
        while let Err(error) = self.begin_all().await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "push notifications cannot be taken up; trying again"
            );
            tokio::time::sleep(AGAIN).await;
        }
        loop {
            if let Err(error) = self.sweep().await {
                tracing::warn!(error = &error as &dyn std::error::Error, "push configurations were not swept");
            }
            tokio::time::sleep(SWEEP).await;
        }
    }

    async fn begin_all(&self) -> Result<(), store::Error> {
        for kept in self.read(&[]).await? {
            self.note(kept.config.task, &kept.config.id, kept.config.standing.is_parked());
            if kept.config.is_active() {
                self.begin_where_none_is(kept.config.task, kept.config.id);
            }
        }
        Ok(())
    }

    async fn sweep(&self) -> Result<(), store::Error> {
        self.0.hosts.retain(|_, calls| calls.strong_count() > 0);
        for kept in self.read(&[]).await? {
            let idle = kept.config.life == Life::Over || kept.config.standing.is_parked();
            if idle && !self.is_kept(kept.config.task).await? {
                // One that changes meanwhile is looked at again by the next sweep.
                if self.write(Lane::Continue, kept.removal()).await.is_ok() {
                    self.note(kept.config.task, &kept.config.id, false);
                }
            }
        }
        Ok(())
    }

    /// Keeps count of those that were given up.
    pub(super) fn note(&self, task: TaskId, id: &PushId, parked: bool) {
        match parked {
            true => drop(self.0.parked.insert((task, id.clone()), ())),
            false => drop(self.0.parked.remove(&(task, id.clone()))),
        }
        self.0.meters.parked.set(i64::try_from(self.0.parked.len()).unwrap_or(i64::MAX));
    }

    /// Sends a courier in place of any that this configuration has.
    fn begin(&self, task: TaskId, id: PushId) {
        let mut slots = self.0.slots.entry(task).or_default();
        slots.iter().filter(|slot| slot.id == id).for_each(|slot| slot.stop.cancel());
        slots.retain(|slot| !slot.stop.is_cancelled());
        self.send(&mut slots, task, id);
    }

    /// Sends a courier unless this configuration has one.
    fn begin_where_none_is(&self, task: TaskId, id: PushId) {
        let mut slots = self.0.slots.entry(task).or_default();
        if slots.iter().all(|slot| slot.id != id || slot.stop.is_cancelled()) {
            self.send(&mut slots, task, id);
        }
    }

    fn send(&self, slots: &mut Vec<Slot>, task: TaskId, id: PushId) {
        let (bell, stop) = (Arc::new(Notify::new()), self.0.closing.child_token());
        slots.push(Slot { id: id.clone(), bell: bell.clone(), stop: stop.clone() });
        let (outbox, span) = (self.clone(), tracing::info_span!("push", %task, config = %id));
        let work = async move {
            tokio::select! { biased; () = stop.cancelled() => {}, () = outbox.deliver(task, id, bell) => {} }
            stop.cancel();
            outbox.clear(task);
        };
        self.spawn(span, work);
    }

    /// Delivers by what the store has, which is read once the courier has its place: whoever had it before has ended by
    /// then, and what that one has kept is what this one begins with.
    async fn deliver(&self, task: TaskId, id: PushId, bell: Arc<Notify>) {
        let key = (task, id);
        loop {
            let kept = self.stored(task, &key.1).await;
            if self.0.changing.borrow().contains_key(&key) {
                // It may be the old row or the new one. The sender is as old as this outbox.
                self.0.changing.subscribe().wait_for(|open| !open.contains_key(&key)).await.ok();
                continue;
            }
            self.note(task, &key.1, kept.as_ref().is_some_and(|kept| kept.config.standing.is_parked()));
            let Some(kept) = kept.filter(|kept| kept.config.is_active()) else { return };
            match Courier::new(self.clone(), kept, bell.clone()).run().await {
                End::Finished => return,
                End::Outdated => {}
            }
        }
    }

    /// Forgets couriers that have stopped.
    fn clear(&self, task: TaskId) {
        self.0.slots.remove_if_mut(&task, |_, slots| {
            slots.retain(|slot| !slot.stop.is_cancelled());
            slots.is_empty()
        });
    }

    /// A configuration as the store has it once everything queued has been written. Asks until the store answers:
    /// without a courier nothing would be sent before the next start.
    async fn stored(&self, task: TaskId, id: &PushId) -> Option<Kept> {
        loop {
            match self.settled(task).await {
                Ok(kept) => return kept.into_iter().find(|kept| kept.config.id == *id),
                Err(why) => tracing::warn!(why, "a push configuration cannot be read; trying again"),
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// The configurations of a task once everything queued has been written; none of a store that is another's now, or
    /// closed, for nobody here delivers by them any more.
    async fn settled(&self, task: TaskId) -> Result<Vec<Kept>, String> {
        let barrier = Commit::barrier(self.0.own.epoch, self.0.store.now());
        match self.0.store.commit(barrier).await {
            Ok(_) => {}
            Err(Refusal::Fenced { .. } | Refusal::Closed) => return Ok(Vec::new()),
            Err(refusal) => return Err(refusal.to_string()),
        }
        self.of_task(task).await.map_err(|error| error.to_string())
    }

    fn spawn(&self, span: tracing::Span, work: impl Future<Output = ()> + Send + 'static) {
        let closing = self.0.closing.clone();
        let guarded = async move {
            tokio::select! { biased; () = closing.cancelled() => {}, () = work => {} }
        };
        self.0.runtime.spawn(guarded.instrument(span));
    }
}

impl Changing {
    /// Takes note of what became of the write.
    pub(crate) fn ended<T>(mut self, written: &Result<T, Refusal>) {
        self.refused = written.is_err();
    }

    /// Nothing was asked of the store: a courier that is at work goes on.
    pub(crate) fn untouched(mut self) {
        self.refused = true;
    }
}

impl Drop for Changing {
    fn drop(&mut self) {
        let (outbox, key) = (&self.outbox, (self.task, self.id.clone()));
        // Before others may begin anew by what is there now.
        if !self.refused {
            outbox.begin(self.task, self.id.clone());
        }
        outbox.0.changing.send_modify(|open| match open.get_mut(&key) {
            Some(others) if *others > 1 => *others -= 1,
            Some(_) | None => drop(open.remove(&key)),
        });
    }
}

impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbox").field("at_work", &self.at_work()).finish_non_exhaustive()
    }
}
