//! What the metadata of a call says, parsed once at the edge: version, extensions, cursor, owner.
//! Metadata of gRPC and headers of HTTP are the same here.

use http::{HeaderMap, HeaderName, HeaderValue};
use proto::a2a::{AgentCard, AgentExtension};
use types::{Owner, Principal, Seq, StoreId, Tenant, limits};

use crate::error::Error;
use crate::metadata::CURSOR;

/// The version of the protocol, `Major.Minor`.
pub const VERSION: &str = "1.0";
/// Metadata key, and header, of the version.
pub const VERSION_KEY: &str = "a2a-version";
/// Metadata key, and header, of the extensions, a comma list.
pub const EXTENSIONS_KEY: &str = "a2a-extensions";
/// Metadata key, and header, of the cursor: go on after this frame.
pub const CURSOR_KEY: &str = "watchroom-cursor";
/// Metadata key, and header, of the store that the call is meant for; whoever answers from another one refuses it.
pub const STORE_KEY: &str = "watchroom-store";

/// The same as names that need not be read again for each call.
const VERSION_NAME: HeaderName = HeaderName::from_static(VERSION_KEY);
const EXTENSIONS_NAME: HeaderName = HeaderName::from_static(EXTENSIONS_KEY);
const CURSOR_NAME: HeaderName = HeaderName::from_static(CURSOR_KEY);
const STORE_NAME: HeaderName = HeaderName::from_static(STORE_KEY);

/// Who calls and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// On whose behalf; part of every storage key.
    pub owner: Owner,
    /// The extensions that the client asked for and the agent knows.
    pub extensions: Extensions,
    /// Go on after this frame. Naming the header activates the cursor extension.
    pub cursor: Option<Seq>,
    /// The store that is meant, where the caller says: another one may be served at the same address by now.
    pub store: Option<StoreId>,
}

/// The activated extensions, in the order of the card.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extensions(Vec<String>);

impl Extensions {
    /// These, for calls that come by no wire.
    pub fn activating<'u>(uris: impl IntoIterator<Item = &'u str>) -> Self {
        Self(uris.into_iter().map(str::to_owned).collect())
    }

    /// Whether the client asked for this one, and the agent knows it.
    pub fn activated(&self, uri: &str) -> bool {
        self.0.iter().any(|active| active == uri)
    }

    /// The value that echoes them; `None` when there are none.
    pub(crate) fn echo(&self) -> Option<HeaderValue> {
        if self.0.is_empty() {
            return None;
        }
        HeaderValue::from_str(&self.0.join(", ")).ok()
    }

    fn negotiate(metadata: &HeaderMap, card: &AgentCard) -> Result<Self, Error> {
        let offered = card.capabilities.as_ref().map_or(&[][..], |capabilities| &capabilities.extensions);
        if offered.is_empty() {
            return Ok(Self::default());
        }
        let values = metadata.get_all(EXTENSIONS_NAME);
        let texts: Vec<&str> = values.iter().filter_map(|value| value.to_str().ok()).collect();
        let asked = |uri: &str| texts.iter().flat_map(|text| text.split(',')).any(|asked| asked.trim() == uri);
        let missing = |extension: &&AgentExtension| extension.required && !asked(&extension.uri);
        if let Some(extension) = offered.iter().find(missing) {
            return Err(Error::ExtensionSupportRequired(extension.uri.clone()));
        }
        Ok(Self(
            offered.iter().filter(|extension| asked(&extension.uri)).map(|extension| extension.uri.clone()).collect(),
        ))
    }
}

impl Call {
    /// Reads the metadata of a request by `principal` to `tenant` of the agent with this card.
    pub fn parse(metadata: &HeaderMap, principal: Principal, tenant: &str, card: &AgentCard) -> Result<Self, Error> {
        check_version(metadata)?;
        let mut extensions = Extensions::negotiate(metadata, card)?;
        let cursor = metadata.get(CURSOR_NAME).map(parse_cursor).transpose()?;
        if cursor.is_some() && !extensions.activated(CURSOR) {
            extensions.0.push(CURSOR.to_owned());
        }
        let store = metadata.get(STORE_NAME).map(parse_store).transpose()?;
        Ok(Self { owner: owner(principal, tenant)?, extensions, cursor, store })
    }
}

/// Whose a request by `principal` to `tenant` is.
pub(crate) fn owner(principal: Principal, tenant: &str) -> Result<Owner, Error> {
    Ok(Owner { tenant: parse_tenant(tenant)?, principal })
}

/// Refuses every version but ours, also the one that a call without any means.
pub(crate) fn check_version(metadata: &HeaderMap) -> Result<(), Error> {
    let asked = metadata.get(VERSION_NAME).and_then(|value| value.to_str().ok()).map_or("", str::trim);
    // A patch number says nothing about the wire.
    let mut numbers = asked.splitn(3, '.');
    if (numbers.next(), numbers.next()) == (Some("1"), Some("0")) {
        return Ok(());
    }
    let found = match asked {
        "" => "the call names no A2A version, which means 0.3".to_owned(),
        version => format!("A2A version {version} is not supported"),
    };
    Err(Error::VersionNotSupported(format!(
        "{found}; this agent speaks {VERSION}: add the metadata, or the header, {VERSION_KEY}: {VERSION} (grpcurl and curl: -H '{VERSION_KEY}: {VERSION}')"
    )))
}

fn parse_cursor(value: &HeaderValue) -> Result<Seq, Error> {
    let number = value.to_str().ok().and_then(|text| text.trim().parse().ok());
    number.map(Seq).ok_or_else(|| Error::invalid(CURSOR_KEY, "must be the number of a frame, 0 or more"))
}

fn parse_store(value: &HeaderValue) -> Result<StoreId, Error> {
    let id = value.to_str().ok().and_then(|text| text.trim().parse().ok());
    id.ok_or_else(|| Error::invalid(STORE_KEY, "must be the id of a store"))
}

fn parse_tenant(tenant: &str) -> Result<Tenant, Error> {
    if tenant.len() > limits::CLIENT_ID || tenant.chars().any(char::is_control) {
        let limit = limits::CLIENT_ID;
        return Err(Error::invalid("tenant", format!("must have at most {limit} bytes and no control characters")));
    }
    Ok(Tenant::new(tenant))
}
