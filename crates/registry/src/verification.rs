//! What the registry itself has found out about a card.

/// How far a card can be believed; each says less than the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) enum Level {
    /// Whoever registered it said so.
    #[default]
    Unverified,
    /// The same card is published where it says that the agent is.
    Reachable,
    /// It is signed by a trusted key.
    Signed,
}

/// Most bytes of a reason: parts of it are the words of whoever registered, and every watch is told it.
const LONGEST: usize = 512;

/// A level and its reason.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Verification {
    pub(crate) level: Level,
    /// The key that signed, where the card was fetched, or why it is not verified.
    pub(crate) detail: String,
}

impl Verification {
    /// A level with its reason, of which as much is kept as is told.
    pub(crate) fn new(level: Level, detail: impl ToString) -> Self {
        let mut detail = detail.to_string();
        if detail.len() > LONGEST {
            let end = (0..=LONGEST - MORE.len()).rev().find(|at| detail.is_char_boundary(*at)).unwrap_or_default();
            detail.truncate(end);
            detail.push_str(MORE);
        }
        Self { level, detail }
    }

    pub(crate) fn unverified(why: impl ToString) -> Self {
        Self::new(Level::Unverified, why)
    }
}

/// Says that there was more.
const MORE: &str = "…";

#[cfg(test)]
mod tests;
