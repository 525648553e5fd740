//! A unit's states, the table of its transitions, and what is known of one unit.
//!
//! | from | to |
//! |---|---|
//! | Available | Assigned, OutOfService |
//! | Assigned | Acknowledged, AssignmentCancelled, OutOfService |
//! | Acknowledged | EnRoute, AssignmentCancelled, OutOfService |
//! | EnRoute | OnScene, AssignmentCancelled, OutOfService |
//! | OnScene | Transporting, Cleared |
//! | Transporting | AtHospital |
//! | AtHospital | Cleared |
//! | Cleared | Available |
//! | AssignmentCancelled | Available |
//! | OutOfService | Available |
//!
//! A redirect tells a unit another place. It leads from a state to itself, and from OnScene on to EnRoute:
//!
//! | from | redirected to |
//! |---|---|
//! | Assigned, Acknowledged, EnRoute | the same, with a new ETA |
//! | OnScene | EnRoute, or the same where the place is the same point in other words |
//!
//! A unit works for a dispatch from Assigned until it is Available, out of service, or called off.

use std::sync::Arc;
use std::time::Duration;

use types::{Owner, Principal, Tenant, Timestamp};

use super::geo::Position;

/// Where a unit is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Available,
    Assigned,
    Acknowledged,
    EnRoute,
    OnScene,
    Transporting,
    AtHospital,
    Cleared,
    OutOfService,
    AssignmentCancelled,
}

/// Why a unit changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// A dispatch took it.
    Dispatched,
    /// It told so, or its time had come.
    Progress,
    /// Its dispatch was released.
    Released,
    /// It did not acknowledge, turn out or arrive in time.
    Withdrawn,
    /// A dispatch of higher priority needed it.
    Preempted,
    /// Its dispatch was told another place.
    Redirected,
}

impl Reason {
    pub(crate) const ALL: [Self; 6] =
        [Self::Dispatched, Self::Progress, Self::Released, Self::Withdrawn, Self::Preempted, Self::Redirected];
}

impl State {
    pub(crate) const ALL: [Self; 10] = [
        Self::Available,
        Self::Assigned,
        Self::Acknowledged,
        Self::EnRoute,
        Self::OnScene,
        Self::Transporting,
        Self::AtHospital,
        Self::Cleared,
        Self::OutOfService,
        Self::AssignmentCancelled,
    ];

    /// Whether the table leads from here to `next` in one step.
    pub(crate) fn leads_to(self, next: Self) -> bool {
        match self {
            Self::Available => matches!(next, Self::Assigned | Self::OutOfService),
            Self::Assigned => matches!(next, Self::Acknowledged | Self::AssignmentCancelled | Self::OutOfService),
            Self::Acknowledged => matches!(next, Self::EnRoute | Self::AssignmentCancelled | Self::OutOfService),
            Self::EnRoute => matches!(next, Self::OnScene | Self::AssignmentCancelled | Self::OutOfService),
            Self::OnScene => matches!(next, Self::Transporting | Self::Cleared),
            Self::Transporting => matches!(next, Self::AtHospital),
            Self::AtHospital => matches!(next, Self::Cleared),
            Self::Cleared | Self::OutOfService | Self::AssignmentCancelled => matches!(next, Self::Available),
        }
    }

    /// Whether a redirect leads from here to `next`.
    pub(crate) fn turns_to(self, next: Self) -> bool {
        match self {
            Self::Assigned | Self::Acknowledged | Self::EnRoute => next == self,
            Self::OnScene => matches!(next, Self::OnScene | Self::EnRoute),
            Self::Available
            | Self::Transporting
            | Self::AtHospital
            | Self::Cleared
            | Self::OutOfService
            | Self::AssignmentCancelled => false,
        }
    }

    /// Whether a unit in this state works for a dispatch.
    pub(crate) fn works(self) -> bool {
        match self {
            Self::Assigned
            | Self::Acknowledged
            | Self::EnRoute
            | Self::OnScene
            | Self::Transporting
            | Self::AtHospital
            | Self::Cleared => true,
            Self::Available | Self::OutOfService | Self::AssignmentCancelled => false,
        }
    }

    /// Whether it has been sent and is not there yet.
    pub(crate) fn is_coming(self) -> bool {
        self.leads_to(Self::AssignmentCancelled)
    }
}

/// What a unit is doing, and for whom.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Record {
    pub(crate) state: State,
    /// When it came into its state, or was redirected in it; by the town's clock.
    pub(crate) since: Timestamp,
    /// Rises with each assignment.
    pub(crate) epoch: u64,
    /// The number of its last change; 0 before the first.
    pub(crate) seq: u64,
    /// Where it was then; its station where unset.
    pub(crate) from: Option<Position>,
    /// What happens to it by itself.
    pub(crate) next: Option<Next>,
    pub(crate) assignment: Option<Arc<Assignment>>,
}

/// What happens to a unit by itself, and when by the town's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Next {
    pub(crate) at: Timestamp,
    pub(crate) to: State,
    pub(crate) reason: Reason,
}

/// One unit's part in a dispatch.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Assignment {
    /// Which dispatch.
    pub(crate) dispatch: DispatchKey,
    /// Where to, in the caller's words; empty where nobody knows.
    pub(crate) place: String,
    /// The type of unit that it was needed as.
    pub(crate) role: String,
    /// 1 is the highest.
    pub(crate) priority: u8,
    /// The point that the place stands for; unset in rows of the first release.
    pub(crate) scene: Option<Position>,
    /// When the call of its dispatch came, by the town's clock.
    pub(crate) called: Timestamp,
    /// By the town's clock.
    pub(crate) assigned_at: Timestamp,
    /// When it was sent on to the place that it has now, by the town's clock; unset where it was sent there at first.
    pub(crate) redirected_at: Option<Timestamp>,
    /// Seconds from the assignment, or from the redirect.
    pub(crate) eta: u32,
    /// Which of its unit's assignments this is, from 1.
    pub(crate) epoch: u64,
}

/// A place in the caller's words, and the point that it stands for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Spot {
    pub(crate) place: String,
    pub(crate) scene: Position,
}

/// Whose dispatch, and which: the same however often its message is delivered or its attempt repeated.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct DispatchKey {
    /// The caller, as [`DispatchKey::owner_of`] names it.
    pub(crate) owner: String,
    /// The conversation, which is the incident.
    pub(crate) context: String,
    /// The step of the caller's run, or the task where there is no run.
    pub(crate) id: String,
}

/// One step of a unit's life.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Change {
    /// Rises strictly within a store.
    pub(crate) seq: u64,
    pub(crate) unit: String,
    pub(crate) from: State,
    pub(crate) reason: Reason,
    /// The part that it has in a dispatch, or had until this change.
    pub(crate) part: Option<Arc<Assignment>>,
    pub(crate) after: Record,
}

impl DispatchKey {
    /// The name of a caller in keys. Names may hold a slash, so the length of the first one keeps two owners apart.
    pub(crate) fn owner_of(owner: &Owner) -> String {
        format!("{}/{owner}", owner.tenant.as_str().len())
    }

    /// Whose it is.
    pub(crate) fn owner(&self) -> Option<Owner> {
        let (length, names) = self.owner.split_once('/')?;
        let (tenant, principal) = names.split_at_checked(length.parse().ok()?)?;
        let principal = Principal::new(principal.strip_prefix('/')?);
        Some(Owner { tenant: Tenant::new(tenant), principal })
    }
}

impl Assignment {
    /// When the unit is expected to be there.
    pub(crate) fn arrival(&self) -> Timestamp {
        self.sent_at().after(Duration::from_secs(self.eta.into()))
    }

    /// Where it goes, where the row says so.
    pub(crate) fn spot(&self) -> Option<Spot> {
        self.scene.map(|scene| Spot { place: self.place.clone(), scene })
    }

    /// When the unit was told to go to where it goes now.
    pub(crate) fn sent_at(&self) -> Timestamp {
        self.redirected_at.unwrap_or(self.assigned_at)
    }
}

impl Change {
    /// Seconds until the unit is expected to be there; 0 where it is not on its way.
    pub(crate) fn eta(&self) -> u32 {
        self.after.eta(self.after.since)
    }
}

impl Record {
    /// A unit that has never been sent anywhere.
    pub(crate) const IDLE: Self = Self {
        state: State::Available,
        since: Timestamp::from_millis(0),
        epoch: 0,
        seq: 0,
        from: None,
        next: None,
        assignment: None,
    };

    /// Seconds from `now` until the unit is expected to be there; 0 where it is not on its way.
    pub(crate) fn eta(&self, now: Timestamp) -> u32 {
        let part = self.assignment.as_ref().filter(|_| self.state.is_coming());
        let left = part.map(|part| part.arrival().since(now).as_millis().div_ceil(1000));
        left.and_then(|left| u32::try_from(left).ok()).unwrap_or_default()
    }

    /// Whether it goes to the place of its dispatch, or is there: a redirect sends it on.
    pub(crate) fn goes(&self) -> bool {
        self.state.is_coming() || self.state == State::OnScene
    }

    pub(crate) fn is_free(&self) -> bool {
        self.state.leads_to(State::Assigned)
    }

    /// The record after a step that the table has, made at `now`, or later where the record is.
    pub(crate) fn entered(&self, to: State, now: Timestamp) -> Option<Self> {
        let assignment = self.assignment.clone().filter(|_| to.works());
        self.state.leads_to(to).then(|| Self { state: to, since: self.since.max(now), assignment, ..self.clone() })
    }

    /// The record after an assignment, unless the unit is taken.
    pub(crate) fn assigned(&self, assignment: Arc<Assignment>, now: Timestamp) -> Option<Self> {
        let entered = self.entered(State::Assigned, now)?;
        Some(Self { epoch: self.epoch + 1, assignment: Some(assignment), ..entered })
    }

    /// The record after a redirect that the table has.
    pub(crate) fn redirected(&self, to: State, assignment: Arc<Assignment>, now: Timestamp) -> Option<Self> {
        let assignment = Some(assignment);
        self.state.turns_to(to).then(|| Self { state: to, since: self.since.max(now), assignment, ..self.clone() })
    }

    /// Whether it works for a dispatch that `wanted` picks.
    pub(crate) fn is_for(&self, wanted: impl Fn(&DispatchKey) -> bool) -> bool {
        self.assignment.as_ref().is_some_and(|part| wanted(&part.dispatch))
    }
}
