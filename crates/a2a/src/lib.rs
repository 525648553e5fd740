//! The A2A protocol at both ends: three server bindings (gRPC, JSON-RPC, HTTP+JSON) over one [`Backend`], the client,
//! errors, frames and cards.
//! Knows nothing of storage or of runs: tasks and frames pass through already encoded.
//!
//! Whoever writes a task keeps it by the same rules as whoever reads its frames:
//!
//! ```
//! use a2a::frame::{self, Ids};
//! use a2a::fold;
//! use proto::a2a::{Task, TaskStatus};
//! use types::{Seq, TaskState};
//!
//! let mut ours = Task { id: "t".into(), ..Task::default() };
//! let mut theirs = ours.clone();
//! let working = TaskStatus { state: TaskState::Working.wire(), ..TaskStatus::default() };
//!
//! let ids = Ids { task: "t", context: "" };
//! let bytes = frame::status(ids, &working, None, Seq(1)); // encoded once: stored, streamed and replayed as it is
//! fold::status(&mut ours, working, None);
//!
//! let event = frame::open(bytes)?;
//! assert_eq!(event.cursor.map(|cursor| cursor.seq), Some(Seq(1)));
//! fold::apply(&mut theirs, event.update)?;
//! assert_eq!(ours, theirs);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

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
mod heard;
mod http;
pub mod metadata;
mod operations;
mod oversize;
mod parse;
mod push;
mod server;
mod status;
mod status_json;
mod status_read;
mod steps;
pub mod time;
mod typed;
mod who;

pub use crate::http::http_routes;
pub use backend::{Artifacts, Backend, History, ListQuery, SendRequest, Wait};
pub use call::{CURSOR_KEY, Call, EXTENSIONS_KEY, Extensions, STORE_KEY, VERSION, VERSION_KEY};
pub use card::{Card, GRPC, HTTP_JSON, JSON_RPC, validate as validate_card};
pub use client::{Binding, Client, Events, NotNamed, Reply, Snapshot, UnknownBinding, named};
pub use client_error::ClientError;
pub use digest::framed_body;
pub use error::{Error, Violation};
pub use follow::Followed;
pub use heard::Heard;
pub use push::{Authentication, PushConfig, PushPage};
pub use server::{Grpc, routes};
pub use steps::{Fence, Fenced};
pub use typed::Typed;
pub use who::Who;
