//! The kit that every service with tasks is made of: durability, idempotency, streams, recovery, written once.
//! Knows tasks, not runs: what a task is for is its [`Driver`]'s or its [`Agent`]'s business.
//!
//! ```no_run
//! use agent::{Agent, Context, Failure, Finish, Profile, Setup, words};
//! use proto::a2a::AgentSkill;
//!
//! struct Clock;
//!
//! #[derive(Debug, clap::Args)]
//! struct NoArgs {}
//!
//! impl Agent for Clock {
//!     const NAME: &'static str = "clock";
//!     const ABOUT: &'static str = "Says what time it is";
//!     const PORT: u16 = 7490;
//!     const ADMIN_PORT: u16 = 8490;
//!     type Args = NoArgs;
//!
//!     async fn open(_: NoArgs, _: &Setup) -> Result<Self, service::Fatal> {
//!         Ok(Self)
//!     }
//!
//!     fn profile(&self) -> Profile {
//!         let skill = AgentSkill {
//!             id: "time".into(),
//!             name: "Time".into(),
//!             description: "Says what time it is".into(),
//!             tags: vec!["time".into()],
//!             ..AgentSkill::default()
//!         };
//!         let (name, description) = ("Clock Agent".into(), "Knows the time".into());
//!         Profile { name, description, skills: vec![skill], ..Profile::default() }
//!     }
//!
//!     async fn run(&self, task: &mut Context) -> Result<Finish, Failure> {
//!         task.working("looking at the clock");
//!         Ok(Finish::Completed(words::say(format!("it is {}", task.began()))))
//!     }
//! }
//!
//! fn main() -> std::process::ExitCode {
//!     agent::main::<Clock>()
//! }
//! ```

mod accept;
mod admin;
mod agent;
mod answer;
mod args;
mod backend;
mod capability;
mod card_keys;
mod compose;
mod context;
mod draft;
mod driver;
mod fault;
mod fence;
mod frames;
mod handle;
mod idempotency;
mod kit;
mod live;
mod meters;
mod page;
mod process;
mod push;
mod record;
mod recover;
mod reply;
mod restore;
mod runner;
mod security;
mod setup;
mod timers;
mod turns;
mod volatile;
pub mod words;

pub use a2a::frame::Chunk;
pub use admin::Admin;
pub use agent::{Agent, Failure, Finish, Profile};
pub use args::{Args, Durability};
pub use capability::Capability;
pub use context::{Committed, Context, NotCommitted};
pub use driver::{Append, Change, Damaged, Decision, Driver, Haste, Input, Opening, View};
pub use frames::Frames;
pub use handle::Handle;
pub use idempotency::Idempotency;
pub use kit::{Kit, Parts};
pub use process::{main, run};
pub use push::{Outbox, Poster, Push, PushArgs};
pub use restore::restore;
pub use setup::Setup;
pub use turns::Turns;
