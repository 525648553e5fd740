//! Addresses: number, street, unit, postcode; roads by number; corners of two streets.

use std::ops::Range;

use super::shape::{
    Style, direction, flat_name_word, name_inside, name_word, ordinal, place_noun, postcode, preposition, street_type,
};
use super::{Candidate, Mark, Rank};
use crate::text::{Break, Word};

/// No street's name has more words before its type.
const MAX_NAME: usize = 4;

pub(crate) fn find(words: &[Word<'_>], style: Style) -> Vec<Candidate> {
    let mut found = Vec::new();
    for at in 0..words.len() {
        found.extend(street(words, at, style));
        found.extend(numbered(words, at, style));
        found.extend(corner(words, at));
        found.extend(numbered_road(words, at));
        found.extend(junction_of_road(words, at));
        found.extend(unit(words, at));
        found.extend(postcode(words, at).map(|end| Candidate { words: at..end, rank: Rank::Named }));
    }
    found
}

/// `[number] name type`, the type at `at`.
fn street(words: &[Word<'_>], at: usize, style: Style) -> Option<Candidate> {
    let kind = words.get(at).filter(|word| street_type(word))?;
    let cased = style == Style::Cased;
    let start = if cased { name_start(words, at) } else { flat_start(words, at) }?;
    let end = tail(words, at + 1, kind.capital());
    let numbered = number_before(words, start);
    let rank = if numbered.is_some() { Rank::Address } else { Rank::Named };
    Some(Candidate { words: numbered.unwrap_or(start)..end, rank })
}

/// The first of the capitalised words that end right before `at`.
fn name_start(words: &[Word<'_>], at: usize) -> Option<usize> {
    let article = at.checked_sub(1).filter(|i| words[*i].lower == "the" && joined(words, *i) && words[at].capital());
    if let Some(start) = article.filter(|start| number_before(words, *start).is_some()) {
        return Some(start);
    }
    let mut start = at;
    while start > 0 && at - start < MAX_NAME && joined(words, start - 1) && name_inside(&words[start - 1]) {
        start -= 1;
    }
    let start = after_opening(words, start, at);
    let named = start < at && !(start..at).all(|i| ordinal(&words[i]) && !words[at].capital());
    if named {
        return Some(start);
    }
    // Typed carelessly in a text that has capitals elsewhere: a number must stand before it.
    flat_start(words, at).filter(|start| number_before(words, *start).is_some())
}

/// A capital that only opens the sentence is no name where another name follows: `Black smoke`, but `Green Lane`.
fn after_opening(words: &[Word<'_>], start: usize, at: usize) -> usize {
    let opens = start == 0 || words[start - 1].after == Break::Sentence;
    let spare = at - start > 1 && opens && words[at].after == Break::None && !name_word(&words[start]);
    if spare { start + 1 } else { start }
}

/// Where capitals do not tell: behind a number, or behind a preposition.
fn flat_start(words: &[Word<'_>], at: usize) -> Option<usize> {
    let mut start = at;
    while start > 0 && at - start < 3 && joined(words, start - 1) && flat_name_word(&words[start - 1]) {
        start -= 1;
        let led = start > 0 && joined(words, start - 1) && leads(&words[start - 1]) && sure_type(&words[at]);
        if number_before(words, start).is_some() || led {
            return Some(start);
        }
    }
    let fragment =
        start < at && (start == 0 || words[start - 1].after != Break::None) && words[at].after != Break::None;
    fragment.then_some(start)
}

fn joined(words: &[Word<'_>], at: usize) -> bool {
    words[at].after == Break::None
}

/// A preposition that places stand behind, of those that are also used otherwise.
fn leads(word: &Word<'_>) -> bool {
    preposition(word) && !matches!(word.lower(), "to" | "up" | "over" | "under" | "into" | "round" | "through" | "from")
}

/// A street type that is hardly ever an ordinary word.
fn sure_type(word: &Word<'_>) -> bool {
    const SURE: [&str; 19] = [
        "road",
        "rd",
        "street",
        "st",
        "avenue",
        "ave",
        "lane",
        "ln",
        "close",
        "crescent",
        "cres",
        "grove",
        "terrace",
        "mews",
        "roundabout",
        "boulevard",
        "parade",
        "nagar",
        "chowk",
    ];
    SURE.contains(&word.lower())
}

/// The house number right before `start`, if there is one.
fn number_before(words: &[Word<'_>], start: usize) -> Option<usize> {
    let at = start.checked_sub(1)?;
    let number = words[at].number() || (words[at].text.len() <= 6 && written_number(&words[at].lower));
    let near =
        joined(words, at) || (words[at].number() && words[at].after == Break::Clause && spans_name(words, start));
    (number && near && !matches!(words[at].lower(), "999" | "911" | "112")).then_some(at)
}

/// `12, Acacia Avenue`: a comma between number and street is common.
fn spans_name(words: &[Word<'_>], start: usize) -> bool {
    words[start].capital() && words[start].number() == ordinal(&words[start])
}

fn written_number(word: &str) -> bool {
    const WRITTEN: [&str; 12] =
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    WRITTEN.contains(&word)
}

/// What still belongs to the street behind its type: a point of the compass, a place noun, a second type.
fn tail(words: &[Word<'_>], end: usize, capital: bool) -> usize {
    let open = |at: usize| at < words.len() && joined(words, at - 1);
    let mut end = end;
    if open(end) && direction(&words[end]) && words[end].capital() == capital && words[end].lower.len() > 2 {
        end += 1;
    }
    let mut reach = end;
    while open(reach) && reach - end < 3 && words[reach].capital() && name_inside(&words[reach]) {
        reach += 1;
        if place_noun(&words[reach - 1]) || street_type(&words[reach - 1]) {
            end = reach;
        }
    }
    let stop = open(end) && end + 1 < words.len() && words[end + 1].lower == "stop" && joined(words, end);
    if stop && matches!(words[end].lower(), "tram" | "bus") {
        return end + 2;
    }
    if open(end) && place_noun(&words[end]) && !preposition(&words[end]) {
        end += 1;
    }
    end
}

/// `number Name Name` without a known type, at the end of a clause or before a small word.
fn numbered(words: &[Word<'_>], at: usize, style: Style) -> Option<Candidate> {
    let number = words.get(at).filter(|word| word.number() && joined(words, at))?;
    if style == Style::Flat || matches!(number.lower(), "999" | "911") || ordinal(number) {
        return None;
    }
    let mut end = at + 1;
    while end < words.len()
        && end - at <= MAX_NAME + 1
        && words[end].capital()
        && name_inside(&words[end])
        && !words[end].number()
    {
        end += 1;
        if words[end - 1].after != Break::None {
            break;
        }
    }
    let named = end > at + 1 && (at + 1..end).any(|i| name_word(&words[i]));
    let closed = end == words.len() || words[end - 1].after != Break::None || small(&words[end]);
    (named && closed).then_some(Candidate { words: at..end, rank: Rank::Address })
}

fn small(word: &Word<'_>) -> bool {
    !word.capital() && (word.is(Mark::NotName) || preposition(word))
}

/// `junction 9 of the M25`.
fn junction_of_road(words: &[Word<'_>], at: usize) -> Option<Candidate> {
    words.get(at).filter(|word| matches!(word.lower(), "junction" | "exit" | "jct"))?;
    words.get(at + 1).filter(|word| word.number())?;
    words.get(at + 2).filter(|word| matches!(word.lower(), "of" | "on" | "off"))?;
    let road = if words.get(at + 3)?.lower == "the" { at + 4 } else { at + 3 };
    road_number(words, road).map(|end| Candidate { words: at..end, rank: Rank::Named })
}

/// `corner of X and Y`; the streets need no type.
fn corner(words: &[Word<'_>], at: usize) -> Option<Candidate> {
    let head =
        matches!(words.get(at)?.lower(), "corner" | "junction" | "intersection" | "crossroads" | "between" | "where");
    let mut start = at + 1;
    while start < words.len() && matches!(words[start].lower(), "of" | "the" | "on" | "at" | "with") {
        start += 1;
    }
    let first = names(words, start);
    let and = words.get(first.end).is_some_and(|word| matches!(word.lower(), "and" | "with" | "at" | "meets"));
    let second = names(words, first.end + 1);
    let whole = head && and && !first.is_empty() && !second.is_empty();
    whole.then_some(Candidate { words: start..second.end, rank: Rank::Named })
}

/// A run of name words from `start` on, with a street type.
fn names(words: &[Word<'_>], start: usize) -> Range<usize> {
    let mut end = start;
    while end < words.len()
        && end - start < MAX_NAME
        && (name_word(&words[end]) || (end > start && street_type(&words[end])))
    {
        end += 1;
        if words[end - 1].after != Break::None {
            break;
        }
    }
    start..end
}

/// `A217`, `M25 junction 9`, `I-95 northbound at exit 14`.
fn numbered_road(words: &[Word<'_>], at: usize) -> Option<Candidate> {
    let mut end = road_number(words, at)?;
    let is = |at: usize, list: &[&str]| words.get(at).is_some_and(|word| list.contains(&word.lower()));
    let open = |end: usize| joined(words, end - 1);
    if open(end)
        && is(
            end,
            &[
                "northbound",
                "southbound",
                "eastbound",
                "westbound",
                "north",
                "south",
                "east",
                "west",
                "clockwise",
                "anticlockwise",
            ],
        )
    {
        end += 1;
    }
    let mut next = end;
    if is(next, &["at", "near", "by", "towards", "between", "before", "after", "just", "past"]) {
        next += 1;
    }
    if is(next, &["the"]) {
        next += 1;
    }
    let near = words.get(end - 1).is_some_and(|word| word.after != Break::Sentence);
    if near && is(next, &["junction", "exit", "j", "jct", "milepost", "mile", "marker", "services"]) {
        let number = (next + 1..next + 3).find(|i| words.get(*i).is_some_and(Word::number));
        return Some(Candidate { words: at..number.map_or(end, |i| i + 1), rank: Rank::Named });
    }
    let place = names(words, next);
    let located = open(end) && next > end && !place.is_empty();
    let noun = words.get(place.end).is_some_and(|word| place_noun(word) && joined(words, place.end - 1));
    let whole = if noun { place.end + 1 } else { place.end };
    Some(Candidate { words: at..if located { whole } else { end }, rank: Rank::Named })
}

fn road_number(words: &[Word<'_>], at: usize) -> Option<usize> {
    let word = words.get(at)?;
    let digits = |text: &str| !text.is_empty() && text.len() <= 4 && text.chars().all(|c| c.is_ascii_digit());
    let prefixes = ["i-", "us-", "sr-", "nh-", "m", "a", "b", "n", "e", "nh", "r"];
    for prefix in prefixes.into_iter().filter(|_| word.is(Mark::Digit)) {
        if word.lower.strip_prefix(prefix).is_some_and(digits) && word.capital() | (prefix == "m" || prefix == "a") {
            return Some(at + 1);
        }
    }
    let named = word.capital() && matches!(word.lower(), "route" | "highway" | "hwy" | "interstate" | "nh" | "sr");
    let number = words.get(at + 1).is_some_and(|next| digits(&next.lower));
    (named && number && joined(words, at)).then_some(at + 2)
}

/// `3rd floor`, `second floor` before the rest of an address.
fn storey(words: &[Word<'_>], at: usize) -> Option<Candidate> {
    const STOREYS: [&str; 8] = ["ground", "first", "second", "third", "fourth", "fifth", "top", "lower"];
    let which = words.get(at).filter(|word| joined(words, at) && (ordinal(word) || STOREYS.contains(&word.lower())))?;
    let floor = words.get(at + 1).filter(|word| word.lower == "floor" && word.after == Break::Clause)?;
    let opens = at == 0 || words[at - 1].after != Break::None;
    (opens && !which.text.is_empty() && !floor.text.is_empty())
        .then_some(Candidate { words: at..at + 2, rank: Rank::Hint })
}

/// `Flat 3`, `H.No. 7`, `Apt 5`: a part of an address, joined to its neighbours later.
fn unit(words: &[Word<'_>], at: usize) -> Option<Candidate> {
    if let Some(storey) = storey(words, at) {
        return Some(storey);
    }
    let head = words.get(at).filter(|word| word.is(Mark::Unit) && joined(words, at))?;
    let number = if head.lower == "h" && words.get(at + 1)?.lower == "no" { at + 2 } else { at + 1 };
    let word = words.get(number)?;
    let letter = word.text.len() == 1 && word.capital() && word.lower != "i" && word.lower != "a";
    (word.number() || letter).then_some(Candidate { words: at..number + 1, rank: Rank::Hint })
}
