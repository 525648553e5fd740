//! Agents as a driver: what each input means for a task whose work is an async handler.
//!
//! ```text
//! message ─▶ running ─▶ ended
//!              │  ▲
//!      question▼  │message
//!             waiting
//! ```
//! A cancel while running is remembered and told to the handler; while waiting it ends the task.

use std::collections::{BTreeSet, HashMap};

use a2a::frame::Metadata;
use a2a::{Error, Heard, metadata};
use bytes::{Buf, BufMut, Bytes, BytesMut};
use prost::Message as _;
use proto::a2a::{AgentSkill, Message};
use store::{Ready, Record, RowChange};
use types::{Owner, Seq, TaskId, TaskState, limits};

use crate::agent::{Agent, Finish};
use crate::driver::{Change, Damaged, Decision, Driver, Input, Opening, View};
use crate::handle::Handle;
use crate::kit::Kit;
use crate::runner;

const TURN: u16 = 1;
const ONCE: u16 = 2;
const CANCEL: u16 = 3;
const BEGIN: u16 = 4;

/// An agent as the kit drives it.
#[derive(Debug)]
pub struct Turns<A> {
    agent: A,
}

/// What is known of a task beside its A2A form.
#[derive(Debug, Clone)]
pub struct TurnState {
    /// The turn under way or the last one, from 1.
    pub(crate) number: u32,
    /// The newest frame when it began; later frames are the handler's.
    pub(crate) began: Seq,
    /// Results of effects that must not happen twice.
    pub(crate) once: HashMap<String, Bytes>,
    /// Effects that may have happened and must not be tried again.
    pub(crate) begun: BTreeSet<String>,
    pub(crate) canceling: bool,
}

/// News from a handler.
#[derive(Debug, Clone)]
pub enum Signal {
    /// Something for clients to see. Nobody waits for what becomes of it: where it does not fit, the task fails.
    Emit(Change),
    /// Something for clients to see, and rows that change with it. Refused where it does not fit.
    Commit(Vec<Change>, Vec<RowChange>),
    /// The turn has ended, with the last things to see and the rows that change with it. Refused as above.
    Conclude(Vec<Change>, Vec<RowChange>, Box<Finish>),
    /// An effect begins that must not be tried again.
    Begin(String),
    /// The result of an effect.
    Once(String, Bytes),
    /// The turn has ended.
    Finish(Box<Finish>),
    /// The turn has failed; in words for the caller.
    Failed(String),
    /// The handler has stopped, or was stopped, after a cancel.
    Stopped,
}

/// What the driver asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Run the handler.
    Run,
    /// Tell the handler to stop.
    Stop,
}

impl<A: Agent> Turns<A> {
    /// Drives `agent`.
    pub fn new(agent: A) -> Self {
        Self { agent }
    }

    /// What it drives.
    pub fn agent(&self) -> &A {
        &self.agent
    }

    fn message(view: &View<'_>, state: &mut TurnState, message: &Heard) -> Result<Decision<Effect>, Error> {
        let size = message.size();
        if size > view.room {
            return Err(Error::TooLarge { field: "message".to_owned(), size, limit: view.room });
        }
        let first = view.seq == Seq::ZERO;
        if !first && !view.state.is_interrupted() {
            return Err(Error::UnsupportedOperation("the task is at work and takes no message now".to_owned()));
        }
        let mut decision = Decision { ready: Ready::Set, effects: vec![Effect::Run], ..Decision::default() };
        if !first {
            (state.number, state.began) = (state.number + 1, view.seq.next());
            decision.records.push(turn_record(state));
            decision.changes.push(Change::Status { state: TaskState::Working, message: None, metadata: None });
        }
        Ok(decision)
    }

    fn cancel(view: &View<'_>, state: &mut TurnState) -> Result<Decision<Effect>, Error> {
        if view.state.is_terminal() {
            return Err(Error::TaskNotCancelable);
        }
        if view.state.is_interrupted() {
            return Ok(state.end(TaskState::Canceled, None));
        }
        if state.canceling {
            return Ok(Decision::default());
        }
        state.canceling = true;
        let records = vec![Record { kind: CANCEL, bytes: Bytes::new() }];
        Ok(Decision { records, effects: vec![Effect::Stop], ..Decision::default() })
    }

    fn signal(view: &View<'_>, state: &mut TurnState, signal: Signal) -> Result<Decision<Effect>, Error> {
        if view.state.is_terminal() || view.state.is_interrupted() {
            return late(&signal);
        }
        match signal {
            Signal::Emit(change) if size(std::slice::from_ref(&change)) > view.room => {
                Ok(state.end(TaskState::Failed, Some(too_large())))
            }
            Signal::Emit(change) => Ok(Decision { changes: vec![change], ..Decision::default() }),
            Signal::Commit(changes, rows) => {
                fits(&changes, view)?;
                Ok(Decision { changes, rows, ..Decision::default() })
            }
            Signal::Conclude(mut changes, rows, finish) => {
                fits(&changes, view)?;
                if let Some(key) = state.unknown() {
                    return Err(Error::UnsupportedOperation(unknown_words(key)));
                }
                let end = finished(*finish);
                changes.extend(end.changes);
                Ok(Decision { changes, rows, ..end })
            }
            Signal::Begin(key) => {
                let records = vec![begin_record(&key)];
                state.begun.insert(key);
                Ok(Decision { records, ..Decision::default() })
            }
            Signal::Once(key, result) => {
                let records = vec![once_record(&key, &result)];
                state.once.insert(key, result);
                Ok(Decision { records, ..Decision::default() })
            }
            Signal::Finish(finish) => Ok(state.finish(*finish)),
            Signal::Failed(why) => Ok(state.end(TaskState::Failed, Some(crate::words::say(why)))),
            Signal::Stopped => Ok(state.end(TaskState::Canceled, None)),
        }
    }
}

impl TurnState {
    /// An effect that began, must not be tried again, and has no result.
    fn unknown(&self) -> Option<&str> {
        self.begun.iter().map(String::as_str).find(|key| !self.once.contains_key(*key))
    }

    /// The end of a turn. However it came about: while an outcome is unknown, that is what the caller has to know.
    fn end(&self, state: TaskState, message: Option<Message>) -> Decision<Effect> {
        match self.unknown() {
            Some(key) => lost(key),
            None => ending(state, message),
        }
    }

    fn finish(&self, finish: Finish) -> Decision<Effect> {
        match finish {
            finish if self.unknown().is_none() && !(self.canceling && finish.asks()) => finished(finish),
            // Nobody answers a question of work that was asked to stop.
            _ => self.end(TaskState::Canceled, None),
        }
    }
}

/// What a handler says after its task has ended. Who waits for an answer must not take it that something was stored.
fn late(signal: &Signal) -> Result<Decision<Effect>, Error> {
    match signal {
        Signal::Emit(_) | Signal::Finish(_) | Signal::Failed(_) | Signal::Stopped => Ok(Decision::default()),
        Signal::Commit(..) | Signal::Conclude(..) | Signal::Begin(_) | Signal::Once(..) => {
            Err(Error::UnsupportedOperation("the task has ended".to_owned()))
        }
    }
}

fn fits(changes: &[Change], view: &View<'_>) -> Result<(), Error> {
    let size = size(changes);
    if size > view.room {
        return Err(Error::TooLarge { field: "artifacts".to_owned(), size, limit: view.room });
    }
    Ok(())
}

fn size(changes: &[Change]) -> usize {
    let one = |change: &Change| match change {
        Change::Status { message, metadata, .. } => {
            message.as_ref().map_or(0, Message::encoded_len) + metadata.as_ref().map_or(0, Metadata::size)
        }
        Change::Artifact { artifact, .. } => artifact.size(),
    };
    changes.iter().map(one).sum()
}

fn too_large() -> Message {
    let limit = limits::INLINE_TASK;
    crate::words::say(format!("the task would be larger than {limit} bytes; large results belong behind a URL"))
}

fn ending(state: TaskState, message: Option<Message>) -> Decision<Effect> {
    let changes = vec![Change::Status { state, message, metadata: None }];
    Decision { changes, ready: Ready::Clear, ..Decision::default() }
}

fn lost(key: &str) -> Decision<Effect> {
    let metadata = Some(metadata::for_reason(metadata::OUTCOME_UNKNOWN).into());
    let message = Some(crate::words::say(unknown_words(key)));
    let changes = vec![Change::Status { state: TaskState::Failed, message, metadata }];
    Decision { changes, ready: Ready::Clear, ..Decision::default() }
}

fn unknown_words(key: &str) -> String {
    format!("{key} was begun; whether it was done is not known")
}

fn finished(finish: Finish) -> Decision<Effect> {
    match finish {
        Finish::Completed(message) => ending(TaskState::Completed, Some(message)),
        Finish::Rejected(message) => ending(TaskState::Rejected, Some(message)),
        Finish::AuthRequired(message) => ending(TaskState::AuthRequired, Some(message)),
        Finish::InputRequired { message, reason } => {
            let metadata = Some(metadata::for_reason(reason).into());
            let changes = vec![Change::Status { state: TaskState::InputRequired, message: Some(message), metadata }];
            Decision { changes, ready: Ready::Clear, ..Decision::default() }
        }
    }
}

impl<A: Agent> Driver for Turns<A> {
    type State = TurnState;
    type Signal = Signal;
    type Effect = Effect;

    const EAGER: bool = A::EAGER;

    async fn open(&self, _: &Kit<Self>, owner: &Owner, message: &Heard) -> Result<Opening<TurnState>, Error> {
        Ok(self.agent.reply(owner, message).await.map_or_else(Opening::default, Opening::Reply))
    }

    fn private_skills(&self) -> Vec<AgentSkill> {
        self.agent.private_skills()
    }

    fn begin(&self, _task: &TaskId) -> TurnState {
        // The opening frame is the kit's; what follows is the handler's.
        TurnState { number: 1, began: Seq(1), once: HashMap::new(), begun: BTreeSet::new(), canceling: false }
    }

    fn replay(&self, state: &mut TurnState, record: &Record) -> Result<(), Damaged> {
        let damaged = Damaged(record.kind);
        match record.kind {
            TURN => (state.number, state.began) = read_turn(record).ok_or(damaged)?,
            ONCE => {
                let (key, result) = read_once(record).ok_or(damaged)?;
                state.once.insert(key, result);
            }
            CANCEL => state.canceling = true,
            BEGIN => drop(state.begun.insert(read_begin(record).ok_or(damaged)?)),
            _ => return Err(damaged),
        }
        Ok(())
    }

    fn fold(&self, state: &TurnState) -> Vec<Record> {
        let once = state.once.iter().map(|(key, result)| once_record(key, result));
        let begun = state.begun.iter().map(|key| begin_record(key));
        let cancel = state.canceling.then(|| Record { kind: CANCEL, bytes: Bytes::new() });
        std::iter::once(turn_record(state)).chain(begun).chain(once).chain(cancel).collect()
    }

    fn decide(&self, view: &View<'_>, state: &mut TurnState, input: Input<Signal>) -> Result<Decision<Effect>, Error> {
        match input {
            Input::Message(message) => Self::message(view, state, &message),
            Input::Cancel => Self::cancel(view, state),
            Input::Timer => Ok(Decision::default()),
            Input::Signal(signal) => Self::signal(view, state, signal),
        }
    }

    fn outstanding(&self, view: &View<'_>, _state: &TurnState) -> Vec<Effect> {
        if view.state.is_terminal() || view.state.is_interrupted() { Vec::new() } else { vec![Effect::Run] }
    }

    fn perform(&self, handle: Handle<Self>, effect: Effect) {
        match effect {
            Effect::Run => runner::run(handle),
            Effect::Stop => handle.live().stop_token().cancel(),
        }
    }

    fn describe(&self, record: &Record) -> (&'static str, String) {
        match record.kind {
            TURN => ("turn", read_turn(record).map_or_else(String::new, |(number, _)| format!("turn {number} begins"))),
            ONCE => ("once", read_once(record).map_or_else(String::new, |(key, _)| format!("effect {key} is done"))),
            BEGIN => ("begin", read_begin(record).map_or_else(String::new, |key| format!("effect {key} begins"))),
            CANCEL => ("cancel", "asked to stop".to_owned()),
            _ => ("unknown", String::new()),
        }
    }
}

fn turn_record(state: &TurnState) -> Record {
    let mut bytes = BytesMut::with_capacity(12);
    bytes.put_u32(state.number);
    bytes.put_u64(state.began.0);
    Record { kind: TURN, bytes: bytes.freeze() }
}

fn read_turn(record: &Record) -> Option<(u32, Seq)> {
    let mut bytes = record.bytes.clone();
    (bytes.len() == 12).then(|| (bytes.get_u32(), Seq(bytes.get_u64())))
}

fn begin_record(key: &str) -> Record {
    Record { kind: BEGIN, bytes: Bytes::copy_from_slice(key.as_bytes()) }
}

fn read_begin(record: &Record) -> Option<String> {
    String::from_utf8(record.bytes.to_vec()).ok()
}

fn once_record(key: &str, result: &[u8]) -> Record {
    let mut bytes = BytesMut::with_capacity(4 + key.len() + result.len());
    bytes.put_u32(u32::try_from(key.len()).unwrap_or(u32::MAX));
    bytes.put_slice(key.as_bytes());
    bytes.put_slice(result);
    Record { kind: ONCE, bytes: bytes.freeze() }
}

fn read_once(record: &Record) -> Option<(String, Bytes)> {
    let mut bytes = record.bytes.clone();
    let length = bytes.try_get_u32().ok()? as usize;
    (length <= bytes.len())
        .then(|| bytes.split_to(length))
        .and_then(|key| String::from_utf8(key.to_vec()).ok().map(|key| (key, bytes)))
}
