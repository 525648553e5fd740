//! The shape of words: what can be part of a name, a number, a postcode.

use super::Mark;
use crate::text::{Break, Word};

/// Whether capitals tell names apart in this text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// Names have capitals.
    Cased,
    /// All lower case or all capitals: only position tells.
    Flat,
}

impl Style {
    pub(crate) fn of(words: &[Word<'_>]) -> Self {
        let letters = words.iter().filter(|word| word.text.chars().all(char::is_alphabetic) && word.text.len() > 1);
        let (mut upper, mut lower) = (0, 0);
        for word in letters {
            if word.text.chars().all(char::is_uppercase) {
                upper += 1;
            } else if word.capital() {
                return Self::Cased;
            } else {
                lower += 1;
            }
        }
        if upper > lower || upper == 0 { Self::Flat } else { Self::Cased }
    }
}

/// `a217`, `m25`, `i-95`.
pub(crate) fn road_code(word: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.len() <= 4 && text.chars().all(|c| c.is_ascii_digit());
    ["i-", "us-", "sr-", "nh-", "m", "a", "b"].iter().any(|prefix| word.strip_prefix(prefix).is_some_and(digits))
}

/// Whether the word, which is no name by itself, can be one before a street type or a place noun: `Green`, `Old`, `May`.
pub(crate) fn name_inside(word: &Word<'_>) -> bool {
    name_word(word) || (word.capital() && word.is(Mark::NameInside))
}

/// Whether the word can be part of a name by its capital.
pub(crate) fn name_word(word: &Word<'_>) -> bool {
    (word.capital() && !word.is(Mark::NotName)) || ordinal(word)
}

/// `9th`, `2nd`: streets are numbered too.
pub(crate) fn ordinal(word: &Word<'_>) -> bool {
    if !word.is(Mark::Digit) {
        return false;
    }
    let digits = word.lower.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let tail = &word.lower[digits.len()..];
    !digits.is_empty()
        && digits.len() <= 3
        && digits.chars().all(|c| c.is_ascii_digit())
        && matches!(tail, "st" | "nd" | "rd" | "th")
}

pub(crate) fn street_type(word: &Word<'_>) -> bool {
    word.is(Mark::StreetType)
}

pub(crate) fn place_noun(word: &Word<'_>) -> bool {
    word.is(Mark::PlaceNoun)
}

pub(crate) fn generic(word: &Word<'_>) -> bool {
    word.is(Mark::Generic)
}

pub(crate) fn direction(word: &Word<'_>) -> bool {
    word.is(Mark::Direction)
}

pub(crate) fn preposition(word: &Word<'_>) -> bool {
    word.is(Mark::Preposition)
}

/// A lower case word that can be part of a street's name where capitals do not tell.
pub(crate) fn flat_name_word(word: &Word<'_>) -> bool {
    let plain = word.lower.chars().all(|c| c.is_alphabetic() || c == '\'');
    let common = word.is(Mark::NotName) || preposition(word) || word.is(Mark::PlainBeforeStreet);
    (plain && word.lower.len() > 1 && !common) || ordinal(word)
}

pub(crate) fn postcode(words: &[Word<'_>], at: usize) -> Option<usize> {
    let whole = words.get(at).filter(|word| word.is(Mark::Digit))?;
    if full_postcode(&whole.lower) {
        return Some(at + 1);
    }
    let next = words.get(at + 1).filter(|_| whole.after == Break::None)?;
    (outward(&whole.lower) && inward(&next.lower)).then_some(at + 2)
}

fn full_postcode(code: &str) -> bool {
    let Some(cut) = code.len().checked_sub(3).filter(|cut| code.is_char_boundary(*cut)) else { return false };
    outward(&code[..cut]) && inward(&code[cut..])
}

/// `SM6`, `KT19`, `W1A`.
fn outward(code: &str) -> bool {
    let letters = code.chars().take_while(char::is_ascii_alphabetic).count();
    let rest: Vec<char> = code.chars().skip(letters).collect();
    let digits = rest.iter().take_while(|c| c.is_ascii_digit()).count();
    let tail = rest.len() - digits;
    (1..=2).contains(&letters)
        && (1..=2).contains(&digits)
        && (tail == 0 || (tail == 1 && rest[digits].is_ascii_alphabetic()))
}

/// `7AN`.
fn inward(code: &str) -> bool {
    let chars: Vec<char> = code.chars().collect();
    chars.len() == 3 && chars[0].is_ascii_digit() && chars[1].is_ascii_alphabetic() && chars[2].is_ascii_alphabetic()
}
