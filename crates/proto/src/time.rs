//! Times of ProtoJSON: RFC 3339 in upper case, between the years 1 and 9999, written in UTC.

use prost_types::Timestamp;

/// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z, in seconds since 1970.
const YEARS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

/// With at least three digits of a second, as A2A's pattern has it; `None` outside the years.
pub(crate) fn write(time: &Timestamp) -> Option<String> {
    if !YEARS.contains(&time.seconds) || !(0..1_000_000_000).contains(&time.nanos) {
        return None;
    }
    let mut text = time.to_string();
    if time.nanos == 0 {
        text.insert_str(text.len() - 1, ".000");
    }
    Some(text)
}

/// With up to nine digits of a second, and any offset.
pub(crate) fn read(text: &str) -> Option<Timestamp> {
    let (date, clock) = text.split_at_checked(10)?;
    let [year, month, day] = numbers(date, "0000-00-00")?;
    let (clock, rest) = clock.split_at_checked(9)?;
    let [hour, minute, second] = numbers(clock, "T00:00:00")?;
    let (nanos, zone) = fraction(rest)?;
    let small = |number: i64| u8::try_from(number).ok();
    let local = Timestamp::date_time_nanos(
        year,
        small(month)?,
        small(day)?,
        small(hour)?,
        small(minute)?,
        small(second).filter(|second| *second < 60)?,
        nanos,
    );
    let local = local.ok()?;
    let seconds = local.seconds - offset(zone)?;
    YEARS.contains(&seconds).then_some(Timestamp { seconds, nanos: local.nanos })
}

/// The numbers in a text that has digits where the pattern has zeros, and elsewhere what the pattern has.
fn numbers<const N: usize>(text: &str, pattern: &str) -> Option<[i64; N]> {
    let fits = |(byte, wanted): (u8, u8)| if wanted == b'0' { byte.is_ascii_digit() } else { byte == wanted };
    if text.len() != pattern.len() || !text.bytes().zip(pattern.bytes()).all(fits) {
        return None;
    }
    let mut each = text.split(|letter: char| !letter.is_ascii_digit()).filter(|digits| !digits.is_empty());
    let mut numbers = [0; N];
    for number in &mut numbers {
        *number = each.next()?.parse().ok()?;
    }
    Some(numbers)
}

/// The nanoseconds of a fraction, if there is one, and what follows it.
fn fraction(text: &str) -> Option<(u32, &str)> {
    let Some(text) = text.strip_prefix('.') else { return Some((0, text)) };
    let count = text.bytes().take_while(u8::is_ascii_digit).count();
    let digits = &text[..count];
    if !(1..=9).contains(&count) {
        return None;
    }
    let nanos = format!("{digits:0<9}").parse().ok()?;
    Some((nanos, &text[count..]))
}

/// Seconds east of UTC.
fn offset(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let east = if zone.starts_with('+') { 1 } else { -1 };
    let [hours, minutes] = numbers(&zone.replacen('+', "-", 1), "-00:00")?;
    (hours < 24 && minutes < 60).then_some(east * (hours * 3600 + minutes * 60))
}
