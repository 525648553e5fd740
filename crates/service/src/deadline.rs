//! The time that a caller gives a call by `grpc-timeout`. The transport keeps to it for everything that comes by its
//! port, and answers in gRPC's form; who answers in another form has to be a little earlier.

use std::time::Duration;

use http::HeaderMap;
use tokio::time::Instant;

/// gRPC's header: a number and the letter of its unit.
const HEADER: &str = "grpc-timeout";

/// How much earlier; the timer's steps are of a millisecond.
const AHEAD: Duration = Duration::from_millis(5);

/// When a call that does not come over gRPC has to be answered, in the extensions of its request if there is such a
/// time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline(pub Instant);

impl Deadline {
    /// The deadline of a request that has just come. A header that gRPC would not understand gives none there either.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let time = parse(headers.get(HEADER)?.to_str().ok()?)?;
        Instant::now().checked_add(time.saturating_sub(AHEAD)).map(Self)
    }
}

/// At most eight digits and a unit.
fn parse(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: u64 = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(number * 3600)),
        "M" => Some(Duration::from_secs(number * 60)),
        "S" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_millis(number)),
        "u" => Some(Duration::from_micros(number)),
        "n" => Some(Duration::from_nanos(number)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
