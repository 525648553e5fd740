//! What the registry counts.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use service::Metrics;

use crate::catalog::{Change, Now, Standing};

/// Counters and gauges; clones count together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Meters {
    pub(crate) registrations: Counter,
    pub(crate) renewals: Counter,
    pub(crate) expiries: Counter,
    pub(crate) watches: Counter,
    pub(crate) resolutions: Counter,
    pub(crate) outcomes: Counter,
    instances: Gauge,
    watchers: Gauge,
    mass_loss: Gauge,
    failing: Gauge,
}

impl Meters {
    /// Shows them at the process's `/metrics`.
    pub(crate) fn register(&self, metrics: &Metrics) {
        metrics.register("registry_registrations", "Registrations that were granted", self.registrations.clone());
        metrics.register("registry_renewals", "Renewals that were accepted", self.renewals.clone());
        metrics.register("registry_expiries", "Leases that ran out", self.expiries.clone());
        metrics.register("registry_watches", "Watches that were started", self.watches.clone());
        metrics.register("registry_resolutions", "Answers to Resolve", self.resolutions.clone());
        metrics.register("registry_outcomes", "Outcomes of calls that were reported", self.outcomes.clone());
        metrics.register("registry_failing", "Instances whose callers say that they fail", self.failing.clone());
        metrics.register("registry_instances", "Instances that hold a lease", self.instances.clone());
        metrics.register(
            "registry_mass_loss",
            "1 while too many renewals are missing to evict anybody",
            self.mass_loss.clone(),
        );
        metrics.register("registry_watchers", "Watches that are open", self.watchers.clone());
    }

    pub(crate) fn count(&self, change: &Change) {
        match &change.now {
            Now::Held(entry) if entry.record.epoch == change.version => drop(self.registrations.inc()),
            Now::Held(_) | Now::Gone(_) => {}
        }
    }

    pub(crate) fn standing(&self, standing: Standing) {
        self.mass_loss.set(i64::from(standing == Standing::MassLoss));
    }

    pub(crate) fn now(&self, instances: usize, failing: usize, watchers: usize) {
        let counted = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        self.instances.set(counted(instances));
        self.failing.set(counted(failing));
        self.watchers.set(counted(watchers));
    }
}
