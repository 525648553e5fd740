//! Which loadings of a task may write no more, because one of their commits failed.

use std::collections::HashMap;

use types::TaskId;

/// Failures remembered at least; twice as many at most. A queue holds fewer commits than this.
const REMEMBERED: usize = 32_768;

/// The newest failed generation of each task, the older half forgotten from time to time.
#[derive(Debug, Default)]
pub(crate) struct Failed {
    recent: HashMap<TaskId, u64>,
    older: HashMap<TaskId, u64>,
}

impl Failed {
    /// Whether `generation` of `task`, or a later one, has failed.
    pub(crate) fn covers(&self, task: TaskId, generation: u64) -> bool {
        if self.recent.is_empty() && self.older.is_empty() {
            return false;
        }
        [&self.recent, &self.older].into_iter().filter_map(|half| half.get(&task)).any(|failed| generation <= *failed)
    }

    /// Remembers that a commit of `generation` of `task` failed.
    pub(crate) fn note(&mut self, task: TaskId, generation: u64) {
        if self.recent.len() >= REMEMBERED {
            self.older = std::mem::take(&mut self.recent);
        }
        let failed = self.recent.entry(task).or_insert(generation);
        *failed = generation.max(*failed);
    }

    /// Remembers what another one remembers.
    pub(crate) fn absorb(&mut self, other: &Self) {
        for (task, generation) in other.older.iter().chain(&other.recent) {
            self.note(*task, *generation);
        }
    }
}
