//! Where an incident is in its life, as a table; no time, no store, no units by name.
//!
//! | from | Called | Assigned | EnRoute | OnScene | SentOn | Settled | CalledOff |
//! |---|---|---|---|---|---|---|---|
//! | Active | – | Assigned | EnRoute | OnScene | – | Closed | Cancelled |
//! | Assigned | – | – | EnRoute | OnScene | – | Closed | Cancelled |
//! | EnRoute | – | – | – | OnScene | – | Closed | Cancelled |
//! | OnScene | – | – | – | – | EnRoute | Closed | Cancelled |
//! | ReOpened | – | Assigned | EnRoute | OnScene | – | Closed | Cancelled |
//! | Closed | ReOpened | – | – | – | – | – | – |
//! | Cancelled | ReOpened | – | – | – | – | – | – |
//!
//! It tells the furthest that anybody has come, so it never goes back while it is open, but for a redirect: who came to
//! another place than where help is needed has not come.

/// Where an incident is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// Somebody has called, and nobody goes yet.
    Active,
    /// Units are on it.
    Assigned,
    /// One is on its way.
    EnRoute,
    /// One is there.
    OnScene,
    /// What was sent has cleared, or nobody was needed.
    Closed,
    /// Nothing was done, and what was under way was called off.
    Cancelled,
    /// A further call came after the end.
    ReOpened,
}

/// What can move it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum News {
    /// A call, the first or a further one.
    Called,
    /// A unit was assigned.
    Assigned,
    /// A unit has set out.
    EnRoute,
    /// A unit has arrived.
    OnScene,
    /// Whoever was there has been sent on to another place.
    SentOn,
    /// Nothing is open any more, and somebody has done what was needed.
    Settled,
    /// Nothing is open any more, since it was called off.
    CalledOff,
}

impl Status {
    /// Whether more is to come without a further call.
    pub(super) const fn is_open(self) -> bool {
        match self {
            Self::Active | Self::Assigned | Self::EnRoute | Self::OnScene | Self::ReOpened => true,
            Self::Closed | Self::Cancelled => false,
        }
    }

    /// Where `news` lead from here; here when the table has nothing for them.
    pub(super) const fn after(self, news: News) -> Self {
        match (self, news) {
            (Self::Active | Self::ReOpened, News::Assigned) => Self::Assigned,
            (Self::Active | Self::ReOpened | Self::Assigned, News::EnRoute) => Self::EnRoute,
            (Self::Active | Self::ReOpened | Self::Assigned | Self::EnRoute, News::OnScene) => Self::OnScene,
            (Self::OnScene, News::SentOn) => Self::EnRoute,
            (Self::Closed | Self::Cancelled, News::Called) => Self::ReOpened,
            (Self::Active | Self::ReOpened | Self::Assigned | Self::EnRoute | Self::OnScene, News::Settled) => {
                Self::Closed
            }
            (Self::Active | Self::ReOpened | Self::Assigned | Self::EnRoute | Self::OnScene, News::CalledOff) => {
                Self::Cancelled
            }
            (Self::Active | Self::Assigned | Self::EnRoute | Self::OnScene | Self::ReOpened, News::Called)
            | (Self::Assigned | Self::EnRoute | Self::OnScene, News::Assigned)
            | (Self::EnRoute | Self::OnScene, News::EnRoute)
            | (Self::OnScene, News::OnScene)
            | (Self::Active | Self::Assigned | Self::EnRoute | Self::ReOpened, News::SentOn)
            | (
                Self::Closed | Self::Cancelled,
                News::Assigned | News::EnRoute | News::OnScene | News::SentOn | News::Settled | News::CalledOff,
            ) => self,
        }
    }
}
