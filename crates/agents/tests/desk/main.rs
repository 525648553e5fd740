//! Dispatch on the real kit: what is promised of units, one test each.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail as tests do")]

mod following;
mod promises;
mod queueing;
mod redirecting;
mod seeing;
mod served;
mod town;
mod watching;
