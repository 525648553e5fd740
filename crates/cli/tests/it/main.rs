//! The real binary against services inside the test, and clusters of stand-ins.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod admin;
mod answers;
#[path = "../../../outbound/tests/it/authority.rs"]
mod authority;
mod card;
mod cluster;
mod emergency;
mod frames;
mod inspect;
mod pushing;
mod secure;
mod send;
mod silent;
mod strangers;
mod support;
mod usage;
mod watch;
mod webhooks;
