//! Drives runs: commits what the engine decides, and does what follows.
//! A run is a task of the kit; this crate is the kit's driver over the engine, the dispatcher of its effects,
//! and the API of runs. The codec of engine events is here and nowhere else.

mod api;
mod call;
mod codec;
mod dispatcher;
mod driver;
mod json;
mod meters;
mod narrate;
mod plan;
mod request;
mod routes;
mod services;
mod settings;

pub use api::Api;
pub use driver::{RunState, Runs, Signal};
pub use engine::{Mode, Patience};
pub use settings::Settings;
