//! The tables themselves: patterns read, name classes that exist, and begin with a word that must be there.

use std::collections::BTreeSet;

use crate::lexicon::{Lexicon, lemmas};
use crate::words::{self, FIGURES, Rule};

/// Classes that the code gives to tokens itself.
const BUILT_IN: [&str; 3] = ["@number", "@place", "@street"];

fn rules() -> impl Iterator<Item = &'static Rule> {
    FIGURES.iter().chain(words::rules())
}

fn parts() -> impl Iterator<Item = (&'static str, &'static str)> {
    let patterns = rules().flat_map(|rule| rule.patterns.iter().copied());
    patterns.flat_map(|pattern| pattern.split_whitespace().map(move |part| (pattern, part)))
}

#[test]
fn every_pattern_begins_with_a_word_that_must_be_there() {
    for rule in rules() {
        for pattern in rule.patterns {
            assert!(!pattern.is_empty() && !pattern.starts_with(['~', '?', '!']), "{}: {pattern:?}", rule.name);
        }
    }
}

#[test]
fn every_part_of_a_pattern_reads() {
    let classes: BTreeSet<String> = words::classes().map(|class| format!("@{}", class.name)).collect();
    for (pattern, part) in parts() {
        if let Some(width) = part.strip_prefix('~') {
            assert!(width.parse::<usize>().is_ok(), "{pattern:?}: {part:?}");
            continue;
        }
        for name in part.trim_start_matches(['?', '!']).split('|') {
            let class = !name.starts_with('@') || classes.contains(name) || BUILT_IN.contains(&name);
            let word = name.trim_start_matches(['@', '=']);
            assert!(class && !word.is_empty() && !word.contains(['?', '!', '~', '@', '=']), "{pattern:?}: {part:?}");
        }
    }
}

#[test]
fn a_figure_of_speech_needs_two_words_or_one_without_another_meaning() {
    for (rule, pattern) in FIGURES.iter().flat_map(|rule| rule.patterns.iter().map(move |pattern| (rule, pattern))) {
        let must = pattern.split_whitespace().filter(|part| !part.starts_with(['~', '?', '!'])).count();
        let unmistakable = !pattern.contains([' ', '=', '@']);
        assert!(must >= 2 || unmistakable, "{}: {pattern:?}", rule.name);
    }
}

fn bases(word: &str) -> Vec<String> {
    let mut bases = Vec::new();
    lemmas(word, Lexicon::get().find(word), |lemma| bases.push(lemma.to_owned()));
    bases
}

#[test]
fn forms_of_a_word_lead_to_its_base() {
    for (form, base) in [
        ("stabbed", "stab"),
        ("smouldering", "smoulder"),
        ("burnin", "burn"),
        ("children", "child"),
        ("bodies", "body"),
    ] {
        assert!(bases(form).iter().any(|lemma| lemma == base), "{form}");
    }
    assert!(!bases("shed").iter().any(|lemma| lemma == "she"));
    assert_eq!(bases("goes"), ["go"]);
}

#[test]
fn classes_reach_the_words_in_them() {
    let lexicon = Lexicon::get();
    let class = lexicon.named("@pet").expect("there are pets");
    assert!(lexicon.know("puppies", None).fits(class));
}
