//! Who calls: static bearer tokens from a file, checked before any handler on every route of the protocol listener.
//! Without a file nobody is asked, and every caller is the same anonymous one.

mod behalf;
mod file;
mod guard;
mod identity;
mod refusal;
mod tokens;

pub use behalf::{BEHALF_KEY, Behalf};
pub use guard::{PUBLIC_CARD, RPC_PATH, Rule};
pub use identity::{Identity, Role};
pub use refusal::NOT_ADMITTED;
pub use tokens::bearer_of;

pub(crate) use guard::Guard;
pub(crate) use tokens::Tokens;
