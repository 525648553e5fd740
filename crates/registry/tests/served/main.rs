//! The registry on real sockets: its wire, its client, and what survives a restart.
#![allow(clippy::unwrap_used, reason = "helpers of tests may unwrap as tests do")]

mod discovery;
mod filters;
mod harness;
mod killed;
mod refusals;
mod reopened;
mod resolve;
mod wire;
