//! From what the words say to who is sent, how pressing it is, and how sure that is.

mod lean;
mod told;
mod what;
mod who;

use self::lean::Lean;
use self::told::Told;
use self::who::Reason;
use crate::fact::Fact;
use crate::outcome::{Decision, Effect, Kind, Priority, Service, Triage};
use crate::scan::{Finding, Findings};
use crate::scope::Scope;
use crate::text::Token;
use crate::weigh::{Reading, Weighed, weigh};
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

impl<'a> Situation<'a> {
    fn of(found: &'a [Finding], trace: &[Decision], heard: Heard) -> Self {
        let calm = found.iter().any(|f| f.fact == Fact::NotUrgent);
        let aside = trace.iter().any(|decision| decision.effect == Effect::SetAside);
        Self { found, calm, figurative: aside || !heard.enough, heard }
    }

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

    /// Whether a question names what would send somebody if it were so: it may be.
    fn asks_about_danger(&self) -> bool {
        let named = |f: &Finding| f.scope == Scope::NotNow && f.strength == Strength::Strong && !f.fact.is_speech();
        self.heard.asks && self.found.iter().any(named)
    }

    fn denies_injury(&self) -> bool {
        self.denied(Fact::Injury) || self.denied(Fact::WantAmbulance) || self.has(Fact::Unhurt)
    }
}

/// Whom the rules send, and why.
pub(crate) struct Choice {
    chosen: Vec<(Service, Reason)>,
    /// Whether something said makes it, and not that nothing clear was said.
    pub(crate) grounded: bool,
}

impl Choice {
    pub(crate) fn sent(&self) -> Vec<Service> {
        self.chosen.iter().map(|(service, _)| *service).collect()
    }

    fn of(s: &Situation<'_>) -> Self {
        let chosen = choose(s);
        let grounded = !chosen.is_empty() && s.grounded();
        Self { chosen: if grounded { chosen } else { superset(s) }, grounded }
    }

    /// A cry of which nothing says what for.
    fn is_blind(&self) -> bool {
        !self.chosen.is_empty() && self.chosen.iter().all(|(_, why)| why.is_vague())
    }
}

/// Chooses by the rules alone.
#[cfg(test)]
pub(crate) fn by_rules(found: &[Finding], trace: &[Decision], heard: Heard) -> Choice {
    Choice::of(&Situation::of(found, trace, heard))
}

/// Decides from the findings; the reasons are added to their trace.
pub(crate) fn decide(text: &str, tokens: &[Token], findings: &mut Findings, heard: Heard) -> Verdict {
    let s = Situation::of(&findings.all, &findings.trace, heard);
    let choice = Choice::of(&s);
    let sent = choice.sent();
    let reading = Reading { tokens, found: s.found, sent: &sent, grounded: choice.grounded, heard };
    let weighed = weigh(reading);
    let services = settle(&s, &choice, &weighed);
    let kind = what::kind(&s, &services);
    let confidence = match services == sent {
        true => confidence(&s, &services),
        false if services.is_empty() => UNCLEAR,
        false => weighed.sure(&services),
    };
    let (priority, hazards) = (what::priority(&s, kind), what::hazards(&s));
    let aside: Vec<Decision> = findings.trace.iter().filter(|it| it.effect == Effect::SetAside).cloned().collect();
    let told = Told { text, tokens, s: &s, choice: &choice, weighed: &weighed, aside: &aside };
    let decisions = told.all(&services, confidence);
    findings.trace.extend(decisions);
    Verdict { services, kind, priority, hazards, confidence }
}

/// Beside a clear choice of the rules the weights add only who is needed at least so probably.
const ADDED: f64 = 0.25;

/// Where the rules clearly send somebody, nobody goes only if that is at least so probably right.
const NOBODY: f64 = 0.9;

/// The rules choose, and the call as a whole is weighed: where the weights are of another mind, they have the last word.
/// But a cry for help of which nothing says what for gets everybody, and what is in doubt gets those of both. Where the
/// rules send somebody and nobody goes, the caller is asked.
fn settle(s: &Situation<'_>, choice: &Choice, weighed: &Weighed) -> Vec<Service> {
    let sent = choice.sent();
    if choice.is_blind() && s.hinted(Fact::WantHelp) {
        return sent;
    }
    let by_rule = |service: &Service| sent.contains(service);
    let added = |service: Service| !choice.grounded || weighed.needs(service) >= ADDED;
    let believed = |service: &Service| weighed.sends(*service) && (by_rule(service) || added(*service));
    let services: Vec<Service> = Service::ALL.into_iter().filter(believed).collect();
    let least = if choice.grounded && services.is_empty() { NOBODY } else { Triage::SURE };
    if weighed.sure(&services) >= least {
        return services;
    }
    Service::ALL.into_iter().filter(|service| services.contains(service) || by_rule(service)).collect()
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

fn confidence(s: &Situation<'_>, services: &[Service]) -> f64 {
    let strong =
        s.found.iter().filter(|f| f.scope == Scope::Holds && f.strength == Strength::Strong && !f.fact.is_speech());
    match (services.len(), strong.count()) {
        (0, _) if s.asks_about_danger() => 0.5,
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
