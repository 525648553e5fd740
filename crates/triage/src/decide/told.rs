//! Each choice with the words that made it: the rule's, or those that weighed most.

use std::ops::Range;

use super::who::Reason;
use super::{Choice, Situation, UNCLEAR, sure};
use crate::fact::Fact;
use crate::outcome::{Decision, Effect, Quote, Service};
use crate::scan::{Finding, quote};
use crate::scope::Scope;
use crate::text::Token;
use crate::weigh::{Towards, Weighed};
use crate::words::Strength;

/// So many of the words that weighed most are told.
const WORDS: usize = 4;

/// What is needed to tell a choice.
pub(super) struct Told<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: &'a [Token],
    pub(super) s: &'a Situation<'a>,
    pub(super) choice: &'a Choice,
    pub(super) weighed: &'a Weighed,
    /// What was taken for figures of speech.
    pub(super) aside: &'a [Decision],
}

/// What the weights have learned of words as the caller's, and the same where none of them says it by itself.
type Learned = [&'static str; 2];

const NEED: Learned = ["calls with such words need it", "calls like this as a whole need it"];
const MAY_NEED: Learned = ["calls with such words may need it", "calls like this as a whole may need it"];
const DO_NOT_NEED: Learned = ["calls with such words do not need it", "calls like this as a whole do not need it"];
const NEED_NOBODY: Learned = ["calls with such words need nobody", "calls like this as a whole need nobody"];

/// From this probability on a service is more likely needed than not.
const LIKELY: f64 = 0.5;

/// Whether a finding says it.
type Says = fn(&Finding) -> bool;

/// Why nobody is sent where the rules find nobody to send: the first of which the caller has said something.
const NOBODY: [(&str, Says); 6] = [
    ("it is over, a mistake, or seen to", |f| {
        matches!(f.fact, Fact::Resolved | Fact::FireOut) && f.scope == Scope::Holds
    }),
    ("what is told is past, asked or imagined", |f| f.scope == Scope::NotNow && !f.fact.is_speech()),
    ("what would need somebody is denied", |f| f.scope == Scope::Denied),
    ("orders in a call are only words", |f| f.fact == Fact::Order),
    ("the words are of something that is not urgent", |f| f.fact == Fact::NotUrgent),
    ("the caller says that all is well", |f| f.fact.is_reassurance()),
];

impl Told<'_> {
    /// Who is sent, or why nobody is, then who is not although something spoke for it. `sure` is how sure the whole is.
    pub(super) fn all(&self, services: &[Service], sure: f64) -> Vec<Decision> {
        let nobody = services.is_empty().then(|| self.nobody(sure));
        let sends = services.iter().map(|service| self.sent(*service));
        let stay = Service::ALL.into_iter().filter(|service| !services.contains(service));
        nobody.into_iter().chain(sends).chain(stay.filter_map(|service| self.withheld(service))).collect()
    }

    fn sent(&self, service: Service) -> Decision {
        let needed = self.weighed.needs(service);
        let learned = if needed < LIKELY { MAY_NEED } else { NEED };
        match self.reason(service) {
            Some(why) => self.by_rule(why, Effect::Sends(service)),
            None => self.by_weight(learned, Towards::Needed(service), Effect::Sends(service), needed),
        }
    }

    fn withheld(&self, service: Service) -> Option<Decision> {
        let denied = match service {
            Service::Ambulance => self.s.denies_injury().then_some(Reason::UNHURT),
            Service::Fire => self.s.has(Fact::FireOut).then_some(Reason::OUT),
            Service::Police => None,
        };
        let (effect, towards) = (Effect::Withholds(service), Towards::NotNeeded(service));
        match (self.reason(service), denied) {
            (Some(_), _) => Some(self.by_weight(DO_NOT_NEED, towards, effect, 1.0 - self.weighed.needs(service))),
            (None, Some(why)) => Some(self.by_rule(&why, effect)),
            (None, None) => None,
        }
    }

    /// Which words say that nobody is needed, or that none names an emergency.
    fn nobody(&self, sure: f64) -> Decision {
        let effect = Effect::SendsNobody;
        if !self.choice.chosen.is_empty() {
            return self.by_weight(NEED_NOBODY, Towards::Nobody, effect, self.weighed.sure(&[]));
        }
        let found = || self.s.found.iter().filter(|f| !f.fact.is_hint());
        let said = NOBODY.into_iter().find(|(_, says)| found().any(says));
        let (rule, words) = match said {
            Some((rule, says)) => (rule, self.said(&found().filter(|f| says(f)).collect::<Vec<_>>())),
            None if !self.aside.is_empty() => {
                ("said in a figure of speech", self.aside.iter().flat_map(|aside| aside.words.clone()).collect())
            }
            None => ("nothing in the words names an emergency", Vec::new()),
        };
        Decision { rule, words, effect, confidence: Some(sure) }
    }

    fn reason(&self, service: Service) -> Option<&Reason> {
        self.choice.chosen.iter().find(|(chosen, _)| *chosen == service).map(|(_, why)| why)
    }

    fn by_rule(&self, why: &Reason, effect: Effect) -> Decision {
        let made: Vec<&Finding> = self.s.found.iter().filter(|f| why.rests_on(f)).collect();
        let strong = made.iter().filter(|f| f.strength == Strength::Strong).count();
        let clear = if why.is_vague() { UNCLEAR } else { sure(strong) };
        Decision { rule: why.rule, words: self.said(&made), effect, confidence: Some(clear - self.s.mixed()) }
    }

    /// The widest words of some findings, those that say something by themselves where there are any.
    fn said(&self, made: &[&Finding]) -> Vec<Quote> {
        let within = |a: &Finding, b: &Finding| b.at.start <= a.at.start && a.at.end <= b.at.end && a.at != b.at;
        let widest = made.iter().filter(|f| !made.iter().any(|other| within(f, other))).map(|f| f.at.clone());
        let (telling, small): (Vec<_>, Vec<_>) = widest.partition(|at| self.tells(at));
        self.quotes(if telling.is_empty() { small } else { telling })
    }

    /// By the words that speak most for it, of those that say anything by themselves.
    fn by_weight(&self, [words, whole]: Learned, towards: Towards, effect: Effect, sure: f64) -> Decision {
        let mut told: Vec<Range<usize>> = Vec::new();
        for at in self.weighed.speaking(towards).into_iter().filter(|at| self.tells(at)) {
            if told.len() < WORDS && !told.iter().any(|other| self.says(other, &at)) {
                told.push(at);
            }
        }
        let rule = if told.is_empty() { whole } else { words };
        Decision { rule, words: self.quotes(told), effect, confidence: Some(sure) }
    }

    /// Whether the words at one place are said at another, or overlap them.
    fn says(&self, a: &Range<usize>, b: &Range<usize>) -> bool {
        let words = |at: &Range<usize>| self.tokens[at.clone()].iter().map(Token::word);
        a.start < b.end && b.start < a.end || words(a).eq(words(b))
    }

    fn tells(&self, at: &Range<usize>) -> bool {
        self.tokens[at.clone()].iter().any(Token::tells)
    }

    /// The caller's words, each once and in their order.
    fn quotes(&self, mut ranges: Vec<Range<usize>>) -> Vec<Quote> {
        ranges.sort_by_key(|range| (range.start, range.end));
        ranges.dedup();
        ranges.iter().map(|range| quote(self.text, self.tokens, range)).collect()
    }
}
