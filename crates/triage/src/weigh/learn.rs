//! How the weights come to be: softmax regression with a quadratic penalty on the labelled calls of `tests/data`.
//! `WATCHROOM_LEARN=FILE cargo test -p triage learned` writes the table anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use super::{ALWAYS, Reading, SETS, UNIT, WEIGHTS, bit, clues, probable};
use crate::lexicon::Lexicon;
use crate::outcome::Service;
use crate::{decide, read, text, words};

/// The labelled calls that are learned from.
const FILES: [&str; 5] = ["calls.jsonl", "fresh.jsonl", "situations.jsonl", "odd.jsonl", "odder.jsonl"];

/// A clue of fewer calls is chance.
const FEWEST: usize = 2;

/// How much the fit counts beside small weights.
const FIT: f64 = 0.5;

/// Enough steps for the loss to stand still in its fourth digit.
const STEPS: usize = 700;

type Row = [f64; SETS];

#[derive(serde::Deserialize)]
struct Call {
    text: String,
    services: Vec<String>,
}

/// A call as the numbers of its clues, and the set that it needs.
struct Lesson {
    clues: Vec<usize>,
    needs: usize,
}

fn calls() -> Vec<Call> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data");
    let text = FILES.map(|file| std::fs::read_to_string(data.join(file)).expect("labelled calls"));
    text.iter().flat_map(|text| text.lines()).map(|line| serde_json::from_str(line).expect("a call")).collect()
}

/// Every word that a call or a class has.
fn vocabulary(calls: &[Call]) -> BTreeSet<String> {
    let lexicon = Lexicon::get();
    let spoken = calls.iter().flat_map(|call| text::tokens(&text::words(&call.text), lexicon)).map(|token| token.word);
    let classes = words::classes().chain(words::fields()).flat_map(|class| class.words.split_whitespace());
    spoken.chain(classes.map(|word| word.trim_start_matches('=').to_owned())).collect()
}

fn names(call: &Call, known: &BTreeSet<String>) -> BTreeSet<String> {
    let heard = read(&call.text);
    let choice = decide::by_rules(&heard.findings.all, &heard.findings.trace, heard.heard);
    let sent: Vec<Service> = choice.sent();
    let reading = Reading {
        tokens: &heard.tokens,
        found: &heard.findings.all,
        sent: &sent,
        grounded: choice.grounded,
        heard: heard.heard,
    };
    let mut names = BTreeSet::from([ALWAYS.to_owned()]);
    clues(
        reading,
        |word| known.contains(word),
        |name, _| {
            names.insert(name.to_owned());
        },
    );
    names
}

fn needs(call: &Call) -> usize {
    call.services.iter().map(|service| bit(service.parse().expect("a service"))).sum()
}

/// The calls as numbers, and what the numbers stand for.
fn lessons() -> (Vec<String>, Vec<Lesson>) {
    let calls = calls();
    let known = vocabulary(&calls);
    let told: Vec<BTreeSet<String>> = calls.iter().map(|call| names(call, &known)).collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    told.iter().flatten().for_each(|name| *counts.entry(name).or_default() += 1);
    let clues: Vec<&str> = counts.iter().filter(|(_, count)| **count >= FEWEST).map(|(name, _)| *name).collect();
    let number: BTreeMap<&str, usize> = clues.iter().enumerate().map(|(at, name)| (*name, at)).collect();
    let numbers =
        |names: &BTreeSet<String>| names.iter().filter_map(|name| number.get(name.as_str()).copied()).collect();
    let lessons = calls.iter().zip(&told).map(|(call, names)| Lesson { clues: numbers(names), needs: needs(call) });
    let lessons = lessons.collect();
    (clues.into_iter().map(str::to_owned).collect(), lessons)
}

/// The loss of some weights, and in which direction it grows.
fn loss(weights: &[Row], lessons: &[Lesson]) -> (f64, Vec<Row>) {
    let mut slope = weights.to_vec();
    let mut loss: f64 = weights.iter().flatten().map(|w| w * w / 2.0).sum();
    for lesson in lessons {
        let mut sums = [0.0; SETS];
        lesson.clues.iter().for_each(|clue| (0..SETS).for_each(|set| sums[set] += weights[*clue][set]));
        let mut miss = probable(sums);
        loss -= FIT * miss[lesson.needs].max(1e-300).ln();
        miss[lesson.needs] -= 1.0;
        lesson.clues.iter().for_each(|clue| (0..SETS).for_each(|set| slope[*clue][set] += FIT * miss[set]));
    }
    (loss, slope)
}

/// Nesterov's descent: a step that grows while the loss falls and halves where it does not.
fn learn(lessons: &[Lesson], clues: usize) -> Vec<Row> {
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
fn mix(at: &[Row], before: &[Row], by: f64) -> Vec<Row> {
    let ahead = |(at, before): (&Row, &Row)| std::array::from_fn(|set| at[set] + by * (at[set] - before[set]));
    at.iter().zip(before).map(ahead).collect()
}

fn descend(from: &[Row], slope: &[Row], rate: f64) -> Vec<Row> {
    from.iter().zip(slope).map(|(from, slope)| std::array::from_fn(|set| from[set] - rate * slope[set])).collect()
}

fn written(clues: &[String], weights: &[Row]) -> String {
    let mut table = String::new();
    for (name, row) in clues.iter().zip(weights) {
        row.iter().for_each(|weight| write!(table, "{:.0} ", weight * UNIT).expect("memory"));
        writeln!(table, "{name}").expect("memory");
    }
    table.replace("-0 ", "0 ")
}

#[test]
fn the_weights_are_learned_from_the_labelled_calls() {
    let (clues, lessons) = lessons();
    if let Some(file) = std::env::var_os("WATCHROOM_LEARN") {
        std::fs::write(file, written(&clues, &learn(&lessons, clues.len()))).expect("written");
        return;
    }
    let row = |name: &String| WEIGHTS.get(name.as_str()).map(|row| row.map(|weight| f64::from(weight) / UNIT));
    let weights: Vec<Row> = clues.iter().map(|name| row(name).unwrap_or_default()).collect();
    assert!(clues.iter().all(|name| WEIGHTS.contains_key(name.as_str())), "a clue has no weight: learn again");
    assert_eq!(WEIGHTS.len(), clues.len(), "a weight is of no clue: learn again");
    let (before, slope) = loss(&weights, &lessons);
    let (after, _) = loss(&descend(&weights, &slope, 0.002), &lessons);
    assert!(before - after < before / 200.0, "the calls teach other weights: {before} can be {after}; learn again");
}
