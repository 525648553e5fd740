//! Every word and word class that the rules know, as numbers, so that matching compares bits only.

use std::sync::LazyLock;

use crate::book::Book;
use crate::lemma::lemmas;
use crate::pattern::Pattern;
use crate::quick::Table;
use crate::sets::{Alternatives, Fits};
use crate::words::{self, Class, Rule};

/// The tables, compiled: constant data, built once.
#[derive(Debug, Default)]
pub(crate) struct Lexicon {
    /// A word in its base form, or a class of words (`@person`), and the alternatives that it fits.
    names: Table<String, Vec<Alternatives>>,
    /// The same for a word in exactly one form (`=fire`).
    exact: Table<String, Vec<Alternatives>>,
    /// Alternatives as they are written.
    written: Table<String, Alternatives>,
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
        let figures = lexicon.patterns(words::FIGURES.iter());
        let rules = lexicon.patterns(words::rules());
        words::classes().for_each(|class| lexicon.enter(class));
        let count = lexicon.written.len();
        lexicon.figures = Book::new(figures, count);
        lexicon.rules = Book::new(rules, count);
        lexicon
    }

    fn patterns(&mut self, rules: impl Iterator<Item = &'static Rule>) -> Vec<(&'static Rule, Pattern)> {
        let texts = rules.flat_map(|rule| rule.patterns.iter().map(move |text| (rule, *text)));
        texts.map(|(rule, text)| (rule, Pattern::parse(text, |names| self.alternatives(names)))).collect()
    }

    /// The number of `names`, words and classes with `|` between them.
    fn alternatives(&mut self, names: &str) -> Alternatives {
        if let Some(known) = self.written.get(names) {
            return *known;
        }
        let new = Alternatives(u16::try_from(self.written.len()).unwrap_or(u16::MAX));
        self.written.insert(names.to_owned(), new);
        for name in names.split('|') {
            self.fitting(name).push(new);
        }
        new
    }

    /// What a word or class fits.
    fn fitting(&mut self, name: &str) -> &mut Vec<Alternatives> {
        match name.strip_prefix('=') {
            Some(exact) => self.exact.entry(exact.to_owned()).or_default(),
            None => self.names.entry(name.to_owned()).or_default(),
        }
    }

    /// The words of a class fit whatever the class fits.
    fn enter(&mut self, class: &Class) {
        let class_fits = self.names.get(&format!("@{}", class.name)).cloned().unwrap_or_default();
        for word in class.words.split_whitespace() {
            self.fitting(word).extend(&class_fits);
        }
    }

    /// The number of alternatives that some pattern writes so.
    pub(crate) fn named(&self, written: &str) -> Option<Alternatives> {
        self.written.get(written).copied()
    }

    /// What a class by itself fits.
    pub(crate) fn fits_of(&self, class: &str) -> Fits {
        let mut fits = Fits::none(self.written.len());
        self.names.get(class).into_iter().flatten().for_each(|which| fits.add(*which));
        fits
    }

    /// What a word fits: by its form, by each of its base forms, by the classes of those, as a number.
    pub(crate) fn fits(&self, word: &str) -> Fits {
        let mut fits = Fits::none(self.written.len());
        let mut add =
            |found: Option<&Vec<Alternatives>>| found.into_iter().flatten().for_each(|which| fits.add(*which));
        add(self.exact.get(word));
        lemmas(word, |lemma| add(self.names.get(lemma)));
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            add(self.names.get("@number"));
        }
        fits
    }

    /// What the words of a call fit together.
    pub(crate) fn heard<'a>(&self, tokens: impl Iterator<Item = &'a Fits>) -> Fits {
        let mut heard = Fits::none(self.written.len());
        tokens.for_each(|fits| heard.join(fits));
        heard
    }
}
