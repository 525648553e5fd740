//! The face of the kit for services that decide everything themselves: an input and a state become one commit.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use a2a::frame::{Chunk, Made, Metadata};
use a2a::{Error, Heard};
use bytes::Bytes;
use proto::a2a::{AgentSkill, Message};
use store::{Ready, Record, RowChange, Timer};
use types::{ContextId, Head, Owner, Seq, TaskId, TaskState, Timestamp};

use crate::handle::Handle;
use crate::kit::Kit;

/// Decides what inputs mean for the tasks of one service.
///
/// The kit calls `decide` with the task's lock held, commits what it returns as one change, and calls `perform`
/// for each effect once that change is durable. When a commit fails, the state is dropped, rebuilt from the log
/// by `begin` and `replay`, and the input is decided again.
pub trait Driver: Send + Sync + Sized + 'static {
    /// What the service knows of one task beside its A2A form.
    type State: Send + 'static;
    /// News from the service's own work, such as a child's answer.
    type Signal: Clone + Send + 'static;
    /// What is to be done outside the store once the commit is durable.
    type Effect: Send + 'static;

    /// Whether the effects of an accepted message may begin before it is durable.
    /// Only for services whose first effects stay inside the store; see [`crate::Context::durable`].
    const EAGER: bool = false;

    /// What a message that names no task becomes; an error refuses it.
    ///
    /// What it became first is remembered with the message, and a repetition gets the same. A repetition may be asked
    /// for all the same, and the message again when a row has changed meanwhile, so this only looks.
    fn open(
        &self,
        _kit: &Kit<Self>,
        _owner: &Owner,
        _message: &Heard,
    ) -> impl Future<Output = Result<Opening<Self::State>, Error>> + Send {
        std::future::ready(Ok(Opening::default()))
    }

    /// The state of a task that has no records yet.
    fn begin(&self, task: &TaskId) -> Self::State;

    /// Takes up one record. Total: a record that does not decode is [`Damaged`], never a panic.
    fn replay(&self, state: &mut Self::State, record: &Record) -> Result<(), Damaged>;

    /// The shortest list of records that rebuilds `state` from `begin`.
    fn fold(&self, state: &Self::State) -> Vec<Record>;

    /// Decides what `input` means and changes `state` to what follows from it.
    /// An error refuses the input; `state` must then be as it was.
    fn decide(
        &self,
        task: &View<'_>,
        state: &mut Self::State,
        input: Input<Self::Signal>,
    ) -> Result<Decision<Self::Effect>, Error>;

    /// What must be in flight for this state; asked once after a restart or a reload.
    fn outstanding(&self, task: &View<'_>, state: &Self::State) -> Vec<Self::Effect>;

    /// Does one effect. Called on the store's thread or a worker: must not block; long work goes to
    /// [`Handle::spawn`].
    fn perform(&self, handle: Handle<Self>, effect: Self::Effect);

    /// A record in words, for people who read the log: a kind and a text.
    fn describe(&self, record: &Record) -> (&'static str, String);

    /// Skills that only the extended card has, for callers that have said who they are; none by default.
    fn private_skills(&self) -> Vec<AgentSkill> {
        Vec::new()
    }
}

/// What a message that names no task becomes.
#[derive(Debug)]
pub enum Opening<S> {
    /// A task, whose first input is the message.
    Task {
        /// Its state before that, instead of [`Driver::begin`]'s.
        state: Option<S>,
        /// Its conversation, where the message names none.
        context: Option<ContextId>,
    },
    /// No task: this is the answer.
    Reply(Message),
}

impl<S> Default for Opening<S> {
    fn default() -> Self {
        Self::Task { state: None, context: None }
    }
}

/// A record that does not decode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("record of kind {0} does not decode")]
pub struct Damaged(pub u16);

/// The task as a decision sees it.
pub struct View<'t> {
    /// Which task.
    pub id: TaskId,
    /// Whose.
    pub owner: &'t Owner,
    /// Its conversation.
    pub context: &'t ContextId,
    /// Where it stands.
    pub state: TaskState,
    /// The commit that will hold what is decided, perhaps with what is decided before and after; no other durable commit
    /// of the task has this number.
    pub commit: Head,
    /// The newest frame.
    pub seq: Seq,
    /// Bytes by which the task may still grow and be answered inline; see [`types::limits::INLINE_TASK`].
    pub room: usize,
    /// The time of this decision; never earlier than that of the one before.
    pub now: Timestamp,
}

impl fmt::Debug for View<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("View").field("id", &self.id).field("state", &self.state).field("seq", &self.seq).finish()
    }
}

/// What happened to a task.
#[derive(Debug, Clone)]
pub enum Input<S> {
    /// A caller's message: the first creates the task, later ones are further turns of it.
    /// The kit keeps it in the task's history.
    Message(Arc<Heard>),
    /// A caller asks to stop. Repeated while the stop is under way.
    Cancel,
    /// The task's timer is due.
    Timer,
    /// News from the service's own work.
    Signal(S),
}

/// What an input led to.
#[derive(Debug)]
pub struct Decision<E> {
    /// What clients see, in order; each becomes one frame.
    pub changes: Vec<Change>,
    /// What only the service sees.
    pub records: Vec<Record>,
    /// The service's own rows, compare-and-set.
    pub rows: Vec<RowChange>,
    /// What goes to rows of the commit's own.
    pub appends: Vec<Append>,
    /// Whether a restart finds work in hand.
    pub ready: Ready,
    /// The task's timer.
    pub timer: Timer,
    /// What follows once all this is durable.
    pub effects: Vec<E>,
    /// When it has to be durable.
    pub haste: Haste,
}

/// When what was decided has to be durable.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Haste {
    /// Soon: nothing follows from it but that it is seen, so it waits a moment for what else may share its commit.
    /// Whoever asks for the task does not wait for that.
    Soon,
    /// At once.
    #[default]
    Now,
}

impl<E> Default for Decision<E> {
    fn default() -> Self {
        Self {
            changes: Vec::new(),
            records: Vec::new(),
            rows: Vec::new(),
            appends: Vec::new(),
            ready: Ready::Keep,
            timer: Timer::Keep,
            effects: Vec::new(),
            haste: Haste::default(),
        }
    }
}

impl<E> Decision<E> {
    /// Whether nothing is to be stored.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
            && self.records.is_empty()
            && self.rows.is_empty()
            && self.appends.is_empty()
            && self.ready == Ready::Keep
            && self.timer == Timer::Keep
    }
}

/// Bytes for a new row that is its commit's alone. What the decisions of one commit append under one key is one row, so
/// the key must hold [`View::commit`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Append {
    /// The rows that it is one of.
    pub kind: &'static str,
    /// Which of them.
    pub key: Bytes,
    /// Goes behind what is there.
    pub body: Vec<u8>,
}

/// One change that clients see.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A new status.
    Status {
        /// The state.
        state: TaskState,
        /// The agent's words with it. The kit fills in its ids and role.
        message: Option<Message>,
        /// Structured metadata of the update, by extension URI.
        metadata: Option<Metadata>,
    },
    /// An artifact, or a chunk of one.
    Artifact {
        /// The artifact, or what is appended to it.
        artifact: Made,
        /// Whether it is appended to an artifact of the same id.
        chunk: Chunk,
    },
}
