//! Applies the rules to the tokens of a call and says what was found, denied, or not meant.

use std::ops::Range;

use crate::book::{Match, Numbered};
use crate::fact::Fact;
use crate::lexicon::Lexicon;
use crate::outcome::{Decision, Effect, Quote};
use crate::scope::{Scope, scope};
use crate::sets::Fits;
use crate::text::Token;
use crate::words::{CALLED_OFF, Strength};

/// Words that say something of the situation.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    pub(crate) rule: &'static str,
    /// The rule's number among all.
    pub(crate) number: u16,
    pub(crate) fact: Fact,
    pub(crate) strength: Strength,
    pub(crate) scope: Scope,
    /// Tokens.
    pub(crate) at: Range<usize>,
}

/// What was found in a call.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub(crate) all: Vec<Finding>,
    pub(crate) trace: Vec<Decision>,
}

/// Takes out the figures of speech, then applies every rule.
pub(crate) fn scan(text: &str, tokens: &mut [Token]) -> Findings {
    let lexicon = Lexicon::get();
    let heard = heard(tokens);
    let mut findings = Findings::default();
    for start in 0..tokens.len() {
        set_aside(text, tokens, start, &heard[tokens[start].sentence], &mut findings);
    }
    for start in 0..tokens.len() {
        let of_rule = |Match { rule, end }| findings.all.push(finding(tokens, rule, start..end));
        let begun = tokens[start].known.forms().flat_map(|form| &form.rules);
        lexicon.rules.matches((tokens, start), begun, &heard[tokens[start].sentence], of_rule);
    }
    drop_speech_of_orders(tokens, &mut findings.all);
    drop_covered(&mut findings.all);
    drop_ailments_of_animals(tokens, &mut findings.all);
    settle(&mut findings.all);
    drop_animals_mishaps(tokens, &mut findings.all);
    findings
        .trace
        .extend(findings.all.iter().filter(|found| !found.fact.is_hint()).map(|found| explain(text, tokens, found)));
    findings
}

/// What the words of each sentence fit together.
fn heard(tokens: &[Token]) -> Vec<Fits> {
    let sentences = tokens.last().map_or(0, |last| last.sentence + 1);
    let mut heard = vec![Lexicon::get().no_fits(); sentences];
    for token in tokens {
        token.known.forms().for_each(|form| heard[token.sentence].join(form.fits()));
    }
    heard
}

/// Takes out the words of the first figure that begins at `start`.
fn set_aside(text: &str, tokens: &mut [Token], start: usize, heard: &Fits, findings: &mut Findings) {
    let mut first = None;
    let begun = tokens[start].known.forms().flat_map(|form| &form.figures);
    Lexicon::get().figures.matches((tokens, start), begun, heard, |figure| _ = first.get_or_insert(figure));
    let Some(Match { rule, end }) = first else { return };
    if rule.rule.fact != Fact::Harmless {
        findings.all.push(finding(tokens, rule, start..end));
    }
    tokens[start..end].iter_mut().for_each(|token| token.set_aside = true);
    findings.trace.push(decision(text, tokens, rule.rule.name, &(start..end), Effect::SetAside));
}

fn finding(tokens: &[Token], Numbered { rule, number }: Numbered, at: Range<usize>) -> Finding {
    let scope = scope(tokens, at.start, at.end, rule.fact);
    Finding { rule: rule.name, number, fact: rule.fact, strength: rule.strength, scope, at }
}

/// Inside a sentence that gives orders to the system, what is asked for or waived counts for nothing:
/// only what happens counts.
fn drop_speech_of_orders(tokens: &[Token], found: &mut Vec<Finding>) {
    let sentence = |finding: &Finding| tokens[finding.at.start].sentence;
    let orders: Vec<usize> = found.iter().filter(|f| f.fact == Fact::Order).map(sentence).collect();
    found.retain(|finding| {
        let speech = finding.fact.is_speech() || finding.rule == "fire" || finding.strength == Strength::Weak;
        finding.fact == Fact::Order || !speech || !orders.contains(&sentence(finding))
    });
}

/// Two readings of the same words: the first of each pair is given up for the second.
const READINGS: &[(Fact, Fact)] = &[
    (Fact::InWater, Fact::AnimalInWater),
    (Fact::Confined, Fact::AnimalConfined),
    (Fact::PeopleInside, Fact::AnimalConfined),
    (Fact::InWater, Fact::FuelSpill),
    (Fact::Arrest, Fact::Unresponsive),
    (Fact::Arrest, Fact::Illness),
    (Fact::Fled, Fact::AnimalConfined),
    (Fact::Fall, Fact::AnimalInWater),
    (Fact::Fall, Fact::AnimalConfined),
    (Fact::InWater, Fact::AnimalConfined),
    (Fact::Violence, Fact::Fall),
    (Fact::Fled, Fact::Fall),
    (Fact::Intruder, Fact::Smoke),
    (Fact::Intruder, Fact::Arson),
    (Fact::Unresponsive, Fact::Collapse),
    (Fact::Fall, Fact::Smoke),
    (Fact::RoadHazard, Fact::Smoke),
    (Fact::Disorder, Fact::Injury),
    (Fact::FuelSpill, Fact::Injury),
    (Fact::Suspicious, Fact::Smoke),
    (Fact::Suspicious, Fact::Burning),
    (Fact::Weapon, Fact::Mishap),
    (Fact::Pinned, Fact::Mishap),
    (Fact::StuckHigh, Fact::Intruder),
    (Fact::Pinned, Fact::Weapon),
    (Fact::InWater, Fact::LongDead),
    (Fact::Chemical, Fact::Suspicious),
    (Fact::Trapped, Fact::Mishap),
    (Fact::InWater, Fact::Ashore),
    (Fact::InWater, Fact::Unresponsive),
    (Fact::Intruder, Fact::Chemical),
    (Fact::RoadHazard, Fact::Fall),
    (Fact::Blow, Fact::RoadHazard),
    (Fact::Violence, Fact::RoadHazard),
    (Fact::Violence, Fact::Mishap),
];

fn drop_covered(found: &mut Vec<Finding>) {
    // Nothing is given up for a hint, and no hint for anything.
    let all: Vec<Finding> = found.iter().filter(|f| !f.fact.is_hint()).cloned().collect();
    let overlap = |a: &Range<usize>, b: &Range<usize>| a.start < b.end && b.start < a.end;
    found.retain(|finding| {
        let better =
            |other: &Finding| overlap(&finding.at, &other.at) && READINGS.contains(&(finding.fact, other.fact));
        finding.fact.is_hint() || !all.iter().any(better)
    });
}

/// What is said to be over by now, or to have been a mistake, needs nobody, unless something pressing follows;
/// a body does not mend by being talked about.
fn settle(found: &mut [Finding]) {
    let holds = |f: &Finding| f.scope == Scope::Holds && f.strength == Strength::Strong && !f.fact.is_speech();
    let Some(over) = found.iter().filter(|f| f.fact == Fact::Resolved).map(|f| f.at.clone()).next_back() else {
        return;
    };
    if found.iter().any(|f| f.at.start >= over.end && holds(f) && !f.fact.is_reassurance()) {
        return;
    }
    let off = found.iter().any(|f| f.rule == CALLED_OFF);
    let mends = |f: &Finding| off || !f.fact.is_bodily();
    let settled = found.iter_mut().filter(|f| f.at.start < over.end && !f.fact.is_speech() && mends(f));
    settled.filter(|f| f.scope == Scope::Holds && !f.fact.is_reassurance()).for_each(|f| f.scope = Scope::NotNow);
}

/// How many words before an ailment may name the animal that has it.
const OWNER: usize = 12;

/// An ailment whose nearest owner in the sentence is an animal needs no ambulance, unless an animal did it to somebody.
fn drop_ailments_of_animals(tokens: &[Token], found: &mut Vec<Finding>) {
    let lexicon = Lexicon::get();
    let (Some(person), Some(pet)) = (lexicon.named("@person"), lexicon.named("@pet")) else { return };
    let ails = |fact| {
        use Fact::{Death, Fall, Illness, Injury, Labour, Unresponsive};
        matches!(fact, Unresponsive | Illness | Labour | Injury | Fall | Death)
    };
    let names = |token: &Token| token.is(person) && !matches!(token.word(), "i" | "we" | "me" | "us" | "they");
    let of_animal = |f: &Finding| {
        let before = tokens[..f.at.start].iter().rev().take(OWNER);
        let mut near = before.take_while(|token| token.sentence == tokens[f.at.start].sentence);
        let owner = near.find(|token| token.is(pet) || names(token));
        owner.is_some_and(|token| token.is(pet)) && !tokens[f.at.clone()].iter().any(names)
    };
    if !found.iter().any(|f| matches!(f.fact, Fact::DangerousAnimal | Fact::Collision) || f.rule == "bite or sting") {
        found.retain(|f| !(ails(f.fact) && of_animal(f)));
    }
}

/// Where an animal is in trouble, words about water or a hole without a person in them are about the animal.
fn drop_animals_mishaps(tokens: &[Token], found: &mut Vec<Finding>) {
    let animal = |f: &Finding| matches!(f.fact, Fact::AnimalInWater | Fact::AnimalConfined) && f.scope == Scope::Holds;
    let person = Lexicon::get().named("@person");
    let names_person =
        |f: &Finding| tokens[f.at.clone()].iter().any(|token| person.is_some_and(|person| token.is(person)));
    if found.iter().any(animal) {
        found.retain(|f| !matches!(f.fact, Fact::InWater | Fact::Confined | Fact::Fall) || names_person(f));
    }
}

fn explain(text: &str, tokens: &[Token], found: &Finding) -> Decision {
    let effect = match found.scope {
        Scope::Holds | Scope::Announced => Effect::Found,
        Scope::Denied => Effect::Denied,
        Scope::NotNow => Effect::NotNow,
    };
    decision(text, tokens, found.rule, &found.at, effect)
}

fn decision(text: &str, tokens: &[Token], rule: &'static str, at: &Range<usize>, effect: Effect) -> Decision {
    Decision { rule, words: vec![quote(text, tokens, at)], effect, confidence: None }
}

/// The words of a range of tokens.
pub(crate) fn quote(text: &str, tokens: &[Token], at: &Range<usize>) -> Quote {
    let span = tokens[at.start].span.start..tokens[at.end - 1].span.end;
    Quote { text: text[span.clone()].to_owned(), span }
}
