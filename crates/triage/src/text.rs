//! The call as words with their places in the text, and as tokens that the rules match.
//! A word is what the caller typed; a token is what it means: contractions are split, short spellings written out.

use std::ops::Range;

use crate::lexicon::Lexicon;
use crate::sets::{Alternatives, Fits};
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
    pub(crate) lower: String,
    pub(crate) span: Range<usize>,
    /// What follows it.
    pub(crate) after: Break,
    /// Whether the sentence ends with a question mark.
    pub(crate) asked: bool,
}

impl Word<'_> {
    pub(crate) fn capital(&self) -> bool {
        self.text.chars().next().is_some_and(char::is_uppercase)
    }

    /// A house number: digits, perhaps with one letter behind or a range: `7`, `19b`, `12-14`.
    pub(crate) fn number(&self) -> bool {
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
        let word = &text[span.clone()];
        let lower = word.to_lowercase().replace('\u{2019}', "'");
        words.push(Word { text: word, lower, span, after: Break::Sentence, asked: false });
    }
    mark_questions(text, &mut words);
    words
}

fn next_word(text: &str, from: usize) -> Option<Range<usize>> {
    let start = from + text[from..].find(char::is_alphanumeric)?;
    let mut end = start;
    let mut rest = text[start..].char_indices().peekable();
    let mut before = ' ';
    while let Some((at, c)) = rest.next() {
        let after = rest.peek().map_or(' ', |(_, next)| *next);
        if !c.is_alphanumeric() && !joins(c, before, after) {
            break;
        }
        end = start + at + c.len_utf8();
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
    let title = spelling::TITLES.contains(&word.lower.as_str());
    let street = spelling::STREETS.contains(&word.lower.as_str());
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
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) word: String,
    /// The alternatives of patterns that it fits.
    pub(crate) fits: Fits,
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
    pub(crate) fn is(&self, names: Alternatives) -> bool {
        self.fits.has(names)
    }
}

/// Splits words into tokens.
pub(crate) fn tokens(words: &[Word<'_>], lexicon: &Lexicon) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut sentence = 0;
    for word in words {
        let pieces = pieces(&word.lower);
        let last = pieces.len().saturating_sub(1);
        for (i, piece) in pieces.into_iter().enumerate() {
            let after = if i == last { word.after } else { Break::None };
            let fits = lexicon.fits(&piece);
            let span = word.span.clone();
            let asked = word.asked;
            tokens.push(Token { word: piece, fits, span, after, sentence, asked, set_aside: false, of_place: false });
        }
        if word.after == Break::Sentence {
            sentence += 1;
        }
    }
    join_pronouns(tokens, lexicon)
}

fn pieces(word: &str) -> Vec<String> {
    let parts = word.split(['-', '/']).filter(|part| !part.is_empty());
    parts.flat_map(expand).collect()
}

/// Writes a spelling out: `isnt` is `is not`, `we've` is `we have`.
fn expand(word: &str) -> Vec<String> {
    if let Some(full) = spelling::SHORT_FORMS.get(word) {
        return full.split(' ').map(str::to_owned).collect();
    }
    if let Some(stem) = word.strip_suffix("n't") {
        return vec![stem.to_owned(), "not".to_owned()];
    }
    for (suffix, full) in spelling::SUFFIXES {
        if let Some(stem) = word.strip_suffix(suffix) {
            return vec![stem.to_owned(), (*full).to_owned()];
        }
    }
    vec![word.replace('\'', "")]
}

/// `no one` is one token, `nobody`; likewise `some one` and its kin.
fn join_pronouns(tokens: Vec<Token>, lexicon: &Lexicon) -> Vec<Token> {
    let mut joined: Vec<Token> = Vec::with_capacity(tokens.len());
    for token in tokens {
        let whole = joined.last().filter(|last| last.after == Break::None).and_then(|last| pronoun(last, &token));
        match (whole, joined.last_mut()) {
            (Some(whole), Some(last)) => {
                last.fits = lexicon.fits(whole);
                whole.clone_into(&mut last.word);
                last.span.end = token.span.end;
                last.after = token.after;
            }
            (_, _) => joined.push(token),
        }
    }
    joined
}

fn pronoun(first: &Token, second: &Token) -> Option<&'static str> {
    let one = matches!(second.word.as_str(), "one" | "1" | "body");
    let found = spelling::PRONOUNS.iter().find(|(head, _)| *head == first.word);
    found.filter(|_| one).map(|(_, whole)| *whole)
}
