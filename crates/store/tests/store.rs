//! The conformance suite on every implementation, and what only one of them promises.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail as tests do")]

mod embedded;
mod memory;
mod suite;
