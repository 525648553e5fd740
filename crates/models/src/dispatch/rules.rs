//! The rules of the protocol, one switch each, and the sorts of steps they are checked for.

/// A rule that can be dropped. The number is that of the protocol's rule it is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DispatchRule {
    /// 1: the row is looked up before fence, newest attempt and deadline are.
    RowFirst,
    /// 1: a message without a row is refused after its deadline.
    DeadlineIsChecked,
    /// 2: accept and fence write the same row.
    OneRow,
    /// 2: a refusal waits for a queued accept of its key.
    RefusalWaits,
    /// 3: a row is kept past its deadline and outlives its task.
    RowsAreKept,
    /// Fence: *never accepted* only while no row of that deadline can have expired.
    NeverIsCertain,
    /// 4: what is meant for another store is refused.
    OwnStoreOnly,
    /// 5: an `at_most_once` effect's start is recorded before it.
    StartIsRecorded,
    /// 6: the dispatching commit records the store.
    StoreIsRecorded,
    /// 7: a new attempt waits for the fence's answer about the old one.
    FenceFirst,
    /// 7: a completed result is adopted while no newer attempt is committed.
    CompletedIsAdopted,
    /// 7: and not afterwards.
    LateIsNotApplied,
    /// 8: `at_most_once` goes on only after *never accepted*.
    OnlyAfterNever,
    /// 9: the step's policy decides about a silent store only after the deadline.
    PolicyAfterDeadline,
    /// 9: an unanswered fence becomes a duty that is listed and retried.
    DutyIsListed,
    /// The run ends only when each attempt is terminal, fenced or a duty.
    RunWaits,
}

/// What a step asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The effect is a row of the store; a silent store fails the step.
    OrFail,
    /// The effect is a row of the store; after a silent store another one is tried.
    OrAnother,
    /// The effect is outside of any store and must not be repeated.
    AtMostOnce,
}
