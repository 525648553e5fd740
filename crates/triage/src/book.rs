//! Rules, ready to match: found by the alternatives that their patterns begin with,
//! and tried only where the rest of the sentence may have all the words that they need.

use crate::pattern::Pattern;
use crate::sets::{Alternatives, Fits};
use crate::text::Token;
use crate::words::Rule;

/// A rule with its number among all that there are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Numbered {
    pub(crate) rule: &'static Rule,
    pub(crate) number: u16,
}

/// The rules of one kind.
#[derive(Debug, Default)]
pub(crate) struct Book {
    /// In the order of the tables.
    patterns: Vec<(Numbered, Pattern)>,
}

/// A pattern that a word can begin, and what rules it out most often.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Begun {
    pattern: u16,
    rarest: Alternatives,
}

/// A rule that matches tokens.
#[derive(Debug)]
pub(crate) struct Match {
    pub(crate) rule: Numbered,
    /// The token behind the last matched one.
    pub(crate) end: usize,
}

impl Book {
    pub(crate) const fn new(patterns: Vec<(Numbered, Pattern)>) -> Self {
        Self { patterns }
    }

    /// The patterns that begin with each of the alternatives, of which there are `count`.
    pub(crate) fn by_first(&self, count: usize) -> Vec<Vec<Begun>> {
        let mut by_first = vec![Vec::new(); count];
        for (pattern, (_, parts)) in (0..).zip(&self.patterns) {
            let Some(first) = parts.first() else { continue };
            by_first[usize::from(first.0)].push(Begun { pattern, rarest: parts.rarest().unwrap_or(first) });
        }
        by_first
    }

    /// Hands every rule that matches at `start` to `each`, each by its first pattern that does, in the order of the
    /// tables. `begun` is what the word there can begin, `heard` is what all words of its sentence fit.
    pub(crate) fn matches<'a>(
        &self,
        (tokens, start): (&[Token], usize),
        begun: impl Iterator<Item = &'a Begun>,
        heard: &Fits,
        mut each: impl FnMut(Match),
    ) {
        let possible = |pattern: &u16| self.patterns[usize::from(*pattern)].1.possible(heard);
        let likely = begun.filter(|begun| heard.has(begun.rarest)).map(|begun| begun.pattern);
        let mut tried: Vec<u16> = likely.filter(possible).collect();
        tried.sort_unstable();
        let mut last = None;
        for (rule, pattern) in tried.into_iter().map(|pattern| &self.patterns[usize::from(pattern)]) {
            if last == Some(rule.number) {
                continue;
            }
            if let Some(end) = pattern.matches(tokens, start) {
                last = Some(rule.number);
                each(Match { rule: *rule, end });
            }
        }
    }
}
