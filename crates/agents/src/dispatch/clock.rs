//! The town's clock: it runs at a speed of its own from a point in our time, and never goes back.

use types::Timestamp;

/// How the town's time follows from ours.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Clock {
    /// A moment of ours.
    pub(crate) ours: Timestamp,
    /// What the town's clock showed then.
    pub(crate) town: Timestamp,
    /// Its seconds per second of ours.
    pub(crate) speed: f64,
}

impl Clock {
    /// The town's time at a moment of ours.
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub(crate) fn at(&self, ours: Timestamp) -> Timestamp {
        let passed = ours.since(self.ours).as_millis() as f64 * self.speed;
        Timestamp::from_millis(self.town.as_millis().saturating_add(passed as u64))
    }
}
