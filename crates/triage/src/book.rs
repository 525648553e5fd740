//! Rules, ready to match: found by the alternatives that their patterns begin with,
//! and tried only where the call has all the words that they need.

use crate::pattern::Pattern;
use crate::sets::{Alternatives, Fits};
use crate::text::Token;
use crate::words::Rule;

/// The rules of one kind.
#[derive(Debug, Default)]
pub(crate) struct Book {
    /// In the order of the tables.
    patterns: Vec<(&'static Rule, Pattern)>,
    /// Which alternatives any pattern begins with.
    firsts: Fits,
    /// The patterns that begin with each, and what rules them out most often.
    by_first: Vec<Vec<(usize, Option<Alternatives>)>>,
}

/// A rule that matches tokens.
#[derive(Debug)]
pub(crate) struct Match {
    pub(crate) rule: &'static Rule,
    /// The token behind the last matched one.
    pub(crate) end: usize,
}

impl Book {
    /// The patterns under their first alternatives, of which there are `count`.
    pub(crate) fn new(patterns: Vec<(&'static Rule, Pattern)>, count: usize) -> Self {
        let mut book = Self { patterns, firsts: Fits::none(count), by_first: vec![Vec::new(); count] };
        for (at, (_, pattern)) in book.patterns.iter().enumerate() {
            let Some(Alternatives(first)) = pattern.first() else { continue };
            book.firsts.add(Alternatives(first));
            book.by_first[usize::from(first)].push((at, pattern.rarest()));
        }
        book
    }

    /// Every rule that matches at `start`, each by its first pattern that does, in the order of the tables.
    /// `heard` is what all words of the call fit.
    pub(crate) fn matches(&self, tokens: &[Token], start: usize, heard: &Fits) -> Vec<Match> {
        let firsts = tokens[start].fits.common(&self.firsts);
        let begun = firsts.flat_map(|first| &self.by_first[usize::from(first.0)]);
        let possible = begun.filter(|(_, rarest)| rarest.is_none_or(|rarest| heard.has(rarest))).map(|(at, _)| *at);
        let mut tried: Vec<usize> = possible.filter(|at| self.patterns[*at].1.possible(heard)).collect();
        tried.sort_unstable();
        let mut found: Vec<Match> = Vec::new();
        for (rule, pattern) in tried.into_iter().map(|at| &self.patterns[at]) {
            if found.last().is_some_and(|last| std::ptr::eq(last.rule, *rule)) {
                continue;
            }
            found.extend(pattern.matches(tokens, start).map(|end| Match { rule, end }));
        }
        found
    }
}
