//! Our milliseconds and protobuf's timestamps.

use types::Timestamp;

/// The wire form of a time.
pub fn to_wire(time: Timestamp) -> prost_types::Timestamp {
    let millis = time.as_millis();
    let nanos = (millis % 1000) as i32 * 1_000_000;
    prost_types::Timestamp { seconds: i64::try_from(millis / 1000).unwrap_or(i64::MAX), nanos }
}

/// The time that a wire form names, to the millisecond, rounded down; `None` before 1970 or when malformed.
pub fn from_wire(wire: &prost_types::Timestamp) -> Option<Timestamp> {
    let seconds = u64::try_from(wire.seconds).ok()?;
    let nanos = u64::try_from(wire.nanos).ok().filter(|nanos| *nanos < 1_000_000_000)?;
    Some(Timestamp::from_millis(seconds.checked_mul(1000)?.checked_add(nanos / 1_000_000)?))
}
