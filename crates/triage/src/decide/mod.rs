//! From what the words say to who is sent, how pressing it is, and how sure that is.

mod lean;
mod what;
mod who;

use self::lean::Lean;
use self::who::Reason;
use crate::fact::Fact;
use crate::outcome::{Decision, Effect, Kind, Priority, Quote, Service};
use crate::scan::{Finding, Findings, quote};
use crate::scope::Scope;
use crate::text::Token;
use crate::words::Strength;

/// The services, and how they were chosen.
#[derive(Debug)]
pub(crate) struct Verdict {
    pub(crate) services: Vec<Service>,
    pub(crate) kind: Kind,
    pub(crate) priority: Priority,
    pub(crate) hazards: Vec<&'static str>,
    pub(crate) confidence: f64,
}

/// The facts of a call.
struct Situation<'a> {
    found: &'a [Finding],
    /// The caller says that nothing is pressing.
    calm: bool,
    /// The caller speaks in figures, or not at all.
    figurative: bool,
    heard: Heard,
}

/// What is known of a call beside its facts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Heard {
    /// Enough words to say something by themselves.
    pub(crate) enough: bool,
    /// The caller says where.
    pub(crate) placed: bool,
    /// The call is a question.
    pub(crate) asks: bool,
}

impl Situation<'_> {
    /// Said, and neither denied nor past. A weak word does not count beside a caller who says that it is not urgent.
    fn has(&self, fact: Fact) -> bool {
        self.found.iter().any(|f| f.fact == fact && f.scope == Scope::Holds && f.strength == Strength::Strong)
    }

    fn any(&self, facts: &[Fact]) -> bool {
        facts.iter().any(|fact| self.has(*fact))
    }

    fn hinted(&self, fact: Fact) -> bool {
        !self.calm && self.found.iter().any(|f| f.fact == fact && f.scope == Scope::Holds)
    }

    /// Whether something is said clearly enough to act on.
    fn grounded(&self) -> bool {
        let background = |fact: Fact| {
            fact.is_speech() || fact.is_reassurance() || matches!(fact, Fact::Frail | Fact::PeopleInside | Fact::Fled)
        };
        let clear = |f: &&Finding| f.strength == Strength::Strong && !background(f.fact);
        let asked_for = [Fact::WantFire, Fact::WantPolice, Fact::WantAmbulance];
        self.any(&asked_for) || self.announced() || self.found.iter().filter(clear).any(|f| f.scope == Scope::Holds)
    }

    /// Whether a weak word, more than one of a trade, speaks of trouble.
    fn hints_at_trouble(&self) -> bool {
        let weak = |f: &&Finding| f.scope == Scope::Holds && f.strength == Strength::Weak;
        !self.calm && self.found.iter().filter(weak).any(|f| !f.fact.is_hint() && !f.fact.is_speech())
    }

    fn denied(&self, fact: Fact) -> bool {
        self.found.iter().any(|f| f.fact == fact && f.scope == Scope::Denied)
    }

    fn announced(&self) -> bool {
        self.found.iter().any(|f| f.scope == Scope::Announced)
    }

    /// A fire that burns, or may still: what is said to be out counts while there is smoke, heat or doubt.
    fn burns(&self) -> bool {
        let flames = self.any(&[Fact::Burning, Fact::Arson]) || self.hinted(Fact::Burning);
        let doubtful = self.hinted(Fact::Doubt) && self.found.iter().any(|f| f.fact == Fact::Burning);
        let left = self.any(&[Fact::Smoke, Fact::Arson]) || doubtful;
        let waived = self.calm && self.denied(Fact::Burning) && !self.has(Fact::Burning);
        match (waived, self.has(Fact::FireOut)) {
            (true, _) => false,
            (false, true) => left,
            (false, false) => flames || self.has(Fact::Smoke),
        }
    }

    /// What past, asked or imagined things beside those that hold take away of being sure.
    fn mixed(&self) -> f64 {
        if self.found.iter().any(|f| f.scope == Scope::NotNow) { 0.1 } else { 0.0 }
    }

    fn denies_injury(&self) -> bool {
        self.denied(Fact::Injury) || self.denied(Fact::WantAmbulance) || self.has(Fact::Unhurt)
    }
}

/// Decides from the findings; the reasons are added to their trace.
pub(crate) fn decide(text: &str, tokens: &[Token], findings: &mut Findings, heard: Heard) -> Verdict {
    let calm = findings.all.iter().any(|f| f.fact == Fact::NotUrgent);
    let aside = findings.trace.iter().any(|decision| decision.effect == Effect::SetAside);
    let s = Situation { found: &findings.all, calm, figurative: aside || !heard.enough, heard };
    let mut chosen = choose(&s);
    if chosen.is_empty() || !s.grounded() {
        chosen = superset(&s);
    }
    let services: Vec<Service> = chosen.iter().map(|(service, _)| *service).collect();
    let kind = what::kind(&s, &services);
    let withheld = withheld(&s, &services);
    let (priority, hazards, confidence) = (what::priority(&s, kind), what::hazards(&s), confidence(&s, &services));
    let verdict = Verdict { services, kind, priority, hazards, confidence };
    let sends = chosen.iter().map(|(service, why)| told(text, tokens, &s, why, Effect::Sends(*service)));
    let withholds = withheld.iter().map(|(service, why)| told(text, tokens, &s, why, Effect::Withholds(*service)));
    let decisions: Vec<Decision> = sends.chain(withholds).collect();
    findings.trace.extend(decisions);
    verdict
}

/// A choice with the words that made it, each once.
fn told(text: &str, tokens: &[Token], s: &Situation<'_>, why: &Reason, effect: Effect) -> Decision {
    let made: Vec<&Finding> = s.found.iter().filter(|f| why.rests_on(f)).collect();
    let within = |a: &Finding, b: &Finding| b.at.start <= a.at.start && a.at.end <= b.at.end && a.at != b.at;
    let mut ranges: Vec<_> =
        made.iter().filter(|f| !made.iter().any(|other| within(f, other))).map(|f| f.at.clone()).collect();
    ranges.sort_by_key(|range| (range.start, range.end));
    ranges.dedup();
    let words: Vec<Quote> = ranges.iter().map(|range| quote(text, tokens, range)).collect();
    let strong = made.iter().filter(|f| f.strength == Strength::Strong).count();
    let clear = if why.is_vague() { UNCLEAR } else { sure(strong) };
    Decision { rule: why.rule, words, effect, confidence: Some(clear - s.mixed()) }
}

fn choose(s: &Situation<'_>) -> Vec<(Service, Reason)> {
    let reasons = [who::fire(s), who::police(s), who::ambulance(s)];
    Service::ALL.into_iter().zip(reasons).filter_map(|(service, why)| why.map(|why| (service, why))).collect()
}

/// A call for help that does not say clearly why gets everybody, and a question:
/// one weak word is too little to leave a service at home.
fn superset(s: &Situation<'_>) -> Vec<(Service, Reason)> {
    let unsaid = s.found.iter().all(|f| f.fact.is_hint() || (f.scope == Scope::Holds && f.fact != Fact::Order));
    if s.calm || s.heard.asks || !(unsaid || s.hints_at_trouble()) {
        return Vec::new();
    }
    let cry = s.heard.placed || s.hinted(Fact::WantHelp) || s.hints_at_trouble() || !s.figurative;
    if !cry {
        return Vec::new();
    }
    let all = Service::ALL.into_iter().map(|service| (service, Reason::UNCLEAR));
    Lean::of(s.found).choices().unwrap_or_else(|| all.collect())
}

fn withheld(s: &Situation<'_>, sent: &[Service]) -> Vec<(Service, Reason)> {
    let withheld =
        [(Service::Ambulance, Reason::UNHURT, s.denies_injury()), (Service::Fire, Reason::OUT, s.has(Fact::FireOut))];
    let withheld = withheld.into_iter().filter(|(service, _, said)| *said && !sent.contains(service));
    withheld.map(|(service, why, _)| (service, why)).collect()
}

fn confidence(s: &Situation<'_>, services: &[Service]) -> f64 {
    let strong =
        s.found.iter().filter(|f| f.scope == Scope::Holds && f.strength == Strength::Strong && !f.fact.is_speech());
    match (services.len(), strong.count()) {
        (0, _) if s.calm || s.has(Fact::Order) => 0.85,
        (0, _) => 0.5,
        (3, 0) => UNCLEAR - s.mixed(),
        (_, strong) => sure(strong) - s.mixed(),
    }
}

/// How sure everybody is sent where nothing says who.
const UNCLEAR: f64 = 0.2;

/// How sure so many clear words make.
const fn sure(strong: usize) -> f64 {
    match strong {
        0 => 0.45,
        1 => 0.75,
        2 => 0.85,
        _ => 0.95,
    }
}
