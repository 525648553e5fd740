//! The conformance agent over real sockets: what our kit answers on every binding, and the scripts that suites rely on.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod bindings;
mod conversations;
mod flags;
mod lists;
mod policy;
mod reading;
mod scripts;
mod stage;
mod streams;
