//! The service agents: fire, police and ambulance, each a card over one shared dispatch desk.
//! They know tasks and units; what a task is part of is its caller's business.
//!
//! ```
//! let town = agents::Scenario::sample();
//! assert!(town.unit_count(triage::Service::Fire) >= 12);
//! ```

mod ambulance;
mod dispatch;
mod fire;
mod police;

pub use ambulance::Ambulance;
pub use dispatch::{Args, Desk, NotOpened, NotSpeed, Scenario, ScenarioError, Speed};
pub use fire::Fire;
pub use police::Police;
