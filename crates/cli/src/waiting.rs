//! Waits that nobody should take for a command that hangs: after a while they say for whom they are, and how long at most.

use std::fmt;
use std::future::Future;
use std::time::Duration;

use tokio::time::timeout;

use crate::endpoints::Endpoint;
use crate::screen::note;

/// How long nothing is said of a wait.
pub(crate) const QUIET: Duration = Duration::from_secs(3);

/// How long an answer is waited for; a connection without a sign of life is given up as late.
pub(crate) const ANSWER: Duration = a2a::Client::DEADLINE;

/// When a connection is given up.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Limit {
    /// Without an answer for so long.
    Unanswered(Duration),
    /// When nobody is there any more; whoever is may take its time.
    Dead,
}

/// The answer of `endpoint`, and a note where that does not come soon.
pub(crate) async fn told<T>(endpoint: &Endpoint, limit: Limit, answer: impl Future<Output = T>) -> T {
    tokio::pin!(answer);
    if let Ok(soon) = timeout(QUIET, &mut answer).await {
        return soon;
    }
    say(endpoint, limit);
    answer.await
}

/// The note of such a wait.
pub(crate) fn say(endpoint: &Endpoint, limit: Limit) {
    note(&format!("no answer from {endpoint} yet; {limit}"));
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (without, limit) = match self {
            Self::Unanswered(limit) => ("one", *limit),
            Self::Dead => ("a sign of life", ANSWER),
        };
        write!(f, "a connection without {without} is given up within {} s", limit.as_secs())
    }
}
