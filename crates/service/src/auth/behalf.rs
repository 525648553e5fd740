//! On whose behalf a caller calls: tenant and principal in one piece of metadata, `TENANT/PRINCIPAL`, each
//! percent-encoded. Who may say so is the guard's business.

use http::{HeaderMap, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Metadata key, and header, of whom a call is for.
pub const BEHALF_KEY: &str = "watchroom-on-behalf-of";

/// What stands in a name as it is; a slash does not, so that the first one ends the tenant.
const NAME: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Names in bytes: a tenant that a caller who is not asked who it is may name has as many.
const LONGEST_NAME: usize = 256;

/// Whom a call is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behalf {
    tenant: String,
    principal: String,
}

/// Metadata that names nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{BEHALF_KEY} must be given once, as TENANT/PRINCIPAL, both percent-encoded")]
pub(crate) struct NotBehalf;

impl Behalf {
    /// A principal of a tenant; the empty tenant is the default one.
    pub fn new(tenant: &str, principal: &str) -> Self {
        Self { tenant: tenant.to_owned(), principal: principal.to_owned() }
    }

    /// The tenant's name; empty for the default one.
    pub fn tenant(&self) -> &str {
        &self.tenant
    }

    /// The principal's name within it.
    pub fn principal(&self) -> &str {
        &self.principal
    }

    /// The value of the metadata.
    pub fn to_value(&self) -> HeaderValue {
        let name = |name| utf8_percent_encode(name, NAME);
        let text = format!("{}/{}", name(&self.tenant), name(&self.principal));
        HeaderValue::from_str(&text).expect("what is percent-encoded is plain ASCII")
    }

    /// What the metadata of a request says; `None` when it says nothing of this.
    pub(crate) fn of(headers: &HeaderMap) -> Result<Option<Self>, NotBehalf> {
        let mut values = headers.get_all(BEHALF_KEY).iter();
        match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some(value), None) => value.to_str().ok().and_then(Self::read).map(Some).ok_or(NotBehalf),
            (Some(_), Some(_)) => Err(NotBehalf),
        }
    }

    fn read(value: &str) -> Option<Self> {
        let (tenant, principal) = value.trim().split_once('/')?;
        let behalf = Self { tenant: name(tenant)?, principal: name(principal)? };
        Some(behalf).filter(|behalf| !behalf.principal.is_empty())
    }
}

fn name(text: &str) -> Option<String> {
    if text.contains('/') {
        return None;
    }
    let name = percent_decode_str(text).decode_utf8().ok()?;
    (name.len() <= LONGEST_NAME && !name.chars().any(char::is_control)).then(|| name.into_owned())
}

#[cfg(test)]
mod tests;
