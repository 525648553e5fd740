//! What is durable, seen from outside: learned from what the disks write, never from what a process says.

use std::collections::{BTreeMap, BTreeSet};

use a2a::metadata::Dispatch;
use bytes::Bytes;
use engine::{Phase, Run};
pub(crate) use orchestrator::AttemptKey as Key;
use types::{Seq, StepId, StoreId, TaskId, TaskState};

use crate::world::{Life, NodeId};

/// A task in some store.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) node: NodeId,
    pub(crate) seq: Seq,
    pub(crate) state: TaskState,
    /// The frames that said that it has ended.
    pub(crate) ends: u32,
}

/// A run in the operator's store.
#[derive(Debug, Default)]
pub(crate) struct Replayed {
    /// In the order in which they came to be.
    pub(crate) number: usize,
    /// What its durable events make.
    pub(crate) run: Run,
    /// Attempts that followed one of unknown outcome, by step.
    pub(crate) in_spite: BTreeMap<StepId, u32>,
}

/// Everything that is durable anywhere.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) tasks: BTreeMap<TaskId, Kept>,
    pub(crate) runs: BTreeMap<TaskId, Replayed>,
    /// Tasks whose work a process has begun or taken up.
    pub(crate) taken: BTreeSet<(NodeId, u64, TaskId)>,
    /// By message id.
    pub(crate) accepted: BTreeMap<String, TaskId>,
    /// What callers were told, by message id.
    pub(crate) acknowledged: BTreeMap<String, TaskId>,
    /// The child of each attempt.
    pub(crate) children: BTreeMap<Key, TaskId>,
    /// The reaper's list, by the keys of its rows: which attempt, at which store.
    pub(crate) duties: BTreeMap<Bytes, (Key, Option<StoreId>)>,
    /// Rows that agents wrote with the end of their work.
    pub(crate) effects: BTreeMap<(TaskId, StepId), Vec<u32>>,
    /// Effects outside of any store that have begun.
    pub(crate) begun: BTreeMap<(TaskId, StepId), Vec<u32>>,
}

/// The attempt of a dispatch.
pub(crate) fn key_of(dispatch: &Dispatch) -> Key {
    Key { run: dispatch.run, step: dispatch.step.clone(), attempt: dispatch.attempt }
}

impl Ledger {
    /// The attempt in words that do not differ from one simulation to the next.
    pub(crate) fn name(&self, key: &Key) -> String {
        let run = self.runs.get(&key.run).map_or("?".to_owned(), |run| run.number.to_string());
        format!("run {run} {}/{}", key.step, key.attempt)
    }

    pub(crate) fn ended(&self, run: &TaskId) -> bool {
        self.runs.get(run).is_some_and(|run| run.run.outcome().is_some())
    }

    /// Whether the attempt was dispatched by a durable event.
    pub(crate) fn launched(&self, key: &Key) -> bool {
        let Some(replayed) = self.runs.get(&key.run) else { return false };
        replayed.run.step(&key.step).is_some_and(|(_, _, status)| status.attempts() >= key.attempt)
    }

    /// Notes that a process works on a task.
    pub(crate) fn takes(&mut self, life: &Life, task: TaskId) {
        self.taken.insert((life.node, life.number, task));
    }

    /// Tasks of a node that have work in hand.
    pub(crate) fn in_hand(&self, node: NodeId) -> impl Iterator<Item = &TaskId> {
        let running = |id: &TaskId| self.runs.get(id).is_none_or(|run| run.run.phase() == Phase::Running);
        let busy = move |(id, kept): &(&TaskId, &Kept)| {
            let open = !kept.state.is_terminal() && !kept.state.is_interrupted();
            kept.node == node && open && running(id)
        };
        self.tasks.iter().filter(busy).map(|(id, _)| id)
    }

    /// A live child of an ended run that is on nobody's list.
    pub(crate) fn unlisted(&self) -> Option<&Key> {
        let live = |task: &TaskId| self.tasks.get(task).is_some_and(|kept| !kept.state.is_terminal());
        let mut children = self.children.iter().filter(|(key, task)| self.ended(&key.run) && live(task));
        children.find(|(key, _)| !self.duties.values().any(|(listed, _)| listed == *key)).map(|(key, _)| key)
    }
}
