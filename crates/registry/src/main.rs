//! The registry of agents; all of it is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    service::main(registry::run)
}
