//! What a word can be in an address or a name, looked up once for each word.

use std::sync::LazyLock;

use crate::quick::Table;
use crate::words::{
    DIRECTIONS, GENERIC, NAME_HEADS, NAMES_INSIDE, NOT_NAMES, NUMBERED_PLACES, NUMBERED_SPOTS, PLACE_NOUNS,
    PLAIN_BEFORE_STREETS, PREPOSITIONS, STREET_TYPES, UNITS,
};

/// One thing that a word can be. The lists say what each of them means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    StreetType,
    PlaceNoun,
    Generic,
    NameHead,
    NumberedSpot,
    NumberedPlace,
    Unit,
    Preposition,
    Direction,
    NotName,
    NameInside,
    PlainBeforeStreet,
    /// It begins with a capital.
    Capital,
    /// A digit is in it.
    Digit,
}

/// All that a word can be.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Marks(u16);

const LISTS: [(Mark, &str); 12] = [
    (Mark::StreetType, STREET_TYPES),
    (Mark::PlaceNoun, PLACE_NOUNS),
    (Mark::Generic, GENERIC),
    (Mark::NameHead, NAME_HEADS),
    (Mark::NumberedSpot, NUMBERED_SPOTS),
    (Mark::NumberedPlace, NUMBERED_PLACES),
    (Mark::Unit, UNITS),
    (Mark::Preposition, PREPOSITIONS),
    (Mark::Direction, DIRECTIONS),
    (Mark::NotName, NOT_NAMES),
    (Mark::NameInside, NAMES_INSIDE),
    (Mark::PlainBeforeStreet, PLAIN_BEFORE_STREETS),
];

static LISTED: LazyLock<Table<&'static str, Marks>> = LazyLock::new(|| {
    let mut listed: Table<&'static str, Marks> = Table::default();
    for (mark, list) in LISTS {
        list.split_ascii_whitespace().for_each(|word| listed.entry(word).or_default().add(mark));
    }
    listed
});

impl Marks {
    /// Those of a word as it was typed and in lower case.
    pub(crate) fn of(text: &str, lower: &str) -> Self {
        let mut marks = LISTED.get(lower).copied().unwrap_or_default();
        if text.starts_with(char::is_uppercase) {
            marks.add(Mark::Capital);
        }
        if lower.bytes().any(|byte| byte.is_ascii_digit()) {
            marks.add(Mark::Digit);
        }
        marks
    }

    fn add(&mut self, mark: Mark) {
        self.0 |= 1 << mark as u16;
    }

    pub(crate) const fn has(self, mark: Mark) -> bool {
        self.0 & 1 << mark as u16 != 0
    }
}
