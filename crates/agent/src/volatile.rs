//! The newest state of a task, including what is not durable yet, and the commit that is being put together.

use std::collections::VecDeque;
use std::sync::Arc;

use a2a::{Artifacts, Error, History};
use bytes::Bytes;
use prost::Message as _;
use proto::a2a::{Message, Task};
use store::{
    Accept, Commit, Created, Entry, Frame, FrameKind, Lane, Loaded, Ready, RowChange, Snapshot, TaskChange, Timer,
};
use tokio::sync::oneshot;
use types::{Epoch, Head, Seq, TaskId, TaskState, Timestamp};

use crate::compose;
use crate::driver::{Change, Decision, Driver, Input, View};
use crate::live::{Live, Mark, Receipt};
use crate::record;

/// Newest frames kept in memory per live task, so that readers who keep up never ask the store.
const RING: usize = 64;
/// A snapshot is taken when the tail is larger than this and than the state itself.
const SNAPSHOT_MIN: usize = 16 << 10;

/// The newest state of a task, and the draft of its next commit.
pub(crate) struct Volatile<D: Driver> {
    generation: u64,
    broken: bool,
    head: Head,
    seq: Seq,
    state: TaskState,
    last: Timestamp,
    task: Task,
    inner: D::State,
    /// The newest frames, once somebody reads along.
    ring: Option<VecDeque<Frame>>,
    tail: usize,
    encoded: Option<Bytes>,
    draft: Option<Draft<D>>,
}

/// What has been decided and not yet queued.
struct Draft<D: Driver> {
    at: Timestamp,
    created: Option<Created>,
    accept: Option<Accept>,
    entries: Vec<Entry>,
    rows: Vec<RowChange>,
    ready: Ready,
    timer: Timer,
    effects: Vec<D::Effect>,
    waiters: Vec<oneshot::Sender<Result<(), store::Refusal>>>,
}

/// A commit under way: what happens when it lands.
pub(crate) struct Flight<D: Driver> {
    pub(crate) generation: u64,
    pub(crate) mark: Mark,
    pub(crate) timer: Timer,
    pub(crate) effects: Vec<D::Effect>,
    pub(crate) waiters: Vec<oneshot::Sender<Result<(), store::Refusal>>>,
}

impl<D: Driver> Draft<D> {
    fn new(at: Timestamp) -> Self {
        Self {
            at,
            created: None,
            accept: None,
            entries: Vec::new(),
            rows: Vec::new(),
            ready: Ready::Keep,
            timer: Timer::Keep,
            effects: Vec::new(),
            waiters: Vec::new(),
        }
    }
}

impl<D: Driver> Volatile<D> {
    /// A task whose first message has not been decided yet.
    pub(crate) fn create(driver: &D, id: TaskId, created: Created, accept: Accept) -> Self {
        let task = Task { id: id.to_string(), context_id: created.context.to_string(), ..Task::default() };
        let mut head = Self::at(driver.begin(&id), task, TaskState::Submitted);
        let mut draft = Draft::new(Timestamp::default());
        (draft.created, draft.accept) = (Some(created), Some(accept));
        head.draft = Some(draft);
        head
    }

    /// A task as the store has it.
    pub(crate) fn restore(driver: &D, loaded: Loaded, generation: u64) -> Result<Self, store::Error> {
        let summary = &loaded.summary;
        let damaged = |head, reason| store::Error::Damaged { task: summary.id, head, reason };
        let mut inner = driver.begin(&summary.id);
        let mut task = Task { id: summary.id.to_string(), ..Task::default() };
        if let Some(snapshot) = &loaded.snapshot {
            task = Task::decode(snapshot.task.clone())
                .map_err(|_| damaged(summary.head, "its snapshot does not decode"))?;
            for record in &snapshot.records {
                driver.replay(&mut inner, record).map_err(|_| damaged(summary.head, "a record does not decode"))?;
            }
        }
        let mut tail = 0;
        for row in loaded.tail {
            for entry in row.entries {
                tail += compose::size(&entry);
                replay(driver, &mut task, &mut inner, &entry).map_err(|reason| damaged(row.head, reason))?;
            }
        }
        let head = Self::at(inner, task, summary.state);
        Ok(Self { generation, head: summary.head, seq: summary.seq, last: summary.changed_at, tail, ..head })
    }

    fn at(inner: D::State, task: Task, state: TaskState) -> Self {
        Self {
            generation: 0,
            broken: false,
            head: Head::ZERO,
            seq: Seq::ZERO,
            state,
            last: Timestamp::default(),
            task,
            inner,
            ring: None,
            tail: 0,
            encoded: None,
            draft: None,
        }
    }

    pub(crate) fn generation(&self) -> u64 {
        self.generation
    }

    pub(crate) fn is_broken(&self) -> bool {
        self.broken
    }

    pub(crate) fn has_draft(&self) -> bool {
        self.draft.is_some()
    }

    pub(crate) fn seq(&self) -> Seq {
        self.seq
    }

    /// The driver's own state of the task.
    pub(crate) fn inner(&self) -> &D::State {
        &self.inner
    }

    pub(crate) fn task(&self) -> &Task {
        &self.task
    }

    /// Where the volatile head stands, the draft not counted.
    pub(crate) fn mark(&self) -> Mark {
        Mark { head: self.head, seq: self.seq, state: self.state, failures: 0 }
    }

    /// The time of a decision made now: never before the one before it.
    pub(crate) fn now(&self, clock: Timestamp) -> Timestamp {
        clock.max(self.last)
    }

    /// The encoded task with its position; kept until the task changes.
    pub(crate) fn encoded(&mut self) -> Bytes {
        let (task, seq) = (&self.task, self.seq);
        let encode = || a2a::frame::snapshot(task, History::All, Artifacts::Include, seq);
        self.encoded.get_or_insert_with(encode).clone()
    }

    /// Has the driver decide `input`.
    pub(crate) fn decide(
        &mut self,
        driver: &D,
        live: &Live<D>,
        input: Input<D::Signal>,
        now: Timestamp,
    ) -> Result<Decision<D::Effect>, Error> {
        let first = self.head == Head::ZERO && self.seq == Seq::ZERO;
        let heard = if let Input::Message(message) = &input { Some(message.clone()) } else { None };
        let (task, state, seq) = (&self.task, self.state, self.seq);
        let view = View { id: live.id, owner: &live.owner, context: &live.context, state, task, seq, now };
        let decision = driver.decide(&view, &mut self.inner, input)?;
        if let Some(message) = heard {
            self.hear(Arc::unwrap_or_clone(message), first, now);
        }
        Ok(decision)
    }

    /// Takes a caller's message into the history: the first within the opening frame, later ones as a record.
    fn hear(&mut self, mut message: Message, first: bool, now: Timestamp) {
        message.task_id.clone_from(&self.task.id);
        message.context_id.clone_from(&self.task.context_id);
        if first {
            let seq = self.seq.next();
            self.task.status = Some(compose::status(&self.task, TaskState::Submitted, None, now, seq));
            self.task.history.push(message);
            let bytes = a2a::frame::task(&self.task, seq);
            self.keep(Frame { seq, time: now, kind: FrameKind::Task, bytes });
        } else {
            self.draft(now).entries.push(Entry::Record(record::message(&message)));
            self.task.history.push(message);
            self.encoded = None;
        }
    }

    /// Takes a decision into the state and the draft.
    pub(crate) fn absorb(&mut self, decision: Decision<D::Effect>, now: Timestamp) {
        self.last = now;
        for change in decision.changes {
            self.show(change, now);
        }
        let draft = self.draft(now);
        draft.entries.extend(decision.records.into_iter().map(Entry::Record));
        draft.rows.extend(decision.rows);
        draft.effects.extend(decision.effects);
        draft.ready = if decision.ready == Ready::Keep { draft.ready } else { decision.ready };
        draft.timer = if decision.timer == Timer::Keep { draft.timer } else { decision.timer };
    }

    /// Makes one change visible: a frame, encoded once, and the task as it is after it.
    fn show(&mut self, change: Change, now: Timestamp) {
        let seq = self.seq.next();
        let (kind, bytes) = match change {
            Change::Status { state, message, metadata } => {
                let status = compose::status(&self.task, state, message, now, seq);
                let bytes = a2a::frame::status(compose::ids(&self.task), &status, metadata.as_ref(), seq);
                a2a::fold::status(&mut self.task, status, metadata);
                self.state = state;
                (FrameKind::Status, bytes)
            }
            Change::Artifact { artifact, chunk } => {
                let bytes = a2a::frame::artifact(compose::ids(&self.task), &artifact, chunk, None, seq);
                if let Err(misfit) = a2a::fold::artifact(&mut self.task, artifact, chunk) {
                    tracing::error!(task = %self.task.id, %misfit, "an artifact update was dropped");
                    return;
                }
                (FrameKind::Artifact, bytes)
            }
        };
        self.keep(Frame { seq, time: now, kind, bytes });
    }

    fn keep(&mut self, frame: Frame) {
        (self.seq, self.encoded) = (frame.seq, None);
        if let Some(ring) = &mut self.ring {
            remember(ring, frame.clone());
        }
        self.draft(frame.time).entries.push(Entry::Frame(frame));
    }

    fn draft(&mut self, now: Timestamp) -> &mut Draft<D> {
        let draft = self.draft.get_or_insert_with(|| Draft::new(now));
        draft.at = now;
        draft
    }

    /// Puts the acceptance of a message into the draft, which must not hold one yet.
    pub(crate) fn admit(&mut self, accept: Accept) {
        let now = self.last;
        self.draft(now).accept = Some(accept);
    }

    /// A receipt for the draft; resolved at once when there is none. Costs an allocation: only for who waits.
    pub(crate) fn receipt(&mut self) -> Receipt {
        let (tx, rx) = oneshot::channel();
        match &mut self.draft {
            Some(draft) => draft.waiters.push(tx),
            // The receiver is returned right below.
            None => drop(tx.send(Ok(()))),
        }
        rx
    }

    pub(crate) fn take_effects(&mut self) -> Vec<D::Effect> {
        self.draft.as_mut().map(|draft| std::mem::take(&mut draft.effects)).unwrap_or_default()
    }

    /// Closes the draft: the commit to queue, and what follows when it lands.
    pub(crate) fn depart(&mut self, driver: &D, live: &Live<D>, epoch: Epoch) -> Option<(Commit, Flight<D>)> {
        let draft = self.draft.take()?;
        if self.state.is_terminal() {
            // Encoded here, so that the store's thread does not have to when it retires the task.
            self.encoded();
        }
        let expected = self.head;
        self.head = expected.next();
        self.tail += draft.entries.iter().map(compose::size).sum::<usize>();
        let snapshot = self.snapshot(driver);
        let lane = if draft.accept.is_some() { Lane::Accept } else { Lane::Continue };
        let ready = if self.state.is_terminal() { self.ended(expected) } else { draft.ready };
        let timer = if self.state.is_terminal() { Timer::Clear } else { draft.timer };
        let task = TaskChange {
            id: live.id,
            generation: self.generation,
            expected,
            created: draft.created,
            state: self.state,
            seq: self.seq,
            entries: draft.entries,
            snapshot,
            ready,
            timer,
        };
        let commit = Commit { epoch, lane, at: draft.at, task: Some(task), accept: draft.accept, rows: draft.rows };
        let flight = Flight {
            generation: self.generation,
            mark: self.mark(),
            timer,
            effects: draft.effects,
            waiters: draft.waiters,
        };
        Some((commit, flight))
    }

    /// The ready mark of a task that has ended: one that ended in its first commit never had one.
    fn ended(&self, expected: Head) -> Ready {
        if expected == Head::ZERO { Ready::Keep } else { Ready::Clear }
    }

    fn snapshot(&mut self, driver: &D) -> Option<Snapshot> {
        if self.tail <= SNAPSHOT_MIN || self.tail <= self.task.encoded_len() {
            return None;
        }
        self.tail = 0;
        Some(Snapshot { task: self.task.encode_to_vec().into(), records: driver.fold(&self.inner) })
    }

    /// Notes that a commit of `generation` failed. False when that generation is over already.
    pub(crate) fn fail(&mut self, generation: u64) -> bool {
        if generation != self.generation || self.broken {
            return false;
        }
        (self.broken, self.draft) = (true, None);
        true
    }

    pub(crate) fn outstanding(&self, driver: &D, live: &Live<D>, now: Timestamp) -> Vec<D::Effect> {
        let (task, state, seq) = (&self.task, self.state, self.seq);
        let view = View { id: live.id, owner: &live.owner, context: &live.context, state, task, seq, now };
        driver.outstanding(&view, &self.inner)
    }

    /// Somebody reads along: the newest frames are kept from now on.
    pub(crate) fn attend(&mut self) {
        self.ring.get_or_insert_default();
    }

    /// Frames in (`after`, `upto`] when the ring reaches back that far.
    pub(crate) fn recent(&self, after: Seq, upto: Seq) -> Option<Vec<Frame>> {
        let ring = self.ring.as_ref()?;
        let reaches = ring.front()?.seq <= after.next();
        reaches.then(|| ring.iter().filter(|frame| frame.seq > after && frame.seq <= upto).cloned().collect())
    }
}

fn remember(ring: &mut VecDeque<Frame>, frame: Frame) {
    if ring.len() == RING {
        ring.pop_front();
    }
    ring.push_back(frame);
}

fn replay<D: Driver>(driver: &D, task: &mut Task, inner: &mut D::State, entry: &Entry) -> Result<(), &'static str> {
    match entry {
        Entry::Frame(frame) => {
            let event = a2a::frame::open(frame.bytes.clone()).map_err(|_| "a frame does not decode")?;
            a2a::fold::apply(task, event.update).map_err(|_| "a frame does not fit the task")?;
        }
        Entry::Record(record) if record.kind == record::MESSAGE => {
            task.history.push(record::read_message(record).ok_or("a message does not decode")?);
        }
        Entry::Record(record) => driver.replay(inner, record).map_err(|_| "a record does not decode")?,
    }
    Ok(())
}
