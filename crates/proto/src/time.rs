//! Times of ProtoJSON: RFC 3339 in upper case, between the years 1 and 9999, written in UTC.

use prost_types::Timestamp;

/// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z, in seconds since 1970.
const YEARS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

const DAY: i64 = 86_400;

/// With at least three digits of a second, as A2A's pattern has it; `None` outside the years.
pub(crate) fn write(time: &Timestamp) -> Option<String> {
    let nanos = u32::try_from(time.nanos).ok().filter(|nanos| *nanos < 1_000_000_000)?;
    if !YEARS.contains(&time.seconds) {
        return None;
    }
    let second = u32::try_from(time.seconds.rem_euclid(DAY)).ok()?;
    let [year, month, day] = date(time.seconds.div_euclid(DAY))?;
    let mut text = String::with_capacity(30);
    digits(&mut text, year, 4, '-');
    digits(&mut text, month, 2, '-');
    digits(&mut text, day, 2, 'T');
    digits(&mut text, second / 3600, 2, ':');
    digits(&mut text, second / 60 % 60, 2, ':');
    digits(&mut text, second % 60, 2, '.');
    match nanos {
        nanos if nanos % 1_000_000 == 0 => digits(&mut text, nanos / 1_000_000, 3, 'Z'),
        nanos if nanos % 1000 == 0 => digits(&mut text, nanos / 1000, 6, 'Z'),
        nanos => digits(&mut text, nanos, 9, 'Z'),
    }
    Some(text)
}

/// Year, month and day, so many days after 1970-01-01. Years are counted from the first of March, so that the day that
/// some of them have more is their last, in eras of 400 years, which all have as many days.
fn date(days: i64) -> Option<[u32; 3]> {
    const ERA: i64 = 146_097;
    /// From 0000-03-01 to 1970-01-01.
    const TO_EPOCH: i64 = 719_468;
    let days = days + TO_EPOCH;
    let (era, day) = (days.div_euclid(ERA), days.rem_euclid(ERA));
    let year = (day - day / 1460 + day / 36_524 - day / (ERA - 1)) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    // Five months from March on have 153 days.
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (year, month) = if month < 10 { (year, month + 3) } else { (year + 1, month - 9) };
    let small = |number: i64| u32::try_from(number).ok();
    Some([small(era * 400 + year)?, small(month)?, small(day)?])
}

/// A number with so many digits, and what follows it.
fn digits(out: &mut String, number: u32, width: u32, next: char) {
    let digit = |place| char::from_digit(number / 10_u32.pow(place) % 10, 10);
    out.extend((0..width).rev().filter_map(digit));
    out.push(next);
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

#[cfg(test)]
mod tests;
