//! Units and incidents as people read them.

use std::fmt::Write as _;

use proto::watchroom::emergency::v1::{Dispatch, Incident, Requirement, Unit, UnitChange};

use super::time;

/// Letters of a place in a row.
const PLACE: usize = 40;

/// A row of units.
pub(crate) fn unit(unit: &Unit) -> [String; 8] {
    let assignment = unit.assignment.clone().unwrap_or_default();
    [
        unit.id.clone(),
        unit.service.clone(),
        unit.r#type.clone(),
        word(unit.status().as_str_name()),
        // One that was never sent has always been there.
        unit.since.as_ref().map_or_else(|| "-".to_owned(), |since| time(Some(since))),
        unit.station.as_ref().map(|station| station.name.clone()).unwrap_or_default(),
        super::first_line(&assignment.place, PLACE),
        assignment.incident,
    ]
}

/// A step of a unit's life in a line.
pub(crate) fn unit_change(change: &UnitChange) -> String {
    let (from, to) = (word(change.from().as_str_name()), word(change.to().as_str_name()));
    let mut line = format!("{} {}: {from} -> {to}", time(change.time.as_ref()), change.unit);
    // Writing to a String cannot fail.
    if change.eta_s > 0 {
        write!(line, ", there in {} s", change.eta_s).ok();
    }
    if !change.incident.is_empty() {
        write!(line, ", incident {}", change.incident).ok();
    }
    line
}

/// A row of incidents.
pub(crate) fn incident_row(incident: &Incident) -> [String; 8] {
    [
        incident.id.clone(),
        word(incident.status().as_str_name()),
        incident.r#type.clone(),
        incident.priority.to_string(),
        super::first_line(place(incident), PLACE),
        sent(incident),
        time(incident.opened_at.as_ref()),
        time(incident.changed_at.as_ref()),
    ]
}

/// An incident in a line.
pub(crate) fn incident_line(incident: &Incident) -> String {
    let status = word(incident.status().as_str_name());
    let (changed, kind, sent) = (time(incident.changed_at.as_ref()), &incident.r#type, sent(incident));
    format!("{changed} {}: {status}, {kind}, {}; {sent}", incident.id, place(incident))
}

/// An incident in full.
pub(crate) fn incident(incident: &Incident) -> String {
    let status = word(incident.status().as_str_name());
    let mut text = format!("incident {}: {status}", incident.id);
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            write!(text, "\n  {name}: {value}").ok();
        }
    };
    line("type", &incident.r#type);
    let major = if incident.major { ", major" } else { "" };
    line("priority", &format!("{}{major}", incident.priority));
    line("place", place(incident));
    line("postcode", incident.location.as_ref().map_or("", |location| &location.postcode));
    line("hazards", &incident.hazards.join(", "));
    line("casualties", &incident.casualties.map(|casualties| casualties.to_string()).unwrap_or_default());
    line("opened", &time(incident.opened_at.as_ref()));
    line("changed", &time(incident.changed_at.as_ref()));
    line("earlier calls", &number(incident.earlier_calls));
    for call in &incident.calls {
        line("call", &format!("task {} at {}", call.task_id, time(call.received_at.as_ref())));
    }
    line("earlier dispatches", &number(incident.earlier_dispatches));
    incident.dispatches.iter().for_each(|dispatch| line(&dispatch.service, &dispatched(dispatch)));
    incident.log.iter().for_each(|entry| line(&time(entry.time.as_ref()), &entry.text));
    text
}

/// A count that is worth a line.
fn number(count: u32) -> String {
    if count > 0 { count.to_string() } else { String::new() }
}

fn place(incident: &Incident) -> &str {
    incident.location.as_ref().map_or("", |location| location.text.as_str())
}

/// Each service with what it has sent, over all its dispatches: "fire 2, police 1".
fn sent(incident: &Incident) -> String {
    let mut sent: Vec<(&str, usize)> = Vec::new();
    for dispatch in &incident.dispatches {
        match sent.iter_mut().find(|(service, _)| *service == dispatch.service) {
            Some((_, units)) => *units += dispatch.assigned.len(),
            None => sent.push((&dispatch.service, dispatch.assigned.len())),
        }
    }
    let each = sent.into_iter().map(|(service, units)| format!("{service} {units}"));
    each.collect::<Vec<_>>().join(", ")
}

fn dispatched(dispatch: &Dispatch) -> String {
    let mut text = word(dispatch.status().as_str_name());
    if !dispatch.assigned.is_empty() {
        write!(text, ": {}", dispatch.assigned.join(", ")).ok();
    }
    if !dispatch.shortfall.is_empty() {
        write!(text, "; short of {}", requirements(&dispatch.shortfall)).ok();
    }
    if dispatch.queue_position > 0 {
        write!(text, "; number {} in the queue", dispatch.queue_position).ok();
    }
    text
}

fn requirements(requirements: &[Requirement]) -> String {
    let each = requirements.iter().map(|it| format!("{} x {}", it.count, it.unit_type));
    each.collect::<Vec<_>>().join(", ")
}

/// `UNIT_STATUS_EN_ROUTE` as "en route", and so where the wire has one word for it.
fn word(name: &str) -> String {
    let bare = ["UNIT_STATUS_", "INCIDENT_STATUS_", "DISPATCH_STATUS_"];
    let bare = bare.iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name);
    bare.replace("ENROUTE", "EN_ROUTE").to_lowercase().replace('_', " ")
}
