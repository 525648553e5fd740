//! The registry's messages with the card as the bytes that came: a decoded card forgets the fields that this
//! version does not know, and a signature covers them. Wire-identical to `watchroom.registry.v1`, which has the comments.

use bytes::Bytes;

use crate::watchroom::registry::v1::{Bookmark, Callers, Removed, Report, Synced};

/// `Registration`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct Registration {
    /// The instance.
    #[prost(string, tag = "1")]
    pub instance_id: String,
    /// An encoded `AgentCard`.
    #[prost(bytes = "bytes", optional, tag = "2")]
    pub card: Option<Bytes>,
    /// The store behind the instance.
    #[prost(string, tag = "3")]
    pub store_id: String,
    /// What the instance is for.
    #[prost(string, tag = "4")]
    pub role: String,
    /// The field that it works in.
    #[prost(string, tag = "5")]
    pub domain: String,
}

/// `RegisterRequest`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct RegisterRequest {
    /// What to register.
    #[prost(message, optional, tag = "1")]
    pub registration: Option<Registration>,
    /// The wanted lease.
    #[prost(message, optional, tag = "2")]
    pub ttl: Option<prost_types::Duration>,
}

/// `Agent`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Agent {
    /// What was registered.
    #[prost(message, optional, tag = "1")]
    pub registration: Option<Registration>,
    /// The registration's epoch.
    #[prost(uint64, tag = "2")]
    pub epoch: u64,
    /// A `Health`.
    #[prost(enumeration = "crate::watchroom::registry::v1::Health", tag = "3")]
    pub health: i32,
    /// Tasks under way.
    #[prost(uint32, tag = "4")]
    pub in_flight: u32,
    /// When it registered.
    #[prost(message, optional, tag = "5")]
    pub registered_at: Option<prost_types::Timestamp>,
    /// When it last renewed.
    #[prost(message, optional, tag = "6")]
    pub renewed_at: Option<prost_types::Timestamp>,
    /// Whether it gets no new work.
    #[prost(bool, tag = "7")]
    pub draining: bool,
    /// Share of what it can do that is taken.
    #[prost(uint32, optional, tag = "8")]
    pub load_percent: Option<u32>,
    /// What its callers said.
    #[prost(message, optional, tag = "9")]
    pub callers: Option<Callers>,
    /// The granted lease.
    #[prost(message, optional, tag = "10")]
    pub ttl: Option<prost_types::Duration>,
    /// A `Verification`.
    #[prost(enumeration = "crate::watchroom::registry::v1::Verification", tag = "11")]
    pub verification: i32,
    /// Who signed, where it was fetched, or why not.
    #[prost(string, tag = "12")]
    pub verification_detail: String,
}

/// `QueryAgentsResponse`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct QueryAgentsResponse {
    /// The page.
    #[prost(message, repeated, tag = "1")]
    pub agents: Vec<Agent>,
    /// Where the next one starts.
    #[prost(string, tag = "2")]
    pub next_page_token: String,
    /// The version that the page shows.
    #[prost(uint64, tag = "3")]
    pub version: u64,
    /// Whose version it is.
    #[prost(string, tag = "4")]
    pub registry_id: String,
    /// Whether too many renewals are missing to evict anybody.
    #[prost(bool, tag = "5")]
    pub stale: bool,
}

/// `WatchAgentsResponse`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct WatchAgentsResponse {
    /// The version that the event made, or 0.
    #[prost(uint64, tag = "1")]
    pub version: u64,
    /// What happened.
    #[prost(oneof = "WatchEvent", tags = "2, 3, 4, 5, 6")]
    pub event: Option<WatchEvent>,
}

/// The `event` of a `WatchAgentsResponse`.
#[derive(Clone, PartialEq, prost::Oneof)]
pub enum WatchEvent {
    /// New or changed.
    #[prost(message, tag = "2")]
    Upsert(Agent),
    /// Gone.
    #[prost(message, tag = "3")]
    Removed(Removed),
    /// Caught up.
    #[prost(message, tag = "4")]
    Synced(Synced),
    /// Health and load.
    #[prost(message, tag = "5")]
    Report(Report),
    /// Nothing else matches so far.
    #[prost(message, tag = "6")]
    Bookmark(Bookmark),
}
