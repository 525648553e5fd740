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

/// A level and its reason.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Verification {
    pub(crate) level: Level,
    /// The key that signed, where the card was fetched, or why it is not verified.
    pub(crate) detail: String,
}

impl Verification {
    pub(crate) fn unverified(why: impl ToString) -> Self {
        Self { level: Level::Unverified, detail: why.to_string() }
    }
}
