//! The measure as a table for people and as one object for scripts.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use triage::{Service, Tally};

use super::Missed;
use crate::show::{first_line, table};

/// Letters of a call in a list of failures.
const MOST: usize = 100;

/// `{"calls", "exact_set", …, "per_service"}`, and the failures where they are asked for.
pub(super) fn json(tally: &Tally, missed: Option<&[Missed]>) -> Value {
    let services = tally.services().map(|(service, of)| {
        let rates = json!({
            "precision": of.precision(), "recall": of.recall(), "f1": of.f1(),
            "needed": of.needed, "sent": of.sent, "right": of.right,
        });
        (service.to_string(), rates)
    });
    let mut object = json!({
        "calls": tally.calls(),
        "exact_set": tally.exact_set(),
        "under_dispatch": tally.under_dispatch(),
        "over_dispatch": tally.over_dispatch(),
        "location_exact": tally.location_exact(),
        "per_service": services.collect::<Map<_, _>>(),
    });
    if let Some(missed) = missed {
        object["failures"] = missed.iter().map(failure).collect();
    }
    object
}

fn failure(missed: &Missed) -> Value {
    let Missed { call, triage, score } = missed;
    let names = |services: &[Service]| services.iter().map(|service| service.as_str()).collect::<Vec<_>>();
    json!({
        "line": call.line, "id": call.id, "text": call.text, "causes": score.causes(),
        "needed": names(&call.label.services), "sent": names(&triage.services),
        "location": call.label.location, "found": triage.place.as_ref().map(|place| &place.text),
        "trace": triage.trace.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

/// The rates beside their targets, then each service, then the failures by cause.
pub(super) fn text(tally: &Tally, missed: Option<&[Missed]>) -> String {
    let services = tally.services().map(|(service, of)| {
        let shares = [of.precision(), of.recall(), of.f1()].map(percent);
        let [precision, recall, f1] = shares;
        [service.to_string(), precision, recall, f1, of.needed.to_string(), of.sent.to_string(), of.right.to_string()]
    });
    let header = ["SERVICE", "PRECISION", "RECALL", "F1", "NEEDED", "SENT", "RIGHT"];
    let calls = [format!("OF {} CALLS", tally.calls()), "RATE".to_owned(), "TARGET".to_owned()];
    let rates = table(calls.each_ref().map(String::as_str), rates(tally));
    let mut text = format!("{rates}\n\n{}", table(header, services));
    if let Some(missed) = missed {
        text.push_str("\n\n");
        text.push_str(&by_cause(missed));
    }
    text
}

/// Each rate beside what a release of triage has to meet.
fn rates(tally: &Tally) -> [[String; 3]; 4] {
    let rates = [
        ("exact set", tally.exact_set(), "at least 80 %"),
        ("under-dispatch", tally.under_dispatch(), "at most 5 %"),
        ("over-dispatch", tally.over_dispatch(), "at most 25 %"),
        ("location exact", tally.location_exact(), "at least 85 %"),
    ];
    rates.map(|(name, rate, target)| [name.to_owned(), percent(rate), target.to_owned()])
}

/// Each cause with its calls, the most frequent first. A call with several causes stands under each.
fn by_cause(missed: &[Missed]) -> String {
    let mut causes: BTreeMap<String, Vec<&Missed>> = BTreeMap::new();
    for one in missed {
        one.score.causes().into_iter().for_each(|cause| causes.entry(cause).or_default().push(one));
    }
    let mut causes: Vec<_> = causes.into_iter().collect();
    causes.sort_by_key(|(_, calls)| std::cmp::Reverse(calls.len()));
    let groups = causes.iter().map(|(cause, calls)| {
        let lines = calls.iter().map(|missed| line(missed));
        format!("{cause}: {}\n{}", calls.len(), lines.collect::<Vec<_>>().join("\n"))
    });
    let groups: Vec<String> = groups.collect();
    if groups.is_empty() { "every call is met".to_owned() } else { groups.join("\n\n") }
}

fn line(missed: &Missed) -> String {
    let text = first_line(&missed.call.text, MOST);
    let found = missed.triage.place.as_ref().map(|place| place.text.as_str());
    let place = match (&missed.call.label.location, found) {
        (wanted, found) if wanted.as_deref() == found => String::new(),
        (wanted, found) => format!(" [{} / {}]", wanted.as_deref().unwrap_or("-"), found.unwrap_or("-")),
    };
    format!("  line {}: {text}{place}", missed.call.line)
}

fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}
