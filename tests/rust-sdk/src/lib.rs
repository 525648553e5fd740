//! The official Rust SDK in both roles: what a client of an agent needs to go through its operations, for the matrix of
//! `make interop`. `bin/client.rs` calls it, `bin/server.rs` is an agent.

mod operations;
mod scene;
mod webhook;

pub use operations::Operations;
pub use scene::{Scene, sdk};
