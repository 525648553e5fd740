//! The store's clock: the system's, held back from going back.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use types::Timestamp;

/// How many times slower than real time a clock goes on that was set back, until it has been caught up with.
/// Timers still fire, and an hour too much is gone after two.
const SLOWED: u32 = 2;
/// A step back that is worth a line in the log; smaller ones are how clocks are kept right.
const STEP: Duration = Duration::from_secs(1);

/// Where the time comes from; the system unless a test says otherwise.
#[derive(Clone)]
pub struct Clock {
    wall: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    steady: Arc<dyn Fn() -> Duration + Send + Sync>,
}

impl Clock {
    /// A clock that reads `wall`, and stands still where that goes back.
    pub fn new(wall: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self::with(wall, || Duration::ZERO)
    }

    /// A clock that reads `wall`, and where that goes back goes on by `steady`: the time since some moment, which nobody
    /// can set.
    pub fn with(
        wall: impl Fn() -> Timestamp + Send + Sync + 'static,
        steady: impl Fn() -> Duration + Send + Sync + 'static,
    ) -> Self {
        Self { wall: Arc::new(wall), steady: Arc::new(steady) }
    }
}

impl Default for Clock {
    fn default() -> Self {
        let since = Instant::now();
        Self::with(Timestamp::now, move || since.elapsed())
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// A clock that never shows less than it has shown or stored, and never stops.
#[derive(Debug)]
pub(crate) struct Monotone {
    clock: Clock,
    shown: Mutex<Shown>,
}

/// The last reading. Finer than what is shown, so that frequent readings do not lose what passes in between.
#[derive(Debug)]
struct Shown {
    time: Duration,
    steady: Duration,
    /// Whether the log says that it is ahead.
    ahead: bool,
}

impl Monotone {
    pub(crate) fn new(clock: Clock, stored: Timestamp) -> Self {
        let shown = Shown { time: since_epoch(stored), steady: (clock.steady)(), ahead: false };
        Self { clock, shown: Mutex::new(shown) }
    }

    pub(crate) fn now(&self) -> Timestamp {
        let mut shown = self.shown.lock();
        let (wall, steady) = (since_epoch((self.clock.wall)()), (self.clock.steady)());
        let passed = steady.saturating_sub(shown.steady);
        shown.steady = steady;
        shown.time = wall.max(shown.time + passed / SLOWED);
        shown.tell(wall);
        shown.timestamp()
    }

    /// Takes note of a stored time; returns the latest of all.
    pub(crate) fn raise(&self, stored: Timestamp) -> Timestamp {
        let mut shown = self.shown.lock();
        shown.time = shown.time.max(since_epoch(stored));
        shown.timestamp()
    }
}

impl Shown {
    fn timestamp(&self) -> Timestamp {
        Timestamp::from_millis(u64::try_from(self.time.as_millis()).unwrap_or(u64::MAX))
    }

    /// Says once when the system's clock has been set back, and once when it has caught up.
    fn tell(&mut self, wall: Duration) {
        let ahead = self.time.saturating_sub(wall);
        if !self.ahead && ahead > STEP {
            self.ahead = true;
            tracing::warn!(ahead = ?ahead, "the system's clock went back; time goes on at half speed until it catches up");
        } else if self.ahead && ahead.is_zero() {
            self.ahead = false;
            tracing::info!("the system's clock has caught up");
        }
    }
}

fn since_epoch(time: Timestamp) -> Duration {
    Duration::from_millis(time.as_millis())
}
