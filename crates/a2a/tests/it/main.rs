//! The A2A protocol on real sockets, and the rules of frames and folds.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[path = "../../../outbound/tests/it/authority.rs"]
mod authority;
mod bindings;
mod calls;
mod clients;
mod codes;
mod discoveries;
mod dispatches;
mod folds;
mod follows;
mod frames;
mod fuzzed;
mod heard;
mod pieces;
mod plain;
mod publishing;
mod pushing;
mod raw;
mod requests;
mod rest;
mod rpc;
mod secure;
mod selections;
mod stage;
mod transports;
mod values;
mod wires;
