//! Named places: a name and a place noun, a head and a name, a fragment that is a name, a name behind a preposition.

use super::shape::{Style, flat_name_word, generic, name_inside, name_word, place_noun, preposition};
use super::{Candidate, Mark, Rank};
use crate::text::{Break, Word};

/// No place's name has more words.
const MAX_NAME: usize = 6;

pub(crate) fn find(words: &[Word<'_>], style: Style) -> Vec<Candidate> {
    let mut found = Vec::new();
    for at in 0..words.len() {
        found.extend(if style == Style::Cased { named(words, at) } else { flat(words, at) });
        found.extend(headed(words, at));
        found.extend(paired(words, at));
        found.extend(numbered(words, at));
        found.extend(fragment(words, at));
        found.extend(hint(words, at));
    }
    found
}

fn joined(words: &[Word<'_>], at: usize) -> bool {
    words[at].after == Break::None
}

/// `Name Name noun`, the noun at `at`: `Mill Hill School`, `Plough pub`, `Fox and Hounds`.
fn named(words: &[Word<'_>], at: usize) -> Option<Candidate> {
    words.get(at).filter(|word| place_noun(word))?;
    let mut start = at;
    while start > 0 && at - start < MAX_NAME && joined(words, start - 1) && in_name(words, start - 1) {
        start -= 1;
    }
    while start < at && !opens_name(words, start) {
        start += 1;
    }
    let proper = (start..at).any(|i| proper_name(words, i));
    let end = at + 1;
    let longer = words.get(end).is_some_and(|next| joined(words, at) && next.capital() && place_noun(next));
    (proper && !longer).then(|| Candidate { words: spot(words, start)..end, rank: Rank::Named })
}

/// A capital, or a small word between two capitals.
fn in_name(words: &[Word<'_>], at: usize) -> bool {
    let word = &words[at];
    let little = matches!(word.lower(), "and" | "of" | "&" | "the") && !word.capital();
    let before = at > 0 && joined(words, at - 1) && words[at - 1].capital() && name_inside(&words[at - 1]);
    name_inside(word) || generic(word) || (little && before)
}

fn opens_name(words: &[Word<'_>], at: usize) -> bool {
    name_inside(&words[at]) && words[at].capital()
}

/// A name, or a common word whose capital does not come from opening the sentence.
fn proper_name(words: &[Word<'_>], at: usize) -> bool {
    let word = &words[at];
    let opens = at == 0 || words[at - 1].after != Break::None;
    let common = generic(word) || place_noun(word) || !name_word(word);
    word.capital() && !generic(word) && !(common && opens && !words.get(at + 1).is_some_and(Word::capital))
}

/// A numbered spot before the name belongs to it: `stop G Sutton station`.
fn spot(words: &[Word<'_>], start: usize) -> usize {
    let Some(head) = start.checked_sub(2) else { return start };
    let numbered = words[head + 1].number() || words[head + 1].lower.len() == 1;
    let spot = words[head].is(Mark::NumberedSpot);
    if spot && numbered && joined(words, head) && joined(words, head + 1) {
        return head;
    }
    // The letter of the spot was taken for a name.
    let lettered = words[start].lower.len() == 1 && words[start - 1].is(Mark::NumberedSpot);
    if lettered && joined(words, start - 1) { start - 1 } else { start }
}

/// Where capitals do not tell: behind a preposition and without an article.
fn flat(words: &[Word<'_>], at: usize) -> Option<Candidate> {
    words.get(at).filter(|word| place_noun(word))?;
    let mut start = at;
    while start > 0 && at - start < 3 && joined(words, start - 1) && flat_name_word(&words[start - 1]) {
        start -= 1;
    }
    let led = start > 0 && joined(words, start - 1) && preposition(&words[start - 1]);
    let proper = (start..at).any(|i| !generic(&words[i]) && !place_noun(&words[i]));
    (led && proper).then(|| Candidate { words: start..at + 1, rank: Rank::Fragment })
}

/// `the Dog and Duck`, `5th and Pine`: two names with `and` between them, behind an article or alone in their clause.
fn paired(words: &[Word<'_>], at: usize) -> Option<Candidate> {
    let name = |at: usize| words.get(at).is_some_and(name_word);
    let pair = name(at) && name(at + 2) && words.get(at + 1).is_some_and(|word| word.lower == "and");
    let whole = pair && joined(words, at) && joined(words, at + 1);
    let before = at.checked_sub(1).map(|i| &words[i]);
    let led = before.is_none_or(|word| word.after != Break::None || word.lower == "the" || preposition(word));
    let article = before.is_some_and(|word| word.lower == "the" && word.after == Break::None);
    let closed = words.get(at + 2).is_some_and(|word| word.after != Break::None);
    (whole && led && (article || closed)).then_some(Candidate { words: at..at + 3, rank: Rank::Hint })
}

/// `Club Vertigo`, `River Wandle`.
fn headed(words: &[Word<'_>], at: usize) -> Option<Candidate> {
    let head = words.get(at).filter(|word| word.is(Mark::NameHead))?;
    let mut end = at + 1;
    while end < words.len() && end - at < 4 && joined(words, end - 1) && name_word(&words[end]) {
        end += 1;
    }
    let named = end > at + 1 && head.after == Break::None;
    named.then_some(Candidate { words: at..end, rank: Rank::Named })
}

/// `Junction 9`, `Bridge 14`: a kind of spot of which the number says which.
fn numbered(words: &[Word<'_>], at: usize) -> Option<Candidate> {
    let kind = words.get(at).filter(|word| word.is(Mark::NumberedPlace))?;
    let number = words.get(at + 1).filter(|word| word.number() && kind.after == Break::None)?;
    let counts = number.after == Break::None && words.get(at + 2).is_some_and(|word| !word.capital());
    (!counts || kind.capital() || at > 0 && preposition(&words[at - 1]))
        .then_some(Candidate { words: at..at + 2, rank: Rank::Hint })
}

/// A clause that is nothing but a name: `The Ridge`.
fn fragment(words: &[Word<'_>], at: usize) -> Option<Candidate> {
    let opens = at == 0 || words[at - 1].after != Break::None;
    if !opens {
        return None;
    }
    let article = usize::from(words[at].lower == "the" && words[at].capital() && joined(words, at));
    let start = at + article;
    let fits = |word: &Word<'_>| if article == 1 { name_inside(word) } else { name_word(word) };
    let mut end = start;
    while end < words.len() && end - start < 4 && fits(&words[end]) && !words[end].number() {
        end += 1;
        if words[end - 1].after != Break::None {
            break;
        }
    }
    let length = end - start + article;
    let ends = end > start && words[end - 1].after == Break::Sentence;
    let last = end == words.len() && at > 0;
    match length {
        2.. if ends => Some(Candidate { words: start..end, rank: Rank::Fragment }),
        2.. if end > start && words[end - 1].after == Break::Clause => {
            Some(Candidate { words: start..end, rank: Rank::Hint })
        }
        1 if end > start
            && words[end - 1].after == Break::Clause
            && at > 0
            && words[at - 1].after == Break::Sentence =>
        {
            Some(Candidate { words: start..end, rank: Rank::Hint })
        }
        1 if ends && last && words[start].lower.len() > 4 => Some(Candidate { words: start..end, rank: Rank::Hint }),
        _ => None,
    }
}

/// `at Kingswood`: a name behind a preposition.
fn hint(words: &[Word<'_>], at: usize) -> Option<Candidate> {
    let lead = words.get(at).filter(|word| preposition(word) && joined(words, at))?;
    let article = usize::from(words.get(at + 1)?.lower == "the");
    let start = at + 1 + article;
    let mut end = start;
    while end < words.len() && end - start < 4 && name_word(&words[end]) && !words[end].number() {
        end += 1;
        if words[end - 1].after != Break::None {
            break;
        }
    }
    let local = matches!(
        lead.lower(),
        "at" | "in"
            | "outside"
            | "near"
            | "behind"
            | "opposite"
            | "by"
            | "beside"
            | "inside"
            | "on"
            | "off"
            | "along"
            | "down"
            | "over"
    );
    let proper = (start..end).any(|i| !generic(&words[i]) && !words[i].is(Mark::NotName));
    (local && end > start && proper).then_some(Candidate { words: start..end, rank: Rank::Hint })
}
