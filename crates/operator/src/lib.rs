//! The operator: an agent whose work is to run plans. Front doors and wiring; the runs are the orchestrator's.
//!
//! ```no_run
//! fn main() -> std::process::ExitCode {
//!     service::main(operator::run)
//! }
//! ```

mod args;
mod run;

pub use args::{Args, Choice, Order, Runs};
pub use run::run;
