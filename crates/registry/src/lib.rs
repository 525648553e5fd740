//! The registry of agents: who is alive and what they can do.
//! Registrations are durable and leased; renewals, health and load live as long as the process.
//!
//! One task owns the catalogue (a pure state machine) and commits its changes before anybody hears of them.
//!
//! ```no_run
//! # async fn example() -> Result<(), service::Fatal> {
//! let args = registry::Args::default();
//! let process = service::Process::new(&args)?;
//! registry::run(args, process).await
//! # }
//! ```

mod args;
mod catalog;
mod convert;
mod error;
mod fetch;
mod filter;
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "only tests call it")]
mod fixture;
mod handle;
mod history;
mod identity;
mod ledger;
mod meters;
mod outcome;
mod owner;
mod page;
mod present;
mod record;
mod resolve;
mod rpc;
mod run;
mod status;
mod token;
mod trust;
mod verification;
mod verifier;
mod watch;

pub use args::{Args, Reach};
pub use run::{run, serve};
