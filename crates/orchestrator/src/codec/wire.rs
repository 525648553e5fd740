//! Engine events as they lie in the log. Released fields keep their numbers for ever; new ones get new numbers.

use prost::{Message, Oneof};

#[derive(Clone, PartialEq, Message)]
pub(super) struct Event {
    /// Milliseconds since 1970.
    #[prost(uint64, tag = "1")]
    pub(super) at: u64,
    #[prost(oneof = "Fact", tags = "2, 3, 4, 5, 6, 7, 8, 9, 10")]
    pub(super) fact: Option<Fact>,
}

#[derive(Clone, PartialEq, Oneof)]
pub(super) enum Fact {
    #[prost(message, tag = "2")]
    Accepted(Plan),
    #[prost(message, tag = "3")]
    Step(StepEvent),
    #[prost(message, tag = "4")]
    CancelRequested(Nothing),
    #[prost(message, tag = "5")]
    TimedOut(Nothing),
    /// Milliseconds since 1970.
    #[prost(uint64, tag = "6")]
    DeadlineMoved(u64),
    #[prost(message, tag = "7")]
    Asked(Nothing),
    #[prost(message, tag = "8")]
    Answered(Answered),
    #[prost(uint32, tag = "9")]
    Ended(u32),
    #[prost(message, tag = "10")]
    Compensating(Added),
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Nothing {}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Answered {
    #[prost(message, repeated, tag = "1")]
    pub(super) steps: Vec<Step>,
    #[prost(bytes = "vec", tag = "2")]
    pub(super) about: Vec<u8>,
    #[prost(string, optional, tag = "3")]
    pub(super) title: Option<String>,
    #[prost(string, repeated, tag = "4")]
    pub(super) renewed: Vec<String>,
    #[prost(message, optional, tag = "5")]
    pub(super) question: Option<Question>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Added {
    #[prost(message, repeated, tag = "1")]
    pub(super) steps: Vec<Step>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Plan {
    #[prost(string, tag = "1")]
    pub(super) title: String,
    #[prost(uint32, tag = "2")]
    pub(super) origin: u32,
    #[prost(uint32, tag = "3")]
    pub(super) mode: u32,
    #[prost(message, repeated, tag = "4")]
    pub(super) steps: Vec<Step>,
    /// Durations are in milliseconds.
    #[prost(uint64, tag = "5")]
    pub(super) timeout: u64,
    #[prost(uint64, tag = "6")]
    pub(super) waiting: u64,
    #[prost(uint64, tag = "7")]
    pub(super) endpoint: u64,
    #[prost(uint64, tag = "8")]
    pub(super) stopping: u64,
    #[prost(message, optional, tag = "9")]
    pub(super) question: Option<Question>,
    #[prost(bytes = "vec", tag = "10")]
    pub(super) about: Vec<u8>,
    /// Sixteen bytes, or none.
    #[prost(bytes = "vec", tag = "11")]
    pub(super) resumes: Vec<u8>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Question {
    #[prost(uint32, tag = "1")]
    pub(super) reason: u32,
    #[prost(string, tag = "2")]
    pub(super) text: String,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Step {
    #[prost(string, tag = "1")]
    pub(super) id: String,
    #[prost(string, tag = "2")]
    pub(super) title: String,
    #[prost(string, tag = "3")]
    pub(super) agent: String,
    #[prost(string, optional, tag = "4")]
    pub(super) skill: Option<String>,
    #[prost(bytes = "vec", tag = "5")]
    pub(super) input: Vec<u8>,
    #[prost(string, repeated, tag = "6")]
    pub(super) depends_on: Vec<String>,
    #[prost(uint32, tag = "7")]
    pub(super) attempts: u32,
    #[prost(uint64, tag = "8")]
    pub(super) backoff: u64,
    #[prost(uint64, tag = "9")]
    pub(super) max_backoff: u64,
    #[prost(uint64, tag = "10")]
    pub(super) attempt_timeout: u64,
    #[prost(uint32, tag = "11")]
    pub(super) on_failure: u32,
    #[prost(string, optional, tag = "12")]
    pub(super) undo: Option<String>,
    #[prost(string, optional, tag = "13")]
    pub(super) undoes: Option<String>,
    #[prost(bool, tag = "14")]
    pub(super) at_most_once: bool,
    /// Whether an unknown outcome fails it.
    #[prost(bool, tag = "15")]
    pub(super) fails_unknown: bool,
    #[prost(string, optional, tag = "16")]
    pub(super) tells: Option<String>,
    /// Whether its input is what the plan or the answer beside it is about, which is written once.
    #[prost(bool, tag = "17")]
    pub(super) shared: bool,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct StepEvent {
    #[prost(string, tag = "1")]
    pub(super) step: String,
    #[prost(oneof = "StepFact", tags = "2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15")]
    pub(super) fact: Option<StepFact>,
}

#[derive(Clone, PartialEq, Oneof)]
pub(super) enum StepFact {
    #[prost(message, tag = "2")]
    Dispatched(Launch),
    /// How long it was parked before, in milliseconds.
    #[prost(uint64, tag = "3")]
    Parked(u64),
    #[prost(message, tag = "4")]
    ChildKnown(Child),
    #[prost(message, tag = "5")]
    ChildProgressed(Child),
    #[prost(message, tag = "6")]
    ChildWaiting(Child),
    #[prost(uint32, tag = "7")]
    Stopping(u32),
    #[prost(message, tag = "8")]
    AttemptFailed(Failure),
    #[prost(bytes = "vec", tag = "9")]
    Completed(Vec<u8>),
    #[prost(message, tag = "10")]
    Failed(Failure),
    #[prost(message, tag = "11")]
    Skipped(Failure),
    #[prost(message, tag = "12")]
    Canceled(Nothing),
    #[prost(message, tag = "13")]
    LateAnswer(Late),
    #[prost(message, tag = "14")]
    Strayed(Stray),
    #[prost(message, tag = "15")]
    Carried(Done),
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Launch {
    #[prost(uint32, tag = "1")]
    pub(super) attempt: u32,
    #[prost(uint32, tag = "2")]
    pub(super) turn: u32,
    #[prost(uint64, tag = "3")]
    pub(super) since: u64,
    #[prost(uint64, tag = "4")]
    pub(super) not_after: u64,
    #[prost(string, tag = "5")]
    pub(super) endpoint: String,
    /// Sixteen bytes, or none for a foreign agent.
    #[prost(bytes = "vec", tag = "6")]
    pub(super) store_id: Vec<u8>,
    #[prost(bool, tag = "7")]
    pub(super) at_most_once: bool,
    #[prost(bytes = "vec", optional, tag = "8")]
    pub(super) input: Option<Vec<u8>>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Child {
    #[prost(uint32, tag = "1")]
    pub(super) attempt: u32,
    #[prost(string, tag = "2")]
    pub(super) child: String,
    #[prost(uint64, tag = "3")]
    pub(super) cursor: u64,
    #[prost(bytes = "vec", tag = "4")]
    pub(super) note: Vec<u8>,
    #[prost(uint32, tag = "5")]
    pub(super) on: u32,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Failure {
    #[prost(uint32, tag = "1")]
    pub(super) code: u32,
    #[prost(string, tag = "2")]
    pub(super) text: String,
    /// Milliseconds since 1970.
    #[prost(uint64, optional, tag = "3")]
    pub(super) retry_at: Option<u64>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Late {
    #[prost(uint32, tag = "1")]
    pub(super) attempt: u32,
    #[prost(uint32, tag = "2")]
    pub(super) end: u32,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Stray {
    #[prost(uint32, tag = "1")]
    pub(super) attempt: u32,
    #[prost(uint32, tag = "2")]
    pub(super) held: u32,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Done {
    #[prost(bytes = "vec", tag = "1")]
    pub(super) run: Vec<u8>,
    #[prost(message, optional, tag = "2")]
    pub(super) launch: Option<Launch>,
    #[prost(string, optional, tag = "3")]
    pub(super) child: Option<String>,
    /// Milliseconds since 1970.
    #[prost(uint64, tag = "4")]
    pub(super) at: u64,
    #[prost(bytes = "vec", tag = "5")]
    pub(super) answer: Vec<u8>,
}

/// A duty of the reaper, as it lies in a row of the store.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Duty {
    #[prost(string, tag = "1")]
    pub(super) tenant: String,
    #[prost(string, tag = "2")]
    pub(super) principal: String,
    #[prost(bytes = "vec", tag = "3")]
    pub(super) run: Vec<u8>,
    #[prost(string, tag = "4")]
    pub(super) context: String,
    #[prost(string, tag = "5")]
    pub(super) step: String,
    #[prost(string, tag = "6")]
    pub(super) agent: String,
    #[prost(message, optional, tag = "7")]
    pub(super) launch: Option<Launch>,
    /// Milliseconds since 1970.
    #[prost(uint64, tag = "8")]
    pub(super) sent: u64,
    #[prost(string, optional, tag = "9")]
    pub(super) child: Option<String>,
    /// Milliseconds since 1970.
    #[prost(uint64, tag = "10")]
    pub(super) since: u64,
}

/// What was found of a duty, as it lies in a row of the store.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Finding {
    #[prost(string, tag = "1")]
    pub(super) step: String,
    #[prost(oneof = "Fate", tags = "2, 3, 4, 5")]
    pub(super) fate: Option<Fate>,
}

#[derive(Clone, PartialEq, Oneof)]
pub(super) enum Fate {
    #[prost(message, tag = "2")]
    Open(Nothing),
    #[prost(message, tag = "3")]
    NeverAccepted(Nothing),
    #[prost(message, tag = "4")]
    Done(Done),
    #[prost(message, tag = "5")]
    Over(Nothing),
}
