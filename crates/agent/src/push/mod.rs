//! Push notifications: every event of a task to every webhook that was named for it, at least once and in order.
//!
//! A configuration is a row with a cursor into the task's log, so there is no queue beside the log: what is to be sent
//! is whatever the log has after the cursor, and a restart goes on from there.

mod api;
mod args;
mod body;
mod courier;
mod meters;
mod operations;
mod outbox;
mod poster;
mod row;

pub(crate) use outbox::Changing;

pub use args::PushArgs;
pub use outbox::{Outbox, Push};
pub use poster::Poster;
