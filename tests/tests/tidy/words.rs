//! Words that do not belong in code: ways to crash, leftovers of debugging, tests that wait or are skipped.
//! Read from the tokens, so that a macro's arguments are covered and comments and strings are not.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};

use crate::source::{Rust, rust_files};
use crate::{Finding, assert_none};

/// Whose code a word is banned from.
#[derive(Clone, Copy)]
enum Where {
    Product,
    Tests,
    Everywhere,
}

#[test]
fn product_code_does_not_crash_on_purpose() {
    check(Where::Product, "cannot stay: say in an error what failed", |at| {
        at.method("unwrap")
            || at.path_method("unwrap")
            || ["panic", "todo", "unimplemented"].iter().any(|word| at.bang(word))
    });
}

#[test]
fn nothing_is_left_from_debugging_and_no_test_is_skipped() {
    check(Where::Everywhere, "cannot stay", |at| at.bang("dbg") || at.attribute("ignore"));
}

/// Paused time makes a sleep exact; anywhere else a test polls with a deadline, in a function named `eventually`.
#[test]
fn tests_do_not_sleep_to_wait_for_something() {
    check(Where::Tests, "in a test: pause the time, or poll with a deadline", |at| {
        at.call("sleep") && !at.file.idents.contains("start_paused") && !at.file.polls(at.line)
    });
}

/// A token in its surroundings.
struct At<'a> {
    file: &'a Rust,
    before: Option<&'a TokenTree>,
    before_that: Option<&'a TokenTree>,
    word: String,
    line: usize,
    after: Option<&'a TokenTree>,
}

impl At<'_> {
    /// `.word()`.
    fn method(&self, word: &str) -> bool {
        self.word == word && punct(self.before, '.') && self.parentheses()
    }

    /// `Type::word`, handed over as a function.
    fn path_method(&self, word: &str) -> bool {
        self.word == word && punct(self.before, ':') && punct(self.before_that, ':')
    }

    /// `word!`.
    fn bang(&self, word: &str) -> bool {
        self.word == word && punct(self.after, '!')
    }

    /// `word(…)`.
    fn call(&self, word: &str) -> bool {
        self.word == word && self.parentheses()
    }

    /// The first word inside `#[…]`.
    fn attribute(&self, word: &str) -> bool {
        self.word == word
            && self.before.is_none()
            && !self.parentheses()
            && self.after.is_none_or(|it| punct(Some(it), '='))
    }

    fn parentheses(&self) -> bool {
        matches!(self.after, Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis)
    }
}

fn punct(token: Option<&TokenTree>, want: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == want)
}

fn check(place: Where, why: &str, banned: impl Fn(&At<'_>) -> bool) {
    let mut findings = Vec::new();
    for file in rust_files() {
        let mut hits = Vec::new();
        walk(&file, file.tokens.clone(), &banned, &mut hits);
        for (word, span) in hits {
            let line = span.start().line;
            let applies = match place {
                Where::Product => !file.tests(line),
                Where::Tests => file.tests(line),
                Where::Everywhere => true,
            };
            if applies {
                findings.push(Finding::new(&file.path, line, format!("`{word}` {why}")));
            }
        }
    }
    assert_none(&findings);
}

fn walk(file: &Rust, tokens: TokenStream, banned: &impl Fn(&At<'_>) -> bool, hits: &mut Vec<(String, Span)>) {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    for (index, tree) in trees.iter().enumerate() {
        match tree {
            TokenTree::Group(group) => walk(file, group.stream(), banned, hits),
            TokenTree::Ident(ident) => {
                let back = |n: usize| index.checked_sub(n).and_then(|at| trees.get(at));
                let (before, before_that, after) = (back(1), back(2), trees.get(index + 1));
                let at =
                    At { file, before, before_that, word: ident.to_string(), line: ident.span().start().line, after };
                if banned(&at) {
                    hits.push((at.word, ident.span()));
                }
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}
