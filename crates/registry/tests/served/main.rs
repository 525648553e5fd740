//! The registry on real sockets: its wire, its client, and what survives a restart.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may do what tests do")]

mod crowd;
mod discovery;
mod filters;
mod harness;
mod killed;
mod refusals;
mod reopened;
mod resolve;
mod tenants;
mod verified;
mod wire;
