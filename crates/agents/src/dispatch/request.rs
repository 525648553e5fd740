//! What a message asks for. Text is enough: what a data part does not say is taken from the words.
//!
//! Data: `{type, priority, location: {text} | text, confidence, follow, skill, dispatch}`; every member may be absent,
//! others are ignored. With a confidence type and priority are what somebody made of the same words, as the operator
//! does, and the scenario's words and priorities have their say; without, they are what the sender knows.
//! A redirect has to say the location there; words beside it name none.
//! The skill may also stand in the message's metadata, under `skill`.

use a2a::metadata::{as_integer, as_text, as_truth};
use agent::words;
use proto::a2a::Message;
use proto::a2a::part::Content;
use proto::value::Kind;
use proto::{Struct, Value};
use triage::{Priority, triage};

use super::scenario::Scenario;

/// What is asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Request {
    /// Send units.
    Dispatch(Incident),
    /// Free the units of this dispatch, or of the whole conversation.
    Release(Option<String>),
    /// Send the units of this dispatch, or of the whole conversation, to where the incident turns out to be.
    Redirect { dispatch: Option<String>, incident: Incident },
}

/// What a dispatch is for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Incident {
    /// A type of the scenario's run cards.
    pub(crate) kind: String,
    /// 1 is the highest.
    pub(crate) priority: u8,
    /// In the caller's words; empty where nobody knows.
    pub(crate) place: String,
    pub(crate) until: Until,
}

/// When a dispatch is over for its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Until {
    /// Units are assigned.
    Assigned,
    /// They have cleared.
    Cleared,
}

/// Why a message cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadRequest {
    #[error("there is no skill {0:?}; this agent has dispatch, redirect and release")]
    Skill(String),
    #[error("the message has neither text nor an incident")]
    Empty,
    #[error("{field} must be {wanted}")]
    Field { field: &'static str, wanted: &'static str },
}

/// A redirect that does not say where to.
const NO_PLACE: BadRequest =
    BadRequest::Field { field: "location", wanted: "the place to go to, as a text or an object with a text" };

/// Reads a message.
pub(crate) fn read(message: &Message, scenario: &Scenario) -> Result<Request, BadRequest> {
    let text = words::text_of(message);
    let data = data_of(message);
    match skill(message, data)?.unwrap_or("dispatch") {
        "dispatch" => incident(&text, data, scenario).map(Request::Dispatch),
        "release" => Ok(Request::Release(word(data, "dispatch")?.map(str::to_owned))),
        "redirect" => {
            let place = place(data)?.map(str::trim).filter(|place| !place.is_empty()).ok_or(NO_PLACE)?;
            let incident = Incident { place: place.to_owned(), ..incident(&text, data, scenario)? };
            Ok(Request::Redirect { dispatch: word(data, "dispatch")?.map(str::to_owned), incident })
        }
        other => Err(BadRequest::Skill(other.to_owned())),
    }
}

/// The first object among the data parts.
fn data_of(message: &Message) -> Option<&Struct> {
    message.parts.iter().find_map(|part| match &part.content {
        Some(Content::Data(Value { kind: Some(Kind::StructValue(fields)) })) => Some(fields),
        _ => None,
    })
}

fn skill<'m>(message: &'m Message, data: Option<&'m Struct>) -> Result<Option<&'m str>, BadRequest> {
    let told = message.metadata.as_ref().and_then(|metadata| as_text(metadata.fields.get("skill")));
    Ok(told.or(word(data, "skill")?))
}

fn incident(text: &str, data: Option<&Struct>, scenario: &Scenario) -> Result<Incident, BadRequest> {
    if text.trim().is_empty() && data.is_none() {
        return Err(BadRequest::Empty);
    }
    let kind = word(data, "type")?;
    let priority = priority(data)?;
    let place = place(data)?;
    let until = until(data)?;
    let judged = data.is_some_and(|data| data.fields.contains_key("confidence"));
    if let (Some(kind), Some(priority), Some(place)) = (kind, priority, place) {
        let (kind, priority) = if judged { weighed(text, kind, priority, scenario) } else { (kind, priority) };
        return Ok(Incident { kind: kind.to_owned(), priority, place: place.to_owned(), until });
    }
    let said = triage(text);
    let named = kind.or_else(|| scenario.recognise(text)).unwrap_or(said.kind.as_str());
    let usual = || scenario.priority(named).unwrap_or_else(|| said.priority.min(Priority::Routine).level());
    let told = priority.unwrap_or_else(usual);
    let (kind, priority) = if judged { weighed(text, named, told, scenario) } else { (named, told) };
    Ok(Incident {
        kind: kind.to_owned(),
        priority,
        place: place.map(str::to_owned).or(said.place.map(|place| place.text)).unwrap_or_default(),
        until,
    })
}

/// What the town makes of a judgement: its own words name the type, and the more pressing priority stands.
fn weighed<'s>(text: &str, kind: &'s str, priority: u8, scenario: &'s Scenario) -> (&'s str, u8) {
    let kind = scenario.recognise(text).unwrap_or(kind);
    (kind, scenario.priority(kind).map_or(priority, |usual| usual.min(priority)))
}

fn until(data: Option<&Struct>) -> Result<Until, BadRequest> {
    let Some(value) = data.and_then(|data| data.fields.get("follow")) else { return Ok(Until::Assigned) };
    match as_truth(Some(value)) {
        Some(true) => Ok(Until::Cleared),
        Some(false) => Ok(Until::Assigned),
        None => Err(BadRequest::Field { field: "follow", wanted: "true or false" }),
    }
}

fn word<'m>(data: Option<&'m Struct>, field: &'static str) -> Result<Option<&'m str>, BadRequest> {
    let Some(value) = data.and_then(|data| data.fields.get(field)) else { return Ok(None) };
    as_text(Some(value)).map(Some).ok_or(BadRequest::Field { field, wanted: "a text" })
}

fn priority(data: Option<&Struct>) -> Result<Option<u8>, BadRequest> {
    let Some(value) = data.and_then(|data| data.fields.get("priority")) else { return Ok(None) };
    let number = as_integer(Some(value)).and_then(|number| u8::try_from(number).ok()).filter(|number| *number >= 1);
    number.map(Some).ok_or(BadRequest::Field { field: "priority", wanted: "a whole number from 1 (highest)" })
}

/// A place is a text, or an object with the member `text`.
fn place(data: Option<&Struct>) -> Result<Option<&str>, BadRequest> {
    let bad = BadRequest::Field { field: "location", wanted: "a text or an object with a text" };
    match data.and_then(|data| data.fields.get("location")).map(|value| &value.kind) {
        None | Some(None | Some(Kind::NullValue(_))) => Ok(None),
        Some(Some(Kind::StringValue(text))) => Ok(Some(text)),
        Some(Some(Kind::StructValue(fields))) => as_text(fields.fields.get("text")).map(Some).ok_or(bad),
        Some(Some(Kind::NumberValue(_) | Kind::BoolValue(_) | Kind::ListValue(_))) => Err(bad),
    }
}
