//! Turns the words of an emergency call into the services to send and the place to send them to.
//! Rules, and weights learned from labelled calls: pure, deterministic, explained by a trace. It reads nothing but the text, and obeys nothing in it.
//!
//! ```
//! use triage::{Service, triage};
//!
//! let call = triage("Our garage is burning and my aunt is hurt, 14 Acacia Avenue");
//! assert_eq!(call.services, [Service::Fire, Service::Ambulance]);
//! assert_eq!(call.place.unwrap().text, "14 Acacia Avenue");
//! ```

mod asking;
mod book;
mod decide;
mod fact;
mod lemma;
mod lexicon;
mod outcome;
mod own_words;
mod pattern;
mod place;
mod quick;
mod scan;
mod scope;
mod score;
mod sets;
mod text;
mod told;
mod weigh;
mod words;

#[cfg(test)]
mod tests;

use std::ops::Range;

use crate::decide::Heard;
use crate::lexicon::{Known, Lexicon};
use crate::place::{Candidate, Chosen, Rank};
use crate::scan::Findings;
use crate::text::{Token, Word};

pub use outcome::{Decision, Effect, Kind, Priority, Question, Quote, Service, Triage, UnknownName, sureness};
pub use own_words::place_in_own_words;
pub use score::{Label, Oversight, PlaceScore, Score, ServiceTally, Tally};
pub use told::{casualties, postcode};

/// Fewer words say nothing of a situation by themselves.
const FEWEST: usize = 6;

/// Decides what `text`, the words of a call, needs.
///
/// Never fails: a text that says nothing needs nobody, with a low confidence.
/// Words beyond the first 4,096 are not read.
#[must_use]
pub fn triage(text: &str) -> Triage {
    let Read { mut findings, tokens, place, others, heard } = read(text);
    let verdict = decide::decide(text, &tokens, &mut findings, heard);
    let mut trace = findings.trace;
    trace.extend(place.iter().map(|place| located("place", vec![place.clone()], Effect::Locates)));
    if !others.is_empty() {
        trace.push(located("also named", others, Effect::AlsoNames));
    }
    let decide::Verdict { services, kind, priority, hazards, confidence } = verdict;
    Triage { services, place, kind, priority, hazards, confidence, trace }
}

/// What is read from a call before anything is decided.
struct Read {
    findings: Findings,
    tokens: Vec<Token>,
    place: Option<Quote>,
    /// What else the caller names.
    others: Vec<Quote>,
    heard: Heard,
}

fn read(text: &str) -> Read {
    let words = text::words(text);
    let candidates = place::candidates(&words);
    let Chosen { place, others } = place::choose(&words, &candidates);
    let place = place.map(|range| quote(text, &words, range));
    let others = others.into_iter().map(|range| quote(text, &words, range)).collect();
    let mut tokens = text::tokens(&words);
    cover(&mut tokens, &words, &candidates);
    let findings = scan::scan(text, &mut tokens);
    let asks = asking::asks(&words);
    let heard = Heard { enough: words.len() >= FEWEST, placed: place.is_some(), asks };
    Read { findings, tokens, place, others, heard }
}

fn quote(text: &str, words: &[Word<'_>], range: Range<usize>) -> Quote {
    let span = words[range.start].span.start..words[range.end - 1].span.end;
    Quote { text: text[span.clone()].to_owned(), span }
}

fn located(rule: &'static str, words: Vec<Quote>, effect: Effect) -> Decision {
    Decision { rule, words, effect, confidence: None }
}

/// The words of a place say where and not what: nothing burns in Fire Station Road.
fn cover(tokens: &mut [Token], words: &[Word<'_>], candidates: &[Candidate]) {
    for candidate in candidates.iter().filter(|candidate| candidate.rank >= Rank::Fragment) {
        let street = candidate.rank < Rank::Address && place::has_street(&words[candidate.words.clone()]);
        let class = Lexicon::get().class(if street { "street" } else { "place" });
        let span = words[candidate.words.start].span.start..words[candidate.words.end - 1].span.end;
        let within = tokens.iter_mut().filter(|token| span.start <= token.span.start && token.span.end <= span.end);
        within.for_each(|token| {
            token.known = Known::only(class);
            token.of_place = true;
        });
    }
}
