//! The call as words with their places in the text, and as tokens that the rules match.
//! A word is what the caller typed; a token is what it means: contractions are split, short spellings written out.

use std::borrow::Cow;
use std::ops::Range;

use crate::lexicon::{Known, Lexeme, Lexicon};
use crate::place::{Mark, Marks};
use crate::sets::Alternatives;
use crate::words::spelling;

/// Words beyond this bound are not looked at: no caller speaks so long, and the work stays bounded.
pub(crate) const MAX_WORDS: usize = 4_096;

/// What stands between a word and the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Break {
    /// Only space, or a hyphen.
    None,
    /// A comma, a dash, a bracket.
    Clause,
    /// The end of a sentence or of the text.
    Sentence,
}

/// A word as the caller typed it.
#[derive(Debug, Clone)]
pub(crate) struct Word<'a> {
    pub(crate) text: &'a str,
    pub(crate) lower: Cow<'a, str>,
    /// What it can be in an address or a name.
    marks: Marks,
    pub(crate) span: Range<usize>,
    /// What follows it.
    pub(crate) after: Break,
    /// Whether the sentence ends with a question mark.
    pub(crate) asked: bool,
}

impl<'a> Word<'a> {
    fn new(text: &'a str, span: Range<usize>) -> Self {
        let plain = text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
        let lower: Cow<'a, str> = if plain { text.into() } else { text.to_lowercase().replace('\u{2019}', "'").into() };
        let marks = Marks::of(text, &lower);
        Word { text, lower, marks, span, after: Break::Sentence, asked: false }
    }

    pub(crate) fn lower(&self) -> &str {
        &self.lower
    }

    pub(crate) fn is(&self, mark: Mark) -> bool {
        self.marks.has(mark)
    }

    pub(crate) fn capital(&self) -> bool {
        self.is(Mark::Capital)
    }

    /// A house number: digits, perhaps with one letter behind or a range: `7`, `19b`, `12-14`.
    pub(crate) fn number(&self) -> bool {
        if !self.is(Mark::Digit) {
            return false;
        }
        let digits = self.lower.trim_end_matches(|c: char| c.is_ascii_lowercase());
        let letters = self.lower.len() - digits.len();
        letters <= 1
            && !digits.is_empty()
            && digits.starts_with(|c: char| c.is_ascii_digit())
            && digits.len() <= 9
            && digits.chars().all(|c| c.is_ascii_digit() || c == '-' || c == '/')
    }
}

/// Splits the text into words.
pub(crate) fn words(text: &str) -> Vec<Word<'_>> {
    let mut words: Vec<Word<'_>> = Vec::new();
    let mut rest = 0;
    while let Some(span) = next_word(text, rest) {
        if let Some(last) = words.last_mut() {
            last.after = break_in(&text[last.span.end..span.start], last, &text[span.clone()]);
        }
        if words.len() == MAX_WORDS {
            return words;
        }
        rest = span.end;
        words.push(Word::new(&text[span.clone()], span));
    }
    mark_questions(text, &mut words);
    words
}

fn next_word(text: &str, from: usize) -> Option<Range<usize>> {
    let start = from + text[from..].find(char::is_alphanumeric)?;
    let (mut end, mut before) = (start, ' ');
    loop {
        // Most of a word are plain letters, which need no look at what follows.
        let plain = text.as_bytes()[end..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        if plain > 0 {
            end += plain;
            before = char::from(text.as_bytes()[end - 1]);
        }
        let mut rest = text[end..].chars();
        let Some(c) = rest.next() else { break };
        if !c.is_alphanumeric() && !joins(c, before, rest.next().unwrap_or(' ')) {
            break;
        }
        end += c.len_utf8();
        before = c;
    }
    Some(start..end)
}

/// Whether `c` holds the letters or digits around it together in one word.
fn joins(c: char, before: char, after: char) -> bool {
    match c {
        '\'' | '\u{2019}' => before.is_alphabetic() && after.is_alphabetic(),
        '-' | '/' => before.is_alphanumeric() && after.is_alphanumeric(),
        '.' => before.is_ascii_digit() && after.is_ascii_digit(),
        _ => false,
    }
}

fn break_in(between: &str, word: &Word<'_>, next: &str) -> Break {
    if between == " " {
        return Break::None;
    }
    if between.contains(['!', '?', '\n', '\u{2026}']) || between.contains("..") {
        return Break::Sentence;
    }
    if between.contains('.') {
        return if abbreviates(word, between, next) { Break::None } else { Break::Sentence };
    }
    let clause = between.contains([',', ';', ':', '(', ')', '[', ']', '"', '*']) || between.contains(" -");
    let dash = between.contains(['\u{2013}', '\u{2014}']);
    if clause || dash { Break::Clause } else { Break::None }
}

/// Whether the full stop belongs to an abbreviation: no space behind it, a title, or a lower case word after it.
fn abbreviates(word: &Word<'_>, between: &str, next: &str) -> bool {
    let spaced = between.contains(char::is_whitespace);
    let title = spelling::TITLES.contains(&word.lower());
    let street = spelling::STREETS.contains(&word.lower());
    let lower = next.starts_with(char::is_lowercase);
    !spaced || title || (street && lower)
}

fn mark_questions(text: &str, words: &mut [Word<'_>]) {
    let mut asked = false;
    for i in (0..words.len()).rev() {
        if words[i].after == Break::Sentence {
            let end = words.get(i + 1).map_or(text.len(), |next| next.span.start);
            asked = text[words[i].span.end..end].contains('?');
        }
        words[i].asked = asked;
    }
}

/// A token: one meaning-bearing piece of a word.
#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) word: Cow<'static, str>,
    pub(crate) known: Known,
    pub(crate) span: Range<usize>,
    pub(crate) after: Break,
    pub(crate) sentence: usize,
    pub(crate) asked: bool,
    /// Its meaning is settled: no further rule reads it.
    pub(crate) set_aside: bool,
    /// It says where and not what.
    pub(crate) of_place: bool,
}

impl Token {
    fn new(piece: &str, own: Option<&'static Lexeme>, word: &Word<'_>, sentence: usize) -> Self {
        Self {
            word: own.map_or_else(|| Cow::Owned(piece.to_owned()), |own| Cow::Borrowed(own.word)),
            known: Lexicon::get().know(piece, own),
            span: word.span.clone(),
            after: Break::None,
            sentence,
            asked: word.asked,
            set_aside: false,
            of_place: false,
        }
    }

    pub(crate) fn word(&self) -> &str {
        &self.word
    }

    /// Whether it says anything by itself: neither a small word nor a bare number does.
    pub(crate) fn tells(&self) -> bool {
        !self.known.own.is_some_and(|own| own.empty) && self.word.contains(char::is_alphabetic)
    }

    pub(crate) fn is(&self, names: Alternatives) -> bool {
        self.known.fits(names)
    }
}

/// Splits words into tokens.
pub(crate) fn tokens(words: &[Word<'_>]) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::with_capacity(words.len() + words.len() / 4);
    let mut sentence = 0;
    for word in words {
        let parts = word.lower().split(['-', '/']).filter(|part| !part.is_empty());
        parts.for_each(|part| pieces(part, |piece, own| join(&mut tokens, Token::new(piece, own, word, sentence))));
        if let Some(last) = tokens.last_mut() {
            last.after = word.after;
        }
        if word.after == Break::Sentence {
            sentence += 1;
        }
    }
    tokens
}

/// Writes a spelling out: `isnt` is `is not`, `we've` is `we have`.
fn pieces(part: &str, mut each: impl FnMut(&str, Option<&'static Lexeme>)) {
    let lexicon = Lexicon::get();
    let own = lexicon.find(part);
    let mut piece = |piece: &str| each(piece, lexicon.find(piece));
    if let Some(full) = own.and_then(|own| own.full) {
        full.split(' ').for_each(piece);
    } else if !part.contains('\'') {
        each(part, own);
    } else if let Some((stem, full)) =
        spelling::SUFFIXES.iter().find_map(|(suffix, full)| Some((part.strip_suffix(suffix)?, full)))
    {
        piece(stem);
        piece(full);
    } else {
        piece(&part.replace('\'', ""));
    }
}

/// Adds a token. `no one` is one token, `nobody`; likewise `some one` and its kin.
fn join(tokens: &mut Vec<Token>, token: Token) {
    let last = tokens.last_mut().filter(|last| last.after == Break::None);
    let Some((last, whole)) = last.and_then(|last| pronoun(last, &token).map(|whole| (last, whole))) else {
        tokens.push(token);
        return;
    };
    let lexicon = Lexicon::get();
    last.word = Cow::Borrowed(whole);
    last.known = lexicon.know(whole, lexicon.find(whole));
    last.span.end = token.span.end;
    last.after = token.after;
}

fn pronoun(first: &Token, second: &Token) -> Option<&'static str> {
    let one = matches!(second.word(), "one" | "1" | "body");
    let found = spelling::PRONOUNS.iter().filter(|_| one).find(|(head, _)| *head == first.word);
    found.map(|(_, whole)| *whole)
}
