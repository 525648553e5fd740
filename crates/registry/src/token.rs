//! Page tokens: opaque to clients, tied to a registry, a version and a filter.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use prost::Message;
use proto::watchroom::registry::v1 as wire;
use types::{StoreId, Tenant};

use crate::identity::Identity;
use crate::page::Cursor;

/// A text that is no page token of this registry, or not of this query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotToken {
    #[error("is not a page token of this registry")]
    Foreign,
    #[error("belongs to a query with another filter")]
    OtherFilter,
}

#[derive(Clone, PartialEq, Message)]
struct Token {
    #[prost(bytes = "vec", tag = "1")]
    registry_id: Vec<u8>,
    #[prost(message, optional, tag = "2")]
    filter: Option<wire::Filter>,
    #[prost(uint64, tag = "3")]
    version: u64,
    #[prost(string, tag = "4")]
    name: String,
    #[prost(string, tag = "5")]
    agent_version: String,
    #[prost(string, tag = "6")]
    instance_id: String,
}

/// The token of the page after `cursor`.
pub(crate) fn write(registry: StoreId, filter: &wire::Filter, cursor: &Cursor) -> String {
    let token = Token {
        registry_id: registry.as_bytes().to_vec(),
        filter: Some(filter.clone()),
        version: cursor.version,
        name: cursor.after.name.to_string(),
        agent_version: cursor.after.version.to_string(),
        instance_id: cursor.after.instance.to_string(),
    };
    URL_SAFE_NO_PAD.encode(token.encode_to_vec())
}

/// The place that `text` names in a query with `filter`.
pub(crate) fn read(registry: StoreId, filter: &wire::Filter, tenant: &Tenant, text: &str) -> Result<Cursor, NotToken> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| NotToken::Foreign)?;
    let token = Token::decode(bytes.as_slice()).map_err(|_| NotToken::Foreign)?;
    if token.registry_id != registry.as_bytes() {
        return Err(NotToken::Foreign);
    }
    if token.filter.as_ref() != Some(filter) {
        return Err(NotToken::OtherFilter);
    }
    let after = Identity {
        tenant: tenant.clone(),
        name: token.name.parse().map_err(|_| NotToken::Foreign)?,
        version: token.agent_version.into(),
        instance: token.instance_id.parse().map_err(|_| NotToken::Foreign)?,
    };
    Ok(Cursor { version: token.version, after })
}
