//! Whether two spans name the same place: casefolded, without a leading article or preposition and edge punctuation.

use super::Label;
use crate::outcome::Quote;

/// Words that may stand before a place without belonging to it.
const LEADING: [&str; 12] = ["the", "a", "an", "at", "in", "on", "near", "outside", "by", "of", "behind", "opposite"];

/// How the place of a call was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceScore {
    /// As labelled, or none where none is right.
    Exact,
    /// The caller names one, and none was found.
    Missed,
    /// The caller names none, and one was found.
    Invented,
    /// Other words than those that find it.
    Wrong,
}

impl PlaceScore {
    pub(super) fn of(label: &Label, found: Option<&Quote>) -> Self {
        match (&label.location, found) {
            (None, None) => Self::Exact,
            (None, Some(_)) => Self::Invented,
            (Some(_), None) if label.location_optional => Self::Exact,
            (Some(_), None) => Self::Missed,
            (Some(wanted), Some(found)) if bare(wanted) == bare(&found.text) => Self::Exact,
            (Some(_), Some(_)) => Self::Wrong,
        }
    }

    pub(super) const fn cause(self) -> Option<&'static str> {
        match self {
            Self::Exact => None,
            Self::Missed => Some("place missed"),
            Self::Invented => Some("place invented"),
            Self::Wrong => Some("place wrong"),
        }
    }
}

fn bare(place: &str) -> String {
    let folded = place.to_lowercase();
    let mut rest = folded.trim_matches(|c: char| !c.is_alphanumeric());
    while let Some((_, tail)) = rest.split_once(' ').filter(|(first, _)| LEADING.contains(first)) {
        rest = tail.trim_start();
    }
    rest.to_owned()
}
