//! Counts and times calls, by service, method and code. Only known methods get series of their own.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Unit;
use tonic::Code;

use crate::Metrics;
use crate::catalogue::Catalogue;

/// Upper bounds in seconds: from a cached read to a long stream.
const BUCKETS: [f64; 14] =
    [0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0, 300.0];

/// gRPC has the codes 0 to 16.
const CODES: usize = 17;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct MethodLabels {
    service: String,
    method: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CodeLabels {
    service: String,
    method: String,
    code: &'static str,
}

#[derive(Debug, Clone, Copy)]
struct Buckets;

impl MetricConstructor<Histogram> for Buckets {
    fn new_metric(&self) -> Histogram {
        Histogram::new(BUCKETS)
    }
}

/// The series of all methods, by request path.
#[derive(Debug)]
pub(crate) struct Measures {
    by_path: HashMap<String, Arc<Measure>>,
    other: Arc<Measure>,
}

/// The series of one method. A finished call touches atomics and one short lock.
pub(crate) struct Measure {
    labels: MethodLabels,
    requests: Family<CodeLabels, Counter>,
    codes: [OnceLock<Counter>; CODES],
    duration: Histogram,
}

impl Measures {
    /// Registers the metrics and prepares the series of every method in `catalogue`.
    pub(crate) fn new(metrics: &Metrics, catalogue: &Catalogue) -> Self {
        let requests = Family::<CodeLabels, Counter>::default();
        let durations = Family::<MethodLabels, Histogram, Buckets>::new_with_constructor(Buckets);
        metrics.register("watchroom_rpc_requests", "Calls that ended, by gRPC code", requests.clone());
        let help = "From the request's head to the end of the answer";
        metrics.register_with_unit("watchroom_rpc_duration", help, Unit::Seconds, durations.clone());
        let measure = |service: &str, method: &str| {
            let labels = MethodLabels { service: service.to_owned(), method: method.to_owned() };
            let duration = durations.get_or_create_owned(&labels);
            Arc::new(Measure { labels, requests: requests.clone(), codes: Default::default(), duration })
        };
        let methods = catalogue.iter().flat_map(|(service, names)| names.iter().map(move |name| (service, name)));
        Self {
            by_path: methods.map(|(service, name)| (format!("/{service}/{name}"), measure(service, name))).collect(),
            other: measure("other", "other"),
        }
    }

    pub(crate) fn of(&self, path: &str) -> Arc<Measure> {
        Arc::clone(self.by_path.get(path).unwrap_or(&self.other))
    }
}

impl Measure {
    pub(crate) fn service(&self) -> &str {
        &self.labels.service
    }

    pub(crate) fn method(&self) -> &str {
        &self.labels.method
    }

    /// Counts one ended call.
    pub(crate) fn count(&self, code: Code, took: Duration) {
        self.codes[code as usize % CODES].get_or_init(|| self.counter(code)).inc();
        self.duration.observe(took.as_secs_f64());
    }

    fn counter(&self, code: Code) -> Counter {
        let MethodLabels { service, method } = self.labels.clone();
        self.requests.get_or_create_owned(&CodeLabels { service, method, code: word(code) })
    }
}

impl fmt::Debug for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.labels.fmt(f)
    }
}

/// The code as gRPC writes it.
pub const fn word(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}
