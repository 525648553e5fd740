//! Who calls, as authentication established it: the one place where that becomes a principal and a tenant.

use http::Extensions;
use service::{Identity, Role};
use types::{Owner, Principal, Tenant};

use crate::call;
use crate::error::Error;

/// A caller. Where nobody is asked who they are it is the anonymous principal, in whatever tenant it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// The caller within its tenant.
    pub principal: Principal,
    /// The tenant that it belongs to, if that was established.
    home: Option<Tenant>,
    /// Whether it may see what all callers have, by its role.
    sees_all: bool,
}

impl Who {
    /// What the extensions of a request say of its caller.
    pub fn of(extensions: &Extensions) -> Self {
        match extensions.get::<Identity>() {
            Some(identity) => Self {
                principal: Principal::new(identity.principal()),
                home: Some(Tenant::new(identity.tenant())),
                sees_all: identity.is(Role::Delegate),
            },
            None => Self {
                principal: extensions.get().cloned().unwrap_or_else(Principal::anonymous),
                home: None,
                sees_all: true,
            },
        }
    }

    /// The tenant that a request is for which names this one. A caller that names none means its own.
    ///
    /// # Errors
    /// As for what does not exist, when it is not the caller's: whether there is such a tenant is not told.
    pub fn tenant<'t>(&'t self, named: &'t str) -> Result<&'t str, Error> {
        match &self.home {
            None => Ok(named),
            Some(home) if named.is_empty() || named == home.as_str() => Ok(home.as_str()),
            Some(_) => Err(Error::ForeignTenant),
        }
    }

    /// Whose a request to `tenant` is.
    ///
    /// # Errors
    /// As [`Who::tenant`], and for a name that is none.
    pub fn owner(&self, tenant: &str) -> Result<Owner, Error> {
        call::owner(self.principal.clone(), self.tenant(tenant)?)
    }

    /// Whether it has said who it is.
    pub const fn is_known(&self) -> bool {
        self.home.is_some()
    }

    /// Whether it may see what all callers have, where that is shown: by its role, or because nobody is asked who they
    /// are and nothing is anybody's in particular.
    pub const fn sees_all(&self) -> bool {
        self.sees_all
    }

    /// Whose a request is that names no tenant.
    pub fn own(&self) -> Owner {
        Owner { tenant: self.home.clone().unwrap_or_default(), principal: self.principal.clone() }
    }
}

#[cfg(test)]
mod tests;
