//! Whose a task is, and how far a caller may see.

use std::fmt;
use std::sync::Arc;

/// A customer of the cluster; the empty name is the default tenant.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tenant(Arc<str>);

/// Who calls, as authentication established it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Principal(Arc<str>);

impl Tenant {
    /// The tenant of that name.
    pub fn new(name: &str) -> Self {
        Self(name.into())
    }

    /// The name; empty for the default tenant.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Principal {
    /// The principal of that name.
    pub fn new(name: &str) -> Self {
        Self(name.into())
    }

    /// The one principal of the dev profile, where nobody is asked who they are.
    pub fn anonymous() -> Self {
        Self::new("anonymous")
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The owner of a task; part of its storage key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Owner {
    /// The tenant.
    pub tenant: Tenant,
    /// The principal within it.
    pub principal: Principal,
}

impl Owner {
    /// The only owner of a cluster in the dev profile.
    pub fn anonymous() -> Self {
        Self { tenant: Tenant::new(""), principal: Principal::anonymous() }
    }
}

impl Default for Tenant {
    fn default() -> Self {
        Self::new("")
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.tenant.as_str(), self.principal.as_str())
    }
}

/// How far a read may see. A task out of scope is as if it did not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// One owner's tasks.
    Owner(Owner),
    /// All tasks of a tenant.
    Tenant(Tenant),
    /// Everything: the service's own recovery and its admin API, never a caller's request.
    Service,
}

impl Scope {
    /// Whether a task of `owner` is in scope.
    pub fn admits(&self, owner: &Owner) -> bool {
        match self {
            Self::Owner(own) => own == owner,
            Self::Tenant(tenant) => *tenant == owner.tenant,
            Self::Service => true,
        }
    }
}
