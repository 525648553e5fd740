//! What is counted of push notifications.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Unit;
use service::Metrics;

/// Seconds: from what nobody notices to what ends parked.
const LAGS: [f64; 10] = [0.01, 0.05, 0.25, 1.0, 5.0, 30.0, 300.0, 1800.0, 7200.0, 43_200.0];

/// The counters of one outbox.
#[derive(Debug)]
pub(crate) struct Meters {
    pub(crate) delivered: Counter,
    pub(crate) failed: Counter,
    pub(crate) parked: Gauge,
    pub(crate) lag: Histogram,
}

impl Meters {
    pub(crate) fn new() -> Self {
        let lag = Histogram::new(LAGS);
        Self { delivered: Counter::default(), failed: Counter::default(), parked: Gauge::default(), lag }
    }

    pub(crate) fn register(&self, metrics: &Metrics) {
        metrics.register("watchroom_push_delivered", "Events that webhooks took", self.delivered.clone());
        metrics.register("watchroom_push_failed", "Calls of webhooks that failed", self.failed.clone());
        metrics.register("watchroom_push_parked", "Webhooks that were given up", self.parked.clone());
        let help = "Time from an event to a webhook that took it";
        metrics.register_with_unit("watchroom_push_lag", help, Unit::Seconds, self.lag.clone());
    }
}
