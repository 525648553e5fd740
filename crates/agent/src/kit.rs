//! All tasks of one service: those in memory, those that have ended lately, and the way to the rest.

use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use a2a::Error;
use bytes::Bytes;
use dashmap::DashMap;
use dashmap::mapref::entry::Entry;
use proto::a2a::AgentCard;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use store::{Loaded, Ownership, Store};
use tokio::runtime;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;
use types::{Epoch, Owner, Scope, Seq, StoreId, TaskId, TaskState};

use crate::driver::Driver;
use crate::fault;
use crate::handle::Handle;
use crate::idempotency::Idempotency;
use crate::live::Live;
use crate::meters::Meters;
use crate::push::{Outbox, Push};
use crate::timers::Timers;

/// Bytes of ended tasks that are kept encoded in memory: some fifteen thousand small ones. Who asks for a task that has
/// ended asks soon; until this is full, each one more is memory that the system has to clear first.
const DONE_BYTES: u64 = 16 << 20;
/// Ended tasks that the cache expects; a hint for its tables.
const DONE_ITEMS: usize = 4096;

/// The tasks of one service over its store. Cheap to clone.
pub struct Kit<D: Driver>(Arc<Inner<D>>);

struct Inner<D: Driver> {
    driver: D,
    store: Arc<dyn Store>,
    own: Ownership,
    card: Arc<AgentCard>,
    idempotency: Idempotency,
    live: DashMap<TaskId, Arc<Live<D>>>,
    done: Cache<TaskId, Arc<Done>, ByBytes>,
    timers: Timers,
    meters: Meters,
    closing: CancellationToken,
    runtime: runtime::Handle,
    /// Loadings of tasks so far: a task that left memory and comes back must not reuse a generation that failed.
    generations: AtomicU64,
    push: OnceLock<Outbox>,
    extended: OnceLock<AgentCard>,
}

/// What a kit is made of.
#[derive(Debug)]
pub struct Parts<D> {
    /// Decides what inputs mean.
    pub driver: D,
    /// Where the tasks live.
    pub store: Arc<dyn Store>,
    /// What the agent says of itself; gates optional operations.
    pub card: AgentCard,
    /// Whose messages are taken once.
    pub idempotency: Idempotency,
    /// Fires when open streams must end, so that the process can stop.
    pub closing: CancellationToken,
}

/// A task that has ended, as it is answered.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) owner: Owner,
    pub(crate) state: TaskState,
    pub(crate) seq: Seq,
    pub(crate) bytes: Bytes,
}

/// A task in memory or one that has ended.
pub(crate) enum Found<D: Driver> {
    Live(Arc<Live<D>>),
    Done(Arc<Done>),
}

#[derive(Debug, Clone)]
struct ByBytes;

impl Weighter<TaskId, Arc<Done>> for ByBytes {
    fn weight(&self, _: &TaskId, done: &Arc<Done>) -> u64 {
        done.bytes.len() as u64 + 256
    }
}

impl<D: Driver> Clone for Kit<D> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<D: Driver> fmt::Debug for Kit<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kit").field("own", &self.0.own).field("live", &self.0.live.len()).finish_non_exhaustive()
    }
}

impl<D: Driver> Kit<D> {
    /// Takes ownership of the store and takes up what an earlier process left in hand.
    /// Must be called within a Tokio runtime; work goes on there until `closing` fires.
    pub async fn start(parts: Parts<D>) -> Result<Self, store::Error> {
        let own = parts.store.own().await?;
        let kit = Self(Arc::new(Inner {
            driver: parts.driver,
            store: parts.store,
            own,
            card: Arc::new(parts.card),
            idempotency: parts.idempotency,
            live: DashMap::new(),
            done: Cache::with_weighter(DONE_ITEMS, DONE_BYTES, ByBytes),
            timers: Timers::default(),
            meters: Meters::new(),
            closing: parts.closing,
            runtime: runtime::Handle::current(),
            generations: AtomicU64::new(0),
            push: OnceLock::new(),
            extended: OnceLock::new(),
        }));
        kit.recover().await?;
        kit.spawn_timers();
        Ok(kit)
    }

    /// The service's decisions.
    pub fn driver(&self) -> &D {
        &self.0.driver
    }

    /// Where the tasks live.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.0.store
    }

    /// Who owns the store.
    pub fn ownership(&self) -> Ownership {
        self.0.own
    }

    /// Refuses what is meant for another store: whoever sent it looks for it there.
    pub(crate) fn check_store(&self, wanted: Option<StoreId>) -> Result<(), Error> {
        if wanted.is_some_and(|wanted| wanted != self.0.own.store_id) { Err(Error::WrongStore) } else { Ok(()) }
    }

    /// Sends push notifications from now on, and takes up what is undelivered. The card must promise them.
    /// Called once, within a Tokio runtime.
    pub fn open_push(&self, push: Push) -> &Outbox {
        let open = || Outbox::start(push, self.0.store.clone(), self.0.own, self.0.closing.clone());
        self.0.push.get_or_init(open)
    }

    /// Its push notifications, if it sends any.
    pub fn push(&self) -> Option<&Outbox> {
        self.0.push.get()
    }

    /// Answers from now on with this card to known callers who ask for it. The public card must promise it.
    pub fn open_extended_card(&self, card: AgentCard) {
        self.0.extended.get_or_init(|| card);
    }

    /// What it says of itself to known callers, if it says more or the same to them apart.
    pub fn extended_card(&self) -> Option<&AgentCard> {
        self.0.extended.get()
    }

    /// What the agent says of itself.
    pub fn card(&self) -> &Arc<AgentCard> {
        &self.0.card
    }

    /// Whose messages are taken once.
    pub(crate) fn idempotency(&self) -> Idempotency {
        self.0.idempotency
    }

    /// Tasks in memory.
    pub fn in_flight(&self) -> usize {
        self.0.live.len()
    }

    pub(crate) fn epoch(&self) -> Epoch {
        self.0.own.epoch
    }

    pub(crate) fn timers(&self) -> &Timers {
        &self.0.timers
    }

    pub(crate) fn meters(&self) -> &Meters {
        &self.0.meters
    }

    /// Fires when streams must end.
    pub(crate) fn closing(&self) -> &CancellationToken {
        &self.0.closing
    }

    pub(crate) fn runtime(&self) -> &runtime::Handle {
        &self.0.runtime
    }

    pub(crate) fn next_generation(&self) -> u64 {
        self.0.generations.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(crate) fn insert(&self, live: Arc<Live<D>>) {
        self.0.live.insert(live.id, live);
    }

    /// Drops a task that never came to be.
    pub(crate) fn forget(&self, live: &Live<D>) {
        self.0.live.remove(&live.id);
    }

    /// Counts a task that has ended, and moves it to the cache.
    pub(crate) fn retire(&self, live: &Live<D>) {
        self.shelve(live);
        self.0.meters.ended(live.mark().state);
    }

    fn shelve(&self, live: &Live<D>) {
        let bytes = live.head().encoded();
        let mark = live.mark();
        let done = Done { owner: live.owner.clone(), state: mark.state, seq: mark.seq, bytes };
        self.0.done.insert(live.id, Arc::new(done));
        self.0.live.remove(&live.id);
    }

    /// Drops from memory what waits for somebody outside and is not being looked at.
    pub(crate) fn sweep(&self) {
        self.0
            .live
            .retain(|_, live| Arc::strong_count(live) > 1 || !live.mark().state.is_interrupted() || !live.settled());
    }

    /// The task, if it exists in `scope`.
    pub(crate) async fn find(&self, scope: &Scope, id: TaskId) -> Result<Found<D>, Error> {
        if let Some(live) = self.0.live.get(&id) {
            return admitted(scope, &live.owner, Found::Live(live.clone()));
        }
        if let Some(done) = self.0.done.get(&id) {
            return admitted(scope, &done.owner, Found::Done(done.clone()));
        }
        let loaded = self.0.store.load(scope.clone(), id).await.map_err(fault::read)?;
        self.take_up(loaded.ok_or(Error::TaskNotFound)?).map_err(fault::read)
    }

    fn take_up(&self, loaded: Loaded) -> Result<Found<D>, store::Error> {
        let live = Arc::new(Live::restore(self.driver(), loaded, self.next_generation())?);
        if live.mark().state.is_terminal() {
            let (bytes, mark) = (live.head().encoded(), live.mark());
            let done = Arc::new(Done { owner: live.owner.clone(), state: mark.state, seq: mark.seq, bytes });
            self.0.done.insert(live.id, done.clone());
            return Ok(Found::Done(done));
        }
        Ok(Found::Live(match self.0.live.entry(live.id) {
            Entry::Occupied(present) => present.get().clone(),
            Entry::Vacant(place) => match self.0.done.get(&live.id) {
                // It ended while this read was under way.
                Some(done) => return Ok(Found::Done(done)),
                None => place.insert(live).clone(),
            },
        }))
    }

    /// The task, to tell it news; `None` when it has ended.
    pub async fn handle(&self, id: TaskId) -> Result<Option<Handle<D>>, Error> {
        match self.find(&Scope::Service, id).await? {
            Found::Live(live) => Ok(Some(Handle::new(self.clone(), live))),
            Found::Done(_) => Ok(None),
        }
    }

    /// Runs `work` that belongs to no task, until it ends or the process drains.
    pub fn spawn(&self, name: &'static str, work: impl Future<Output = ()> + Send + 'static) {
        let closing = self.closing().clone();
        let guarded = async move {
            tokio::select! { biased; () = closing.cancelled() => {}, () = work => {} }
        };
        self.runtime().spawn(guarded.instrument(tracing::info_span!("work", name)));
    }

    /// Loads a task again whose commit failed. Nothing happens when somebody else already did.
    pub(crate) async fn revive(&self, live: &Arc<Live<D>>) -> Result<(), Error> {
        // What is still under way must be in what is read: its numbers are taken.
        live.quiet().await;
        let loaded = self.0.store.load(Scope::Service, live.id).await.map_err(fault::read)?;
        let loaded = loaded.ok_or(Error::TaskNotFound)?;
        let effects = live.reload(self, loaded).map_err(fault::read)?;
        live.perform(self, effects);
        if live.mark().state.is_terminal() {
            self.shelve(live);
        }
        Ok(())
    }
}

fn admitted<D: Driver>(scope: &Scope, owner: &Owner, found: Found<D>) -> Result<Found<D>, Error> {
    if scope.admits(owner) { Ok(found) } else { Err(Error::TaskNotFound) }
}
