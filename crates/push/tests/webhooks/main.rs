//! When a webhook is called again, and what a call looks like to its receiver.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod calls;
mod receiver;
mod schedules;
mod secure;
