//! What can be weighed of a call: its words, their kinds, what the rules found, whom they send.

use std::fmt::Write;
use std::ops::Range;
use std::sync::LazyLock;

use crate::decide::Heard;
use crate::fact::Fact;
use crate::lemma::lemmas;
use crate::outcome::Service;
use crate::quick::Table;
use crate::scan::Finding;
use crate::text::Token;
use crate::words::{self, spelling};

/// A call as the rules have read it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading<'a> {
    pub(crate) tokens: &'a [Token],
    pub(crate) found: &'a [Finding],
    /// Whom the rules send.
    pub(crate) sent: &'a [Service],
    /// Whether they send because of what was said, and not because nothing clear was.
    pub(crate) grounded: bool,
    pub(crate) heard: Heard,
}

/// The kinds that each word belongs to, as they are named in the table: `@bleeding`.
static KINDS: LazyLock<Table<&'static str, Vec<String>>> = LazyLock::new(|| {
    let mut kinds: Table<&'static str, Vec<String>> = Table::default();
    for class in words::classes().chain(words::fields()) {
        for word in class.words.split_whitespace() {
            kinds.entry(word.trim_start_matches('=')).or_default().push(format!("@{}", class.name));
        }
    }
    kinds
});

/// Hands every clue of the call to `each`, by name, with the tokens that it rests on; one that rests on the whole
/// call, with none. `known` says which words are in the table: a word is weighed in a base form that is.
pub(crate) fn clues(call: Reading<'_>, known: impl Fn(&str) -> bool, mut each: impl FnMut(&str, Range<usize>)) {
    for (at, token) in call.tokens.iter().enumerate().filter(|(_, token)| !token.of_place && !token.set_aside) {
        let base = base(&token.word, &known);
        each(&base, at..at + 1);
        lemmas(&token.word, |lemma| {
            KINDS.get(lemma).into_iter().flatten().for_each(|kind| each(kind, at..at + 1));
        });
    }
    let mut name = String::new();
    let mut tell = |parts: std::fmt::Arguments<'_>, at: Range<usize>| {
        name.clear();
        // Writing to a string cannot fail.
        let _ = name.write_fmt(parts);
        each(&name, at);
    };
    for f in call.found.iter().filter(|f| !f.fact.is_hint()) {
        tell(format_args!("{:?}/{:?}/{:?}", f.fact, f.scope, f.strength), f.at.clone());
        tell(format_args!("{}/{:?}", f.rule, f.scope), f.at.clone());
    }
    let basis = if call.grounded { "clearly" } else { "unclearly" };
    for service in Service::ALL {
        let sent = if call.sent.contains(&service) { "sent" } else { "not sent" };
        tell(format_args!("{service} {sent} {basis}"), 0..0);
    }
    let calm = call.found.iter().any(|f| f.fact == Fact::NotUrgent);
    let whole = [("the call is a question", call.heard.asks), ("nothing urgent", calm), ("a place", call.heard.placed)];
    whole.into_iter().filter(|(_, holds)| *holds).for_each(|(what, _)| tell(format_args!("{what}"), 0..0));
}

/// The base form in which a word is weighed: the first that is known, else the word itself.
fn base<'a>(word: &'a str, known: &impl Fn(&str) -> bool) -> std::borrow::Cow<'a, str> {
    if let Some(base) = spelling::IRREGULAR_FORMS.get(word) {
        return (*base).into();
    }
    let mut found = None;
    lemmas(word, |lemma| {
        if found.is_none() && lemma != word && known(lemma) {
            found = Some(lemma.to_owned());
        }
    });
    found.map_or(word.into(), Into::into)
}
