//! Vocabulary by topic: many names for the same kind of thing, and short patterns over them.
//! The tables beside this folder say how callers put things together; these say what the things are called.

mod ailments;
mod blazes;
mod crimes;
mod perils;
mod roads;
mod talk;
mod wounds;

use super::{Class, Rule};

pub(crate) use talk::CALLED_OFF;

/// Classes of all topics.
pub(crate) fn classes() -> impl Iterator<Item = &'static Class> {
    let tables =
        [ailments::CLASSES, blazes::CLASSES, crimes::CLASSES, perils::CLASSES, roads::CLASSES, wounds::CLASSES];
    tables.into_iter().flatten()
}

/// Rules of all topics.
pub(crate) fn rules() -> impl Iterator<Item = &'static Rule> {
    let tables =
        [talk::RULES, perils::RULES, blazes::RULES, wounds::RULES, ailments::RULES, crimes::RULES, roads::RULES];
    tables.into_iter().flatten()
}
