//! The kit that every service with tasks is made of: durability, idempotency, streams, recovery, written once.
//! Knows tasks, not runs: what a task is for is its [`Driver`]'s or its [`Agent`]'s business.

mod accept;
mod admin;
mod agent;
mod answer;
mod args;
mod backend;
mod compose;
mod context;
mod driver;
mod fault;
mod frames;
mod handle;
mod kit;
mod live;
mod meters;
mod page;
mod process;
mod record;
mod recover;
mod runner;
mod setup;
mod timers;
mod turns;
mod volatile;
pub mod words;

pub use a2a::frame::Chunk;
pub use admin::Logs;
pub use agent::{Agent, Failure, Finish, Profile};
pub use args::{Args, Durability};
pub use context::{Context, NotCommitted};
pub use driver::{Change, Damaged, Decision, Driver, Input, View};
pub use frames::Frames;
pub use handle::Handle;
pub use kit::{Kit, Parts};
pub use process::main;
pub use setup::Setup;
pub use turns::Turns;
