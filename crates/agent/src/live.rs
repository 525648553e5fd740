//! One task in memory: its volatile head, and the mark up to which it is durable.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use a2a::{Error, Heard};
use parking_lot::{Mutex, MutexGuard};
use service::TraceContext;
use store::{Accept, Created, Frame, Loaded, Refusal, RowChange, Settle};
use tokio::sync::{oneshot, watch};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;
use types::{ContextId, Head, Owner, Seq, TaskId, TaskState};

use crate::driver::{Driver, Input};
use crate::handle::Handle;
use crate::kit::Kit;
use crate::volatile::{Flight, Volatile};

/// Up to where a task is durable. Only ever rises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    /// The last durable commit.
    pub(crate) head: Head,
    /// The last durable frame.
    pub(crate) seq: Seq,
    /// The state after it.
    pub(crate) state: TaskState,
    /// How many commits of this task have failed; a change tells waiters to look again.
    pub(crate) failures: u32,
    /// How many commits have left the store, one way or the other.
    pub(crate) landed: u64,
}

impl Mark {
    /// Raises the mark to what a commit has made durable. Another reading of the task may have got there first.
    fn rise(&mut self, reached: Self) {
        if reached.head > self.head {
            *self = Self { failures: self.failures, landed: self.landed, ..reached };
        }
    }
}

/// A task in memory. All of its changes go through here, one at a time.
pub(crate) struct Live<D: Driver> {
    pub(crate) id: TaskId,
    pub(crate) owner: Owner,
    pub(crate) context: ContextId,
    /// Held while a commit is taken and queued, so that commits reach the store in the order of their heads.
    order: Mutex<()>,
    head: Mutex<Volatile<D>>,
    mark: watch::Sender<Mark>,
    /// Work of the present generation; cancelled when a commit of it fails. Made when there is such work.
    work: Mutex<Option<CancellationToken>>,
    strikes: AtomicU32,
    /// Tells the present work of a cancel. Made when it is first asked for.
    stop: Mutex<Option<CancellationToken>>,
    /// The call that created it; its work goes on in the same trace. Empty after a restart.
    trace: TraceContext,
}

/// Resolves when the commit that carries an input is durable, or did not become so.
pub(crate) type Receipt = oneshot::Receiver<Result<(), Refusal>>;

/// What a receipt comes to; an error where the commit was dropped with the state that it was decided on.
pub(crate) type Landed = Result<Result<(), Refusal>, oneshot::error::RecvError>;

impl<D: Driver> Live<D> {
    /// A task that does not exist yet; its first commit creates it.
    pub(crate) fn create(state: D::State, id: TaskId, created: Created, accept: Accept) -> Self {
        let (owner, context) = (created.owner.clone(), created.context.clone());
        let head = Volatile::create(state, id, created, accept);
        Self { trace: TraceContext::current(), ..Self::new(id, owner, context, head) }
    }

    /// A task as the store has it.
    pub(crate) fn restore(driver: &D, loaded: Loaded, generation: u64) -> Result<Self, store::Error> {
        let summary = loaded.summary.clone();
        let head = Volatile::restore(driver, loaded, generation)?;
        Ok(Self::new(summary.id, summary.owner, summary.context, head))
    }

    fn new(id: TaskId, owner: Owner, context: ContextId, head: Volatile<D>) -> Self {
        let (mark, _) = watch::channel(head.mark());
        Self {
            id,
            owner,
            context,
            order: Mutex::new(()),
            head: Mutex::new(head),
            mark,
            work: Mutex::new(None),
            strikes: AtomicU32::new(0),
            stop: Mutex::new(None),
            trace: TraceContext::default(),
        }
    }

    /// The volatile head, locked; never across an await.
    pub(crate) fn head(&self) -> MutexGuard<'_, Volatile<D>> {
        self.head.lock()
    }

    /// The trace that its work belongs to.
    pub(crate) fn trace(&self) -> TraceContext {
        self.trace.clone()
    }

    /// The durable mark, to wait on.
    pub(crate) fn watch(&self) -> watch::Receiver<Mark> {
        self.mark.subscribe()
    }

    /// The durable mark.
    pub(crate) fn mark(&self) -> Mark {
        *self.mark.borrow()
    }

    /// Whether all that was decided is durable.
    pub(crate) fn settled(&self) -> bool {
        let head = self.head();
        !head.has_draft() && head.mark().head == self.mark().head
    }

    /// The token under which work of `era` runs; `None` when that era is over.
    pub(crate) fn work(&self, era: u64) -> Option<CancellationToken> {
        let head = self.head();
        if head.era() != era {
            return None;
        }
        Some(self.work.lock().get_or_insert_default().clone())
    }

    /// The token that tells the work of a cancel.
    pub(crate) fn stop_token(&self) -> CancellationToken {
        self.stop.lock().get_or_insert_default().clone()
    }

    /// Decides `input` on the volatile head. Nothing is queued before [`Live::flush`];
    /// the effects are left in the draft.
    pub(crate) fn apply(&self, kit: &Kit<D>, era: u64, input: Input<D::Signal>) -> Result<(), Rejected> {
        let mut head = self.head();
        if head.era() != era {
            return Err(Rejected::Over);
        }
        self.take(kit, &mut head, input)
    }

    /// As [`Live::apply`], also for input from outside the task's own work. The receipt tells when what followed is
    /// durable; there is none when nothing followed.
    pub(crate) fn apply_with_receipt(
        &self,
        kit: &Kit<D>,
        origin: Origin,
        input: Input<D::Signal>,
    ) -> Result<Option<Receipt>, Rejected> {
        let mut head = self.head();
        match origin {
            // A run that was stopped while it was polled goes on to its next pause.
            Origin::Work(era) if era != head.era() => return Err(Rejected::Over),
            Origin::Work(_) | Origin::Outside => {}
        }
        self.take(kit, &mut head, input)?;
        Ok(head.receipt())
    }

    fn take(&self, kit: &Kit<D>, head: &mut Volatile<D>, input: Input<D::Signal>) -> Result<(), Rejected> {
        if head.is_broken() {
            return Err(Rejected::Broken);
        }
        let now = head.now(kit.store().now());
        let decision = head.decide(kit.driver(), self, input, now).map_err(Rejected::Refused)?;
        head.absorb(decision, now);
        Ok(())
    }

    /// Decides a further turn of the task; the message, what follows from it and `rows` are accepted as one.
    pub(crate) fn turn(
        &self,
        kit: &Kit<D>,
        message: Arc<Heard>,
        accept: Accept,
        rows: Vec<RowChange>,
    ) -> Result<Receipt, Rejected> {
        let mut head = self.head();
        if head.has_draft() {
            return Err(Rejected::Draft);
        }
        self.take(kit, &mut head, Input::Message(message))?;
        Ok(head.admit(accept, rows))
    }

    /// Queues what has been decided since the last flush as one commit.
    pub(crate) fn flush(self: &Arc<Self>, kit: &Kit<D>) {
        let _order = self.order.lock();
        let Some((commit, flight)) = self.head().depart(kit.driver(), self, kit.epoch()) else { return };
        let (live, at) = (self.clone(), kit.clone());
        kit.store().submit(commit, Settle::new(move |outcome| live.land(&at, flight, outcome)));
    }

    /// Queues a message that has just been decided. An eager driver's effects begin now, before it is durable,
    /// and what they decide at once shares its commit; see [`Driver::EAGER`].
    pub(crate) fn launch(self: &Arc<Self>, kit: &Kit<D>) {
        if D::EAGER {
            let effects = self.head().take_effects();
            self.perform(kit, effects);
        }
        self.flush(kit);
    }

    /// Performs `effects`.
    pub(crate) fn perform(self: &Arc<Self>, kit: &Kit<D>, effects: Vec<D::Effect>) {
        for effect in effects {
            kit.driver().perform(Handle::new(kit.clone(), self.clone()), effect);
        }
    }

    fn land(self: &Arc<Self>, kit: &Kit<D>, mut flight: Flight<D>, outcome: store::Outcome) {
        let waiters = std::mem::take(&mut flight.waiters);
        match outcome {
            Ok(_) => self.advance(kit, flight),
            Err(ref refusal) => self.fail(kit, &flight, refusal),
        }
        if self.head().take_deferred() {
            self.flush(kit);
        }
        for waiter in waiters {
            // A waiter that is gone no longer cares.
            drop(waiter.send(outcome.clone().map(|_| ())));
        }
    }

    fn advance(self: &Arc<Self>, kit: &Kit<D>, flight: Flight<D>) {
        self.mark.send_modify(|mark| {
            mark.rise(flight.mark);
            mark.landed += 1;
        });
        if let Some(outbox) = kit.push() {
            outbox.moved(self.id);
        }
        self.strikes.store(0, Ordering::Relaxed);
        kit.timers().change(self.id, flight.timer, || kit.store().now());
        self.follow_up(kit, flight.effects);
        if flight.mark.state.is_terminal() {
            kit.retire(self);
        }
    }

    /// Queues what was decided, unless so many commits of this task are under way: then the next landing does.
    pub(crate) fn ease(self: &Arc<Self>, kit: &Kit<D>, most: u64) {
        let deferred = {
            // The mark is read with the head locked: a landing that is not in it finds what is deferred.
            let mut head = self.head();
            let landed = self.mark().landed;
            head.defer(landed, most)
        };
        if !deferred {
            self.flush(kit);
        }
    }

    /// Waits until no commit of the task is under way.
    pub(crate) async fn quiet(&self) {
        let departed = self.head().departed();
        // The sender lives in `self`, so the wait cannot fail.
        drop(self.watch().wait_for(|mark| mark.landed >= departed).await);
    }

    /// Loadings in a row that were followed by another failed commit.
    pub(crate) fn strikes(&self) -> u32 {
        self.strikes.load(Ordering::Relaxed)
    }

    /// Performs what waited for a commit. What an eager driver does at once would run on the store's thread: not there.
    fn follow_up(self: &Arc<Self>, kit: &Kit<D>, effects: Vec<D::Effect>) {
        if D::EAGER && !effects.is_empty() {
            let (live, at) = (self.clone(), kit.clone());
            let perform = async move { live.perform(&at, effects) };
            kit.runtime().spawn(perform.instrument(tracing::debug_span!("effects", task = %self.id)));
        } else {
            self.perform(kit, effects);
        }
    }

    fn fail(self: &Arc<Self>, kit: &Kit<D>, flight: &Flight<D>, refusal: &Refusal) {
        let created = flight.mark.head == Head(1);
        // After a row conflict the work that ran into it goes on; whatever else fails, the work begins anew.
        // A task that did not come to be has none: who sent its message is served by another.
        let goes_on = matches!(refusal, Refusal::Row { .. }) && !created;
        let mut head = self.head();
        if !head.fail(flight.generation, goes_on) {
            drop(head);
            return self.mark.send_modify(|mark| mark.landed += 1);
        }
        let work = if goes_on { None } else { self.work.lock().take() };
        drop(head);
        if let Some(work) = work {
            work.cancel();
        }
        kit.meters().failed_commits.inc();
        self.strikes.fetch_add(1, Ordering::Relaxed);
        self.mark.send_modify(|mark| {
            mark.failures += 1;
            mark.landed += 1;
        });
        if created {
            kit.forget(self);
        } else if !goes_on {
            tracing::warn!(task = %self.id, %refusal, "commit failed, the task is loaded again");
            kit.rebuild_later(self.clone());
        }
    }

    /// Takes up the state that the store has, after a failed commit; the effects that it asks for if its work was
    /// stopped. Nothing when somebody else already did.
    pub(crate) fn reload(&self, kit: &Kit<D>, loaded: Loaded) -> Result<Vec<D::Effect>, store::Error> {
        let mut head = self.head();
        if !head.is_broken() {
            return Ok(Vec::new());
        }
        let effects = head.reload(kit.driver(), loaded, kit.next_generation())?;
        let mark = head.mark();
        self.mark.send_modify(|old| old.rise(mark));
        Ok(if effects { head.outstanding(kit.driver(), self, head.now(kit.store().now())) } else { Vec::new() })
    }

    /// The effects that the present state asks for.
    pub(crate) fn outstanding(&self, kit: &Kit<D>) -> Vec<D::Effect> {
        let head = self.head();
        let now = head.now(kit.store().now());
        head.outstanding(kit.driver(), self, now)
    }

    /// Durable frames after `after` that are still in memory; `None` when they begin later than that.
    pub(crate) fn recent(&self, after: Seq, upto: Seq) -> Option<Vec<Frame>> {
        self.head().recent(after, upto)
    }
}

impl<D: Driver> fmt::Debug for Live<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live").field("id", &self.id).field("mark", &self.mark()).finish_non_exhaustive()
    }
}

/// Where an input comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The task's own work of this era: nothing that it says counts once that is over.
    Work(u64),
    /// Anywhere else.
    Outside,
}

/// Why an input was not taken.
#[derive(Debug)]
pub(crate) enum Rejected {
    /// The service refuses it.
    Refused(Error),
    /// A commit failed and the task has to be loaded again first.
    Broken,
    /// It is said by work that has been stopped; the work that was asked for anew says it again.
    Over,
    /// Something else is being put together for the task; it has to be flushed first.
    Draft,
}
