//! How the weights come to be: softmax regression with a quadratic penalty on the labelled calls of `tests/data`.
//! `WATCHROOM_LEARN=FILE cargo test -p triage the_weights` writes the table anew.

#[path = "../../tests/rules/files.rs"]
mod files;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use self::files::{OURS, files};
use super::clues::Clue;
use super::{Reading, SETS, UNIT, WEIGHTS, bit, clues, least_bad, probable, row, rows};
use crate::lexicon::{Lexicon, lemmas};
use crate::{decide, read, text, words};

/// A clue of fewer calls is chance.
const FEWEST: usize = 2;

/// How much the fit counts beside small weights.
const FIT: f64 = 0.5;

/// Enough steps for the loss to stand still in its fourth digit.
const STEPS: usize = 700;

type Sets = [f64; SETS];

#[derive(serde::Deserialize)]
struct Call {
    text: String,
    services: Vec<String>,
    /// Whether its author knew nothing of the rules.
    #[serde(skip)]
    by_others: bool,
}

/// A call as the numbers of its clues, and the set that it needs.
#[derive(Clone)]
struct Lesson {
    clues: Vec<usize>,
    needs: usize,
}

fn calls() -> Vec<Call> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data");
    let read = |file: &str| {
        let text = std::fs::read_to_string(data.join(file)).expect("labelled calls");
        let call =
            |line: &str| Call { by_others: !OURS.contains(&file), ..serde_json::from_str(line).expect("a call") };
        text.lines().map(call).collect::<Vec<_>>()
    };
    files().flat_map(read).collect()
}

/// Every word that a call or a class has.
fn vocabulary(calls: &[Call]) -> BTreeSet<String> {
    let spoken =
        calls.iter().flat_map(|call| text::tokens(&text::words(&call.text))).map(|token| token.word.into_owned());
    let classes = words::classes().chain(words::fields()).flat_map(|class| class.words.split_whitespace());
    spoken.chain(classes.map(|word| word.trim_start_matches('=').to_owned())).collect()
}

/// Reads a call as it is read where it is weighed.
fn reading<T>(call: &Call, then: impl FnOnce(Reading<'_>) -> T) -> T {
    let heard = read(&call.text);
    let choice = decide::by_rules(&heard.findings.all, &heard.findings.trace, heard.heard);
    then(Reading {
        tokens: &heard.tokens,
        found: &heard.findings.all,
        sent: &choice.sent(),
        grounded: choice.grounded,
        heard: heard.heard,
    })
}

fn names(call: &Call, known: &BTreeSet<String>) -> BTreeSet<String> {
    reading(call, |reading| named(reading, |word| known.contains(word)))
}

/// The names of what can be weighed of a call where the table has the words that are `known`.
pub(super) fn named(reading: Reading<'_>, known: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    clues(reading, |clue, _| {
        names.insert(match clue {
            Clue::Word(token) => base(token.word(), &known),
            Clue::Kind(_) | Clue::Fact(_) | Clue::Rule(_) | Clue::Choice(_) | Clue::Whole(_) => clue.to_string(),
        });
    });
    names
}

/// The base form in which a word is weighed: the one that the tables name, else the first that is known, else itself.
fn base(word: &str, known: &impl Fn(&str) -> bool) -> String {
    let own = Lexicon::get().find(word);
    let named = own.and_then(|own| own.root).map(str::to_owned);
    let mut found = None;
    lemmas(word, own, |lemma| {
        if found.is_none() && known(lemma) {
            found = Some(lemma.to_owned());
        }
    });
    named.or(found).unwrap_or_else(|| word.to_owned())
}

fn needs(call: &Call) -> usize {
    call.services.iter().map(|service| bit(service.parse().expect("a service"))).sum()
}

/// The clues that enough calls have, in their order. Which base form a word is weighed in depends on them, so they are
/// counted again until they stay the same: what is learned is then what will be weighed.
fn kept(calls: &[Call]) -> BTreeSet<String> {
    let mut known = vocabulary(calls);
    loop {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        calls.iter().flat_map(|call| names(call, &known)).for_each(|name| *counts.entry(name).or_default() += 1);
        let kept = counts.into_iter().filter(|(_, count)| *count >= FEWEST).map(|(name, _)| name).collect();
        if kept == known {
            return kept;
        }
        known = kept;
    }
}

/// The calls as numbers, and what the numbers stand for.
fn lessons(calls: &[Call]) -> (Vec<String>, Vec<Lesson>) {
    let kept = kept(calls);
    let number: BTreeMap<&str, usize> = kept.iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect();
    let lesson = |call: &Call| Lesson {
        clues: names(call, &kept).iter().filter_map(|name| number.get(name.as_str()).copied()).collect(),
        needs: needs(call),
    };
    let lessons = calls.iter().map(lesson).collect();
    (kept.into_iter().collect(), lessons)
}

/// How probable these weights make each set for a call.
fn expected(weights: &[Sets], lesson: &Lesson) -> Sets {
    let mut sums = [0.0; SETS];
    lesson.clues.iter().for_each(|clue| (0..SETS).for_each(|set| sums[set] += weights[*clue][set]));
    probable(sums)
}

/// The loss of some weights, and in which direction it grows.
fn loss(weights: &[Sets], lessons: &[Lesson]) -> (f64, Vec<Sets>) {
    let mut slope = weights.to_vec();
    let mut loss: f64 = weights.iter().flatten().map(|w| w * w / 2.0).sum();
    for lesson in lessons {
        let mut miss = expected(weights, lesson);
        loss -= FIT * miss[lesson.needs].max(1e-300).ln();
        miss[lesson.needs] -= 1.0;
        lesson.clues.iter().for_each(|clue| (0..SETS).for_each(|set| slope[*clue][set] += FIT * miss[set]));
    }
    (loss, slope)
}

/// Nesterov's descent: a step that grows while the loss falls and halves where it does not.
fn learn(lessons: &[Lesson], clues: usize) -> Vec<Sets> {
    let (mut at, mut before) = (vec![[0.0; SETS]; clues], vec![[0.0; SETS]; clues]);
    let (mut rate, mut speed, mut best) = (0.01, 0.0, f64::INFINITY);
    for _ in 0..STEPS {
        speed += 1.0;
        let ahead = mix(&at, &before, (speed - 1.0) / (speed + 2.0));
        let (here, slope) = loss(&ahead, lessons);
        if here > best {
            (rate, speed, best) = (rate / 1.5, 0.0, f64::INFINITY);
            before.clone_from(&at);
            continue;
        }
        best = here;
        rate *= 1.02;
        before = std::mem::replace(&mut at, descend(&ahead, &slope, rate));
    }
    at
}

/// Goes on from `before` over `at`.
fn mix(at: &[Sets], before: &[Sets], by: f64) -> Vec<Sets> {
    let ahead = |(at, before): (&Sets, &Sets)| std::array::from_fn(|set| at[set] + by * (at[set] - before[set]));
    at.iter().zip(before).map(ahead).collect()
}

fn descend(from: &[Sets], slope: &[Sets], rate: f64) -> Vec<Sets> {
    from.iter().zip(slope).map(|(from, slope)| std::array::from_fn(|set| from[set] - rate * slope[set])).collect()
}

fn written(clues: &[String], weights: &[Sets]) -> String {
    let mut table = String::new();
    for (name, row) in clues.iter().zip(weights) {
        row.iter().for_each(|weight| write!(table, "{:.0} ", weight * UNIT).expect("memory"));
        writeln!(table, "{name}").expect("memory");
    }
    table.replace("-0 ", "0 ")
}

/// How far a weight may be from the best one, in its slope: it is rounded, and so are those that it shares calls with.
const ROUGH: f64 = 0.05;

#[test]
fn the_weights_are_learned_from_the_labelled_calls() {
    let (clues, lessons) = lessons(&calls());
    if let Some(file) = std::env::var_os("WATCHROOM_LEARN") {
        std::fs::write(file, written(&clues, &learn(&lessons, clues.len()))).expect("written");
        return;
    }
    assert!(clues.iter().all(|name| row(name).is_some()), "a clue has no weight: learn again");
    assert_eq!(WEIGHTS.len(), clues.len(), "a weight is of no clue: learn again");
    let weights = |name: &String| row(name).expect("a weight").weights().map(|weight| f64::from(weight) / UNIT);
    let (_, slope) = loss(&clues.iter().map(weights).collect::<Vec<_>>(), &lessons);
    for (at, (name, slope)) in clues.iter().zip(slope).enumerate() {
        let calls = lessons.iter().filter(|lesson| lesson.clues.contains(&at)).count();
        let steepest = slope.into_iter().fold(0.0, |most: f64, slope| most.max(slope.abs()));
        assert!(
            steepest <= ROUGH * (1.0 + calls as f64).sqrt(),
            "the calls teach another weight of {name}: learn again"
        );
    }
}

#[test]
fn what_is_weighed_is_what_was_learned() {
    for call in calls() {
        reading(&call, |reading| {
            let mut learned = named(reading, |word| row(word).is_some());
            learned.retain(|name| row(name).is_some());
            let mut weighed = BTreeSet::new();
            clues(reading, |clue, _| weighed.extend(rows::of(clue).map(super::Row::name)));
            assert_eq!(weighed, learned.iter().map(String::as_str).collect(), "{}", call.text);
        });
    }
}

/// What learning is for: calls that were not learned from. Those of other authors are held out, a fifth at a time, and
/// weighed alone; two of their files are harder than calls are.
#[test]
fn calls_that_were_not_learned_from_are_met() {
    const FOLDS: usize = 5;
    let calls = calls();
    let (clues, lessons) = lessons(&calls);
    let (mut exact, mut missed, mut all) = (0_u32, 0_u32, 0_u32);
    for fold in 0..FOLDS {
        let (held, taught): (Vec<_>, Vec<_>) = lessons.iter().enumerate().partition(|(at, _)| at % FOLDS == fold);
        let taught: Vec<Lesson> = taught.into_iter().map(|(_, lesson)| lesson.clone()).collect();
        let weights = learn(&taught, clues.len());
        for (_, lesson) in held.into_iter().filter(|(at, _)| calls[*at].by_others) {
            let sent = least_bad(&expected(&weights, lesson));
            all += 1;
            exact += u32::from(sent == lesson.needs);
            missed += u32::from(lesson.needs & !sent != 0);
        }
    }
    let of_100 = |count: u32| f64::from(count) * 100.0 / f64::from(all);
    let met = format!("of {all} calls {:.1} in 100 exact, {:.1} missed", of_100(exact), of_100(missed));
    assert!(of_100(exact) >= 74.0 && of_100(missed) <= 5.5, "{met}");
}
