//! Commits to test with.

use std::time::Duration;

use bytes::Bytes;
use store::{
    Accept, BodyDigest, Commit, Committed, Created, Entry, Frame, FrameKind, Lane, Ready, Record, RowChange, SeenKey,
    SeenReply, Store, TaskChange, Timer,
};
use types::{ContextId, Epoch, Head, MessageId, Owner, Principal, Seq, TaskId, TaskState, Tenant, Timestamp};

pub(crate) fn owner(tenant: &str, principal: &str) -> Owner {
    Owner { tenant: Tenant::new(tenant), principal: Principal::new(principal) }
}

pub(crate) fn context(name: &str) -> ContextId {
    name.parse().unwrap()
}

pub(crate) fn key(message: &str) -> SeenKey {
    SeenKey::new(&Owner::anonymous(), None, &message.parse::<MessageId>().unwrap())
}

pub(crate) fn digest(body: &str) -> BodyDigest {
    BodyDigest::of([body.as_bytes()])
}

/// Commits of one task, each following the one before.
#[derive(Debug, Clone)]
pub(crate) struct Task {
    pub(crate) id: TaskId,
    pub(crate) owner: Owner,
    pub(crate) context: ContextId,
    pub(crate) epoch: Epoch,
    pub(crate) head: Head,
    pub(crate) seq: Seq,
    pub(crate) generation: u64,
}

impl Task {
    pub(crate) async fn new(store: &dyn Store) -> Self {
        Self::of(store, Owner::anonymous()).await
    }

    pub(crate) async fn of(store: &dyn Store, owner: Owner) -> Self {
        let epoch = store.own().await.unwrap().epoch;
        let context = context("c");
        Self { id: TaskId::fresh(), owner, context, epoch, head: Head::ZERO, seq: Seq::ZERO, generation: 1 }
    }

    /// The next commit: one frame with this body, and a record.
    pub(crate) fn next(&mut self, store: &dyn Store, state: TaskState, body: &str) -> Commit {
        let created = Created { owner: self.owner.clone(), context: self.context.clone() };
        let expected = self.head;
        let at = store.now();
        self.head = self.head.next();
        self.seq = self.seq.next();
        let bytes = Bytes::copy_from_slice(body.as_bytes());
        let frame = Frame { seq: self.seq, time: at, kind: FrameKind::Status, bytes };
        let change = TaskChange {
            id: self.id,
            generation: self.generation,
            expected,
            created: (expected == Head::ZERO).then_some(created),
            state,
            seq: self.seq,
            entries: vec![Entry::Frame(frame), Entry::Record(Record { kind: 300, bytes: Bytes::from_static(b"r") })],
            snapshot: None,
            ready: Ready::Keep,
            timer: Timer::Keep,
        };
        let lane = if expected == Head::ZERO { Lane::Accept } else { Lane::Continue };
        Commit { epoch: self.epoch, lane, at, task: Some(change), accept: None, rows: Vec::new() }
    }

    /// Commits the next and expects it to go well.
    pub(crate) async fn step(&mut self, store: &dyn Store, state: TaskState) {
        assert_eq!(store.commit(self.next(store, state, "body")).await, Ok(Committed));
    }
}

/// What tests add to a commit.
pub(crate) trait CommitExt: Sized {
    fn accepting(self, message: &str, reply: SeenReply) -> Self;
    fn expiring(self, not_after: Timestamp) -> Self;
    fn with_row(self, kind: &'static str, key: &str, expected: u64, body: Option<&str>) -> Self;
    fn changing(self, change: impl FnOnce(&mut TaskChange)) -> Self;
}

impl CommitExt for Commit {
    fn accepting(mut self, message: &str, reply: SeenReply) -> Self {
        let keep_until = self.at.after(Duration::from_secs(60));
        self.accept = Some(Accept {
            key: key(message),
            digest: digest(message),
            reply,
            keep_until,
            not_after: None,
            older: Vec::new(),
        });
        self
    }

    fn expiring(mut self, not_after: Timestamp) -> Self {
        self.accept.as_mut().unwrap().not_after = Some(not_after);
        self
    }

    fn with_row(mut self, kind: &'static str, key: &str, expected: u64, body: Option<&str>) -> Self {
        let bytes = |text: &str| Bytes::copy_from_slice(text.as_bytes());
        self.rows.push(RowChange { kind, key: bytes(key), expected, body: body.map(bytes) });
        self
    }

    fn changing(mut self, change: impl FnOnce(&mut TaskChange)) -> Self {
        change(self.task.as_mut().unwrap());
        self
    }
}

/// A commit without a task.
pub(crate) async fn bare(store: &dyn Store) -> Commit {
    let epoch = store.own().await.unwrap().epoch;
    Commit::of_rows(epoch, store.now(), Vec::new())
}
