//! The log of an incident, bounded: the oldest entries go first.

use proto::watchroom::emergency::v1 as wire;
use proto::watchroom::emergency::v1::log_entry::What;
use types::Timestamp;

use crate::call::cut;

/// Entries that an incident keeps.
pub(super) const ENTRIES: usize = 100;
/// Most letters of an entry.
const LETTERS: usize = 300;

/// Something without a form of its own.
pub(super) fn say(incident: &mut wire::Incident, text: String, at: Timestamp) {
    push(incident, text, None, at);
}

/// What was decided, by whom.
pub(super) fn decision(incident: &mut wire::Incident, decision: &wire::Decision, at: Timestamp) {
    let text = format!("{}: {}", decision.by, decision.rule);
    push(incident, text, Some(What::Decision(decision.clone())), at);
}

/// Where the incident is now.
pub(super) fn status(incident: &mut wire::Incident, status: wire::IncidentStatus, at: Timestamp) {
    push(incident, word(status.as_str_name()), Some(What::Status(status.into())), at);
}

/// A step of a unit. The unit as it was then is not kept: `Units` tells what it is now.
pub(super) fn unit(incident: &mut wire::Incident, change: &wire::UnitChange, at: Timestamp) {
    let text = format!("{}: {}", change.unit, word(change.to().as_str_name()));
    push(incident, text, Some(What::Unit(wire::UnitChange { after: None, caller: None, ..change.clone() })), at);
}

fn push(incident: &mut wire::Incident, text: String, what: Option<What>, at: Timestamp) {
    let text = cut(&text, LETTERS);
    let surplus = (incident.log.len() + 1).saturating_sub(ENTRIES);
    incident.log.drain(..surplus);
    incident.log.push(wire::LogEntry { time: Some(a2a::time::to_wire(at)), text, what });
}

/// `UNIT_STATUS_EN_ROUTE` as "en route", and so where the wire has one word for it.
fn word(name: &str) -> String {
    let bare = name.trim_start_matches("INCIDENT_STATUS_").trim_start_matches("UNIT_STATUS_");
    bare.replace("ENROUTE", "EN_ROUTE").to_lowercase().replace('_', " ")
}
