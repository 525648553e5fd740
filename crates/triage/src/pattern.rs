//! Patterns over tokens, written as text in the word tables:
//! `word` in any form, `=word` in this form only, `@class`, `a|b` either, `?a` may be absent,
//! `!a` must not stand here, `~3` at most three other words. A pattern never reaches over the end of a sentence.

use crate::sets::{Alternatives, Fits};
use crate::text::{Break, Token};

/// A gap of at most so many words stays within its clause; a wider one reaches over commas.
const NEAR: usize = 8;

/// A gap of at most so many words stays within its statement: it does not reach over an `and`.
const SHORT: usize = 5;

/// A compiled pattern.
#[derive(Debug)]
pub(crate) struct Pattern {
    parts: Vec<Part>,
    /// What must stand behind its first word, the rarest first.
    needs: Vec<Alternatives>,
}

#[derive(Debug)]
enum Part {
    One(Alternatives),
    Maybe(Alternatives),
    Not(Alternatives),
    Gap(usize),
}

impl Pattern {
    /// Compiles `text`, asking `any` for the number of each of its alternatives.
    pub(crate) fn parse(text: &'static str, mut any: impl FnMut(&'static str) -> Alternatives) -> Self {
        let mut part =
            |text: &'static str| match (text.strip_prefix('~'), text.strip_prefix('?'), text.strip_prefix('!')) {
                (Some(width), _, _) => Part::Gap(width.parse().unwrap_or(0)),
                (_, Some(names), _) => Part::Maybe(any(names)),
                (_, _, Some(names)) => Part::Not(any(names)),
                (None, None, None) => Part::One(any(text)),
            };
        let parts: Vec<Part> = text.split_whitespace().map(&mut part).collect();
        let must = |(part, text): (&Part, &str)| match part {
            Part::One(names) => Some((breadth(text), *names)),
            Part::Maybe(_) | Part::Not(_) | Part::Gap(_) => None,
        };
        let mut needs: Vec<_> = parts.iter().zip(text.split_whitespace()).skip(1).filter_map(must).collect();
        needs.sort_by_key(|(breadth, _)| *breadth);
        let needs = needs.into_iter().map(|(_, names)| names).collect();
        Self { parts, needs }
    }

    /// What a match can begin with. A pattern begins with a word that must be there.
    pub(crate) fn first(&self) -> Option<Alternatives> {
        match self.parts.first() {
            Some(Part::One(names)) => Some(*names),
            Some(Part::Maybe(_) | Part::Not(_) | Part::Gap(_)) | None => None,
        }
    }

    /// What rules it out most often.
    pub(crate) fn rarest(&self) -> Option<Alternatives> {
        self.needs.first().copied()
    }

    /// Whether a sentence whose words fit `heard` has all that the pattern needs.
    pub(crate) fn possible(&self, heard: &Fits) -> bool {
        self.needs.iter().all(|names| heard.has(*names))
    }

    /// Where a match that starts at `start` ends, if there is one.
    pub(crate) fn matches(&self, tokens: &[Token], start: usize) -> Option<usize> {
        let Some(Part::One(first)) = self.parts.first() else { return None };
        let token = tokens.get(start)?;
        if !is_any(token, *first) {
            return None;
        }
        rest(&self.parts[1..], tokens, start + 1)
    }
}

/// How often alternatives are met: a class is long, and every further word counts.
fn breadth(names: &str) -> usize {
    const CLASS: usize = 400;
    names.len() + CLASS * names.matches('@').count()
}

fn is_any(token: &Token, names: Alternatives) -> bool {
    !token.set_aside && token.is(names)
}

/// Matches the parts from `at` on; `at` is the token behind the last matched one.
fn rest(parts: &[Part], tokens: &[Token], at: usize) -> Option<usize> {
    let Some((part, parts)) = parts.split_first() else { return Some(at) };
    let ended = at == 0 || tokens[at - 1].after == Break::Sentence;
    let here = tokens.get(at).filter(|_| !ended);
    match part {
        Part::One(names) => here.filter(|token| is_any(token, *names)).and_then(|_| rest(parts, tokens, at + 1)),
        Part::Maybe(names) => {
            let taken = here.filter(|token| is_any(token, *names)).and_then(|_| rest(parts, tokens, at + 1));
            taken.or_else(|| rest(parts, tokens, at))
        }
        Part::Not(names) => {
            let near = at > 0 && tokens[at - 1].after == Break::None;
            if near && here.is_some_and(|token| is_any(token, *names)) {
                return None;
            }
            rest(parts, tokens, at)
        }
        Part::Gap(width) => skip(*width, parts, tokens, at),
    }
}

/// Tries the shortest gap first. A gap holds no negation and no `but`: what is denied or set against something
/// in between is not what the pattern says.
fn skip(width: usize, parts: &[Part], tokens: &[Token], at: usize) -> Option<usize> {
    if !parts.iter().any(|part| matches!(part, Part::One(_))) {
        return Some(at);
    }
    let edge = if width > NEAR { Break::Sentence } else { Break::Clause };
    for end in at..=at + width {
        if end == 0 || tokens[end - 1].after >= edge {
            return None;
        }
        if let Some(found) = rest(parts, tokens, end) {
            return Some(found);
        }
        if tokens.get(end).is_none_or(|token| negates(token) || (width <= SHORT && token.word == "and")) {
            return None;
        }
    }
    None
}

fn negates(token: &Token) -> bool {
    matches!(token.word(), "not" | "no" | "nobody" | "never" | "none" | "nothing" | "without" | "but" | "because")
}
