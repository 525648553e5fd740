//! Who a token says that its bearer is.

use std::fmt;
use std::sync::Arc;

use serde::Deserialize;

use crate::auth::behalf::Behalf;

/// What an authenticated caller is. The guard puts it into the extensions of the request; where there is none,
/// callers are not asked who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    principal: Arc<str>,
    tenant: Arc<str>,
    roles: Arc<[Role]>,
}

/// What a caller may do, in groups of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Gives work to agents and looks at what became of its own.
    Caller,
    /// Registers itself with the registry.
    Agent,
    /// Calls on behalf of any caller, and sees what all callers have.
    Delegate,
    /// Everything, also looking into stores and stopping services.
    Admin,
}

impl Identity {
    /// A caller that has been established to be this one.
    pub fn new(principal: &str, tenant: &str, roles: &[Role]) -> Self {
        Self { principal: principal.into(), tenant: tenant.into(), roles: roles.into() }
    }

    /// The caller's name within its tenant.
    pub fn principal(&self) -> &str {
        &self.principal
    }

    /// The tenant that it belongs to; empty is the default one.
    pub fn tenant(&self) -> &str {
        &self.tenant
    }

    /// Whom a call of its on behalf of another is from. What that one may as a caller it may too, and no more.
    pub(crate) fn acting_for(behalf: &Behalf) -> Self {
        Self::new(behalf.principal(), behalf.tenant(), &[Role::Caller])
    }

    /// Whether it may do what `role` may.
    pub fn is(&self, role: Role) -> bool {
        self.roles.iter().any(|own| *own == role || *own == Role::Admin)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Caller => "caller",
            Self::Agent => "agent",
            Self::Delegate => "delegate",
            Self::Admin => "admin",
        })
    }
}
