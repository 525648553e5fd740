//! The conformance agent: our kit on all bindings with behaviour that a message's id, or its words, choose.
//! What it answers to anything else is the kit's, as with every agent.

mod command;
mod play;
mod script;

use std::process::ExitCode;

use self::command::Command;
use self::play::Player;

/// The whole of its `main`.
pub fn main() -> ExitCode {
    service::main(|Command { kit, own }, process| agent::run::<Player>(kit, own, process))
}
