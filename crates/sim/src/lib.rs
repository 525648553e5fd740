//! The engine, the kit and the store under a deterministic simulation: one thread, virtual time, chance from a seed.
//! Real are `engine`, the codec of its events, `agent`'s kit on both sides and the in-memory `store`; simulated are
//! disks, network, registry, callers, and the dispatcher, whose rules are those of the product's.
//! `docs/simulation.md` explains the world, the invariants and the defects.
//!
//! ```
//! let report = sim::simulate(&sim::Setting::of(7));
//! assert_eq!(report.violation, None);
//! assert_eq!(report.digest, sim::simulate(&sim::Setting::of(7)).digest);
//! ```

mod caller;
mod chance;
mod coverage;
mod defects;
mod directory;
mod disk;
mod dispatcher;
mod doer;
mod faults;
mod follow;
mod foreign;
pub mod hunt;
mod invariants;
mod ledger;
mod marks;
mod net;
mod node;
mod observe;
mod operator;
mod plans;
mod reader;
mod reaper;
mod simulate;
mod world;

pub use coverage::Coverage;
pub use defects::Defect;
pub use faults::{Boundary, Faults};
pub use invariants::{Invariant, Violation};
pub use simulate::{Report, Setting, shrink, simulate};
