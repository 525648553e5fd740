//! Deliberate defects of the simulated world. None of them exists in the product: each bends what the product says
//! on its way out, or what it is told on its way in, so that it behaves as if a rule had been forgotten.

use crate::invariants::Invariant;

/// A rule that the world breaks on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Defect {
    /// Dispatches leave when they are decided, not when they are durable.
    EffectsBeforeCommit,
    /// The disk says that something is durable before it is.
    AcknowledgedBeforeWritten,
    /// The operator takes every attempt that is to stop for one that was never accepted.
    NoFence,
    /// An agent looks at the deadline before it looks whether it has accepted the message.
    DedupeAfterStateCheck,
    /// A commit's first frame gets the number of the frame before it.
    SeqReused,
    /// A resend goes to another store of the same agent.
    ResendToAnotherStore,
    /// The mark that a restart finds its work by is not written.
    ReadyMarkForgotten,
    /// What an old attempt answers is taken for the newest one's answer.
    LateAnswerApplied,
    /// An attempt that is handed to the reaper is not put on its list.
    DutyDropped,
    /// The agent is not told that a step's effect may happen at most once.
    StartNotRecorded,
    /// A row is written whatever its version has become.
    RowsNotCompared,
    /// A message that a foreign agent may have got is sent again instead of being looked for.
    ForeignSentAgain,
    /// A foreign agent that has forgotten its task is taken for one that has failed.
    ForgottenIsFailed,
    /// Clocks differ by more than the protocol allows for.
    ClocksTooFarApart,
    /// A process that is asked to stop takes that for the end of what it has sent.
    DrainIsAnEnd,
    /// What was answered with a message is not remembered.
    ReplyForgotten,
    /// What may have been done is begun again by a run that goes on from another.
    DoubtNotCarried,
    /// A run is not marked as gone on from.
    GoneOnFromTwice,
    /// A snapshot lacks its last record.
    SnapshotTooShort,
    /// An attempt that was turned away for now is taken for one that was never accepted.
    TurnedAwayIsNotTaken,
    /// A duty that is done is taken off the list later than its run says so.
    DutyLeftListed,
    /// Now and then a record is missing from what is written.
    RecordLost,
    /// What is told about an attempt goes to another store than the attempt.
    ToldElsewhere,
}

impl Defect {
    /// All of them, each with the invariant that it is caught by.
    pub const ALL: [(Self, Invariant); 23] = [
        (Self::EffectsBeforeCommit, Invariant::DurableFirst),
        (Self::AcknowledgedBeforeWritten, Invariant::DurableFirst),
        (Self::NoFence, Invariant::EffectOnce),
        (Self::DedupeAfterStateCheck, Invariant::EffectOnce),
        (Self::SeqReused, Invariant::GapFree),
        (Self::ResendToAnotherStore, Invariant::NoDuplicateAccept),
        (Self::ReadyMarkForgotten, Invariant::TakenUp),
        (Self::LateAnswerApplied, Invariant::OwnAnswer),
        (Self::DutyDropped, Invariant::NoUnlistedChild),
        (Self::StartNotRecorded, Invariant::AtMostOnce),
        (Self::RowsNotCompared, Invariant::RowsCompared),
        (Self::ForeignSentAgain, Invariant::NoDuplicateAccept),
        (Self::ForgottenIsFailed, Invariant::EffectOnce),
        (Self::ClocksTooFarApart, Invariant::OldNotAccepted),
        (Self::DrainIsAnEnd, Invariant::NoUnlistedChild),
        (Self::ReplyForgotten, Invariant::NoDuplicateAccept),
        (Self::DoubtNotCarried, Invariant::AtMostOnce),
        (Self::GoneOnFromTwice, Invariant::GoneOnOnce),
        (Self::SnapshotTooShort, Invariant::ReplayEqualsLive),
        (Self::TurnedAwayIsNotTaken, Invariant::NoUnlistedChild),
        (Self::DutyLeftListed, Invariant::ListIsTrue),
        (Self::RecordLost, Invariant::ReplayEqualsLive),
        (Self::ToldElsewhere, Invariant::ToldWhereItIs),
    ];
}
