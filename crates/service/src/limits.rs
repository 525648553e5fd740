//! The transport's bounds, in bytes and counts.

/// Largest request by policy; a strict codec refuses more with a typed error.
pub const REQUEST: usize = 4 << 20;

/// What transports decode at most: above [`REQUEST`], so that the refusal is the codec's typed one.
/// For `max_decoding_message_size` of every generated server and client.
pub const DECODE: usize = 5 << 20;

/// All metadata of one request.
pub const METADATA: u32 = 16 << 10;

/// Concurrent calls on one connection.
pub const STREAMS: u32 = 200;
