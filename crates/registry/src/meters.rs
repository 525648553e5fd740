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
    instances: Gauge,
    watchers: Gauge,
    mass_loss: Gauge,
}

impl Meters {
    /// Shows them at the process's `/metrics`.
    pub(crate) fn register(&self, metrics: &Metrics) {
        metrics.register("registry_registrations", "Registrations that were granted", self.registrations.clone());
        metrics.register("registry_renewals", "Renewals that were accepted", self.renewals.clone());
        metrics.register("registry_expiries", "Leases that ran out", self.expiries.clone());
        metrics.register("registry_watches", "Watches that were started", self.watches.clone());
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

    pub(crate) fn now(&self, instances: usize, watchers: usize) {
        self.instances.set(i64::try_from(instances).unwrap_or(i64::MAX));
        self.watchers.set(i64::try_from(watchers).unwrap_or(i64::MAX));
    }
}
