//! The operator; all of it is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    service::main(operator::run)
}
