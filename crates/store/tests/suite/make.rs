//! Commits to test with.

use bytes::Bytes;
use store::{Commit, Created, Entry, Frame, FrameKind, Lane, Ready, Store, TaskChange, Timer};
use types::{ContextId, Epoch, Head, Owner, Seq, TaskId, TaskState};

pub(crate) fn context(name: &str) -> ContextId {
    name.parse().unwrap()
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
        let epoch = store.own().await.unwrap().epoch;
        let (id, owner) = (TaskId::fresh(), Owner::anonymous());
        Self { id, owner, context: context("c"), epoch, head: Head::ZERO, seq: Seq::ZERO, generation: 1 }
    }

    /// The next commit: one frame with this body.
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
            entries: vec![Entry::Frame(frame)],
            snapshot: None,
            ready: Ready::Keep,
            timer: Timer::Keep,
        };
        let lane = if expected == Head::ZERO { Lane::Accept } else { Lane::Continue };
        Commit { epoch: self.epoch, lane, at, task: Some(change), accept: None, rows: Vec::new() }
    }
}
