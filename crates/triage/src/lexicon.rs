//! Every word and word class that the rules know, as small numbers, so that matching compares numbers only.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::lemma::lemmas;
use crate::pattern::Pattern;
use crate::words::{self, Class, Rule};

/// A word in its base form, a word in exactly one form (`=fire`), or a class of words (`@person`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Symbol(u16);

/// A rule, ready to match.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) rule: &'static Rule,
    pub(crate) patterns: Vec<Pattern>,
}

/// The tables, compiled: constant data, built once.
#[derive(Debug, Default)]
pub(crate) struct Lexicon {
    numbers: HashMap<String, Symbol>,
    classes: HashMap<Symbol, Vec<Symbol>>,
    /// Rules that take harmless words out.
    pub(crate) figures: Vec<Compiled>,
    /// Rules that find facts.
    pub(crate) rules: Vec<Compiled>,
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
        lexicon.figures = words::FIGURES.iter().map(|rule| lexicon.compile(rule)).collect();
        lexicon.rules = words::rules().map(|rule| lexicon.compile(rule)).collect();
        lexicon
    }

    fn enter(&mut self, class: &Class) {
        let symbol = self.symbol(&format!("@{}", class.name));
        for word in class.words.split_whitespace() {
            let word = self.symbol(word);
            self.classes.entry(word).or_default().push(symbol);
        }
    }

    fn compile(&mut self, rule: &'static Rule) -> Compiled {
        let patterns = rule.patterns.iter().map(|text| Pattern::parse(text, |name| self.symbol(name))).collect();
        Compiled { rule, patterns }
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
