//! The newest state of a task, including what is not durable yet, and the commit that is being put together.

use std::collections::VecDeque;

use a2a::frame::{Chunk, Written};
use a2a::{Error, Heard};
use bytes::Bytes;
use prost::Message as _;
use proto::a2a::{Task, TaskStatus};
use store::{
    Accept, Commit, Created, Entry, Frame, FrameKind, Lane, Loaded, Ready, RowChange, Snapshot, TaskChange, Timer,
};
use tokio::sync::oneshot;
use types::{Epoch, Head, Seq, TaskId, TaskState, Timestamp, limits};

use crate::compose;
use crate::draft::Draft;
use crate::driver::{Change, Decision, Driver, Haste, Input, View};
use crate::live::{Live, Mark, Receipt};
use crate::record;

/// Newest frames kept in memory per live task, so that readers who keep up never ask the store.
const RING: usize = 64;
/// A snapshot is taken when the tail is larger than this and than the state itself.
const SNAPSHOT_MIN: usize = 16 << 10;
/// The same of a task that has ended, as a multiple.
const SNAPSHOT_ENDED: usize = 4;

/// The newest state of a task, and the draft of its next commit.
pub(crate) struct Volatile<D: Driver> {
    generation: u64,
    broken: bool,
    /// Rises when work is stopped because a commit failed; work of an older era may change nothing.
    era: u64,
    /// Whether the work must be asked for again with the next loading.
    stopped: bool,
    /// Commits queued so far, over all loadings.
    departed: u64,
    /// Whether the draft waits for a commit under way to land.
    deferred: bool,
    head: Head,
    seq: Seq,
    state: TaskState,
    last: Timestamp,
    task: Written,
    inner: D::State,
    /// The newest frames, once somebody reads along.
    ring: Option<VecDeque<Frame>>,
    tail: usize,
    /// Bytes that the task has taken up, counted up to its next exact measurement.
    size: usize,
    /// Bytes of the last snapshot.
    whole: usize,
    encoded: Option<Bytes>,
    draft: Option<Draft<D>>,
}

/// A commit under way: what happens when it lands.
pub(crate) struct Flight<D: Driver> {
    pub(crate) generation: u64,
    pub(crate) mark: Mark,
    pub(crate) timer: Timer,
    pub(crate) effects: Vec<D::Effect>,
    pub(crate) waiters: Vec<oneshot::Sender<Result<(), store::Refusal>>>,
}

impl<D: Driver> Volatile<D> {
    /// A task whose first message has not been decided yet.
    pub(crate) fn create(state: D::State, id: TaskId, created: Created, accept: Accept) -> Self {
        let task = Written::new(id.to_string(), created.context.to_string());
        let mut head = Self::at(state, task, TaskState::Submitted);
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
        let (mut tail, whole) = (0, loaded.snapshot.as_ref().map_or(0, compose::whole));
        for row in loaded.tail {
            for entry in row.entries {
                tail += compose::size(&entry);
                replay(driver, &mut task, &mut inner, &entry).map_err(|reason| damaged(row.head, reason))?;
            }
        }
        let size = task.encoded_len();
        let head = Self::at(inner, task.into(), summary.state);
        Ok(Self {
            generation,
            size,
            head: summary.head,
            seq: summary.seq,
            last: summary.changed_at,
            tail,
            whole,
            ..head
        })
    }

    /// Takes up what the store has; true when the work must be asked for again.
    pub(crate) fn reload(&mut self, driver: &D, loaded: Loaded, generation: u64) -> Result<bool, store::Error> {
        let (era, departed, stopped) = (self.era, self.departed, self.stopped);
        let ring = self.ring.as_ref().map(|_| VecDeque::new());
        *self = Self { era, departed, ring, ..Self::restore(driver, loaded, generation)? };
        Ok(stopped)
    }

    fn at(inner: D::State, task: Written, state: TaskState) -> Self {
        Self {
            generation: 0,
            broken: false,
            era: 0,
            stopped: false,
            departed: 0,
            deferred: false,
            head: Head::ZERO,
            seq: Seq::ZERO,
            state,
            last: Timestamp::default(),
            task,
            inner,
            ring: None,
            tail: 0,
            size: 0,
            whole: 0,
            encoded: None,
            draft: None,
        }
    }

    pub(crate) fn era(&self) -> u64 {
        self.era
    }

    pub(crate) fn is_broken(&self) -> bool {
        self.broken
    }

    pub(crate) fn has_draft(&self) -> bool {
        self.draft.is_some()
    }

    /// Whether the draft may wait for more.
    pub(crate) fn may_wait(&self) -> bool {
        self.draft.as_ref().is_some_and(|draft| draft.haste == Haste::Soon)
    }

    pub(crate) fn seq(&self) -> Seq {
        self.seq
    }

    /// The driver's own state of the task.
    pub(crate) fn inner(&self) -> &D::State {
        &self.inner
    }

    pub(crate) fn task(&self) -> &Written {
        &self.task
    }

    /// Where the volatile head stands, the draft not counted.
    pub(crate) fn mark(&self) -> Mark {
        Mark { head: self.head, seq: self.seq, state: self.state, failures: 0, landed: 0 }
    }

    /// The time of a decision made now: never before the one before it.
    pub(crate) fn now(&self, clock: Timestamp) -> Timestamp {
        clock.max(self.last)
    }

    /// The encoded task with its position; kept until the task changes.
    pub(crate) fn encoded(&mut self) -> Bytes {
        let (task, seq) = (&self.task, self.seq);
        self.encoded.get_or_insert_with(|| task.snapshot(seq)).clone()
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
        let decision = driver.decide(&view(live, self.stand(), now), &mut self.inner, input)?;
        if let Some(message) = heard {
            self.hear(&message, first, now);
        }
        Ok(decision)
    }

    fn stand(&self) -> Stand {
        Stand { state: self.state, commit: self.head.next(), seq: self.seq, size: self.size }
    }

    /// Takes a caller's message into the history: the first within the opening frame, later ones as a record.
    fn hear(&mut self, message: &Heard, first: bool, now: Timestamp) {
        let heard = self.task.hear(message);
        if first {
            let seq = self.seq.next();
            let (state, timestamp) = (TaskState::Submitted.wire(), Some(a2a::time::to_wire(now)));
            let status = TaskStatus { state, message: None, timestamp };
            let bytes = self.task.open(&status, seq);
            self.keep(Frame { seq, time: now, kind: FrameKind::Task, bytes });
        } else {
            let heard = record::message(heard);
            self.grow(heard.bytes.len());
            self.draft(now).entries.push(Entry::Record(heard));
            self.encoded = None;
        }
    }

    /// Takes a decision into the state and the draft.
    pub(crate) fn absorb(&mut self, decision: Decision<D::Effect>, now: Timestamp) {
        if self.draft.is_none() && decision.is_empty() && decision.effects.is_empty() {
            return;
        }
        self.last = now;
        for change in decision.changes {
            self.show(change, now);
        }
        let draft = self.draft(now);
        draft.entries.extend(decision.records.into_iter().map(Entry::Record));
        draft.rows.extend(decision.rows);
        decision.appends.into_iter().for_each(|more| draft.append(more));
        draft.effects.extend(decision.effects);
        draft.haste = draft.haste.max(decision.haste);
        draft.ready = if decision.ready == Ready::Keep { draft.ready } else { decision.ready };
        draft.timer = if decision.timer == Timer::Keep { draft.timer } else { decision.timer };
    }

    /// Makes one change visible: a frame, encoded once, and the task as it is after it.
    fn show(&mut self, change: Change, now: Timestamp) {
        let seq = self.seq.next();
        let (kind, bytes) = match change {
            Change::Status { state, message, metadata } => {
                self.state = state;
                let at = a2a::time::to_wire(now);
                (FrameKind::Status, self.task.tell(state, message.as_ref(), at, metadata, seq))
            }
            Change::Artifact { artifact, chunk } => {
                let chunk = self.fitting(artifact.id(), chunk);
                (FrameKind::Artifact, self.task.make(artifact, chunk, seq))
            }
        };
        self.keep(Frame { seq, time: now, kind, bytes });
    }

    /// Counts what was added; what replaced something is found out by measuring when the sum nears the limit.
    fn grow(&mut self, bytes: usize) {
        self.size += bytes;
        if self.size > limits::INLINE_TASK {
            self.size = self.task.bytes().len();
        }
    }

    /// A chunk that begins nothing yet begins its artifact: one emit is one frame, whatever its author got wrong.
    fn fitting(&self, artifact: &str, chunk: Chunk) -> Chunk {
        match (self.task.has(artifact), chunk) {
            (false, Chunk::Append) => Chunk::First,
            (false, Chunk::Last) => Chunk::Whole,
            (_, chunk) => chunk,
        }
    }

    fn keep(&mut self, frame: Frame) {
        (self.seq, self.encoded) = (frame.seq, None);
        self.grow(frame.bytes.len());
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

    /// Puts rows that come with the first message into the draft of a task that is being created.
    pub(crate) fn attach(&mut self, rows: Vec<RowChange>) {
        self.draft(self.last).rows.extend(rows);
    }

    /// Puts the acceptance of a message, and rows that come with it, into the draft, which must not hold one yet; the
    /// receipt is the draft's.
    pub(crate) fn admit(&mut self, accept: Accept, rows: Vec<RowChange>) -> Receipt {
        let draft = self.draft(self.last);
        draft.rows.extend(rows);
        draft.accept = Some(accept);
        draft.receipt()
    }

    /// A receipt for the draft, if there is one. Costs an allocation: only for who waits.
    pub(crate) fn receipt(&mut self) -> Option<Receipt> {
        self.draft.as_mut().map(Draft::receipt)
    }

    /// Lets the draft wait when enough commits are under way. Memory stays bounded by what the store can take:
    /// what is decided meanwhile joins the same commit.
    pub(crate) fn defer(&mut self, landed: u64, most: u64) -> bool {
        self.deferred = self.draft.is_some() && self.departed.saturating_sub(landed) >= most;
        self.deferred
    }

    /// Whether a draft has been waiting; it is no longer told to.
    pub(crate) fn take_deferred(&mut self) -> bool {
        std::mem::take(&mut self.deferred)
    }

    /// Commits queued so far.
    pub(crate) fn departed(&self) -> u64 {
        self.departed
    }

    pub(crate) fn take_effects(&mut self) -> Vec<D::Effect> {
        self.draft.as_mut().map(|draft| std::mem::take(&mut draft.effects)).unwrap_or_default()
    }

    /// Closes the draft: the commit to queue, and what follows when it lands.
    pub(crate) fn depart(&mut self, driver: &D, live: &Live<D>, epoch: Epoch) -> Option<(Commit, Flight<D>)> {
        let mut draft = self.draft.take()?;
        if self.state.is_terminal() {
            // Encoded here, so that the store's thread does not have to when it retires the task.
            self.encoded();
        }
        let expected = self.head;
        self.head = expected.next();
        self.departed += 1;
        self.tail += draft.entries.iter().map(compose::size).sum::<usize>();
        let snapshot = self.snapshot(driver);
        let rows = draft.take_rows();
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
        let commit = Commit { epoch, lane, at: draft.at, task: Some(task), accept: draft.accept, rows };
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
        // What has ended is read seldom and grows no more: its snapshot has to save several times what it takes.
        let worth = if self.state.is_terminal() { SNAPSHOT_ENDED } else { 1 };
        if self.tail <= worth * self.whole.max(SNAPSHOT_MIN).max(self.task.len()) {
            return None;
        }
        let snapshot = Snapshot { task: self.task.bytes(), records: driver.fold(&self.inner) };
        (self.tail, self.whole) = (0, compose::whole(&snapshot));
        Some(snapshot)
    }

    /// Notes that a commit of `generation` failed. False when that generation is over already.
    pub(crate) fn fail(&mut self, generation: u64, goes_on: bool) -> bool {
        if generation != self.generation || self.broken {
            return false;
        }
        (self.broken, self.draft) = (true, None);
        if !goes_on {
            self.stop_work();
        }
        true
    }

    /// Ends the era: what still works for it may change nothing. The task has to be loaded again, which asks for
    /// the work anew.
    pub(crate) fn stop_work(&mut self) {
        (self.broken, self.draft) = (true, None);
        (self.era, self.stopped) = (self.era + 1, true);
    }

    pub(crate) fn outstanding(&self, driver: &D, live: &Live<D>, now: Timestamp) -> Vec<D::Effect> {
        driver.outstanding(&view(live, self.stand(), now), &self.inner)
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

/// Where a task stands, as far as a driver sees it beside its own state, which is lent out.
#[derive(Clone, Copy)]
struct Stand {
    state: TaskState,
    commit: Head,
    seq: Seq,
    size: usize,
}

fn view<D: Driver>(live: &Live<D>, stand: Stand, now: Timestamp) -> View<'_> {
    let Stand { state, commit, seq, size } = stand;
    let room = limits::INLINE_TASK.saturating_sub(size);
    View { id: live.id, owner: &live.owner, context: &live.context, state, commit, seq, room, now }
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
