//! The rules of the commit pipeline, one switch each.

/// A rule that can be dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PipelineRule {
    /// Effects wait for the ticket.
    EffectsAfterCommit,
    /// The ticket resolves when its commit is durable, not when it is written.
    ReceiptAfterSync,
    /// A read waits for the newest ticket that it was decided on, and is decided again if that fails.
    ReadsWait,
    /// A refusal waits in the same way.
    RefusalsWait,
    /// Tickets resolve in the order of their commits, also that of one refused for want of room.
    TicketsInOrder,
    /// Later commits of a generation that failed fail unchecked.
    OldGenerationFails,
    /// The ticket of an older generation drops nothing.
    OldTicketDropsNothing,
    /// A commit has the task's head as a condition.
    HeadIsCompared,
    /// A commit that accepts a message has its absence as a condition, not as an earlier read.
    AcceptIsACondition,
    /// Whether a message was accepted before is looked up before the task's state counts.
    SeenBeforeState,
    /// The keys of applied signals are part of the task's durable state.
    KeysAreKept,
    /// A row is written only if it is still the one that was read.
    RowIsCompared,
    /// After a failure the task is loaded again before anything is decided.
    HeadIsDropped,
}
