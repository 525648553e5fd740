//! The kit on real sockets: as a process of its own, and inside the test.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod cors;
mod drained;
mod exits;
mod front;
mod guarded;
mod served;
mod support;
mod traced;
