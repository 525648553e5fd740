//! What goes out to addresses that others name: webhooks, cards, agents. Which of them may be called, the connection to
//! what was checked and to nothing else, TLS, and the fetch of a small document. Knows no A2A and no gRPC.
//!
//! ```
//! use outbound::{Guard, Target};
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
mod connector;
mod dial;
mod error;
mod fetch;
mod guard;
mod roots;
mod stream;
mod target;

pub use allow::{Allow, BadAllow};
pub use connector::Connector;
pub use dial::{Dialer, Speaks};
pub use error::{DialError, Stranger, TlsError};
pub use fetch::{FetchError, fetch};
pub use guard::{Forbidden, Guard};
pub use roots::{BadRoots, Roots};
pub use stream::Stream;
pub use target::{BadTarget, Target};
