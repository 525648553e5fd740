//! The answer to "where?" in the caller's own words, for places that no rule of [`crate::place`] knows: "behind the old
//! gasworks". Only for who was asked where; in a call these words would say what has happened.

use std::ops::Range;

use crate::outcome::{Effect, Quote};

/// Most characters of a place.
const MOST: usize = 120;

/// What stands before a place, the longest first where one begins another.
const LEADS: &[&[&str]] = &[
    &["i", "think"],
    &["i", "guess"],
    &["i", "believe"],
    &["come", "to"],
    &["it", "is"],
    &["we", "are"],
    &["i", "am"],
    &["they", "are"],
    &["he", "is"],
    &["she", "is"],
    &["that", "is"],
    &["this", "is"],
    &["there", "is"],
    &["it's"],
    &["its"],
    &["we're"],
    &["i'm"],
    &["im"],
    &["they're"],
    &["he's"],
    &["she's"],
    &["that's"],
    &["at"],
    &["in"],
    &["on"],
    &["and"],
    &["but"],
    &["so"],
    &["um"],
    &["uh"],
    &["er"],
    &["well"],
    &["oh"],
    &["ok"],
    &["okay"],
    &["yes"],
    &["yeah"],
    &["sorry"],
    &["please"],
    &["just"],
    &["maybe"],
    &["probably"],
    &["somewhere"],
];

/// Who says one of these does not know.
const UNKNOWN: &[&[&str]] = &[
    &["don't", "know"],
    &["dont", "know"],
    &["do", "not", "know"],
    &["didn't", "see"],
    &["don't", "remember"],
    &["can't", "remember"],
    &["can't", "say"],
    &["can't", "tell"],
    &["cannot", "say"],
    &["cannot", "tell"],
    &["couldn't", "say"],
    &["couldn't", "tell"],
    &["no", "idea"],
    &["no", "clue"],
    &["not", "sure"],
    &["not", "known"],
    &["who", "knows"],
    &["unsure"],
    &["idk"],
    &["dunno"],
];

/// Words that name no place, nor do any number of them.
const EMPTY: &[&str] = &[
    "a",
    "an",
    "the",
    "no",
    "nope",
    "not",
    "none",
    "nothing",
    "unknown",
    "n/a",
    "where",
    "what",
    "who",
    "why",
    "how",
    "here",
    "there",
    "anywhere",
    "nowhere",
    "nearby",
    "lost",
    "help",
    "hurry",
    "up",
    "come",
    "quick",
    "quickly",
    "fast",
    "now",
    "soon",
    "send",
    "somebody",
    "someone",
    "anybody",
    "everybody",
    "me",
    "us",
    "my",
    "you",
    "i",
    "we",
    "it",
    "is",
    "are",
    "am",
    "to",
    "as",
    "possible",
    "for",
    "thanks",
    "thank",
    "hello",
    "really",
    "sure",
];

/// Who or what a clause says something of.
const SUBJECTS: &[&str] = &[
    "i",
    "we",
    "he",
    "she",
    "it",
    "they",
    "there",
    "this",
    "that",
    "somebody",
    "someone",
    "nobody",
    "everybody",
    "everyone",
    "people",
    "i'm",
    "we're",
    "he's",
    "she's",
    "it's",
    "they're",
    "there's",
];

/// Words that a place begins with.
const POINTS: &[&str] = &[
    "the", "behind", "near", "next", "opposite", "under", "by", "beside", "between", "outside", "inside", "across",
    "above", "below", "off", "past", "along",
];

/// Verbs by which a clause says it.
const VERBS: &[&str] = &["is", "are", "was", "were", "has", "have", "had", "can", "can't", "isn't", "aren't"];

/// The place that an answer to "where?" names in the caller's own words: the answer without clauses that say nothing of
/// a place, what leads to it and punctuation around it, as far as a line holds it. `None` where it says that the place
/// is not known, only what is happening, or nothing.
#[must_use]
pub fn place_in_own_words(answer: &str) -> Option<Quote> {
    let clauses = clauses(answer);
    let places = clauses.iter().filter(|clause| !says_what(answer, clause)).map(|clause| led(clause));
    let mut telling = places.filter(|place| says_where(place));
    let first = telling.next()?;
    let last = telling.next_back().unwrap_or(first);
    let span = fitting(answer, first[0].span.start..last[last.len() - 1].span.end);
    Some(Quote { text: answer[span.clone()].to_owned(), span })
}

/// A word without the punctuation around it.
#[derive(Debug)]
struct Said {
    span: Range<usize>,
    lower: String,
    /// Whether a clause ends behind it.
    ends: bool,
}

fn clauses(answer: &str) -> Vec<Vec<Said>> {
    let mut clauses = vec![Vec::new()];
    for line in answer.lines() {
        for raw in line.split_whitespace() {
            // A word is a slice of the answer.
            let start = raw.as_ptr() as usize - answer.as_ptr() as usize;
            let word = said(raw, start);
            let (empty, ends) = (word.span.is_empty(), word.ends);
            if let Some(clause) = clauses.last_mut().filter(|_| !empty) {
                clause.push(word);
            }
            if ends {
                clauses.push(Vec::new());
            }
        }
        clauses.push(Vec::new());
    }
    clauses.retain(|clause| !clause.is_empty());
    clauses
}

fn said(raw: &str, start: usize) -> Said {
    let word = raw.trim_start_matches(|it: char| !it.is_alphanumeric());
    let from = start + raw.len() - word.len();
    let word = word.trim_end_matches(|it: char| !it.is_alphanumeric());
    let ends = raw.ends_with([',', '.', ';', ':', '!', '?', '-', '–', '—', '…']);
    Said { span: from..from + word.len(), lower: word.to_lowercase().replace('’', "'"), ends }
}

/// The clause without what leads to its place.
fn led(mut clause: &[Said]) -> &[Said] {
    while let Some(lead) = LEADS.iter().find(|lead| begins(clause, lead)) {
        clause = &clause[lead.len()..];
    }
    clause
}

fn says_where(clause: &[Said]) -> bool {
    let empty = clause.iter().all(|word| EMPTY.contains(&word.lower.as_str()));
    let unknown = (0..clause.len()).any(|at| UNKNOWN.iter().any(|phrase| begins(&clause[at..], phrase)));
    !empty && !unknown
}

/// It says something of the situation, of somebody or by a verb: "my wife is hurt". "The burnt barn" is a place, and so is
/// "it is the burnt barn".
fn says_what(answer: &str, clause: &[Said]) -> bool {
    let place = led(clause);
    let has_verb = |words: &[Said]| words.iter().take(4).any(|word| VERBS.contains(&word.lower.as_str()));
    let points = place.first().is_some_and(|word| POINTS.contains(&word.lower.as_str()));
    if place.len() < clause.len() && points && !has_verb(place) {
        return false;
    }
    let stated = SUBJECTS.contains(&clause[0].lower.as_str()) || has_verb(clause);
    let words = &answer[clause[0].span.start..clause[clause.len() - 1].span.end];
    stated && crate::triage(words).trace.iter().any(|it| matches!(it.effect, Effect::Found | Effect::Denied))
}

fn begins(clause: &[Said], phrase: &[&str]) -> bool {
    clause.len() >= phrase.len() && clause.iter().zip(phrase).all(|(word, wanted)| word.lower == *wanted)
}

/// As much of the span as a place may have.
fn fitting(answer: &str, span: Range<usize>) -> Range<usize> {
    let text = &answer[span.clone()];
    let Some((end, _)) = text.char_indices().nth(MOST) else { return span };
    span.start..span.start + text[..end].trim_end_matches(|it: char| !it.is_alphanumeric()).len()
}

#[cfg(test)]
mod tests;
