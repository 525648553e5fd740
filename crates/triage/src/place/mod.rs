//! Finds the place in a call: the shortest words, as they stand, that lead a crew there.
//! Grammar of addresses and names, not a gazetteer. A place without a name ("the quarry") is not found here.

mod address;
mod choose;
mod join;
mod landmark;
mod mark;
mod shape;

use std::ops::Range;

use crate::text::Word;

pub(crate) use choose::{Chosen, choose};
pub(crate) use mark::{Mark, Marks};
pub(crate) use shape::postcode;

/// How exactly words say where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    /// A capitalised name behind a preposition: perhaps a place.
    Hint,
    /// A fragment that is nothing but a name.
    Fragment,
    /// A street, a junction, a named place, a postcode.
    Named,
    /// A number and a street.
    Address,
}

/// Words that may be the place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) words: Range<usize>,
    pub(crate) rank: Rank,
}

/// Every candidate, in the order of the text, none within another.
pub(crate) fn candidates(words: &[Word<'_>]) -> Vec<Candidate> {
    let style = shape::Style::of(words);
    let mut found = address::find(words, style);
    found.extend(landmark::find(words, style));
    join::join(words, found)
}

/// Whether a road is among the words of a place.
pub(crate) fn has_street(words: &[Word<'_>]) -> bool {
    words.iter().any(|word| (shape::street_type(word) && !shape::place_noun(word)) || shape::road_code(&word.lower))
}
