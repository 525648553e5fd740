//! What callers saw of an instance lately: the third input of its health, apart from its lease and from its own word.
//! Lives in memory; time is passed in.

use std::time::{Duration, Instant};

/// A report counts for one to two of these.
const WINDOW: Duration = Duration::from_secs(30);

/// Calls below which nothing is concluded.
const ENOUGH: u64 = 5;

/// Failures in a hundred calls from which on an instance fails.
const FAILING: u64 = 50;

/// Calls and how they went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) calls: u64,
    pub(crate) failures: u64,
    /// Microseconds that the calls without failure took together.
    pub(crate) micros: u64,
}

/// The tallies of this window and of the one before, and what follows from them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Outcomes {
    since: Option<Instant>,
    current: Tally,
    previous: Tally,
    failing: bool,
}

impl Tally {
    fn plus(self, other: Self) -> Self {
        Self {
            calls: self.calls.saturating_add(other.calls),
            failures: self.failures.saturating_add(other.failures),
            micros: self.micros.saturating_add(other.micros),
        }
    }

    /// Mean latency of the calls that did not fail.
    pub(crate) fn latency(self) -> Option<Duration> {
        let answered = self.calls.saturating_sub(self.failures);
        self.micros.checked_div(answered).map(Duration::from_micros)
    }

    fn is_failing(self) -> bool {
        self.calls >= ENOUGH && self.failures.saturating_mul(100) >= self.calls.saturating_mul(FAILING)
    }
}

impl Outcomes {
    /// Counts a report.
    pub(crate) fn add(&mut self, tally: Tally, now: Instant) {
        self.settle(now);
        self.since.get_or_insert(now);
        self.current = self.current.plus(tally);
        self.failing = self.sum().is_failing();
    }

    /// Forgets what is too old.
    pub(crate) fn settle(&mut self, now: Instant) {
        let Some(since) = self.since else { return };
        let age = now.saturating_duration_since(since);
        if age >= WINDOW {
            let previous = if age < WINDOW * 2 { self.current } else { Tally::default() };
            (self.since, self.previous, self.current) = (Some(since + WINDOW), previous, Tally::default());
        }
        self.failing = self.sum().is_failing();
        if self.sum() == Tally::default() {
            *self = Self::default();
        }
    }

    /// All that still counts.
    pub(crate) fn sum(&self) -> Tally {
        self.previous.plus(self.current)
    }

    /// Whether work should go elsewhere first.
    pub(crate) fn is_failing(&self) -> bool {
        self.failing
    }

    /// Whether there is nothing to settle.
    pub(crate) fn is_empty(&self) -> bool {
        self.since.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(calls: u64, failures: u64) -> Tally {
        Tally { calls, failures, micros: (calls - failures) * 1000 }
    }

    #[test]
    fn half_of_at_least_five_calls_is_failing_and_less_is_not() {
        let now = Instant::now();
        for (calls, failures, failing) in
            [(4, 4, false), (5, 2, false), (5, 3, true), (6, 3, true), (100, 49, false), (100, 50, true)]
        {
            let mut outcomes = Outcomes::default();
            outcomes.add(tally(calls, failures), now);
            assert_eq!(outcomes.is_failing(), failing, "{failures} of {calls}");
        }
    }

    #[test]
    fn reports_add_up_and_fade_after_one_to_two_windows() {
        let start = Instant::now();
        let mut outcomes = Outcomes::default();
        outcomes.add(tally(3, 3), start);
        outcomes.add(tally(5, 1), start + WINDOW / 2);
        assert_eq!(outcomes.sum(), tally(8, 4));
        assert_eq!(outcomes.sum().latency(), Some(Duration::from_millis(1)));
        assert!(outcomes.is_failing());
        outcomes.add(tally(10, 1), start + WINDOW);
        assert_eq!(outcomes.sum(), tally(18, 5), "those of the window before still count");
        outcomes.settle(start + WINDOW * 2);
        assert_eq!(outcomes.sum(), tally(10, 1));
    }

    #[test]
    fn without_calls_an_instance_is_tried_again() {
        let start = Instant::now();
        let mut outcomes = Outcomes::default();
        outcomes.add(tally(5, 5), start);
        outcomes.settle(start + WINDOW);
        assert!(outcomes.is_failing(), "still of the window before");
        outcomes.settle(start + WINDOW * 2);
        assert_eq!(outcomes, Outcomes::default());
        assert_eq!(Tally::default().latency(), None);
    }
}
