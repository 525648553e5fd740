//! A part of the tasks, with their list order, their due marks and their retention.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::ops::Bound;
use std::time::Duration;

use types::{Head, Owner, Scope, TaskId, Timestamp};

use super::task::Task;
use crate::commit::{Refusal, TaskChange};
use crate::generation::Failed;
use crate::read::{Due, Query, Summary, Wake};

/// Ended tasks looked at per commit: two, so that the queue shrinks faster than it grows.
const PER_COMMIT: usize = 2;

/// The tasks of one shard.
#[derive(Debug, Default)]
pub(super) struct Shard {
    /// Each in a place of its own, so that a table that has grown has little room to spare.
    tasks: HashMap<TaskId, Box<Task>>,
    order: BTreeMap<Owner, BTreeSet<Place>>,
    due: BTreeSet<(Timestamp, TaskId, Wake)>,
    /// As they ended; one that has changed since is there again, further back.
    ended: VecDeque<(Timestamp, TaskId)>,
    /// Tasks that have ended, each once.
    kept: usize,
    pub(super) failed: Failed,
}

/// The list order: newest change first, then by id.
type Place = (Reverse<Timestamp>, TaskId);

impl Shard {
    pub(super) fn task(&self, scope: &Scope, id: TaskId) -> Option<&Task> {
        self.tasks.get(&id).map(|task| &**task).filter(|task| scope.admits(&task.summary.owner))
    }

    pub(super) fn exists(&self, id: TaskId) -> bool {
        self.tasks.contains_key(&id)
    }

    /// Compares the head.
    pub(super) fn check(&self, change: &TaskChange) -> Result<(), Refusal> {
        let found = self.tasks.get(&change.id).map_or(Head::ZERO, |task| task.summary.head);
        // Only a change that says whose the task is can create it.
        let possible = change.expected != Head::ZERO || change.created.is_some();
        if found == change.expected && possible {
            return Ok(());
        }
        Err(Refusal::Head { expected: change.expected, found })
    }

    /// Writes what was checked.
    pub(super) fn write(&mut self, mut change: TaskChange, at: Timestamp) {
        let id = change.id;
        let mut task = match change.created.take() {
            Some(created) if change.expected == Head::ZERO => Box::new(Task::new(Summary {
                id,
                owner: created.owner,
                context: created.context,
                state: change.state,
                head: Head::ZERO,
                seq: change.seq,
                changed_at: at,
            })),
            _ => {
                let Some(task) = self.tasks.remove(&id) else { return };
                self.unlist(&task);
                task
            }
        };
        task.append(change, at);
        self.enlist(&task);
        self.tasks.insert(id, task);
    }

    fn enlist(&mut self, task: &Task) {
        let Summary { id, owner, changed_at, state, .. } = &task.summary;
        match self.order.get_mut(owner) {
            Some(places) => drop(places.insert((Reverse(*changed_at), *id))),
            None => drop(self.order.insert(owner.clone(), BTreeSet::from([(Reverse(*changed_at), *id)]))),
        }
        self.due.extend(task.ready.map(|at| (at, *id, Wake::Ready)));
        self.due.extend(task.timer.map(|at| (at, *id, Wake::Timer)));
        if state.is_terminal() {
            self.ended.push_back((*changed_at, *id));
            self.kept += 1;
        }
    }

    fn unlist(&mut self, task: &Task) {
        let Summary { id, owner, changed_at, state, .. } = &task.summary;
        self.kept -= usize::from(state.is_terminal());
        if let Some(places) = self.order.get_mut(owner) {
            places.remove(&(Reverse(*changed_at), *id));
            if places.is_empty() {
                self.order.remove(owner);
            }
        }
        for (at, wake) in [(task.ready, Wake::Ready), (task.timer, Wake::Timer)] {
            if let Some(at) = at {
                self.due.remove(&(at, *id, wake));
            }
        }
    }

    /// Drops tasks that ended more than `span` before `now`, and beyond `most` ended ones also younger ones.
    pub(super) fn expire(&mut self, now: Timestamp, span: Duration, most: usize) {
        for _ in 0..PER_COMMIT {
            let Some(&(at, id)) = self.ended.front() else { return };
            let task =
                self.tasks.get(&id).filter(|task| task.summary.changed_at <= at && task.summary.state.is_terminal());
            let is_over = self.kept > most || at.after(span) <= now;
            if task.is_some() && !is_over {
                return;
            }
            self.ended.pop_front();
            let Some(task) = task else { continue };
            if !task.is_spent() {
                self.ended.push_back((at, id));
            } else if let Some(task) = self.tasks.remove(&id) {
                self.unlist(&task);
            }
        }
    }

    /// Adds the first of this shard's tasks that match, one more than the page holds; returns how many match in all.
    pub(super) fn list(&self, scope: &Scope, query: &Query, page: &mut Vec<Summary>) -> u64 {
        let after = query.after.map(|key| (Reverse(key.changed_at), key.id));
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let most = query.limit.saturating_add(1);
        let mut total = 0;
        for (_, places) in self.order.iter().filter(|(owner, _)| scope.admits(owner)) {
            let matching = |place: &Place| {
                let task = self.tasks.get(&place.1).map(|task| &task.summary);
                task.filter(|task| query.admits(task))
            };
            let is_recent = |place: &&Place| query.changed_since.is_none_or(|since| place.0.0 >= since);
            page.extend(
                places.range((from, Bound::Unbounded)).take_while(is_recent).filter_map(matching).take(most).cloned(),
            );
            total += match query.is_open() {
                true => places.len(),
                // Told by an earlier page.
                false if query.total.is_some() => 0,
                false => places.iter().take_while(is_recent).filter_map(matching).count(),
            };
        }
        total as u64
    }

    /// This shard's marks up to `now` that follow `after`.
    pub(super) fn due(&self, now: Timestamp, after: Option<Due>, limit: usize, marks: &mut Vec<Due>) {
        let follows =
            |mark: &&(Timestamp, TaskId, Wake)| after.is_none_or(|last| **mark > (last.at, last.task, last.wake));
        let from = after.map_or(Timestamp::default(), |last| last.at);
        let until = now.after(Duration::from_millis(1));
        let first = TaskId::from_bytes([0; 16]);
        if from > until {
            return;
        }
        let range = self.due.range((from, first, Wake::Ready)..(until, first, Wake::Ready));
        marks.extend(range.filter(follows).take(limit).map(|&(at, task, wake)| Due { at, task, wake }));
    }
}
