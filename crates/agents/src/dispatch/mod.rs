//! Dispatching: which units go where. The rules are pure (`scenario`, `choice`, `unit`, `geo`); `desk` is the edge.

mod answer;
mod board;
mod card;
mod chance;
mod choice;
mod clock;
mod desk;
mod draft;
mod ears;
mod flight;
mod geo;
mod history;
mod keeper;
mod life;
mod orders;
mod progress;
mod redirect;
mod request;
mod row;
mod scenario;
mod town;
mod unit;
mod units;
mod wait;
mod waiting;

#[cfg(test)]
mod tests;

pub(crate) use card::skills;
pub use clock::{NotSpeed, Speed};
pub use desk::{Args, Desk};
pub use scenario::{Scenario, ScenarioError};
pub use town::NotOpened;
