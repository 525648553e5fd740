//! How far a caller sees: what works for others is busy to it, and no more.

use a2a::Who;
use proto::watchroom::emergency::v1::{Caller, UnitStatus};
use types::Owner;

use super::present::status;
use crate::dispatch::unit::{Assignment, DispatchKey, State};

/// Whose dispatches a caller sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sight {
    /// Everybody's, where nobody is asked who they are.
    Open,
    /// Everybody's, and whose they are.
    All,
    /// Those of the owner with this name in keys.
    Own(String),
}

impl Sight {
    /// That of a caller.
    pub(crate) fn of(who: &Who) -> Self {
        match (who.sees_all(), who.is_known()) {
            (true, false) => Self::Open,
            (true, true) => Self::All,
            (false, _) => Self::Own(DispatchKey::owner_of(&who.own())),
        }
    }

    /// Whether all is told of a unit with this part in a dispatch.
    pub(crate) fn shows(&self, part: Option<&Assignment>) -> bool {
        match (self, part) {
            (Self::Open | Self::All, _) => true,
            (Self::Own(_), None) => false,
            (Self::Own(owner), Some(part)) => part.dispatch.owner == *owner,
        }
    }

    /// Whose a dispatch is, where that is told.
    pub(crate) fn caller(&self, dispatch: &DispatchKey) -> Option<Caller> {
        match self {
            Self::All => {
                let Owner { tenant, principal } = dispatch.owner()?;
                Some(Caller { tenant: tenant.as_str().to_owned(), principal: principal.as_str().to_owned() })
            }
            Self::Open | Self::Own(_) => None,
        }
    }

    /// A state as the caller is told it of a unit with this part.
    pub(crate) fn status(&self, state: State, part: Option<&Assignment>) -> UnitStatus {
        if self.shows(part) { status(state) } else { outside(state) }
    }
}

/// What everybody may know: whether it could go.
pub(crate) fn outside(state: State) -> UnitStatus {
    match state {
        State::Available | State::OutOfService => status(state),
        State::Assigned
        | State::Acknowledged
        | State::EnRoute
        | State::OnScene
        | State::Transporting
        | State::AtHospital
        | State::Cleared
        | State::AssignmentCancelled => UnitStatus::Busy,
    }
}
