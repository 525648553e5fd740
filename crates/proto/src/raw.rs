//! Messages with a part of them as the bytes that came. Wire-identical to the generated ones, which have the comments.
//!
//! The registry's keep the card: a decoded card forgets the fields that this version does not know, and a signature
//! covers them. A request to an agent keeps its message, which is stored as it came and seldom needed as a tree.

use bytes::{Buf, BufMut, Bytes, BytesMut};
use prost::encoding::{self, DecodeContext, WireType, skip_field};
use prost::{DecodeError, Message};

use crate::Struct;
use crate::a2a::SendMessageConfiguration;
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

/// `lf.a2a.v1.SendMessageRequest`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SendMessageRequest {
    /// The tenant.
    pub tenant: String,
    /// An encoded `Message`.
    pub message: Option<Bytes>,
    /// How it is to be answered.
    pub configuration: Option<SendMessageConfiguration>,
    /// Metadata of the request.
    pub metadata: Option<Struct>,
}

impl Message for SendMessageRequest {
    fn encode_raw(&self, out: &mut impl BufMut) {
        if !self.tenant.is_empty() {
            encoding::string::encode(1, &self.tenant, out);
        }
        self.message.iter().for_each(|message| encoding::bytes::encode(2, message, out));
        self.configuration.iter().for_each(|configuration| encoding::message::encode(3, configuration, out));
        self.metadata.iter().for_each(|metadata| encoding::message::encode(4, metadata, out));
    }

    fn merge_field(
        &mut self,
        tag: u32,
        wire: WireType,
        input: &mut impl Buf,
        context: DecodeContext,
    ) -> Result<(), DecodeError> {
        let (name, merged) = match tag {
            1 => ("tenant", encoding::string::merge(wire, &mut self.tenant, input, context)),
            2 => ("message", join(&mut self.message, wire, input, context)),
            3 => {
                let own = self.configuration.get_or_insert_default();
                ("configuration", encoding::message::merge(wire, own, input, context))
            }
            4 => ("metadata", encoding::message::merge(wire, self.metadata.get_or_insert_default(), input, context)),
            _ => return skip_field(wire, tag, input, context),
        };
        merged.map_err(|mut error| {
            error.push("SendMessageRequest", name);
            error
        })
    }

    fn encoded_len(&self) -> usize {
        let tenant = if self.tenant.is_empty() { 0 } else { encoding::string::encoded_len(1, &self.tenant) };
        tenant
            + self.message.as_ref().map_or(0, |message| encoding::bytes::encoded_len(2, message))
            + self.configuration.as_ref().map_or(0, |own| encoding::message::encoded_len(3, own))
            + self.metadata.as_ref().map_or(0, |metadata| encoding::message::encoded_len(4, metadata))
    }

    fn clear(&mut self) {
        *self = Self::default();
    }
}

/// Takes in an encoded message. One that comes in pieces is merged from them, and that is what their bytes one after the
/// other decode to: none of them may be cut off, or the next would complete it.
fn join(
    whole: &mut Option<Bytes>,
    wire: WireType,
    input: &mut impl Buf,
    context: DecodeContext,
) -> Result<(), DecodeError> {
    let mut piece = Bytes::new();
    encoding::bytes::merge(wire, &mut piece, input, context.clone())?;
    let mut rest = &piece[..];
    while !rest.is_empty() {
        let (tag, wire) = encoding::decode_key(&mut rest)?;
        skip_field(wire, tag, &mut rest, context.clone())?;
    }
    *whole = Some(match whole.take() {
        None => piece,
        Some(first) if piece.is_empty() => first,
        Some(first) => {
            // Grown in place: a request has room for a million pieces.
            let mut both = first.try_into_mut().unwrap_or_else(|shared| BytesMut::from(&shared[..]));
            both.extend_from_slice(&piece);
            both.freeze()
        }
    });
    Ok(())
}
