//! When a failed attempt is tried again.

use std::time::Duration;

/// Exponential backoff with full jitter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Attempts in all, at least 1.
    pub attempts: u32,
    /// Upper bound of the first pause; it doubles each time.
    pub backoff: Duration,
    /// Upper bound of any pause.
    pub max_backoff: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { attempts: 3, backoff: Duration::from_secs(1), max_backoff: Duration::from_secs(30) }
    }
}

impl RetryPolicy {
    /// The pause after failed attempt number `attempt` (from 1), or `None` when that was the last.
    /// `jitter` is a draw from 0 to 1.
    ///
    /// ```
    /// use std::time::Duration;
    /// let policy = types::RetryPolicy::default();
    /// assert_eq!(policy.pause(2, 0.5), Some(Duration::from_secs(1)));
    /// assert_eq!(policy.pause(3, 0.5), None);
    /// ```
    pub fn pause(&self, attempt: u32, jitter: f64) -> Option<Duration> {
        if attempt >= self.attempts {
            return None;
        }
        let doublings = attempt.saturating_sub(1).min(31);
        let bound = self.backoff.saturating_mul(1 << doublings).min(self.max_backoff);
        Some(bound.mul_f64(jitter.clamp(0.0, 1.0)))
    }
}
