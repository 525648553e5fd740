//! The wire: generated messages and services, their descriptor set, and exact ProtoJSON.
//! Holds no logic; what a message means is decided where it is parsed.

mod canonical;
mod codec;
mod exact;
#[path = "gen/mod.rs"]
#[allow(missing_docs, clippy::wildcard_imports, clippy::too_many_lines, clippy::large_enum_variant, unreachable_pub)]
mod generated;
mod json;
mod members;
pub mod raw;
mod required;
mod straight;
mod text;
mod time;
pub mod value;
pub mod wire;

pub use canonical::is_canonical;
pub use codec::{Plain, Prepared, Strict, malformed};
pub use exact::{Exact, decode_exact};
pub use generated::{lf, watchroom};
pub use json::{JsonError, from_json, from_json_exact, to_json};
pub use members::{Members, take::Taking};
pub use required::required_fields;
pub use text::{from_member, from_text, from_value, to_text, to_value, write as write_text};
pub use value::{ListValue, Struct, Value};

/// The encoded `FileDescriptorSet` of every service here, for reflection.
pub const DESCRIPTORS: &[u8] = include_bytes!("gen/descriptors.bin");

/// The JSON of A2A's messages.
#[allow(
    deprecated,
    clippy::wildcard_imports,
    clippy::too_many_lines,
    clippy::match_single_binding,
    clippy::redundant_closure_for_method_calls
)]
mod a2a_json {
    include!("gen/json.rs");
}

/// The A2A messages and client; the server is [`a2a_server`].
pub use generated::lf::a2a::v1 as a2a;

/// The A2A server over answers that are already encoded.
#[allow(missing_docs, clippy::wildcard_imports, clippy::too_many_lines, unreachable_pub)]
mod a2a_service {
    include!("gen/lf.a2a.v1.A2AService.rs");
}
pub use a2a_service::a2_a_service_server as a2a_server;

/// The registry's server over cards as the bytes that came; see [`raw`].
#[allow(missing_docs, clippy::wildcard_imports, clippy::too_many_lines, unreachable_pub)]
mod registry_service {
    include!("gen/watchroom.registry.v1.Registry.rs");
}
pub use registry_service::registry_server;
