//! Every word and word class that the rules know, as numbers, so that matching compares bits only.
//! One look-up of a word gives all that the tables say of it.

use std::sync::LazyLock;

use crate::book::{Begun, Book, Numbered};
use crate::lemma::endings;
use crate::pattern::Pattern;
use crate::quick::Table;
use crate::sets::{Alternatives, Fits};
use crate::weigh::{self, Row};
use crate::words::{self, Class, Rule, spelling};

/// The tables, compiled: constant data, built once.
#[derive(Debug, Default)]
pub(crate) struct Lexicon {
    words: Table<&'static str, Lexeme>,
    /// Classes of words (`@person`).
    classes: Table<&'static str, Form>,
    /// Alternatives as they are written.
    written: Table<&'static str, Alternatives>,
    /// Rules that take harmless words out.
    pub(crate) figures: Book,
    /// Rules that find facts.
    pub(crate) rules: Book,
}

/// All that the tables say of a word in one form.
#[derive(Debug, Default)]
pub(crate) struct Lexeme {
    pub(crate) word: &'static str,
    /// What it is for the patterns in exactly this form (`=fire`) or any.
    exact: Form,
    /// What a word is for them that has it as a base form.
    base: Form,
    /// The kinds that it belongs to.
    pub(crate) kinds: Vec<Kind>,
    /// What it weighs.
    pub(crate) row: Option<Row>,
    /// It says nothing by itself.
    pub(crate) empty: bool,
    /// What it is short for.
    pub(crate) full: Option<&'static str>,
    /// Its base form where no ending explains it; then it has no other.
    pub(crate) root: Option<&'static str>,
}

/// What a word or class is for the patterns.
#[derive(Debug, Default)]
pub(crate) struct Form {
    list: Vec<Alternatives>,
    fits: Fits,
    /// The figures of speech that it can begin.
    pub(crate) figures: Vec<Begun>,
    /// The patterns of rules that it can begin.
    pub(crate) rules: Vec<Begun>,
}

/// A kind of words, as it is weighed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) class: &'static Class,
    pub(crate) row: Option<Row>,
}

/// What a spoken word is in the tables.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// Itself, where they have it.
    pub(crate) own: Option<&'static Lexeme>,
    /// Its base forms that they have.
    pub(crate) bases: Vec<&'static Lexeme>,
    /// A class that it is in whatever the word: that of numbers, or of places.
    class: Option<&'static Form>,
}

impl Known {
    /// A word of which only its class counts.
    pub(crate) fn only(class: Option<&'static Form>) -> Self {
        Self { class, ..Self::default() }
    }

    pub(crate) fn forms(&self) -> impl Iterator<Item = &'static Form> {
        let bases = self.bases.iter().map(|base| &base.base);
        self.own.map(|own| &own.exact).into_iter().chain(bases).chain(self.class)
    }

    pub(crate) fn fits(&self, which: Alternatives) -> bool {
        self.own.is_some_and(|own| own.exact.fits.has(which))
            || self.bases.iter().any(|base| base.base.fits.has(which))
            || self.class.is_some_and(|class| class.fits.has(which))
    }
}

/// Hands the base forms that a word may have to `each`; `own` is what the tables say of it.
pub(crate) fn lemmas(word: &str, own: Option<&Lexeme>, mut each: impl FnMut(&str)) {
    match own.and_then(|own| own.root) {
        Some(root) => each(root),
        None => endings(word, each),
    }
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::build);

impl Lexicon {
    pub(crate) fn get() -> &'static Self {
        &LEXICON
    }

    fn build() -> Self {
        let mut lexicon = Self::default();
        let figures = lexicon.patterns(words::FIGURES.iter(), 0);
        let rules = lexicon.patterns(words::rules(), words::FIGURES.len());
        words::classes().for_each(|class| lexicon.enter(class));
        words::classes().chain(words::fields()).for_each(|class| lexicon.sort_in(class));
        lexicon.weigh();
        words::FUNCTION_WORDS.split_whitespace().for_each(|word| lexicon.lexeme(word).empty = true);
        spelling::SHORT.iter().for_each(|(short, full)| lexicon.lexeme(short).full = Some(full));
        spelling::IRREGULAR.iter().for_each(|(form, root)| lexicon.lexeme(form).root = Some(root));
        lexicon.figures = Book::new(figures);
        lexicon.rules = Book::new(rules);
        lexicon.compile();
        lexicon
    }

    /// Makes of each list of alternatives what matching reads.
    fn compile(&mut self) {
        let count = self.written.len();
        let (figures, rules) = (self.figures.by_first(count), self.rules.by_first(count));
        for lexeme in self.words.values_mut() {
            let any: Vec<Alternatives> = lexeme.base.list.clone();
            lexeme.exact.list.extend(any);
        }
        let forms = self.words.values_mut().flat_map(|lexeme| [&mut lexeme.exact, &mut lexeme.base]);
        for form in forms.chain(self.classes.values_mut()) {
            form.list.sort_unstable();
            form.list.dedup();
            let begun = |by_first: &[Vec<Begun>]| -> Vec<Begun> {
                form.list.iter().flat_map(|first| &by_first[usize::from(first.0)]).copied().collect()
            };
            (form.figures, form.rules) = (begun(&figures), begun(&rules));
            form.fits = Fits::of(&std::mem::take(&mut form.list), count);
        }
    }

    /// The patterns of rules; the first of them has the number `from`.
    fn patterns(&mut self, rules: impl Iterator<Item = &'static Rule>, from: usize) -> Vec<(Numbered, Pattern)> {
        let number = |at: usize| u16::try_from(from + at).unwrap_or(u16::MAX);
        let rules = rules.enumerate().map(|(at, rule)| Numbered { rule, number: number(at) });
        let texts = rules.flat_map(|it| it.rule.patterns.iter().map(move |text| (it, *text)));
        texts.map(|(rule, text)| (rule, Pattern::parse(text, |names| self.alternatives(names)))).collect()
    }

    /// The number of `names`, words and classes with `|` between them.
    fn alternatives(&mut self, names: &'static str) -> Alternatives {
        if let Some(known) = self.written.get(names) {
            return *known;
        }
        let new = Alternatives(u16::try_from(self.written.len()).unwrap_or(u16::MAX));
        self.written.insert(names, new);
        for name in names.split('|') {
            self.fitting(name).push(new);
        }
        new
    }

    /// What a word or class fits.
    fn fitting(&mut self, name: &'static str) -> &mut Vec<Alternatives> {
        match (name.strip_prefix('='), name.strip_prefix('@')) {
            (Some(exact), _) => &mut self.lexeme(exact).exact.list,
            (_, Some(class)) => &mut self.classes.entry(class).or_default().list,
            (None, None) => &mut self.lexeme(name).base.list,
        }
    }

    fn lexeme(&mut self, word: &'static str) -> &mut Lexeme {
        self.words.entry(word).or_insert_with(|| Lexeme { word, ..Lexeme::default() })
    }

    /// The words of a class fit whatever the class fits.
    fn enter(&mut self, class: &'static Class) {
        let class_fits = self.classes.get(class.name).map(|class| class.list.clone()).unwrap_or_default();
        for word in class.words.split_whitespace() {
            self.fitting(word).extend(&class_fits);
        }
    }

    /// The words of a class are of its kind, whatever their form.
    fn sort_in(&mut self, class: &'static Class) {
        let row = weigh::row(&format!("@{}", class.name));
        for word in class.words.split_whitespace() {
            self.lexeme(word.trim_start_matches('=')).kinds.push(Kind { class, row });
        }
    }

    fn weigh(&mut self) {
        for name in weigh::names() {
            self.lexeme(name).row = weigh::row(name);
        }
    }

    /// The number of alternatives that some pattern writes so.
    pub(crate) fn named(&self, written: &str) -> Option<Alternatives> {
        self.written.get(written).copied()
    }

    /// Room for all alternatives, none of them fitted.
    pub(crate) fn no_fits(&self) -> Fits {
        Fits::none(self.written.len())
    }

    /// A class by itself.
    pub(crate) fn class(&'static self, name: &str) -> Option<&'static Form> {
        self.classes.get(name)
    }

    /// What the tables say of a word in exactly this form.
    pub(crate) fn find(&'static self, word: &str) -> Option<&'static Lexeme> {
        self.words.get(word)
    }

    /// What a word is: by its form, by each of its base forms, as a number. `own` is what [`Self::find`] says of it.
    pub(crate) fn know(&'static self, word: &str, own: Option<&'static Lexeme>) -> Known {
        let mut bases = Vec::new();
        lemmas(word, own, |lemma| bases.extend(self.words.get(lemma)));
        let number = word.starts_with(|c: char| c.is_ascii_digit());
        Known { own, bases, class: if number { self.class("number") } else { None } }
    }
}

impl Form {
    pub(crate) const fn fits(&self) -> &Fits {
        &self.fits
    }
}
