//! What a handler has in hand: its task, its emits, the service's rows.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use a2a::Heard;
use a2a::frame::Chunk;
use a2a::metadata::Dispatch;
use bytes::Bytes;
use proto::a2a::{Artifact, Message};
use store::{Row, RowChange};
use tokio_util::sync::CancellationToken;
use types::{ContextId, Owner, TaskId, TaskState, Timestamp};

use crate::agent::{Failure, Finish};
use crate::driver::Change;

pub(crate) type Done<'t, T> = Pin<Box<dyn Future<Output = T> + Send + 't>>;

/// What the runner does for a context; apart from it so that [`Context`] does not carry the agent's type.
pub(crate) trait Desk: Send + Sync {
    fn emit(&self, change: Change);
    fn canceled(&self) -> CancellationToken;
    fn commit(&self, changes: Vec<Change>, rows: Vec<RowChange>) -> Done<'_, Result<(), NotCommitted>>;
    fn conclude(&self, changes: Vec<Change>, rows: Vec<RowChange>, end: Finish) -> Done<'_, Result<(), NotCommitted>>;
    fn durable(&self) -> Done<'_, Result<(), Failure>>;
    fn recorded(&self, key: &str) -> Option<Bytes>;
    fn begun(&self, key: &str) -> bool;
    fn begin(&self, key: &str) -> Done<'_, Result<(), Failure>>;
    fn record(&self, key: &str, result: Bytes) -> Done<'_, Result<(), Failure>>;
    fn rows(&self, kind: &'static str, prefix: Bytes) -> Done<'_, Result<Vec<Row>, Failure>>;
}

/// When rows were changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Committed {
    /// By this call.
    Now,
    /// By an earlier run of this turn; what has happened to them since is in the rows.
    Earlier,
}

/// Why rows were not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotCommitted {
    /// A row has another version by now; read again and decide again.
    #[error("a row changed meanwhile")]
    Conflict,
    /// The artifacts do not fit into the task any more; see [`types::limits::INLINE_TASK`]. Nothing was stored, and the
    /// handler may put out less instead.
    #[error("{size} bytes do not fit into the task, which has room for {room}")]
    TooLarge {
        /// Of the artifacts, in bytes.
        size: usize,
        /// What is left, in bytes.
        room: usize,
    },
    /// The store does not take it, or the task has ended.
    #[error(transparent)]
    Failed(#[from] Failure),
}

impl From<NotCommitted> for Failure {
    fn from(why: NotCommitted) -> Self {
        match why {
            NotCommitted::Failed(failure) => failure,
            why @ (NotCommitted::Conflict | NotCommitted::TooLarge { .. }) => Self(why.to_string()),
        }
    }
}

/// One turn of one task, as its handler sees it.
pub struct Context {
    desk: Box<dyn Desk>,
    turn: Turn,
    emitted: u64,
}

/// What is fixed during a turn.
pub(crate) struct Turn {
    pub(crate) id: TaskId,
    pub(crate) context: ContextId,
    pub(crate) owner: Owner,
    /// From 1.
    pub(crate) number: u32,
    /// The place of this turn's message in the history.
    pub(crate) asked: usize,
    pub(crate) history: Vec<Heard>,
    /// Emits of this turn that an earlier run has made durable.
    pub(crate) known: u64,
    /// The task's metadata when this run began: of each key the newest that an update has set.
    pub(crate) metadata: Option<proto::Struct>,
    pub(crate) now: Timestamp,
}

impl Context {
    pub(crate) fn new(desk: Box<dyn Desk>, turn: Turn) -> Self {
        Self { desk, turn, emitted: 0 }
    }

    /// Which task.
    pub fn id(&self) -> TaskId {
        self.turn.id
    }

    /// Its conversation.
    pub fn context_id(&self) -> &ContextId {
        &self.turn.context
    }

    /// On whose behalf.
    pub fn owner(&self) -> &Owner {
        &self.turn.owner
    }

    /// Which turn this is, from 1.
    pub fn turn(&self) -> u32 {
        self.turn.number
    }

    /// The message of this turn.
    pub fn message(&self) -> &Heard {
        &self.turn.history[self.turn.asked]
    }

    /// The whole conversation so far, oldest first, this turn's message included.
    pub fn history(&self) -> &[Heard] {
        &self.turn.history
    }

    /// The text parts of this turn's message, one per line.
    pub fn text(&self) -> String {
        self.message().text()
    }

    /// What this turn belongs to when an operator dispatched it.
    pub fn dispatch(&self) -> Option<Dispatch> {
        // Checked when the message was accepted.
        self.message().dispatch().ok().flatten()
    }

    /// When this run of the turn began, by the store's clock.
    pub fn began(&self) -> Timestamp {
        self.turn.now
    }

    /// Fires when the caller asks to stop. The handler then has a few seconds to put things in order.
    pub fn canceled(&self) -> CancellationToken {
        self.desk.canceled()
    }

    /// What the updates of an earlier run of this turn have told in their metadata, if there was such a run.
    /// From here on nothing counts as put out before: for handlers that go on from what they told last,
    /// instead of doing the same things in the same order again.
    pub fn resume(&mut self) -> Option<&proto::Struct> {
        let ran = self.turn.known > self.emitted;
        self.emitted = self.emitted.max(self.turn.known);
        self.turn.metadata.as_ref().filter(|_| ran)
    }

    /// Says that the work is under way, in words.
    pub fn working(&mut self, words: impl Into<String>) {
        let message = Some(crate::words::say(words));
        self.emit(Change::Status { state: TaskState::Working, message, metadata: None });
    }

    /// Says that the work is under way, with structured metadata by extension URI.
    pub fn progress(&mut self, message: Option<Message>, metadata: proto::Struct) {
        self.emit(Change::Status { state: TaskState::Working, message, metadata: Some(metadata.into()) });
    }

    /// Puts out an artifact, instead of any earlier one of the same id. One that does not fit fails the task: where the
    /// handler wants to know, [`Context::commit`] tells it.
    pub fn artifact(&mut self, artifact: Artifact) {
        self.chunk(artifact, Chunk::Whole);
    }

    /// Puts out a chunk of an artifact.
    pub fn chunk(&mut self, artifact: Artifact, chunk: Chunk) {
        self.emit(Change::Artifact { artifact: artifact.into(), chunk });
    }

    fn emit(&mut self, change: Change) {
        self.emitted += 1;
        if self.emitted > self.turn.known {
            self.desk.emit(change);
        }
    }

    /// Changes the service's own rows and puts out artifacts with them, in one commit, and waits until it is durable.
    /// When an earlier run of this turn got as far, nothing happens: the rows have been changed once.
    pub async fn commit(&mut self, artifacts: Vec<Artifact>, rows: Vec<RowChange>) -> Result<Committed, NotCommitted> {
        let count = artifacts.len().max(1) as u64;
        if self.emitted + count <= self.turn.known {
            self.emitted += count;
            return Ok(Committed::Earlier);
        }
        let mut changes = whole(artifacts);
        if changes.is_empty() {
            // The mark by which a later run knows that this commit was made.
            changes.push(Change::Status { state: TaskState::Working, message: None, metadata: None });
        }
        self.desk.commit(changes, rows).await?;
        self.emitted += count;
        Ok(Committed::Now)
    }

    /// Changes rows, says how the work stands and puts out artifacts, in one commit, and waits until it is durable.
    /// For handlers that [`resume`](Self::resume): it does not look whether an earlier run got as far.
    pub async fn report(
        &mut self,
        message: Message,
        metadata: proto::Struct,
        artifacts: Vec<Artifact>,
        rows: Vec<RowChange>,
    ) -> Result<(), NotCommitted> {
        let mut changes = whole(artifacts);
        let (message, metadata) = (Some(message), Some(metadata.into()));
        changes.push(Change::Status { state: TaskState::Working, message, metadata });
        let count = changes.len() as u64;
        self.desk.commit(changes, rows).await?;
        self.emitted += count;
        Ok(())
    }

    /// Changes rows, puts out artifacts and ends the turn, in one commit, and waits until it is durable.
    /// In the first steps of an eager handler that commit is also the one that takes the message.
    /// After it the handler has only to return; what it returns changes nothing any more.
    pub async fn conclude(
        &mut self,
        artifacts: Vec<Artifact>,
        rows: Vec<RowChange>,
        end: Finish,
    ) -> Result<(), NotCommitted> {
        self.desk.conclude(whole(artifacts), rows, end).await
    }

    /// Waits until all that was emitted so far, and the message itself, is durable.
    /// To be awaited before anything outside the store is touched.
    pub async fn durable(&self) -> Result<(), Failure> {
        self.desk.durable().await
    }

    /// Does something outside the store at least once, under a key that stays the same however often it is tried,
    /// and remembers its result: once recorded, it is not done again.
    ///
    /// Where the dispatch says `at_most_once` its beginning is recorded too, and one that has begun is not done again:
    /// the error then says that the outcome is unknown, and so does the task, however its handler ends.
    /// That holds for an effect that fails, too: one that knows what has happened says it in its result.
    pub async fn once<F>(&self, key: &str, effect: impl FnOnce(String) -> F) -> Result<Bytes, Failure>
    where
        F: Future<Output = Result<Bytes, Failure>> + Send,
    {
        if let Some(result) = self.desk.recorded(key) {
            return Ok(result);
        }
        if self.dispatch().is_some_and(|dispatch| dispatch.at_most_once) {
            self.begin(key).await?;
        }
        self.durable().await?;
        let result = effect(format!("{}/{key}", self.turn.id)).await?;
        self.desk.record(key, result.clone()).await?;
        Ok(result)
    }

    async fn begin(&self, key: &str) -> Result<(), Failure> {
        if self.desk.begun(key) {
            return Err(Failure(format!("{key} was begun before; whether it was done is not known")));
        }
        self.desk.begin(key).await
    }

    /// The service's own rows of `kind` whose key starts with `prefix`, in key order.
    pub async fn rows(&self, kind: &'static str, prefix: &[u8]) -> Result<Vec<Row>, Failure> {
        self.desk.rows(kind, Bytes::copy_from_slice(prefix)).await
    }
}

fn whole(artifacts: Vec<Artifact>) -> Vec<Change> {
    let whole = |artifact: Artifact| Change::Artifact { artifact: artifact.into(), chunk: Chunk::Whole };
    artifacts.into_iter().map(whole).collect()
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("task", &self.turn.id).field("turn", &self.turn.number).finish_non_exhaustive()
    }
}
