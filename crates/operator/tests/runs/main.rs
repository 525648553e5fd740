//! Runs over a real registry, real sockets and scripted agents: what callers are promised, one test each.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod api;
mod choosing;
mod dispatching;
mod failing;
mod refusing;
mod restarting;
mod resuming;
mod signed;
mod stage;
mod telling;
