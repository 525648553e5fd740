//! The process's metrics, read at `/metrics` of the admin listener.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Metric, Registry, Unit};

use crate::Fatal;

/// The media type of [`Metrics::text`].
pub(crate) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The registry of one process. Cloning it gives another handle to the same.
#[derive(Clone)]
pub struct Metrics(Arc<Mutex<Registry>>);

impl Metrics {
    pub(crate) fn new(name: &'static str, version: &str) -> Self {
        let metrics = Self(Arc::new(Mutex::new(Registry::default())));
        let build = Info::new(vec![("name", name.to_owned()), ("version", version.to_owned())]);
        metrics.register("watchroom_build", "Which program this is", build);
        let started: Gauge<f64, std::sync::atomic::AtomicU64> = Gauge::default();
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        started.set(since.as_secs_f64());
        metrics.register_with_unit("process_start_time", "When the process started", Unit::Seconds, started);
        metrics
    }

    /// Adds a metric under `name` (counters get `_total` when read) with a help text that needs no full stop.
    pub fn register(&self, name: &str, help: &str, metric: impl Metric) {
        self.registry(|registry| registry.register(name, help, metric));
    }

    /// As [`Metrics::register`], with the unit that ends the name.
    pub fn register_with_unit(&self, name: &str, help: &str, unit: Unit, metric: impl Metric) {
        self.registry(|registry| registry.register_with_unit(name, help, unit, metric));
    }

    /// All metrics in the OpenMetrics text format.
    pub(crate) fn text(&self) -> Result<String, Fatal> {
        let mut text = String::new();
        self.registry(|registry| encode(&mut text, registry))
            .map_err(|error| Fatal::internal("cannot write the metrics", error))?;
        Ok(text)
    }

    fn registry<T>(&self, with: impl FnOnce(&mut Registry) -> T) -> T {
        with(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}
