//! Who an instance is, and the lease that it holds.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use types::{AgentName, InstanceId, Tenant};
use uuid::Uuid;

/// Namespace of lease ids; fixed for good, since rows are keyed by them.
const LEASES: Uuid = Uuid::from_u128(0x5c2f_8a52_6a0b_4d0c_9a3e_7d1f_04b6_9e21);

/// One instance of a logical agent; the order is that of queries.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Identity {
    pub(crate) tenant: Tenant,
    pub(crate) name: AgentName,
    pub(crate) version: Arc<str>,
    pub(crate) instance: InstanceId,
}

/// The lease of one identity, whatever its epoch: so a stale holder can be told from an unknown one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct LeaseId(Uuid);

/// A text that is no lease id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a lease id: a UUID, as Register answers it")]
pub(crate) struct NotLeaseId;

impl Identity {
    /// The identity's lease.
    pub(crate) fn lease(&self) -> LeaseId {
        let parts = [self.tenant.as_str(), self.name.as_str(), &self.version, self.instance.as_str()];
        let mut name = Vec::new();
        for part in parts {
            name.extend_from_slice(&(part.len() as u64).to_be_bytes());
            name.extend_from_slice(part.as_bytes());
        }
        LeaseId(Uuid::new_v5(&LEASES, &name))
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({})", self.name, self.version, self.instance)
    }
}

impl LeaseId {
    /// The sixteen bytes, for storage keys.
    pub(crate) const fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }

    /// The lease with these bytes, if there are sixteen.
    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        Uuid::from_slice(bytes).ok().map(Self)
    }
}

impl fmt::Display for LeaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

impl FromStr for LeaseId {
    type Err = NotLeaseId;

    fn from_str(text: &str) -> Result<Self, NotLeaseId> {
        Uuid::try_parse(text).map(Self).map_err(|_| NotLeaseId)
    }
}
