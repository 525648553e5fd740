//! Patterns over tokens, written as text in the word tables:
//! `word` in any form, `=word` in this form only, `@class`, `a|b` either, `?a` may be absent,
//! `!a` must not stand here, `~3` at most three other words. A pattern never reaches over the end of a sentence.

use crate::lexicon::Symbol;
use crate::text::{Break, Token};

/// A gap of at most so many words stays within its clause; a wider one reaches over commas.
const NEAR: usize = 8;

/// A compiled pattern.
#[derive(Debug)]
pub(crate) struct Pattern {
    parts: Vec<Part>,
}

#[derive(Debug)]
enum Part {
    One(Vec<Symbol>),
    Maybe(Vec<Symbol>),
    Not(Vec<Symbol>),
    Gap(usize),
}

impl Pattern {
    /// Compiles `text`, asking `symbol` for the number of each name.
    pub(crate) fn parse(text: &str, mut symbol: impl FnMut(&str) -> Symbol) -> Self {
        let mut any = |names: &str| names.split('|').map(&mut symbol).collect::<Vec<_>>();
        let mut part = |text: &str| match (text.strip_prefix('~'), text.strip_prefix('?'), text.strip_prefix('!')) {
            (Some(width), _, _) => Part::Gap(width.parse().unwrap_or(0)),
            (_, Some(names), _) => Part::Maybe(any(names)),
            (_, _, Some(names)) => Part::Not(any(names)),
            (None, None, None) => Part::One(any(text)),
        };
        Self { parts: text.split_whitespace().map(&mut part).collect() }
    }

    /// What a match can begin with. A pattern begins with a word that must be there.
    pub(crate) fn first(&self) -> &[Symbol] {
        match self.parts.first() {
            Some(Part::One(symbols)) => symbols,
            Some(Part::Maybe(_) | Part::Not(_) | Part::Gap(_)) | None => &[],
        }
    }

    /// Where a match that starts at `start` ends, if there is one.
    pub(crate) fn matches(&self, tokens: &[Token], start: usize) -> Option<usize> {
        let Some(Part::One(first)) = self.parts.first() else { return None };
        let token = tokens.get(start)?;
        if !is_any(token, first) {
            return None;
        }
        rest(&self.parts[1..], tokens, start + 1)
    }
}

fn is_any(token: &Token, symbols: &[Symbol]) -> bool {
    !token.set_aside && symbols.iter().any(|symbol| token.is(*symbol))
}

/// Matches the parts from `at` on; `at` is the token behind the last matched one.
fn rest(parts: &[Part], tokens: &[Token], at: usize) -> Option<usize> {
    let Some((part, parts)) = parts.split_first() else { return Some(at) };
    let ended = at == 0 || tokens[at - 1].after == Break::Sentence;
    let here = tokens.get(at).filter(|_| !ended);
    match part {
        Part::One(names) => here.filter(|token| is_any(token, names)).and_then(|_| rest(parts, tokens, at + 1)),
        Part::Maybe(names) => {
            let taken = here.filter(|token| is_any(token, names)).and_then(|_| rest(parts, tokens, at + 1));
            taken.or_else(|| rest(parts, tokens, at))
        }
        Part::Not(names) => {
            let near = at > 0 && tokens[at - 1].after == Break::None;
            if near && here.is_some_and(|token| is_any(token, names)) {
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
        if tokens.get(end).is_none_or(negates) {
            return None;
        }
    }
    None
}

fn negates(token: &Token) -> bool {
    matches!(
        token.word.as_str(),
        "not" | "no" | "nobody" | "never" | "none" | "nothing" | "without" | "but" | "because"
    )
}
