//! Which addresses are called, how documents are fetched, and whose certificates are believed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod authority;
mod fetched;
mod guards;
mod secure;
mod targets;
