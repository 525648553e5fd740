//! Dispatching: which units go where. The rules are pure (`scenario`, `choice`, `unit`, `geo`); `desk` is the edge.

mod answer;
mod board;
mod card;
mod choice;
mod desk;
mod geo;
mod request;
mod row;
mod scenario;
mod unit;

#[cfg(test)]
mod tests;

pub(crate) use card::skills;
pub use desk::{Args, Desk};
pub use scenario::{Scenario, ScenarioError};
