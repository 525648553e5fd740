//! The order in which people list names with numbers in them: `E2` before `E10`.

#[cfg(test)]
mod tests;

use std::cmp::Ordering;

/// What is compared at once; a number comes before any other sign.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part<'t> {
    /// By its value: how many digits without zeros in front, then which.
    Number(usize, &'t str),
    Sign(char),
}

/// Compares names with their numbers taken by value. Names that differ are never equal.
///
/// ```
/// let mut units = ["A10", "A2", "A1"];
/// units.sort_by(|a, b| types::natural(a, b));
/// assert_eq!(units, ["A1", "A2", "A10"]);
/// ```
#[must_use]
pub fn natural(a: &str, b: &str) -> Ordering {
    parts(a).cmp(parts(b)).then_with(|| a.cmp(b))
}

fn parts(mut text: &str) -> impl Iterator<Item = Part<'_>> {
    std::iter::from_fn(move || {
        let sign = text.chars().next()?;
        if !sign.is_ascii_digit() {
            text = &text[sign.len_utf8()..];
            return Some(Part::Sign(sign));
        }
        let end = text.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(text.len());
        let (number, rest) = text.split_at(end);
        text = rest;
        let digits = number.trim_start_matches('0');
        Some(Part::Number(digits.len(), digits))
    })
}
