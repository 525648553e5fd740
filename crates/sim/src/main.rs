//! `make sim`: many seeds, and for the first that breaks an invariant what happened.

use std::process::ExitCode;

fn main() -> ExitCode {
    sim::hunt::main()
}
