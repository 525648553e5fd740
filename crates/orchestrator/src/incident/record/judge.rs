//! What calls and answers say of the incident as a whole. Later ones add to what is known and take nothing away.

use proto::watchroom::emergency::v1 as wire;
use types::Timestamp;

use super::Record;
use crate::incident::log;
use crate::incident::note::Judged;

/// From so many casualties, or so many calls, an incident needs more than the usual.
const MANY_CASUALTIES: u32 = 5;
const MANY_CALLS: usize = 10;
/// Fire, police and ambulance.
const SERVICES: [&str; 3] = ["fire", "police", "ambulance"];

/// Who says what an incident is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// The operator, from a call's words.
    Triage,
    /// An agent, by its scenario.
    Agent,
}

impl Record {
    pub(super) fn judge(&mut self, judged: &Judged, at: Timestamp) {
        self.weigh(Source::Triage, &judged.kind, judged.priority);
        let shown = &mut self.shown;
        if !judged.place.is_empty() {
            let known = shown.location.as_ref().filter(|location| location.text == judged.place).cloned();
            shown.location = known.or_else(|| Some(said(&judged.place)));
        }
        shown.casualties = shown.casualties.max(judged.casualties);
        let new = judged.hazards.iter().filter(|hazard| !shown.hazards.contains(hazard)).cloned().collect::<Vec<_>>();
        shown.hazards.extend(new);
        judged.decisions.iter().for_each(|decision| log::decision(shown, decision, at));
    }

    /// The most pressing priority stands, with the type that it came with. An agent knows its town's types, so it also
    /// names what is as pressing.
    pub(super) fn weigh(&mut self, by: Source, kind: &str, priority: u32) {
        let shown = &mut self.shown;
        let counts = match (priority, shown.priority) {
            (0, _) => false,
            (_, 0) => true,
            (told, known) => told < known || (told == known && by == Source::Agent),
        };
        if counts {
            shown.priority = priority;
        }
        if !kind.is_empty() && (counts || shown.r#type.is_empty()) {
            kind.clone_into(&mut shown.r#type);
        }
    }

    /// The point of a place is its agent's: only that has the gazetteer.
    pub(super) fn locate(&mut self, told: &wire::Location) {
        let known = self.shown.location.as_ref().map(|known| known.text.clone()).unwrap_or_default();
        let text = if told.text.is_empty() { known } else { told.text.clone() };
        self.shown.location = Some(wire::Location { postcode: postcode(&text), text, ..told.clone() });
    }

    /// Whether it needs more than the usual; once it does, it did.
    pub(super) fn measure(&mut self) {
        let shown = &mut self.shown;
        let sent = |service: &&str| shown.dispatches.iter().any(|dispatch| dispatch.service == **service);
        let everybody = shown.priority == 1 && SERVICES.iter().all(sent);
        let calls = shown.calls.len() + shown.earlier_calls as usize;
        let casualties = shown.casualties.is_some_and(|casualties| casualties >= MANY_CASUALTIES);
        shown.major |= everybody || casualties || calls >= MANY_CALLS;
    }
}

/// A place that only the caller knows.
fn said(place: &str) -> wire::Location {
    wire::Location { text: place.to_owned(), postcode: postcode(place), ..wire::Location::default() }
}

fn postcode(place: &str) -> String {
    triage::postcode(place).unwrap_or_default()
}
