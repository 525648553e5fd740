//! What a caller tells beside what is needed and where: how many are hurt, and a postcode.
//! Only what is said outright; a number that is not said is not guessed.

use crate::place;
use crate::text::{Break, Word, words};

/// Words between a number and what has happened to so many.
const REACH: usize = 8;
/// Larger numbers are not numbers of people.
const MOST: u32 = 9_999;

/// Numbers in letters, as callers say them.
const NUMBERS: [(&str, u32); 14] = [
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("dozen", 12),
    ("twenty", 20),
];

/// What is counted. `of` as in "two of them".
const PEOPLE: [&str; 34] = [
    "adults",
    "boys",
    "bystanders",
    "children",
    "colleagues",
    "cyclists",
    "drivers",
    "elderly",
    "friends",
    "girls",
    "guests",
    "kids",
    "lads",
    "man",
    "men",
    "more",
    "of",
    "officers",
    "others",
    "passengers",
    "patients",
    "pedestrians",
    "people",
    "person",
    "persons",
    "pupils",
    "residents",
    "staff",
    "students",
    "teenagers",
    "victims",
    "woman",
    "women",
    "workers",
];

/// What may have happened to them.
const HURT: [&str; 20] = [
    "bleeding",
    "burned",
    "burnt",
    "casualties",
    "casualty",
    "collapsed",
    "dead",
    "hurt",
    "ill",
    "injured",
    "injuries",
    "poisoned",
    "shot",
    "sick",
    "stabbed",
    "unconscious",
    "unresponsive",
    "vomiting",
    "wounded",
    "killed",
];

/// How badly.
const DEGREES: [&str; 8] = ["badly", "critically", "lightly", "possibly", "seriously", "severely", "slightly", "very"];

/// Whoever comes after what has happened is the one that it happened to.
const OBJECTS: [&str; 20] = [
    "a", "an", "another", "each", "everyone", "her", "him", "his", "it", "me", "my", "our", "somebody", "someone",
    "the", "their", "them", "this", "us", "your",
];

/// What takes it back.
const DENIALS: [&str; 12] =
    ["aren't", "isn't", "neither", "never", "no", "nobody", "none", "not", "unhurt", "uninjured", "wasn't", "weren't"];

/// What a number of a place stands behind.
const BEFORE_PLACES: [&str; 14] = [
    "a",
    "apartment",
    "at",
    "exit",
    "flat",
    "floor",
    "gate",
    "house",
    "junction",
    "m",
    "no",
    "number",
    "platform",
    "unit",
];

/// How many people are hurt or ill, where the caller says a number; of several numbers the largest.
///
/// ```
/// assert_eq!(triage::casualties("Two adults and three children are hurt at 12 Mill Lane"), Some(5));
/// assert_eq!(triage::casualties("My aunt is hurt"), None);
/// ```
#[must_use]
pub fn casualties(text: &str) -> Option<u32> {
    let words = words(text);
    // From behind, so that those that are counted in the same breath are known already.
    let mut known = vec![None; words.len()];
    for at in (0..words.len()).rev() {
        known[at] = hurt(&words, at, &known);
    }
    known.into_iter().flatten().max()
}

/// The first full UK postcode in `text`, in capitals and with its space.
///
/// ```
/// assert_eq!(triage::postcode("170 London road sm67an").as_deref(), Some("SM6 7AN"));
/// ```
#[must_use]
pub fn postcode(text: &str) -> Option<String> {
    let words = words(text);
    let (at, end) = (0..words.len()).find_map(|at| Some((at, place::postcode(&words, at)?)))?;
    let code: String = words[at..end].iter().map(|word| word.text.to_uppercase()).collect();
    let (outward, inward) = code.split_at_checked(code.len().checked_sub(3)?)?;
    Some(format!("{outward} {inward}"))
}

/// How many are hurt by the number at `at`, together with those that are counted in the same breath; `known` says it
/// for later numbers.
fn hurt(words: &[Word<'_>], at: usize, known: &[Option<u32>]) -> Option<u32> {
    let number = number(words, at)?;
    let next = words.get(at + 1).filter(|_| words[at].after == Break::None)?.lower();
    if ![&PEOPLE[..], &HURT, &DEGREES].iter().any(|class| class.contains(&next)) {
        return None;
    }
    for place in at + 1..words.len().min(at + 1 + REACH) {
        let word = &words[place];
        if joins(words, place - 1) && self::number(words, place).is_some() {
            return Some(number.saturating_add(known[place]?));
        }
        if words[place - 1].after != Break::None || DENIALS.contains(&word.lower()) {
            return None;
        }
        if HURT.contains(&word.lower()) {
            return is_passive(words, place).then_some(number);
        }
    }
    None
}

/// Whether a further number may follow: after "and", or after a comma.
fn joins(words: &[Word<'_>], at: usize) -> bool {
    words[at].lower == "and" || words[at].after == Break::Clause
}

/// "Two men hurt" says who is; "two men hurt my brother" does not.
fn is_passive(words: &[Word<'_>], at: usize) -> bool {
    let next = words.get(at + 1).filter(|_| words[at].after == Break::None);
    next.is_none_or(|next| !OBJECTS.contains(&next.lower()))
}

fn number(words: &[Word<'_>], at: usize) -> Option<u32> {
    let word = &words[at];
    let named = NUMBERS.iter().find(|(name, _)| *name == word.lower).map(|(_, number)| *number);
    let number = named.or_else(|| word.lower.parse().ok()).filter(|number| (1..=MOST).contains(number))?;
    let before = at.checked_sub(1).and_then(|before| words.get(before)).filter(|before| before.after == Break::None);
    let of_a_place = named.is_none() && before.is_some_and(|word| BEFORE_PLACES.contains(&word.lower()));
    let denied = before.is_some_and(|word| DENIALS.contains(&word.lower()));
    (!of_a_place && !denied).then_some(number)
}

#[cfg(test)]
mod tests;
