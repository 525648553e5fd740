//! The settings of push notifications.

use std::sync::Arc;
use std::time::Duration;

use outbound::{Allow, Dialer, Guard, Roots};
use push::{Policy, Sender};
use service::parse_duration;

use super::outbox::Push;

/// Whom a service may call with push notifications, and how patiently.
#[derive(Debug, Clone, clap::Args)]
#[group(id = "push")]
pub struct PushArgs {
    /// A webhook's host or network that may be called though it is not public, at one port or at any;
    /// may be repeated, in the variable separated by commas
    #[arg(
        long = "push-allow",
        env = "WATCHROOM_PUSH_ALLOW",
        value_name = "HOST-or-CIDR[:PORT]",
        value_delimiter = ','
    )]
    pub push_allow: Vec<Allow>,
    /// Longest call of a webhook
    #[arg(long, env = "WATCHROOM_PUSH_TIMEOUT", value_name = "TIME", default_value = "10s", value_parser = some_time)]
    pub push_timeout: Duration,
    /// Longest first pause after a webhook has failed; doubles with each failure
    #[arg(long, env = "WATCHROOM_PUSH_BACKOFF", value_name = "TIME", default_value = "1s", value_parser = some_time)]
    pub push_backoff: Duration,
    /// Longest pause between calls of a webhook that fails; at least as long as the first one
    #[arg(long, env = "WATCHROOM_PUSH_MAX_BACKOFF", value_name = "TIME", default_value = "300s", value_parser = some_time)]
    pub push_max_backoff: Duration,
    /// How long a webhook may fail without a break before it is parked
    #[arg(long, env = "WATCHROOM_PUSH_PATIENCE", value_name = "TIME", default_value = "6h", value_parser = parse_duration)]
    pub push_patience: Duration,
}

impl PushArgs {
    /// What these flags say, with these authorities for webhooks at https://.
    pub fn push(&self, roots: &Roots) -> Push {
        let guard = Guard::new(self.push_allow.iter().cloned());
        let max_backoff = self.push_max_backoff.max(self.push_backoff);
        let policy = Policy { backoff: self.push_backoff, max_backoff, patience: self.push_patience };
        let dialer = Dialer::new(guard.clone(), roots.clone());
        Push { poster: Arc::new(Sender::new(dialer, self.push_timeout)), guard, policy }
    }
}

/// A time that is longer than none: without a pause a webhook that fails would be called without end.
fn some_time(text: &str) -> Result<Duration, String> {
    let time = parse_duration(text)?;
    if time.is_zero() { Err("must be longer than 0".to_owned()) } else { Ok(time) }
}

impl Default for PushArgs {
    /// As without flags.
    fn default() -> Self {
        let Policy { backoff, max_backoff, patience } = Policy::default();
        Self {
            push_allow: Vec::new(),
            push_timeout: Duration::from_secs(10),
            push_backoff: backoff,
            push_max_backoff: max_backoff,
            push_patience: patience,
        }
    }
}
