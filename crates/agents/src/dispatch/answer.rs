//! What a caller is told: the artifact with the units, and the same in words.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use a2a::metadata::{list, number, object, text, truth};
use agent::words;
use prost_types::Value;
use proto::a2a::Artifact;
use triage::Service;

use super::request::Incident;
use super::scenario::{Located, Need, Scenario, Unit};
use super::unit::{DispatchKey, Record};

/// Units on their way.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) service: Service,
    pub(crate) dispatch: DispatchKey,
    pub(crate) incident: Incident,
    pub(crate) located: Located,
    pub(crate) going: Vec<Going>,
    pub(crate) shortfall: Vec<Need>,
}

/// One unit on its way.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Going {
    pub(crate) unit: Arc<Unit>,
    pub(crate) eta: Duration,
}

impl Answer {
    /// The answer of a dispatch that was made before, from the records of its units.
    pub(crate) fn again(mut self, scenario: &Scenario, units: &[(String, Record)], needs: &[Need]) -> Self {
        let going = units.iter().filter_map(|(id, record)| {
            let eta = record.assignment.as_ref().map_or(0, |it| it.eta);
            scenario.unit(id).map(|unit| Going { unit: unit.clone(), eta: Duration::from_secs(u64::from(eta)) })
        });
        self.going = going.collect();
        self.going.sort_by(|a, b| a.eta.cmp(&b.eta).then_with(|| a.unit.id.cmp(&b.unit.id)));
        let missing = needs.iter().map(|need| {
            let sent = units.iter().filter(|(_, it)| it.assignment.as_ref().is_some_and(|it| it.role == need.kind));
            let sent = u16::try_from(sent.count()).unwrap_or(u16::MAX);
            Need { kind: need.kind.clone(), count: need.count.saturating_sub(sent) }
        });
        self.shortfall = missing.filter(|need| need.count > 0).collect();
        self
    }

    /// In words: who goes, from where, and when; then who is missing.
    pub(crate) fn words(&self) -> String {
        let units: Vec<String> = self.going.iter().map(Going::words).collect();
        let count = self.going.len();
        let noun = if count == 1 { "unit" } else { "units" };
        let mut words = format!("{count} {noun} dispatched to {}: {}", place(&self.incident), units.join("; "));
        if !self.shortfall.is_empty() {
            words.push_str(&format!(". Short of {}: no more are free", list_of(&self.shortfall)));
        }
        words
    }

    /// Why nobody goes.
    pub(crate) fn refusal(&self) -> String {
        let place = place(&self.incident);
        format!("no {} unit is free for {place}: {} needed", self.service, list_of(&self.shortfall))
    }

    pub(crate) fn artifact(&self) -> Artifact {
        let parts = vec![words::text_part(self.words()), words::data_part(self.data())];
        words::artifact("dispatch", "Dispatch", parts)
    }

    fn data(&self) -> Value {
        let Incident { kind, priority, place } = &self.incident;
        let incident = members([("type", text(kind.as_str())), ("priority", number(*priority))]);
        let Located { position, known } = self.located;
        let location = [
            ("text", text(place.as_str())),
            ("lat", number(position.lat)),
            ("lon", number(position.lon)),
            ("known", truth(known)),
        ];
        members([
            ("dispatch", text(self.dispatch.id.as_str())),
            ("service", text(self.service.as_str())),
            ("incident", incident),
            ("location", members(location)),
            ("units", list(self.going.iter().map(Going::data))),
            ("shortfall", list(self.shortfall.iter().map(need))),
        ])
    }
}

impl Going {
    fn words(&self) -> String {
        let minutes = self.eta.as_secs().div_ceil(60).max(1);
        format!("{} {} from {}, ETA {minutes} min", self.unit.kind, self.unit.id, self.unit.station.name)
    }

    fn data(&self) -> Value {
        let eta = u32::try_from(self.eta.as_secs()).unwrap_or(u32::MAX);
        members([
            ("id", text(self.unit.id.as_str())),
            ("type", text(self.unit.kind.as_str())),
            ("station", text(self.unit.station.name.as_str())),
            ("eta_s", number(eta)),
        ])
    }
}

/// What a release came to, as an artifact.
pub(crate) fn released(units: &[String]) -> Artifact {
    let data = members([("released", list(units.iter().map(|id| text(id.as_str()))))]);
    words::artifact("release", "Release", vec![words::text_part(released_words(units)), words::data_part(data)])
}

/// What a release came to, in words.
pub(crate) fn released_words(units: &[String]) -> String {
    match units {
        [] => "no units are assigned".to_owned(),
        [one] => format!("1 unit released: {one}"),
        many => format!("{} units released: {}", many.len(), many.join(", ")),
    }
}

fn place(incident: &Incident) -> &str {
    if incident.place.is_empty() { "a place not known yet" } else { &incident.place }
}

fn list_of(needs: &[Need]) -> String {
    let one = |need: &Need| format!("{} × {}", need.count, need.kind);
    needs.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn need(need: &Need) -> Value {
    members([("type", text(need.kind.as_str())), ("count", number(need.count))])
}

fn members<const N: usize>(members: [(&str, Value); N]) -> Value {
    object(BTreeMap::from(members.map(|(name, value)| (name.to_owned(), value))))
}
