//! Pauses between attempts and one log line per outage, not one per attempt.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use tokio::time::Instant;
use tonic::Status;

/// The first pause after a failure; pauses double from there, and jitter adds up to as much again.
const FIRST: Duration = Duration::from_millis(50);

/// The time since the registry last answered.
#[derive(Debug)]
pub(crate) struct Outage {
    what: &'static str,
    longest: Duration,
    since: Option<Instant>,
    pauses: ExponentialBackoff,
}

impl Outage {
    /// No outage yet of what is named; pauses stay under twice `longest`.
    pub(crate) fn new(what: &'static str, longest: Duration) -> Self {
        Self { what, longest, since: None, pauses: pauses(longest) }
    }

    /// Notes a failed attempt and says how long to wait before the next.
    pub(crate) fn failed(&mut self, status: &Status) -> Duration {
        let (code, reason) = (status.code(), status.message());
        match self.since {
            None => {
                tracing::warn!(%code, reason, "{}: the registry does not answer as it should; trying on", self.what);
                self.since = Some(Instant::now());
            }
            Some(_) => tracing::debug!(%code, reason, "{}: the registry still does not answer", self.what),
        }
        self.pauses.next().unwrap_or(self.longest)
    }

    /// Notes an answer.
    pub(crate) fn over(&mut self) {
        if let Some(since) = self.since.take() {
            tracing::info!(after = ?since.elapsed(), "{}: the registry answers again", self.what);
            self.pauses = pauses(self.longest);
        }
    }
}

fn pauses(longest: Duration) -> ExponentialBackoff {
    ExponentialBuilder::new().with_min_delay(FIRST).with_max_delay(longest).without_max_times().with_jitter().build()
}
