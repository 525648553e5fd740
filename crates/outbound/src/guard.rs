//! Who may be called. Asked when a target is named, and again with the very address of each connection:
//! a name can resolve to something else a moment later.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use crate::address::is_public;
use crate::allow::Allow;
use crate::target::Target;

/// The public internet, and what an operator allows beyond it; or everything. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Guard(Reach);

#[derive(Debug, Clone)]
enum Reach {
    Public(Arc<[Allow]>),
    All,
}

/// A target that must not be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is an address that is not public, and not on the allow-list")]
pub struct Forbidden;

impl Guard {
    /// The public internet and these.
    pub fn new(allowed: impl IntoIterator<Item = Allow>) -> Self {
        Self(Reach::Public(allowed.into_iter().collect()))
    }

    /// Every address, also of this machine and its network.
    pub const fn anywhere() -> Self {
        Self(Reach::All)
    }

    /// The same, and the host of `target`: whoever is entitled to name it means it.
    #[must_use]
    pub fn also(self, target: &Target) -> Self {
        match self.0 {
            Reach::All => self,
            Reach::Public(allowed) => Self::new(allowed.iter().cloned().chain(Allow::host_of(target))),
        }
    }

    /// Refuses a target whose address can be told without asking anybody: one by number, and the machine itself.
    ///
    /// # Errors
    /// [`Forbidden`].
    pub fn check(&self, target: &Target) -> Result<(), Forbidden> {
        let own = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
        let known: &[IpAddr] = match target.literal() {
            Some(address) => &[address],
            None if target.is_local_name() => &own,
            None => return Ok(()),
        };
        let admitted = known.iter().any(|ip| self.admits(target.host(), SocketAddr::new(*ip, target.port())));
        if admitted { Ok(()) } else { Err(Forbidden) }
    }

    /// Whether a connection to `address` may be opened for a target of this host name.
    pub fn admits(&self, host: &str, address: SocketAddr) -> bool {
        match &self.0 {
            Reach::All => true,
            Reach::Public(allowed) => is_public(address.ip()) || allowed.iter().any(|it| it.admits(host, address)),
        }
    }
}

/// The public internet and nothing else.
impl Default for Guard {
    fn default() -> Self {
        Self::new([])
    }
}
