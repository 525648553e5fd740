//! Times on the command line: a number and its unit.

use std::time::Duration;

/// Reads "500ms", "10s", "5m" or "2h"; for clap's `value_parser`.
///
/// ```
/// assert_eq!(service::parse_duration("1.5s"), Ok(std::time::Duration::from_millis(1500)));
/// assert!(service::parse_duration("10").is_err());
/// ```
///
/// # Errors
/// A sentence for the user when the number or the unit is missing, negative or too large.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let seconds = match unit.trim() {
        "ms" => 0.001,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return Err("give a number with its unit: ms, s, m or h, such as 500ms or 10s".to_owned()),
    };
    let number: f64 = number.parse().map_err(|_| format!("{number:?} is not a number"))?;
    Duration::try_from_secs_f64(number * seconds).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests;
