//! The A2A protocol on real sockets, and the rules of frames and folds.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod calls;
mod clients;
mod codes;
mod folds;
mod follows;
mod frames;
mod raw;
mod requests;
mod stage;
mod values;
