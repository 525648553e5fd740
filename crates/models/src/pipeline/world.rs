//! What there is: the disk, the batch being written, the queue, the volatile head, and what the callers know.

/// What is on disk, or will be with the next sync.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Disk {
    /// The task's log: one input per commit; its length is the task's head.
    pub log: Vec<Input>,
    /// The version of the service's row.
    pub row: u8,
    /// The row was written by somebody who had read another version.
    pub overwritten: bool,
}

/// What is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Input {
    /// A caller's message.
    Message,
    /// A signal of a handler that also writes the service's row.
    Signal,
    /// A caller's message that ends the task.
    Last,
}

impl Input {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::Message, Self::Signal, Self::Last];

    /// Whether it is accepted by its id; a signal is the process's own.
    pub(crate) fn is_message(self) -> bool {
        match self {
            Self::Message | Self::Last => true,
            Self::Signal => false,
        }
    }
}

/// A commit on its way.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Item {
    /// What was decided.
    pub input: Input,
    /// The loading of the task that decided it.
    pub generation: u8,
    /// The head that it was decided on.
    pub expected: u8,
    /// The row's version that was read, if it writes the row.
    pub row: Option<u8>,
    /// There was no room for it.
    pub full: bool,
}

/// What became of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It is in the log.
    Done,
    /// The message is in the log already.
    Seen,
    /// Nothing of it was written.
    Failed,
}

/// The task in memory.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Head {
    /// All inputs decided on, durable or not.
    pub log: Vec<Input>,
    /// Which loading this is.
    pub generation: u8,
    /// A commit failed; it has to be loaded again.
    pub broken: bool,
    /// Up to which head commits are known to be durable.
    pub mark: u8,
    /// How many commits failed.
    pub failures: u8,
}

/// An answer that commits nothing and waits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Waiting {
    /// The state that it was decided on.
    pub view: Vec<Input>,
    /// The failures at that time.
    pub failures: u8,
}

/// How often each input is where, by [`Input`].
pub type Counts = [u8; 3];

/// Everything there is at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct World {
    /// What survives.
    pub disk: Disk,
    /// Written and not synced: the disk as it will be, and what to tell then.
    pub batch: Option<(Disk, Vec<(Item, Outcome)>)>,
    /// Tickets that are about to resolve.
    pub landing: Vec<(Item, Outcome)>,
    /// Commits that have left the head and not reached the queue.
    pub departed: Vec<Item>,
    /// Commits that wait for the writer.
    pub queue: Vec<Item>,
    /// The newest generation that failed, as the store knows it.
    pub failed: Option<u8>,
    /// The task in memory.
    pub head: Head,
    /// Copies of inputs that are still to be decided.
    pub unsent: Counts,
    /// Copies whose commits are under way.
    pub under_way: Counts,
    /// A reader who waits.
    pub reading: Option<Waiting>,
    /// A refusal that waits.
    pub refusing: Option<(Input, Waiting)>,
    /// Inputs whose callers were told that they are taken.
    pub acked: [bool; 3],
    /// Inputs whose callers were told that the task has ended.
    pub refused: [bool; 3],
    /// Inputs whose effects have been performed.
    pub effects: [bool; 3],
    /// What the last reader was told.
    pub told: Vec<Input>,
    /// Reads that may still begin.
    pub reads: u8,
    /// Crashes, lack of room, disorder and foreign writes to the row that may still happen.
    pub faults: u8,
}
