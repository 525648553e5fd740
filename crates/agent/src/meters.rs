//! What the kit counts. Counters are held, not looked up, because they are on the path of every message.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use service::Metrics;
use types::TaskState;

/// The counters of one kit.
#[derive(Debug)]
pub(crate) struct Meters {
    pub(crate) accepted: Counter,
    pub(crate) replied: Counter,
    pub(crate) repeated: Counter,
    pub(crate) failed_commits: Counter,
    in_memory: Gauge,
    ended: Family<Ended, Counter>,
    by_state: [Counter; 4],
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ended {
    state: String,
}

const TERMINAL: [TaskState; 4] = [TaskState::Completed, TaskState::Failed, TaskState::Canceled, TaskState::Rejected];

impl Meters {
    pub(crate) fn new() -> Self {
        let ended = Family::<Ended, Counter>::default();
        let by_state = TERMINAL.map(|state| ended.get_or_create(&Ended { state: state.to_string() }).clone());
        Self {
            accepted: Counter::default(),
            replied: Counter::default(),
            repeated: Counter::default(),
            failed_commits: Counter::default(),
            in_memory: Gauge::default(),
            ended,
            by_state,
        }
    }

    /// Makes the counters readable at `/metrics`.
    pub(crate) fn register(&self, metrics: &Metrics) {
        metrics.register("watchroom_tasks_accepted", "Tasks that a message opened", self.accepted.clone());
        metrics.register("watchroom_messages_replied", "Messages answered without a task", self.replied.clone());
        metrics.register("watchroom_messages_repeated", "Messages that had been taken before", self.repeated.clone());
        metrics.register("watchroom_commits_failed", "Commits that the store refused", self.failed_commits.clone());
        metrics.register("watchroom_tasks_ended", "Tasks that ended, by state", self.ended.clone());
        metrics.register("watchroom_tasks_in_memory", "Tasks held in memory", self.in_memory.clone());
    }

    pub(crate) fn ended(&self, state: TaskState) {
        if let Some(place) = TERMINAL.iter().position(|terminal| *terminal == state) {
            self.by_state[place].inc();
        }
    }

    pub(crate) fn in_memory(&self, tasks: usize) {
        self.in_memory.set(i64::try_from(tasks).unwrap_or(i64::MAX));
    }
}
