//! Joins the parts of one address, and drops candidates that lie within others.

use super::shape::{name_word, postcode, road_code};
use super::{Candidate, Mark, Rank};
use crate::text::{Break, Word};

pub(crate) fn join(words: &[Word<'_>], found: Vec<Candidate>) -> Vec<Candidate> {
    let mut parts = widest(found);
    let mut joined: Vec<Candidate> = Vec::new();
    for part in parts.drain(..) {
        match joined.last_mut() {
            Some(last) if belongs(words, last, &part) => merge(last, &part),
            _ => joined.push(part),
        }
    }
    for i in 0..joined.len() {
        let next = joined[i + 1..].iter().find(|next| next.rank >= Rank::Fragment);
        let limit = next.map_or(words.len(), |next| next.words.start);
        extend(words, &mut joined[i], limit);
    }
    let mut joined = widest(joined);
    joined.retain(|candidate| !lone_unit(words, candidate));
    joined
}

/// Keeps the longest of those that overlap, in the order of the text.
fn widest(mut found: Vec<Candidate>) -> Vec<Candidate> {
    found.sort_by_key(|c| (c.words.start, usize::MAX - c.words.end, std::cmp::Reverse(c.rank)));
    let mut kept: Vec<Candidate> = Vec::new();
    for candidate in found {
        let Some(last) = kept.last_mut().filter(|last| candidate.words.start < last.words.end) else {
            kept.push(candidate);
            continue;
        };
        if candidate.words.end <= last.words.end {
            last.rank = last.rank.max(if candidate.words == last.words { candidate.rank } else { last.rank });
        } else {
            last.words.end = candidate.words.end;
            last.rank = last.rank.max(candidate.rank);
        }
    }
    kept
}

/// Whether `part` is the next part of the same address: directly behind it, or behind a comma.
fn belongs(words: &[Word<'_>], last: &Candidate, part: &Candidate) -> bool {
    let between = words[last.words.end - 1].after;
    let elsewhere =
        between == Break::Clause && road_code(&words[last.words.start].lower) && starts_numbered(words, part);
    let adjacent = last.words.end == part.words.start && between != Break::Sentence && !elsewhere;
    let both_numbered = starts_numbered(words, last) && starts_numbered(words, part) && !unit(words, last);
    let crossing = last.words.end + 1 == part.words.start
        && between == Break::None
        && matches!(words[last.words.end].lower(), "and" | "&")
        && last.rank == Rank::Named
        && part.rank == Rank::Named;
    let parts = last.rank >= Rank::Named || unit(words, last) || (part.rank >= Rank::Named && opens(words, last));
    let next = part.rank >= Rank::Named || unit(words, part) || postcode(words, part.words.start).is_some();
    crossing
        || (adjacent
            && parts
            && next
            && !both_numbered
            && (between == Break::Clause
                || unit(words, last)
                || unit(words, part)
                || postcode(words, part.words.start).is_some()))
}

/// A name that opens the sentence: `Barclays, High Street`.
fn opens(words: &[Word<'_>], candidate: &Candidate) -> bool {
    let start = candidate.words.start;
    candidate.words.len() > 1 || start == 0 || words[start - 1].after == Break::Sentence
}

fn starts_numbered(words: &[Word<'_>], candidate: &Candidate) -> bool {
    words[candidate.words.start].number()
}

fn unit(words: &[Word<'_>], candidate: &Candidate) -> bool {
    let head = &words[candidate.words.start];
    let number = words
        .get(candidate.words.start + 1)
        .is_some_and(|word| word.number() || word.text.len() == 1 || word.lower == "no");
    head.is(Mark::Unit) && number
}

fn lone_unit(words: &[Word<'_>], candidate: &Candidate) -> bool {
    unit(words, candidate) && candidate.words.len() <= 2
}

fn merge(last: &mut Candidate, part: &Candidate) {
    last.words.end = part.words.end;
    last.rank = last.rank.max(part.rank).max(Rank::Named);
}

/// A town behind the comma belongs to the address when nothing else follows it in its clause.
fn extend(words: &[Word<'_>], candidate: &mut Candidate, limit: usize) {
    if unit(words, candidate) {
        return;
    }
    for _ in 0..2 {
        let end = candidate.words.end;
        let after = words[end - 1].after;
        let town = (end..limit.min(end + 3)).take_while(|i| name_word(&words[*i]) && !words[*i].number());
        let Some(last) = until_break(words, town) else { return };
        if after == Break::Sentence || (after == Break::None && !words[end].capital()) {
            return;
        }
        candidate.words.end = last + 1;
    }
}

fn until_break(words: &[Word<'_>], town: impl Iterator<Item = usize>) -> Option<usize> {
    town.into_iter().find(|i| words[*i].after != Break::None)
}
