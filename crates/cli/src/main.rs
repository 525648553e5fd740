//! The command `watchroom`.

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
