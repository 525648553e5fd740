//! The town's clock: it runs at a speed of its own from a point in our time, goes on across restarts, and never goes
//! back. What the town waits for is kept in its time, so another speed after a restart moves nothing.

use std::str::FromStr;
use std::time::Duration;

use bytes::Bytes;
use prost::Message;
use types::Timestamp;

/// The kind of the clock's one row.
pub(crate) const CLOCK: &str = "clock";
/// Its key.
pub(crate) const KEY: &[u8] = b"town";

/// The fastest clock, in seconds of the town per second of ours.
const FASTEST: f64 = 100_000.0;

/// How fast the town's clock runs: its seconds per second of ours.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Speed(f64);

/// Why a text is no speed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be a number above 0 and at most {FASTEST}")]
pub struct NotSpeed;

/// How the town's time follows from ours.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Clock {
    /// A moment of ours.
    ours: Timestamp,
    /// What the town's clock showed then.
    town: Timestamp,
    speed: f64,
}

#[derive(Clone, PartialEq, Message)]
struct ClockRow {
    #[prost(uint32, tag = "1")]
    schema: u32,
    #[prost(uint64, tag = "2")]
    ours: u64,
    #[prost(uint64, tag = "3")]
    town: u64,
    #[prost(double, tag = "4")]
    speed: f64,
}

impl Default for Speed {
    /// A dispatch is over within minutes, and one can still watch it.
    fn default() -> Self {
        Self(20.0)
    }
}

impl FromStr for Speed {
    type Err = NotSpeed;

    fn from_str(text: &str) -> Result<Self, NotSpeed> {
        let speed = text.parse().map_err(|_| NotSpeed)?;
        if speed > 0.0 && speed <= FASTEST { Ok(Self(speed)) } else { Err(NotSpeed) }
    }
}

impl std::fmt::Display for Speed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
impl Clock {
    /// A clock that shows our time now, and goes on at `speed`.
    pub(crate) fn started(now: Timestamp, speed: Speed) -> Self {
        Self { ours: now, town: now, speed: speed.0 }
    }

    /// The same clock from now on at `speed`; `None` when it runs at that speed already.
    pub(crate) fn geared(&self, now: Timestamp, speed: Speed) -> Option<Self> {
        let same = (self.speed - speed.0).abs() < f64::EPSILON;
        (!same).then(|| Self { ours: now, town: self.at(now), speed: speed.0 })
    }

    /// Its seconds per second of ours.
    pub(crate) fn speed(&self) -> f64 {
        self.speed
    }

    /// The town's time at a moment of ours.
    pub(crate) fn at(&self, ours: Timestamp) -> Timestamp {
        let passed = ours.since(self.ours).as_millis() as f64 * self.speed;
        self.town.after(Duration::from_millis(passed as u64))
    }

    /// How long it is by our time from `ours` until the town's clock shows `town`.
    pub(crate) fn until(&self, ours: Timestamp, town: Timestamp) -> Duration {
        let left = town.since(self.at(ours)).as_millis() as f64 / self.speed;
        Duration::from_millis(left.ceil() as u64)
    }

    pub(crate) fn encode(&self) -> Bytes {
        let row = ClockRow { schema: 1, ours: self.ours.as_millis(), town: self.town.as_millis(), speed: self.speed };
        row.encode_to_vec().into()
    }

    /// The clock of a row; `None` when it is not one.
    pub(crate) fn decode(body: &[u8]) -> Option<Self> {
        let row = ClockRow::decode(body).ok().filter(|row| row.schema == 1 && row.speed > 0.0)?;
        let (ours, town) = (Timestamp::from_millis(row.ours), Timestamp::from_millis(row.town));
        Some(Self { ours, town, speed: row.speed })
    }
}
