//! What we put into A2A's `metadata`: extension URIs, the cursor, the dispatch, and the constructors for Struct values.
//! The keys are the extensions' URIs, so that nobody else's metadata is touched.

use std::collections::BTreeMap;

use proto::value::Kind;
use proto::wire::{Glance, Wire};
use proto::{Struct, Value};
use types::{Seq, StepId, StoreId, TaskId, Timestamp, limits};

use crate::frame::Metadata;

/// The position of a frame: `{seq, prev}` on every frame, `{seq}` on a snapshot.
pub const CURSOR: &str = "urn:watchroom:ext:cursor:v1";
/// What a repeated message does: it is answered with what became of it before. Says nothing in metadata.
pub const IDEMPOTENCY: &str = "urn:watchroom:ext:idempotency:v1";
/// The progress of a run, on its status updates.
pub const PROGRESS: &str = "urn:watchroom:ext:progress:v1";
/// The plan of a run, on the plan's artifact.
pub const PLAN: &str = "urn:watchroom:ext:plan:v1";
/// Why a task waits for input, or why it failed where that matters to who sent it: `{reason}`.
pub const REASON: &str = "urn:watchroom:ext:reason:v1";
/// The reason of a failed task whose effect may have happened and must not be repeated.
pub const OUTCOME_UNKNOWN: &str = "OUTCOME_UNKNOWN";
/// What a dispatched message belongs to.
pub const DISPATCH: &str = "urn:watchroom:ext:dispatch:v1";

/// The position of a frame in its task's stream, as its metadata tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// The frame's number.
    pub seq: Seq,
    /// The number of the frame before it; `None` on a snapshot, which follows on nothing.
    pub prev: Option<Seq>,
}

/// What a message from an operator to an agent belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispatch {
    /// The run.
    pub run: TaskId,
    /// The step of its plan.
    pub step: StepId,
    /// Which attempt of the step, from 1.
    pub attempt: u32,
    /// Which turn of the attempt's conversation, from 1.
    pub turn: u32,
    /// Not to be accepted later than this.
    pub not_after: Timestamp,
    /// The only store that may accept it; `None` towards agents without one.
    pub store_id: Option<StoreId>,
    /// Whether an effect with an unknown outcome forbids another attempt.
    pub at_most_once: bool,
}

/// Why dispatch metadata cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("metadata {DISPATCH}: {field} is missing or malformed")]
pub struct BadDispatch {
    /// Which member.
    pub field: &'static str,
}

impl Dispatch {
    /// The metadata of a message that carries this dispatch.
    pub fn to_metadata(&self) -> Struct {
        let mut fields = BTreeMap::from([
            ("run".into(), text(self.run.to_string())),
            ("step".into(), text(self.step.as_str())),
            ("attempt".into(), number(self.attempt)),
            ("turn".into(), number(self.turn)),
            ("not_after".into(), millis(self.not_after)),
            ("at_most_once".into(), truth(self.at_most_once)),
        ]);
        if let Some(store) = self.store_id {
            fields.insert("store_id".into(), text(store.to_string()));
        }
        structure([(DISPATCH, object(fields))])
    }

    /// Writes the same into metadata that go out.
    pub fn put(&self, metadata: &mut Metadata) {
        metadata.put(DISPATCH, |slot| {
            slot.object(|out| {
                out.put("at_most_once", |slot| slot.truth(self.at_most_once)).number("attempt", self.attempt);
                out.count("not_after", self.not_after.as_millis()).text("run", &self.run.to_string());
                out.text("step", self.step.as_str());
                if let Some(store) = self.store_id {
                    out.text("store_id", &store.to_string());
                }
                out.number("turn", self.turn);
            });
        });
    }

    /// The dispatch in a message's metadata; `None` when it carries none.
    pub fn from_metadata(metadata: Option<&Struct>) -> Result<Option<Self>, BadDispatch> {
        member(metadata, DISPATCH).map(Self::read).transpose()
    }

    fn read(value: &Value) -> Result<Self, BadDispatch> {
        let Some(Kind::StructValue(fields)) = &value.kind else { return Err(BadDispatch { field: "the object" }) };
        Self::of_members(|name| fields.fields.get(name).map(glance))
    }

    /// The dispatch that an encoded value says.
    pub(crate) fn glanced(value: Wire<'_>) -> Result<Self, BadDispatch> {
        let Some(Glance::Object(object)) = value.glance() else { return Err(BadDispatch { field: "the object" }) };
        let mut members = Vec::with_capacity(8);
        // What is no value has no kind either.
        let read = object.members(|it| members.push((it.name, it.value.glance().unwrap_or(Glance::Nothing))));
        read.ok_or(BadDispatch { field: "the object" })?;
        Self::of_members(|name| members.iter().find(|member| member.0 == name).map(|member| member.1))
    }

    fn of_members<'v>(member: impl Fn(&str) -> Option<Glance<'v>>) -> Result<Self, BadDispatch> {
        let bad = |field| BadDispatch { field };
        let word = |name| member(name).and_then(words);
        let whole = |name| member(name).and_then(integer);
        let small = |name| whole(name).and_then(|whole| u32::try_from(whole).ok()).ok_or(bad(name));
        Ok(Self {
            run: word("run").and_then(|run| run.parse().ok()).ok_or(bad("run"))?,
            step: word("step").and_then(|step| step.parse().ok()).ok_or(bad("step"))?,
            attempt: small("attempt")
                .ok()
                .filter(|attempt| (1..=limits::ATTEMPTS).contains(attempt))
                .ok_or(bad("attempt"))?,
            turn: small("turn")?,
            not_after: whole("not_after").map(Timestamp::from_millis).ok_or(bad("not_after"))?,
            store_id: store_id(member("store_id"))?,
            at_most_once: match member("at_most_once") {
                None => false,
                // What must not happen twice must not be taken for what may.
                Some(Glance::Truth(said)) => said,
                Some(_) => return Err(bad("at_most_once")),
            },
        })
    }
}

/// The metadata of an update with this reason.
pub fn for_reason(reason: &str) -> Struct {
    structure([(REASON, object([("reason".to_owned(), text(reason))].into()))])
}

/// The reason in the metadata of an update or of its task, if there is one.
pub fn reason_of(metadata: Option<&Struct>) -> Option<&str> {
    let fields = as_object(member(metadata, REASON))?;
    as_text(fields.fields.get("reason"))
}

/// The metadata of a request that is meant for one store only, such as the cancel of a dispatched task.
pub fn for_store(store: StoreId) -> Struct {
    structure([(DISPATCH, object([("store_id".to_owned(), text(store.to_string()))].into()))])
}

/// The only store that a request with this metadata is meant for, if it names one.
pub fn store_of(metadata: Option<&Struct>) -> Result<Option<StoreId>, BadDispatch> {
    match member(metadata, DISPATCH).map(|value| &value.kind) {
        None => Ok(None),
        Some(Some(Kind::StructValue(fields))) => store_id(fields.fields.get("store_id").map(glance)),
        Some(_) => Err(BadDispatch { field: "the object" }),
    }
}

fn store_id(named: Option<Glance<'_>>) -> Result<Option<StoreId>, BadDispatch> {
    let store = |named| words(named).and_then(|store| store.parse().ok()).ok_or(BadDispatch { field: "store_id" });
    named.map(store).transpose()
}

/// What a value holds, as its bytes would tell it; of objects and lists only that they are some.
fn glance(value: &Value) -> Glance<'_> {
    match &value.kind {
        None | Some(Kind::NullValue(_)) => Glance::Nothing,
        Some(Kind::NumberValue(number)) => Glance::Number(*number),
        Some(Kind::StringValue(text)) => Glance::Text(text),
        Some(Kind::BoolValue(truth)) => Glance::Truth(*truth),
        Some(Kind::StructValue(_)) => Glance::Object(Wire(&[])),
        Some(Kind::ListValue(_)) => Glance::List(Wire(&[])),
    }
}

fn words(value: Glance<'_>) -> Option<&str> {
    if let Glance::Text(text) = value { Some(text) } else { None }
}

/// See [`as_integer`].
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn integer(value: Glance<'_>) -> Option<u64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        Glance::Number(number) if number.fract() == 0.0 && (0.0..=EXACT).contains(&number) => Some(number as u64),
        _ => None,
    }
}

impl Cursor {
    /// The cursor in an event's metadata, if it carries one.
    pub fn from_metadata(metadata: Option<&Struct>) -> Option<Self> {
        let fields = as_object(member(metadata, CURSOR))?;
        let seq = |name| as_integer(fields.fields.get(name)).map(Seq);
        Some(Self { seq: seq("seq")?, prev: seq("prev") })
    }

    /// Takes the cursor out of an event's metadata; metadata that held nothing else is gone.
    pub fn take(metadata: &mut Option<Struct>) -> Option<Self> {
        let cursor = Self::from_metadata(metadata.as_ref());
        if let Some(own) = metadata {
            own.fields.remove(CURSOR);
            if own.fields.is_empty() {
                *metadata = None;
            }
        }
        cursor
    }

    pub(crate) fn to_value(self) -> Value {
        let mut fields = BTreeMap::from([("seq".to_owned(), count(self.seq.0))]);
        if let Some(prev) = self.prev {
            fields.insert("prev".to_owned(), count(prev.0));
        }
        object(fields)
    }
}

/// The member of `metadata` with this key.
pub fn member<'m>(metadata: Option<&'m Struct>, key: &str) -> Option<&'m Value> {
    metadata?.fields.get(key)
}

/// A struct with these members.
pub fn structure<'k>(members: impl IntoIterator<Item = (&'k str, Value)>) -> Struct {
    Struct { fields: members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect() }
}

/// An object value.
pub fn object(fields: BTreeMap<String, Value>) -> Value {
    Value { kind: Some(Kind::StructValue(Struct { fields })) }
}

/// A string value.
pub fn text(text: impl Into<String>) -> Value {
    Value { kind: Some(Kind::StringValue(text.into())) }
}

/// A number value; exact for integers up to 2^53.
pub fn number(number: impl Into<f64>) -> Value {
    Value { kind: Some(Kind::NumberValue(number.into())) }
}

/// A boolean value.
pub fn truth(truth: bool) -> Value {
    Value { kind: Some(Kind::BoolValue(truth)) }
}

/// A list value.
pub fn list(values: impl IntoIterator<Item = Value>) -> Value {
    let values = values.into_iter().collect();
    Value { kind: Some(Kind::ListValue(proto::ListValue { values })) }
}

/// The JSON null.
pub fn null() -> Value {
    Value { kind: Some(Kind::NullValue(0)) }
}

/// A count; exact up to 2^53.
#[allow(clippy::cast_precision_loss)]
pub fn count(count: u64) -> Value {
    number(count as f64)
}

/// A time as a number of milliseconds since 1970.
pub fn millis(time: Timestamp) -> Value {
    count(time.as_millis())
}

/// The text of a string value.
pub fn as_text(value: Option<&Value>) -> Option<&str> {
    match value?.kind.as_ref()? {
        Kind::StringValue(text) => Some(text),
        _ => None,
    }
}

/// The members of an object.
pub fn as_object(value: Option<&Value>) -> Option<&Struct> {
    match value?.kind.as_ref()? {
        Kind::StructValue(fields) => Some(fields),
        _ => None,
    }
}

/// The boolean of a boolean value.
pub fn as_truth(value: Option<&Value>) -> Option<bool> {
    match value?.kind.as_ref()? {
        Kind::BoolValue(truth) => Some(*truth),
        _ => None,
    }
}

/// The integer of a number value; `None` for fractions, negatives, and numbers beyond 2^53.
pub fn as_integer(value: Option<&Value>) -> Option<u64> {
    integer(glance(value?))
}
