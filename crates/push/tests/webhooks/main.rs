//! Who may be called, when again, and what a call looks like to its receiver.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod calls;
mod guards;
mod receiver;
mod schedules;
mod secure;
mod targets;
