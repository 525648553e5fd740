//! The registry's client: a lease that keeps an instance registered, and a view that follows what is registered.
//! Both live on through an outage of the registry; neither knows the registry's own store.
//!
//! ```no_run
//! use discovery::{Filter, View};
//! use tokio_util::sync::CancellationToken;
//!
//! # async fn example(name: types::AgentName, skill: types::SkillId) -> Result<(), discovery::Error> {
//! let shutdown = CancellationToken::new();
//! let view = View::watch("http://127.0.0.1:7401", Filter::default(), shutdown.clone())?;
//! let endpoint = view.until(|view| view.endpoints(&name, Some(&skill)).into_iter().next()).await;
//! println!("{endpoint:?}, {:?} behind the registry", view.stale());
//! # Ok(())
//! # }
//! ```

pub mod choose;
mod connect;
mod convert;
mod endpoint;
mod error;
mod filter;
mod follow;
mod hold;
mod lease;
mod outage;
mod outcomes;
mod view;

pub use endpoint::{Endpoint, Health, Wanted};
pub use error::Error;
pub use filter::Filter;
pub use lease::{Lease, LeaseConfig, LeaseHandle, LeaseState, Registration, Vitals};
pub use outcomes::{Outcomes, Seen};
pub use view::{Changed, View};
