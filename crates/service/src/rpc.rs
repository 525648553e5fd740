//! The layer around every call: its span, its metrics, its trace context, and its end at a drain.

mod body;
mod call;
mod ended;
mod layer;
mod measure;

/// The target of the spans of calls. They are of level debug: without an exporter they cost nothing.
pub(crate) const TARGET: &str = "service::rpc";

pub(crate) use body::CallBody;
pub use ended::{Ended, LateEnd};
pub(crate) use layer::{Rpc, RpcLayer};
pub(crate) use measure::Measures;
pub use measure::word as code_name;
