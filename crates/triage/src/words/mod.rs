//! The vocabulary: word classes and rules as tables. No logic; see `pattern.rs` for how a pattern reads.
//! A pattern names kinds of words, never a caller's sentence.

mod crime;
mod fields;
mod figures;
mod fire;
mod grammar;
mod illness;
mod injury;
mod people;
mod places;
mod rescue;
mod road;
mod scenes;
mod speech;
pub(crate) mod spelling;
mod things;
mod topics;
mod trades;

use crate::fact::Fact;

pub(crate) use fields::fields;
pub(crate) use figures::FIGURES;
pub(crate) use grammar::FUNCTION_WORDS;
pub(crate) use places::{
    DIRECTIONS, GENERIC, NAME_HEADS, NAMES_INSIDE, NOT_NAMES, NUMBERED_PLACES, NUMBERED_SPOTS, PLACE_NOUNS,
    PLAIN_BEFORE_STREETS, PREPOSITIONS, STREET_TYPES, UNITS,
};
pub(crate) use topics::CALLED_OFF;

/// A class of words, written `@name` in patterns.
#[derive(Debug)]
pub(crate) struct Class {
    pub(crate) name: &'static str,
    /// Base forms, or exact forms with `=`, separated by spaces.
    pub(crate) words: &'static str,
}

/// How much a rule's words say by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strength {
    /// Enough to act on.
    Strong,
    /// Only with other words beside it, or where nothing speaks against it.
    Weak,
}

/// Words that say something: a fact and the patterns that state it.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) name: &'static str,
    pub(crate) fact: Fact,
    pub(crate) strength: Strength,
    pub(crate) patterns: &'static [&'static str],
}

const fn strong(name: &'static str, fact: Fact, patterns: &'static [&'static str]) -> Rule {
    Rule { name, fact, strength: Strength::Strong, patterns }
}

const fn weak(name: &'static str, fact: Fact, patterns: &'static [&'static str]) -> Rule {
    Rule { name, fact, strength: Strength::Weak, patterns }
}

const fn class(name: &'static str, words: &'static str) -> Class {
    Class { name, words }
}

/// All classes.
pub(crate) fn classes() -> impl Iterator<Item = &'static Class> {
    [people::CLASSES, things::CLASSES, grammar::CLASSES, trades::CLASSES].into_iter().flatten().chain(topics::classes())
}

/// All rules that find facts, in the order in which they are tried.
pub(crate) fn rules() -> impl Iterator<Item = &'static Rule> {
    let tables = [
        speech::RULES,
        rescue::RULES,
        fire::RULES,
        injury::RULES,
        illness::RULES,
        crime::RULES,
        road::RULES,
        scenes::RULES,
        trades::RULES,
    ];
    tables.into_iter().flatten().chain(topics::rules())
}
