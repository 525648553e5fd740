//! Webhooks: when a failed call is made again, and one call. Whom may be called is `outbound`'s to say.
//! Knows no tasks and no store: what is delivered, and in which order, is the kit's business.
//!
//! ```
//! use std::time::Duration;
//!
//! use outbound::{Dialer, Guard, Roots};
//!
//! let guard = Guard::new(["127.0.0.1:9000".parse()?]);
//! let sender = push::Sender::new(Dialer::new(guard, Roots::default()), Duration::from_secs(10));
//! # drop(sender);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod failure;
mod letter;
mod line;
mod schedule;
mod sender;

pub use failure::Failure;
pub use letter::{Keys, Letter};
pub use line::Line;
pub use schedule::{News, Policy, Standing};
pub use sender::Sender;
