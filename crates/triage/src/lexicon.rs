//! Every word and word class that the rules know, as small numbers, so that matching compares numbers only.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::lemma::lemmas;
use crate::pattern::Pattern;
use crate::text::Token;
use crate::words::{self, Class, Rule};

/// A word in its base form, a word in exactly one form (`=fire`), or a class of words (`@person`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Symbol(u16);

/// Rules, ready to match: found by the first word of their patterns.
#[derive(Debug, Default)]
pub(crate) struct Book {
    /// In the order of the tables.
    patterns: Vec<(&'static Rule, Pattern)>,
    by_first: HashMap<Symbol, Vec<usize>>,
}

/// A rule that matches tokens.
#[derive(Debug)]
pub(crate) struct Match {
    pub(crate) rule: &'static Rule,
    /// The token behind the last matched one.
    pub(crate) end: usize,
}

impl Book {
    fn add(&mut self, rule: &'static Rule, pattern: Pattern) {
        for first in pattern.first() {
            self.by_first.entry(*first).or_default().push(self.patterns.len());
        }
        self.patterns.push((rule, pattern));
    }

    /// Every rule that matches at `start`, each by its first pattern that does, in the order of the tables.
    pub(crate) fn matches(&self, tokens: &[Token], start: usize) -> Vec<Match> {
        let by_first = tokens[start].symbols.iter().filter_map(|symbol| self.by_first.get(symbol));
        let mut tried: Vec<usize> = by_first.flatten().copied().collect();
        tried.sort_unstable();
        tried.dedup();
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

/// The tables, compiled: constant data, built once.
#[derive(Debug, Default)]
pub(crate) struct Lexicon {
    numbers: HashMap<String, Symbol>,
    classes: HashMap<Symbol, Vec<Symbol>>,
    /// Rules that take harmless words out.
    pub(crate) figures: Book,
    /// Rules that find facts.
    pub(crate) rules: Book,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::build);

impl Lexicon {
    pub(crate) fn get() -> &'static Self {
        &LEXICON
    }

    fn build() -> Self {
        let mut lexicon = Self::default();
        for class in words::classes() {
            lexicon.enter(class);
        }
        lexicon.figures = lexicon.book(words::FIGURES.iter());
        lexicon.rules = lexicon.book(words::rules());
        lexicon
    }

    fn enter(&mut self, class: &Class) {
        let symbol = self.symbol(&format!("@{}", class.name));
        for word in class.words.split_whitespace() {
            let word = self.symbol(word);
            self.classes.entry(word).or_default().push(symbol);
        }
    }

    fn book(&mut self, rules: impl Iterator<Item = &'static Rule>) -> Book {
        let mut book = Book::default();
        for (rule, text) in rules.flat_map(|rule| rule.patterns.iter().map(move |text| (rule, text))) {
            book.add(rule, Pattern::parse(text, |name| self.symbol(name)));
        }
        book
    }

    fn symbol(&mut self, name: &str) -> Symbol {
        let next = u16::try_from(self.numbers.len()).unwrap_or(u16::MAX);
        *self.numbers.entry(name.to_owned()).or_insert(Symbol(next))
    }

    /// The symbol of a class or word that the tables name.
    pub(crate) fn named(&self, name: &str) -> Option<Symbol> {
        self.numbers.get(name).copied()
    }

    /// Every symbol that the word stands for.
    pub(crate) fn symbols(&self, word: &str) -> Vec<Symbol> {
        let mut found: Vec<Symbol> = self.named(&format!("={word}")).into_iter().collect();
        found.extend(lemmas(word).iter().filter_map(|lemma| self.named(lemma)));
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            found.extend(self.named("@number"));
        }
        let classes: Vec<Symbol> =
            found.iter().filter_map(|symbol| self.classes.get(symbol)).flatten().copied().collect();
        found.extend(classes);
        found
    }
}
