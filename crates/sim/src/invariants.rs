//! What must hold in every simulated run, by name.

use std::fmt;

/// A promise that a run is checked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Invariant {
    /// What was acknowledged exists.
    NoLostAccept,
    /// A message, and an attempt of a step, became one task.
    NoDuplicateAccept,
    /// The frames of a task are numbered without a gap and without a repeat, in its log and for every reader.
    GapFree,
    /// A task ends once, and nothing follows.
    OneEnd,
    /// What lives of an ended run is on the reaper's list.
    NoUnlistedChild,
    /// What leaves a process is durable.
    DurableFirst,
    /// A step's effect happens once, unless its policy went on past an attempt of unknown outcome.
    EffectOnce,
    /// An effect that may happen at most once does not begin twice.
    AtMostOnce,
    /// The log, replayed, is the state that it was written from; so is the snapshot of that.
    ReplayEqualsLive,
    /// A row is changed only by who has read what it was.
    RowsCompared,
    /// No attempt is accepted once a newer one of its step has begun.
    OldNotAccepted,
    /// An ended run is gone on from once.
    GoneOnOnce,
    /// The reaper's list holds nothing that its run has accounted for.
    ListIsTrue,
    /// What was in hand when a process died is taken up when the next one starts.
    TakenUp,
    /// Once faults stop, every run ends and every caller is answered.
    EveryRunEnds,
    /// A completed step has the answer of its newest attempt, and that attempt has completed.
    OwnAnswer,
    /// Once faults stop, every duty at a store that answers is done.
    DutiesDone,
    /// What an agent is told about an attempt reaches the store that has it, and not before that.
    ToldWhereItIs,
}

/// An invariant that did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which.
    pub invariant: Invariant,
    /// Milliseconds of virtual time after the beginning.
    pub at: u64,
    /// What was seen.
    pub text: String,
}

impl Invariant {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::NoLostAccept => "no lost accept",
            Self::NoDuplicateAccept => "no duplicate accept",
            Self::GapFree => "sequence gap-free",
            Self::OneEnd => "exactly one end",
            Self::NoUnlistedChild => "no live child of an ended run is unlisted",
            Self::DurableFirst => "durable before it leaves",
            Self::EffectOnce => "no effect happens twice",
            Self::AtMostOnce => "at most once never begins twice",
            Self::ReplayEqualsLive => "replay equals live",
            Self::RowsCompared => "no row is overwritten unread",
            Self::OldNotAccepted => "no old attempt is accepted",
            Self::GoneOnOnce => "a run is gone on from once",
            Self::ListIsTrue => "nothing is listed that is accounted for",
            Self::TakenUp => "what was in hand is taken up",
            Self::EveryRunEnds => "every run ends",
            Self::OwnAnswer => "a step has its own attempt's answer",
            Self::DutiesDone => "duties are done",
            Self::ToldWhereItIs => "whoever has it is told",
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "after {} ms: {:?} ({}): {}", self.at, self.invariant, self.invariant.name(), self.text)
    }
}
