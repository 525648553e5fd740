//! The layer around every call: its span, its metrics, its trace context, and its end at a drain.

mod body;
mod call;
mod layer;
mod measure;

/// The target of the spans of calls. They are of level debug: without an exporter they cost nothing.
pub(crate) const TARGET: &str = "service::rpc";

pub(crate) use layer::RpcLayer;
pub(crate) use measure::Measures;
