//! Which candidate is the place: the last correction wins, then the most exact, then the first.

use std::ops::Range;

use super::{Candidate, Rank};
use crate::text::{Break, Word};

/// The places of a call.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Chosen {
    /// Where to go.
    pub(crate) place: Option<Range<usize>>,
    /// What else the caller names and does not take back, such as where another incident is.
    pub(crate) others: Vec<Range<usize>>,
}

/// Chooses among the candidates.
pub(crate) fn choose(words: &[Word<'_>], candidates: &[Candidate]) -> Chosen {
    let stated: Vec<&Candidate> = {
        let exact = candidates.iter().filter(|c| c.rank >= Rank::Named).count();
        candidates.iter().filter(|c| !rejected(words, c, exact > 1)).collect()
    };
    let first = stated.iter().position(|c| c.rank >= Rank::Named).unwrap_or(0);
    let incident = incident_end(words, &stated, first);
    let corrected = |upto: &usize| replaces(words, stated[upto - 1], stated[*upto]);
    let from = (1..incident).rfind(corrected).unwrap_or(0);
    let of_incident = stated.get(from..incident).unwrap_or_default();
    let best = of_incident.iter().map(|c| c.rank).max();
    let Some(at) = best.and_then(|best| of_incident.iter().position(|c| c.rank == best)) else {
        return Chosen::default();
    };
    let place = trim(words, of_incident[at].words.clone());
    let others = others(words, &stated[from..], &place);
    Chosen { place: Some(place), others }
}

/// The other places as exact as an incident's may be, without those that are corrected and those said already.
fn others(words: &[Word<'_>], stated: &[&Candidate], place: &Range<usize>) -> Vec<Range<usize>> {
    let mut others: Vec<Range<usize>> = Vec::new();
    for (at, candidate) in stated.iter().enumerate() {
        let next = stated.get(at + 1);
        let kept = candidate.rank >= Rank::Named && !next.is_some_and(|next| replaces(words, candidate, next));
        let range = trim(words, candidate.words.clone());
        let said = |known: &Range<usize>| within(words, &range, known) || within(words, known, &range);
        if kept && !said(place) && !others.iter().any(said) {
            others.push(range);
        }
    }
    others
}

/// Whether the words of one place are said within another's.
fn within(words: &[Word<'_>], part: &Range<usize>, whole: &Range<usize>) -> bool {
    let same = |run: &[Word<'_>]| run.iter().zip(&words[part.clone()]).all(|(a, b)| a.lower() == b.lower());
    words[whole.clone()].windows(part.len()).any(same)
}

/// Whether a place is said instead of the one before it.
fn replaces(words: &[Word<'_>], before: &Candidate, after: &Candidate) -> bool {
    let comparable = after.rank >= Rank::Named || after.rank >= before.rank;
    comparable && corrects(words, before.words.end..after.words.start)
}

/// `not Mill Road`, `my old place in Mill Road`.
fn rejected(words: &[Word<'_>], candidate: &Candidate, others: bool) -> bool {
    let start = candidate.words.start;
    let before = |n: usize| start.checked_sub(n).map_or("", |at| words[at].lower());
    let article = matches!(before(1), "the" | "on" | "in" | "at");
    before(1) == "not"
        || (article && before(2) == "not")
        || (before(1) == "from" && before(2) == "moved")
        || (matches!(before(1), "at" | "in" | "on") && matches!(before(2), "live" | "lives" | "lived") && others)
}

/// Where the second of several incidents begins: its place does not count.
fn incident_end(words: &[Word<'_>], stated: &[&Candidate], first: usize) -> usize {
    let second = (first + 1..stated.len()).find(|i| {
        let between = stated[i - 1].words.end..stated[*i].words.start;
        words
            .get(between)
            .unwrap_or_default()
            .iter()
            .any(|word| matches!(word.lower(), "also" | "separately" | "another" | "meanwhile" | "secondly"))
    });
    second.unwrap_or(stated.len())
}

/// Whether the words between two places say that the second one replaces the first.
fn corrects(words: &[Word<'_>], between: Range<usize>) -> bool {
    let near = between.clone().filter(|i| *i < words.len()).any(|i| {
        let alone = words[i].after != Break::None;
        let next = words.get(i + 1).map_or("", |word| word.lower());
        match words[i].lower() {
            "sorry" | "correction" | "rather" | "scratch" | "wrong" | "mistake" | "apologies" | "oops" | "nope" => true,
            "no" => {
                alone
                    || matches!(
                        next,
                        "sorry"
                            | "wait"
                            | "it's"
                            | "its"
                            | "that's"
                            | "thats"
                            | "hang"
                            | "actually"
                            | "not"
                            | "no"
                            | "i"
                            | "hold"
                    )
            }
            "wait" | "actually" => true,
            "hang" | "hold" => next == "on",
            "mean" | "meant" => i > 0 && matches!(words[i - 1].lower(), "i" | "we"),
            "make" => next == "that",
            "old" | "previous" | "former" => true,
            "not" => matches!(next, "there" | "that"),
            "moved" => true,
            _ => false,
        }
    });
    near && between.len() <= 24
}

/// Without a leading article.
fn trim(words: &[Word<'_>], mut range: Range<usize>) -> Range<usize> {
    while range.len() > 1 && matches!(words[range.start].lower(), "the" | "a" | "an") {
        range.start += 1;
    }
    let meeting = matches!(words[range.start].lower(), "corner" | "junction" | "intersection" | "crossroads");
    if range.len() > 2 && meeting && words[range.start + 1].lower == "of" {
        range.start += 2;
    }
    range
}
