//! What a run tells of its incident: rows of the run's own commits, taken away by the desk once the incident has them.
//! Fields keep their numbers for ever; new ones get new numbers.

use prost::{Message, Oneof};
use proto::watchroom::emergency::v1 as wire;
use types::Timestamp;

/// The rows of notes.
pub(super) const KIND: &str = "incident-note";

/// All that one commit of a run tells. Those of several decisions, one after the other, read as one.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Notes {
    #[prost(string, tag = "1")]
    pub(super) tenant: String,
    #[prost(string, tag = "2")]
    pub(super) principal: String,
    #[prost(string, tag = "3")]
    pub(super) context: String,
    #[prost(string, tag = "4")]
    pub(super) run: String,
    /// When those of earlier versions were decided, in milliseconds since 1970; of others each note says it.
    #[prost(uint64, tag = "5")]
    pub(super) at: u64,
    #[prost(message, repeated, tag = "6")]
    pub(super) notes: Vec<Note>,
}

impl Notes {
    /// When one of them was decided.
    pub(super) fn decided(&self, note: &Note) -> Timestamp {
        Timestamp::from_millis(if note.at == 0 { self.at } else { note.at })
    }
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Note {
    #[prost(oneof = "What", tags = "1, 2, 3, 4, 5, 6, 7, 9, 10")]
    pub(super) what: Option<What>,
    /// When it was decided, in milliseconds since 1970.
    #[prost(uint64, tag = "8")]
    pub(super) at: u64,
}

#[derive(Clone, PartialEq, Oneof)]
pub(super) enum What {
    /// A call was taken.
    #[prost(message, tag = "1")]
    Called(Judged),
    /// The caller has answered a question: call and answer together.
    #[prost(message, tag = "2")]
    Heard(Judged),
    /// A service has answered.
    #[prost(message, tag = "3")]
    Dispatched(Box<Dispatched>),
    /// A service sends nobody.
    #[prost(message, tag = "4")]
    Failed(Failed),
    /// What a service had sent was called off; the id of its dispatch.
    #[prost(string, tag = "5")]
    Released(String),
    /// The run has ended; see [`End`].
    #[prost(enumeration = "End", tag = "6")]
    Ended(i32),
    /// A service has taken it, and waits.
    #[prost(message, tag = "7")]
    Waits(Waits),
    /// A service has heard the place of what it has: how its dispatch stands with that.
    #[prost(message, tag = "9")]
    Told(Box<Dispatched>),
    /// A service was not told the place of what it has.
    #[prost(message, tag = "10")]
    Untold(Failed),
}

/// What triage made of the words.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Judged {
    #[prost(string, tag = "1")]
    pub(super) kind: String,
    #[prost(uint32, tag = "2")]
    pub(super) priority: u32,
    /// Empty when the caller names none.
    #[prost(string, tag = "3")]
    pub(super) place: String,
    #[prost(message, repeated, tag = "4")]
    pub(super) decisions: Vec<wire::Decision>,
    #[prost(string, repeated, tag = "5")]
    pub(super) hazards: Vec<String>,
    #[prost(uint32, optional, tag = "6")]
    pub(super) casualties: Option<u32>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Dispatched {
    #[prost(message, optional, tag = "1")]
    pub(super) dispatch: Option<wire::Dispatch>,
    /// The store of the agent that has it.
    #[prost(string, tag = "2")]
    pub(super) store: String,
    /// Where the agent takes the place to be.
    #[prost(message, optional, tag = "3")]
    pub(super) location: Option<wire::Location>,
    /// The incident's type and priority in the words of the agent's scenario; empty and 0 where it says nothing.
    #[prost(string, tag = "4")]
    pub(super) kind: String,
    #[prost(uint32, tag = "5")]
    pub(super) priority: u32,
    /// The types of the dispatch's units, in their order; empty where the agent says none.
    #[prost(string, repeated, tag = "6")]
    pub(super) kinds: Vec<String>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Waits {
    /// The id of the dispatch.
    #[prost(string, tag = "1")]
    pub(super) dispatch: String,
    #[prost(string, tag = "2")]
    pub(super) service: String,
    #[prost(string, tag = "3")]
    pub(super) task_id: String,
    #[prost(enumeration = "For", tag = "4")]
    pub(super) what: i32,
    /// Its place in the queue, from 1; 0 where the agent says none.
    #[prost(uint32, tag = "5")]
    pub(super) position: u32,
    #[prost(message, repeated, tag = "6")]
    pub(super) shortfall: Vec<wire::Requirement>,
}

/// What a service waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, prost::Enumeration)]
#[repr(i32)]
pub(super) enum For {
    /// Free units.
    Units = 0,
    /// The end of what its units do.
    Clearing = 1,
    Answer = 2,
    Authorisation = 3,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Failed {
    /// The id that the dispatch has, or would have.
    #[prost(string, tag = "1")]
    pub(super) dispatch: String,
    #[prost(string, tag = "2")]
    pub(super) service: String,
    #[prost(string, tag = "3")]
    pub(super) cause: String,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, prost::Enumeration)]
#[repr(i32)]
pub(super) enum End {
    /// It has not.
    Open = 0,
    Completed = 1,
    Failed = 2,
    Canceled = 3,
}
