//! A unit's states and the table of its transitions.
//!
//! | from | to |
//! |---|---|
//! | Available | Assigned, OutOfService |
//! | Assigned | Acknowledged, Available (cancelled), OutOfService |
//! | Acknowledged | EnRoute, Available (cancelled), OutOfService |
//! | EnRoute | OnScene, Available (cancelled), OutOfService |
//! | OnScene | Transporting, Cleared |
//! | Transporting | AtHospital |
//! | AtHospital | Cleared |
//! | Cleared | Available |
//! | OutOfService | Available |
//!
//! A release frees a unit that is not on scene yet.

use types::Timestamp;

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
}

impl State {
    pub(crate) const ALL: [Self; 9] = [
        Self::Available,
        Self::Assigned,
        Self::Acknowledged,
        Self::EnRoute,
        Self::OnScene,
        Self::Transporting,
        Self::AtHospital,
        Self::Cleared,
        Self::OutOfService,
    ];

    /// Whether the table leads from here to `next` in one step.
    pub(crate) fn leads_to(self, next: Self) -> bool {
        match self {
            Self::Available => matches!(next, Self::Assigned | Self::OutOfService),
            Self::Assigned => matches!(next, Self::Acknowledged | Self::Available | Self::OutOfService),
            Self::Acknowledged => matches!(next, Self::EnRoute | Self::Available | Self::OutOfService),
            Self::EnRoute => matches!(next, Self::OnScene | Self::Available | Self::OutOfService),
            Self::OnScene => matches!(next, Self::Transporting | Self::Cleared),
            Self::Transporting => matches!(next, Self::AtHospital),
            Self::AtHospital => matches!(next, Self::Cleared),
            Self::Cleared | Self::OutOfService => matches!(next, Self::Available),
        }
    }
}

/// What a unit is doing, and for whom.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Record {
    pub(crate) state: State,
    pub(crate) since: Timestamp,
    pub(crate) assignment: Option<Assignment>,
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
    /// Seconds from the assignment.
    pub(crate) eta: u32,
}

/// Whose dispatch, and which: the same however often its message is delivered or its attempt repeated.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct DispatchKey {
    /// The caller, as `tenant/principal`.
    pub(crate) owner: String,
    /// The conversation, which is the incident.
    pub(crate) context: String,
    /// The step of the caller's run, or the task where there is no run.
    pub(crate) id: String,
}

impl Record {
    /// A unit that has never been sent anywhere.
    pub(crate) const IDLE: Self = Self { state: State::Available, since: Timestamp::from_millis(0), assignment: None };

    pub(crate) fn is_free(&self) -> bool {
        self.state.leads_to(State::Assigned) && self.assignment.is_none()
    }

    /// The record after an assignment, unless the unit is taken.
    pub(crate) fn assigned(&self, assignment: Assignment, now: Timestamp) -> Option<Self> {
        let since = self.since.max(now);
        self.is_free().then_some(Self { state: State::Assigned, since, assignment: Some(assignment) })
    }

    /// The record after a release, unless there is nothing to release.
    /// A crew on scene is busy until it has cleared, whoever calls it off.
    pub(crate) fn released(&self, now: Timestamp) -> Option<Self> {
        self.assignment.as_ref().filter(|_| self.state.leads_to(State::Available))?;
        Some(Self { state: State::Available, since: self.since.max(now), assignment: None })
    }
}
