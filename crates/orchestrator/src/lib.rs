//! Drives runs: commits what the engine decides, and does what follows.
//! A run is a task of the kit; this crate is the kit's driver over the engine, the dispatcher of its effects,
//! and the API of runs. The codec of engine events is here and nowhere else.
//!
//! ```
//! use orchestrator::{Mode, Settings};
//! use std::time::Duration;
//!
//! let settings = Settings { mode: Mode::Parallel, ..Settings::default() };
//! assert!(settings.check().is_ok());
//! let never = Settings { timeout: Duration::ZERO, ..settings };
//! assert_eq!(never.check().unwrap_err().field, "timeout");
//! ```

mod api;
mod bounds;
mod call;
pub mod codec;
mod dispatcher;
mod driver;
mod duty;
mod incident;
mod json;
mod meters;
mod narrate;
mod plan;
mod question;
mod read;
mod request;
mod resume;
mod routes;
mod services;
mod settings;
mod state;

pub use api::Api;
pub use dispatcher::take_up;
pub use driver::{Deed, Runs, Signal};
pub use duty::{Duty, Found, KIND as DUTIES, Key as AttemptKey, StillListed};
pub use engine::{Mode, Patience};
pub use incident::{Incidents, incidents};
pub use request::resume as going_on;
pub use resume::{KIND as RESUMED, open as resume};
pub use settings::{Foreign, Keep, Settings};
pub use state::{Outside, RunState};
