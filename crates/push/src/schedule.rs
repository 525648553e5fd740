//! When a receiver is called again, and when it is given up: a state machine without clock, chance or I/O.

use std::time::Duration;

use types::Timestamp;

/// How patient we are with a receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Upper bound of the first pause; it doubles each time.
    pub backoff: Duration,
    /// Upper bound of any pause, also of one that the receiver asks for.
    pub max_backoff: Duration,
    /// How long a receiver may fail without a break before it is parked.
    pub patience: Duration,
}

/// How a receiver stands.
///
/// | standing | delivered | failed | redriven |
/// |---|---|---|---|
/// | `Flowing` | `Flowing` | `Failing`, its first | `Flowing` |
/// | `Failing` | `Flowing` | `Failing`, one more; `Parked` once it has failed for all of `patience` | `Flowing` |
/// | `Parked` | `Flowing` | `Parked` | `Flowing` |
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It takes what it is sent.
    Flowing,
    /// It has failed lately.
    Failing {
        /// Since when.
        since: Timestamp,
        /// How often in a row.
        failures: u32,
        /// Not called before.
        until: Timestamp,
    },
    /// It has failed for too long: nobody calls it until an operator says so.
    Parked {
        /// When the failing began.
        since: Timestamp,
        /// How often it failed.
        failures: u32,
        /// When it was given up.
        at: Timestamp,
    },
}

/// What happened to a receiver.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum News {
    /// It took a call.
    Delivered,
    /// It did not.
    Failed {
        /// When.
        at: Timestamp,
        /// When it wants to be called again, if it said so.
        retry_after: Option<Duration>,
        /// A draw from 0 to 1.
        chance: f64,
    },
    /// An operator wants it to be called again.
    Redriven,
}

impl Standing {
    /// How it stands after `news`.
    #[must_use]
    pub fn after(self, news: News, policy: &Policy) -> Self {
        match (self, news) {
            (_, News::Delivered | News::Redriven) => Self::Flowing,
            (Self::Flowing, News::Failed { at, retry_after, chance }) => {
                Self::failing(at, 1, at, policy.pause(1, retry_after, chance))
            }
            (Self::Failing { since, failures, .. }, News::Failed { at, .. }) if at.since(since) >= policy.patience => {
                Self::Parked { since, failures: failures.saturating_add(1), at }
            }
            (Self::Failing { since, failures, .. }, News::Failed { at, retry_after, chance }) => {
                let failures = failures.saturating_add(1);
                Self::failing(since, failures, at, policy.pause(failures, retry_after, chance))
            }
            (parked @ Self::Parked { .. }, News::Failed { .. }) => parked,
        }
    }

    fn failing(since: Timestamp, failures: u32, at: Timestamp, pause: Duration) -> Self {
        Self::Failing { since, failures, until: at.after(pause) }
    }

    /// How long it is left alone from `now` on; `None` when it is parked.
    pub fn rest(&self, now: Timestamp) -> Option<Duration> {
        match self {
            Self::Flowing => Some(Duration::ZERO),
            Self::Failing { until, .. } => Some(until.since(now)),
            Self::Parked { .. } => None,
        }
    }

    /// Whether it has been given up.
    pub fn is_parked(&self) -> bool {
        matches!(self, Self::Parked { .. })
    }
}

impl Policy {
    /// The pause after so many failures in a row: half of its bound at least, so that a receiver has peace, and the
    /// rest by chance, so that those who failed together do not come back together.
    fn pause(&self, failures: u32, asked: Option<Duration>, chance: f64) -> Duration {
        let doublings = failures.saturating_sub(1).min(31);
        let bound = self.backoff.saturating_mul(1 << doublings).min(self.max_backoff);
        let drawn = bound.mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0);
        drawn.max(asked.unwrap_or_default().min(self.max_backoff))
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            backoff: Duration::from_secs(1),
            max_backoff: Duration::from_secs(300),
            patience: Duration::from_secs(6 * 3600),
        }
    }
}
