//! The fire brigade's agent; all of it is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    agent::main::<agents::Fire>()
}
