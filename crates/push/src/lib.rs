//! Webhooks: which address may be called, when a failed call is made again, and one call.
//! Knows no tasks and no store: what is delivered, and in which order, is the kit's business.
//!
//! ```
//! use push::{Guard, Target};
//!
//! let guard = Guard::new(["127.0.0.1:9000".parse()?]);
//! let ours: Target = "http://127.0.0.1:9000/hook".parse()?;
//! let other: Target = "http://127.0.0.1:9001/hook".parse()?;
//! assert!(guard.check(&ours).is_ok());
//! assert!(guard.check(&other).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod address;
mod allow;
mod failure;
mod guard;
mod letter;
mod line;
mod schedule;
mod sender;
mod target;

pub use allow::{Allow, BadAllow};
pub use failure::Failure;
pub use guard::{Forbidden, Guard};
pub use letter::{Keys, Letter};
pub use line::Line;
pub use schedule::{News, Policy, Standing};
pub use sender::Sender;
pub use target::{BadTarget, Target};
