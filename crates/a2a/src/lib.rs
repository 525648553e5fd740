//! The A2A protocol at both ends: the gRPC server over a [`Backend`], the client, errors, frames and cards.
//! Knows nothing of storage or of runs: tasks and frames pass through already encoded.

mod backend;
mod call;
mod card;
mod client;
mod client_error;
mod digest;
mod error;
pub mod fold;
mod follow;
pub mod frame;
pub mod metadata;
mod parse;
mod server;
mod status;
pub mod time;
mod typed;

pub use backend::{Artifacts, Backend, History, ListQuery, SendRequest, Wait};
pub use call::{CURSOR_KEY, Call, EXTENSIONS_KEY, Extensions, VERSION, VERSION_KEY};
pub use card::{Card, GRPC, validate as validate_card};
pub use client::{Client, Events, Reply, Snapshot};
pub use client_error::ClientError;
pub use digest::body_digest_parts;
pub use error::{Error, Violation};
pub use follow::Followed;
pub use server::{Grpc, routes};
pub use typed::Typed;
