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
    /// The attempt that it is, at an agent.
    pub(crate) attempt: Option<Key>,
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
    /// The run that goes on from each.
    pub(crate) resumed: BTreeMap<TaskId, TaskId>,
    /// Attempts that have completed.
    pub(crate) done: BTreeSet<Key>,
    /// Attempts that were answered with a message.
    pub(crate) replied: BTreeSet<Key>,
    /// What each agent has counted.
    pub(crate) counts: BTreeMap<NodeId, u64>,
    /// The child of each attempt.
    pub(crate) children: BTreeMap<Key, TaskId>,
    /// The reaper's list, by the keys of its rows: which attempt, at which store.
    pub(crate) duties: BTreeMap<Bytes, (Key, Option<StoreId>)>,
    /// What agents have done, by the step of the run that was first asked for it.
    pub(crate) effects: BTreeMap<(TaskId, StepId), Vec<u32>>,
    /// Effects outside of any store that have begun, likewise.
    pub(crate) begun: BTreeMap<(TaskId, StepId), Vec<u32>>,
}

/// The attempt of a dispatch.
pub(crate) fn key_of(dispatch: &Dispatch) -> Key {
    Key { run: dispatch.run, step: dispatch.step.clone(), attempt: dispatch.attempt }
}

impl Ledger {
    /// The attempt in words that do not differ from one simulation to the next.
    pub(crate) fn name(&self, key: &Key) -> String {
        format!("run {} {}/{}", self.number(&key.run), key.step, key.attempt)
    }

    pub(crate) fn number(&self, run: &TaskId) -> String {
        self.runs.get(run).map_or("?".to_owned(), |run| run.number.to_string())
    }

    /// The run that this one goes on from, over all that lie between.
    pub(crate) fn root(&self, run: TaskId) -> TaskId {
        let earlier = self.runs.get(&run).and_then(|replayed| replayed.run.plan().resumes);
        earlier.map_or(run, |earlier| self.root(earlier))
    }

    /// Attempts that followed one of unknown outcome, over all runs that go on from this one.
    pub(crate) fn in_spite(&self, root: &TaskId, step: &StepId) -> u32 {
        let of = self.runs.iter().filter(|(run, _)| self.root(**run) == *root);
        of.filter_map(|(_, replayed)| replayed.in_spite.get(step)).sum()
    }

    /// An attempt has done what it was asked.
    pub(crate) fn does(&mut self, key: &Key) {
        self.effects.entry((self.root(key.run), key.step.clone())).or_default().push(key.attempt);
    }

    /// An attempt begins what is not to be begun twice.
    pub(crate) fn begins(&mut self, key: &Key) {
        self.begun.entry((self.root(key.run), key.step.clone())).or_default().push(key.attempt);
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

    /// A node has lost its tasks; what it did before was done.
    pub(crate) fn forget(&mut self, node: NodeId) {
        let lost: Vec<TaskId> = self.tasks.iter().filter(|(_, kept)| kept.node == node).map(|(id, _)| *id).collect();
        self.accepted.retain(|_, task| !lost.contains(task));
        self.children.retain(|_, task| !lost.contains(task));
        self.counts.remove(&node);
        lost.iter().for_each(|task| drop(self.tasks.remove(task)));
    }

    /// Whether the run's own report tells of the attempt.
    fn reported(&self, key: &Key) -> bool {
        let run = self.runs.get(&key.run).map(|replayed| &replayed.run);
        let stray = run.and_then(|run| run.step(&key.step)).and_then(|(_, _, status)| status.stray(key.attempt));
        // Of ours nobody but the reaper's list counts.
        stray.is_some_and(|stray| stray.attempt.launch.route.store_id.is_none())
    }

    /// A live child of an ended run that is on nobody's list.
    pub(crate) fn unlisted(&self) -> Option<&Key> {
        let live = |task: &TaskId| self.tasks.get(task).is_some_and(|kept| !kept.state.is_terminal());
        let mut children = self.children.iter().filter(|(key, task)| self.ended(&key.run) && live(task));
        let listed = |key: &Key| self.duties.values().any(|(listed, _)| listed == key) || self.reported(key);
        children.find(|(key, _)| !listed(key)).map(|(key, _)| key)
    }
}
