//! What agents say of their dispatches, in answers and while they wait. What stands in no form is left out.
//! Their words are cut to bounds: an incident has little room, and the agent may be anybody's.

use a2a::frame::{Held, Piece};
use a2a::metadata::{PROGRESS, as_integer, as_object, as_text, member};
use engine::{Payload, WaitsOn};
use prost::Message as _;
use proto::a2a::Message;
use proto::value::Kind;
use proto::watchroom::emergency::v1::{self as wire, DispatchStatus};
use proto::{Struct, Value};

use crate::call::cut;
use crate::incident::note::{Dispatched, For, Waits};

/// Most letters of an id, a type or a service.
const WORD: usize = 64;
/// Most letters of a place.
pub(super) const PLACE: usize = 200;
/// Most unit types of a dispatch, and most units.
const TYPES: usize = 16;
const UNITS: usize = 64;

/// What an answer says: `{service, incident: {type, priority}, location, units, shortfall, queue_position}` in a data
/// part, where every member may be absent.
pub(in crate::incident) fn answer(payload: &Payload) -> Dispatched {
    let pieces = Piece::all(payload.as_bytes());
    let data = &pieces.iter().find_map(object).unwrap_or_default();
    let empty = Struct::default();
    let incident = fields(data, "incident").unwrap_or(&empty);
    let units = items(data, "units").map(|unit| (word(unit, "id"), word(unit, "type")));
    let (assigned, kinds): (Vec<String>, Vec<String>) = units.filter(|(id, _)| !id.is_empty()).take(UNITS).unzip();
    let shortfall = shortfall(data);
    let status = if assigned.is_empty() { DispatchStatus::Queued } else { DispatchStatus::Assigned };
    let dispatch = wire::Dispatch {
        service: word(data, "service"),
        priority: count(incident, "priority"),
        required: required(data, &kinds, &shortfall),
        assigned,
        shortfall,
        sla_s: count(data, "sla_s"),
        status: status.into(),
        queue_position: count(data, "queue_position"),
        ..wire::Dispatch::default()
    };
    Dispatched {
        dispatch: Some(dispatch),
        store: String::new(),
        location: fields(data, "location").and_then(location),
        kind: word(incident, "type"),
        priority: count(incident, "priority"),
        kinds,
    }
}

/// The object that a part holds.
fn object(piece: &Piece<'_>) -> Option<Struct> {
    let Some(Held::Data(value)) = piece.content else { return None };
    match Value::decode(value).ok()?.kind {
        Some(Kind::StructValue(fields)) => Some(fields),
        _ => None,
    }
}

/// What an update says while its task waits: `{waits, position, shortfall}` under the progress extension.
pub(in crate::incident) fn waiting(note: &Payload, on: WaitsOn) -> Waits {
    let metadata = Message::decode(note.as_bytes()).ok().and_then(|message| message.metadata);
    let progress = as_object(member(metadata.as_ref(), PROGRESS));
    let what = match on {
        WaitsOn::Queue => For::Units,
        WaitsOn::Following => For::Clearing,
        WaitsOn::Input => For::Answer,
        WaitsOn::Authorisation => For::Authorisation,
    };
    let queue = progress.filter(|_| what == For::Units);
    Waits {
        what: what.into(),
        position: queue.map(|queue| count(queue, "position")).unwrap_or_default(),
        shortfall: queue.map(shortfall).unwrap_or_default(),
        ..Waits::default()
    }
}

fn shortfall(data: &Struct) -> Vec<wire::Requirement> {
    items(data, "shortfall").map(requirement).take(TYPES).collect()
}

/// What is needed. An agent that does not say so says who goes and who is missing.
fn required(data: &Struct, kinds: &[String], shortfall: &[wire::Requirement]) -> Vec<wire::Requirement> {
    let mut required: Vec<wire::Requirement> = items(data, "required").map(requirement).take(TYPES).collect();
    if !required.is_empty() {
        return required;
    }
    required.extend_from_slice(shortfall);
    for kind in kinds.iter().filter(|kind| !kind.is_empty()) {
        match required.iter_mut().find(|known| known.unit_type == *kind) {
            Some(known) => known.count = known.count.saturating_add(1),
            None => required.push(wire::Requirement { unit_type: kind.clone(), count: 1 }),
        }
    }
    required
}

/// How sure the point is says the agent alone: it has the gazetteer.
fn location(fields: &Struct) -> Option<wire::Location> {
    let number = |name: &str| match fields.fields.get(name)?.kind {
        Some(Kind::NumberValue(number)) => Some(number),
        _ => None,
    };
    let (lat, lon) = (number("lat")?, number("lon")?);
    let confidence = number("confidence").unwrap_or_default().clamp(0.0, 1.0);
    let text = cut(as_text(fields.fields.get("text")).unwrap_or_default(), PLACE);
    Some(wire::Location { text, position: Some(wire::Position { lat, lon }), confidence, ..wire::Location::default() })
}

fn requirement(fields: &Struct) -> wire::Requirement {
    wire::Requirement { unit_type: word(fields, "type"), count: count(fields, "count") }
}

fn fields<'f>(of: &'f Struct, name: &str) -> Option<&'f Struct> {
    as_object(of.fields.get(name))
}

fn items<'f>(of: &'f Struct, name: &str) -> impl Iterator<Item = &'f Struct> {
    let list = match of.fields.get(name).map(|value| &value.kind) {
        Some(Some(Kind::ListValue(list))) => list.values.as_slice(),
        _ => &[],
    };
    list.iter().filter_map(|value| as_object(Some(value)))
}

fn word(of: &Struct, name: &str) -> String {
    cut(as_text(of.fields.get(name)).unwrap_or_default(), WORD)
}

fn count(of: &Struct, name: &str) -> u32 {
    as_integer(of.fields.get(name)).and_then(|count| u32::try_from(count).ok()).unwrap_or_default()
}
