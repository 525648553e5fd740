//! What can be weighed of a call: its words, their kinds, what the rules found, whom they send.

use std::fmt;
use std::ops::Range;

use crate::decide::Heard;
use crate::fact::Fact;
use crate::lexicon::Kind;
use crate::outcome::Service;
use crate::scan::Finding;
use crate::text::Token;

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

/// Something that can be weighed. It is displayed as the table names it; a word, which is weighed in a base form that
/// the table has, as it was spoken.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Clue<'a> {
    Word(&'a Token),
    Kind(Kind),
    /// What a rule found, and how much that says.
    Fact(&'a Finding),
    /// Which rule found it.
    Rule(&'a Finding),
    /// Whom the rules send, or not.
    Choice(Choice),
    Whole(Whole),
}

/// Whether the rules send a service, and on what basis.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Choice {
    pub(crate) service: Service,
    pub(crate) sent: bool,
    pub(crate) clearly: bool,
}

/// What the call is as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whole {
    Any,
    Question,
    Calm,
    Placed,
}

impl fmt::Display for Clue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(token) => f.write_str(token.word()),
            Self::Kind(kind) => write!(f, "@{}", kind.class.name),
            Self::Fact(found) => write!(f, "{:?}/{:?}/{:?}", found.fact, found.scope, found.strength),
            Self::Rule(found) => write!(f, "{}/{:?}", found.rule, found.scope),
            Self::Choice(Choice { service, sent, clearly }) => {
                let (sent, clearly) = (if *sent { "" } else { "not " }, if *clearly { "" } else { "un" });
                write!(f, "{service} {sent}sent {clearly}clearly")
            }
            Self::Whole(Whole::Any) => f.write_str("any call"),
            Self::Whole(Whole::Question) => f.write_str("the call is a question"),
            Self::Whole(Whole::Calm) => f.write_str("nothing urgent"),
            Self::Whole(Whole::Placed) => f.write_str("a place"),
        }
    }
}

/// Hands every clue of the call to `each`, with the tokens that it rests on; one that rests on the whole call, with
/// none.
pub(crate) fn clues<'a>(call: Reading<'a>, mut each: impl FnMut(Clue<'a>, Range<usize>)) {
    for (at, token) in call.tokens.iter().enumerate().filter(|(_, token)| !token.of_place && !token.set_aside) {
        each(Clue::Word(token), at..at + 1);
        let forms = token.known.own.into_iter().chain(token.known.bases.iter().copied());
        forms.flat_map(|form| &form.kinds).for_each(|kind| each(Clue::Kind(*kind), at..at + 1));
    }
    for found in call.found.iter().filter(|found| !found.fact.is_hint()) {
        each(Clue::Fact(found), found.at.clone());
        each(Clue::Rule(found), found.at.clone());
    }
    for service in Service::ALL {
        let choice = Choice { service, sent: call.sent.contains(&service), clearly: call.grounded };
        each(Clue::Choice(choice), 0..0);
    }
    let calm = call.found.iter().any(|found| found.fact == Fact::NotUrgent);
    let whole = [
        (Whole::Any, true),
        (Whole::Question, call.heard.asks),
        (Whole::Calm, calm),
        (Whole::Placed, call.heard.placed),
    ];
    whole.into_iter().filter(|(_, holds)| *holds).for_each(|(what, _)| each(Clue::Whole(what), 0..0));
}
