//! Each choice with the words that made it: the rule's, or those that weighed most.

use std::ops::Range;

use super::who::Reason;
use super::{Choice, Situation, UNCLEAR, sure};
use crate::fact::Fact;
use crate::outcome::{Decision, Effect, Quote, Service};
use crate::scan::{Finding, quote};
use crate::text::Token;
use crate::weigh::Weighed;
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
}

impl Told<'_> {
    /// Who is sent, then who is not although something spoke for it.
    pub(super) fn all(&self, services: &[Service]) -> Vec<Decision> {
        let sends = services.iter().map(|service| self.sent(*service));
        let stay = Service::ALL.into_iter().filter(|service| !services.contains(service));
        sends.chain(stay.filter_map(|service| self.withheld(service))).collect()
    }

    fn sent(&self, service: Service) -> Decision {
        match self.reason(service) {
            Some(why) => self.by_rule(why, Effect::Sends(service)),
            None => self.by_weight("the weight of its words", true, Effect::Sends(service)),
        }
    }

    fn withheld(&self, service: Service) -> Option<Decision> {
        let denied = match service {
            Service::Ambulance => self.s.denies_injury().then_some(Reason::UNHURT),
            Service::Fire => self.s.has(Fact::FireOut).then_some(Reason::OUT),
            Service::Police => None,
        };
        let effect = Effect::Withholds(service);
        match (self.reason(service), denied) {
            (Some(_), _) => Some(self.by_weight("the weight of the other words", false, effect)),
            (None, Some(why)) => Some(self.by_rule(&why, effect)),
            (None, None) => None,
        }
    }

    fn reason(&self, service: Service) -> Option<&Reason> {
        self.choice.chosen.iter().find(|(chosen, _)| *chosen == service).map(|(_, why)| why)
    }

    fn by_rule(&self, why: &Reason, effect: Effect) -> Decision {
        let made: Vec<&Finding> = self.s.found.iter().filter(|f| why.rests_on(f)).collect();
        let within = |a: &Finding, b: &Finding| b.at.start <= a.at.start && a.at.end <= b.at.end && a.at != b.at;
        let ranges = made.iter().filter(|f| !made.iter().any(|other| within(f, other))).map(|f| f.at.clone()).collect();
        let strong = made.iter().filter(|f| f.strength == Strength::Strong).count();
        let clear = if why.is_vague() { UNCLEAR } else { sure(strong) };
        Decision { rule: why.rule, words: self.quotes(ranges), effect, confidence: Some(clear - self.s.mixed()) }
    }

    /// By the words that speak most for the service, or against it.
    fn by_weight(&self, rule: &'static str, favour: bool, effect: Effect) -> Decision {
        let needed = effect.service().map_or(0.0, |service| self.weighed.needs(service));
        let confidence = Some(if favour { needed } else { 1.0 - needed });
        let speaking = effect.service().map(|service| self.weighed.speaking(service, favour)).unwrap_or_default();
        let mut told: Vec<Range<usize>> = Vec::new();
        for at in speaking {
            if told.len() < WORDS && !told.iter().any(|other| other.start < at.end && at.start < other.end) {
                told.push(at);
            }
        }
        Decision { rule, words: self.quotes(told), effect, confidence }
    }

    /// The caller's words, each once and in their order.
    fn quotes(&self, mut ranges: Vec<Range<usize>>) -> Vec<Quote> {
        ranges.sort_by_key(|range| (range.start, range.end));
        ranges.dedup();
        ranges.iter().map(|range| quote(self.text, self.tokens, range)).collect()
    }
}
