//! Which candidate is the place: the last correction wins, then the most exact, then the first.

use std::ops::Range;

use super::{Candidate, Rank};
use crate::text::{Break, Word};

/// The chosen words.
pub(crate) fn choose(words: &[Word<'_>], candidates: &[Candidate]) -> Option<Range<usize>> {
    let stated: Vec<&Candidate> = {
        let exact = candidates.iter().filter(|c| c.rank >= Rank::Named).count();
        candidates.iter().filter(|c| !rejected(words, c, exact > 1)).collect()
    };
    if stated.is_empty() {
        return None;
    }
    let first = stated.iter().position(|c| c.rank >= Rank::Named).unwrap_or(0);
    let incident = incident_end(words, &stated, first);
    let mut from = 0;
    for i in 1..incident {
        let between = stated[i - 1].words.end..stated[i].words.start;
        let comparable = stated[i].rank >= Rank::Named || stated[i].rank >= stated[i - 1].rank;
        if comparable && corrects(words, between) {
            from = i;
        }
    }
    let best = stated[from..incident].iter().map(|c| c.rank).max()?;
    let chosen = stated[from..incident].iter().find(|c| c.rank == best)?;
    Some(trim(words, chosen.words.clone()))
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
