//! What every process needs: arguments, telemetry, health, metrics, reflection, drain, exit codes, channels.
//! Knows no domain.
//!
//! A service is a [`Command`] and an async function; see [`main`](fn@main).

mod admin;
mod allocator;
mod args;
mod auth;
mod bound;
mod catalogue;
pub mod client;
mod command;
mod cors;
mod deadline;
mod drain;
mod duration;
mod error_body;
mod fanout;
mod fatal;
mod front;
mod health;
pub mod limits;
mod metrics;
mod process;
mod readiness;
mod reflection;
mod rpc;
mod signal;
mod telemetry;
mod trace;
mod version;

pub use args::{Args, LogFormat, Profile};
pub use auth::{BEHALF_KEY, Behalf, Identity, NOT_ADMITTED, PUBLIC_CARD, RPC_PATH, Role, Rule, bearer_of};
pub use bound::Bound;
pub use command::{Command, main, parse};
pub use cors::Origin;
pub use deadline::Deadline;
pub use drain::Drain;
pub use duration::parse_duration;
pub use error_body::error_body;
pub use fanout::{Fanout, Listening};
pub use fatal::Fatal;
pub use metrics::Metrics;
pub use process::{Addresses, Draining, Process};
pub use readiness::Readiness;
pub use rpc::{Ended, LateEnd, code_name};
pub use trace::TraceContext;
pub use version::FileVersion;
