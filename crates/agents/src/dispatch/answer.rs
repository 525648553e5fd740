//! What a caller is told: the artifact with the units, and the same in words.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use a2a::metadata::{count, list, number, object, text, truth};
use agent::words;
use proto::Value;
use proto::a2a::Artifact;
use triage::Service;

use super::orders::{Released, Sent};
use super::progress::{does, named};
use super::redirect::Past;
use super::request::Incident;
use super::scenario::{Located, Need, Scenario, Unit};
use super::unit::{DispatchKey, Reason};

/// Units on their way, and what is missing.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) service: Service,
    pub(crate) dispatch: DispatchKey,
    pub(crate) incident: Incident,
    pub(crate) located: Located,
    /// How long after the call somebody should be on scene.
    pub(crate) sla: Option<Duration>,
    pub(crate) going: Vec<Going>,
    pub(crate) shortfall: Vec<Need>,
    /// From 1 while something is missing.
    pub(crate) position: u32,
}

/// One unit on its way.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Going {
    pub(crate) unit: Arc<Unit>,
    pub(crate) eta: Duration,
    /// From the call of its dispatch to its arrival.
    pub(crate) response: Duration,
    /// Which of the unit's assignments this is, from 1.
    pub(crate) epoch: u64,
}

impl Answer {
    /// The same with those who were sent, the nearest first.
    pub(crate) fn with(self, scenario: &Scenario, sent: Sent) -> Self {
        let going = sent.units.iter().filter_map(|(id, part)| {
            let eta = Duration::from_secs(part.eta.into());
            let response = part.arrival().since(part.called);
            scenario.unit(id).map(|unit| Going { unit: unit.clone(), eta, response, epoch: part.epoch })
        });
        let mut going: Vec<Going> = going.collect();
        going.sort_by(|a, b| a.eta.cmp(&b.eta).then_with(|| a.unit.id.cmp(&b.unit.id)));
        let (shortfall, position) = (sent.missing, sent.position);
        let answer = Self { going, shortfall, position, ..self };
        match sent.at.filter(|at| at.place != answer.incident.place) {
            Some(at) => answer.at(scenario, at.place),
            None => answer,
        }
    }

    /// The same at another place than its caller named.
    fn at(self, scenario: &Scenario, place: String) -> Self {
        let located = scenario.locate(&place);
        Self { located, incident: Incident { place, ..self.incident }, ..self }
    }

    /// The same without these units.
    fn without(&self, past: &[Past]) -> Self {
        let stays = |going: &&Going| past.iter().all(|past| past.unit != going.unit.id);
        Self { going: self.going.iter().filter(stays).cloned().collect(), ..self.clone() }
    }

    /// In words: who goes, from where, and when, and whether that is too late; then who is missing.
    pub(crate) fn words(&self) -> String {
        if self.going.is_empty() {
            return self.nobody();
        }
        let units: Vec<String> = self.going.iter().map(Going::words).collect();
        let (count, place) = (counted(self.going.len()), place(&self.incident));
        format!("{count} dispatched to {place}: {}{}", units.join("; "), self.outlook())
    }

    /// In words, after a redirect: who goes on to the new place or waits to go there, and who stays out of it.
    pub(crate) fn redirected_words(&self, scenario: &Scenario, past: &[Past]) -> String {
        let turned = self.without(past);
        if turned.going.is_empty() {
            return [vec![turned.waiting()], past_words(scenario, past)].concat().join("; ");
        }
        let units: Vec<String> = turned.going.iter().map(Going::turned_words).collect();
        let units = [units, past_words(scenario, past)].concat().join("; ");
        let (count, place) = (counted(turned.going.len()), place(&self.incident));
        let verb = if turned.going.len() == 1 { "goes" } else { "go" };
        format!("{count} {verb} on to {place}: {units}{}", turned.outlook())
    }

    /// Whether that is too late, and who is missing.
    fn outlook(&self) -> String {
        let mut words = String::new();
        if let Some(sla) = self.sla.filter(|sla| self.going.iter().all(|going| going.response > *sla)) {
            words.push_str(&format!(". Nobody is expected there within the {} of its run card", span(sla)));
        }
        if !self.shortfall.is_empty() {
            let missing = list_of(&self.shortfall);
            words.push_str(&format!(". Short of {missing}: no more are free, waiting at position {}", self.position));
        }
        words
    }

    /// Why nobody goes yet.
    pub(crate) fn waiting(&self) -> String {
        let (place, missing) = (place(&self.incident), list_of(&self.shortfall));
        let Self { service, position, .. } = self;
        format!("no {service} unit is free for {place}: {missing} needed, waiting at position {position}")
    }

    /// That nobody was there in time.
    pub(crate) fn overdue(&self) -> String {
        let within = self.sla.map(span).unwrap_or_default();
        format!("nobody was on scene at {} within the {within} of its run card", place(&self.incident))
    }

    fn nobody(&self) -> String {
        if self.shortfall.is_empty() { format!("nobody goes to {}", place(&self.incident)) } else { self.waiting() }
    }

    pub(crate) fn artifact(&self) -> Artifact {
        self.artifact_as("dispatch", self.words())
    }

    /// The artifact under an id and with words of its own.
    pub(crate) fn artifact_as(&self, id: &str, said: String) -> Artifact {
        words::artifact(id, "Dispatch", vec![words::text_part(said), words::data_part(self.data())])
    }

    fn data(&self) -> Value {
        let Incident { kind, priority, place, .. } = &self.incident;
        let incident = members([("type", text(kind.as_str())), ("priority", number(*priority))]);
        let Located { position, known } = self.located;
        let location = [
            ("text", text(place.as_str())),
            ("lat", number(position.lat)),
            ("lon", number(position.lon)),
            ("known", truth(known)),
            ("confidence", number(self.located.confidence())),
        ];
        let mut data = BTreeMap::from([
            ("dispatch", text(self.dispatch.id.as_str())),
            ("service", text(self.service.as_str())),
            ("incident", incident),
            ("location", members(location)),
            ("units", list(self.going.iter().map(Going::data))),
            ("shortfall", needs(&self.shortfall)),
            ("queue_position", number(self.position)),
        ]);
        if let Some(sla) = self.sla {
            data.insert("sla_s", count(sla.as_secs()));
        }
        object(data.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }
}

impl Going {
    fn words(&self) -> String {
        format!("{} {} from {}, ETA {} min", self.unit.kind, self.unit.id, self.unit.station.name, self.minutes())
    }

    fn turned_words(&self) -> String {
        format!("{} {}, ETA {} min", self.unit.kind, self.unit.id, self.minutes())
    }

    fn minutes(&self) -> u64 {
        self.eta.as_secs().div_ceil(60).max(1)
    }

    fn data(&self) -> Value {
        let eta = u32::try_from(self.eta.as_secs()).unwrap_or(u32::MAX);
        members([
            ("id", text(self.unit.id.as_str())),
            ("type", text(self.unit.kind.as_str())),
            ("station", text(self.unit.station.name.as_str())),
            ("eta_s", number(eta)),
            ("epoch", count(self.epoch)),
        ])
    }
}

/// What a release came to, as an artifact.
pub(crate) fn released(released: &Released) -> Artifact {
    let units = list(released.units.iter().map(|id| text(id.as_str())));
    let waits = u32::try_from(released.waits).unwrap_or(u32::MAX);
    let data = members([("released", units), ("unqueued", number(waits))]);
    words::artifact("release", "Release", vec![words::text_part(released_words(released)), words::data_part(data)])
}

/// What a release came to, in words.
pub(crate) fn released_words(released: &Released) -> String {
    let units = match &released.units[..] {
        [] if released.waits == 0 => return "no units are assigned".to_owned(),
        [] => String::new(),
        [one] => format!("1 unit released: {one}"),
        many => format!("{} units released: {}", many.len(), many.join(", ")),
    };
    let waits = match released.waits {
        0 => return units,
        1 => "1 dispatch no longer waits".to_owned(),
        many => format!("{many} dispatches no longer wait"),
    };
    if units.is_empty() { waits } else { format!("{units}; {waits}") }
}

/// Why nobody is redirected.
pub(crate) fn nobody_turns(scenario: &Scenario, to: &str, past: &[Past]) -> String {
    let why = past_words(scenario, past).join("; ");
    if why.is_empty() {
        return format!(
            "nobody works or waits for this dispatch any more, so nobody goes to {to}; ask for a new dispatch"
        );
    }
    format!("nobody can go on to {to}: {why}; ask for a new dispatch")
}

fn past_words(scenario: &Scenario, past: &[Past]) -> Vec<String> {
    let does = |past: &Past| format!("{} {}", named(scenario, &past.unit), does(past.state, Reason::Progress, 0));
    past.iter().map(does).collect()
}

fn counted(units: usize) -> String {
    format!("{units} {}", if units == 1 { "unit" } else { "units" })
}

fn place(incident: &Incident) -> &str {
    if incident.place.is_empty() { "a place not known yet" } else { &incident.place }
}

/// In minutes where they are whole.
fn span(span: Duration) -> String {
    match span.as_secs() {
        seconds if seconds.is_multiple_of(60) => format!("{} min", seconds / 60),
        seconds => format!("{seconds} s"),
    }
}

fn list_of(needs: &[Need]) -> String {
    let one = |need: &Need| format!("{} × {}", need.count, need.kind);
    needs.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// So many of each type, as data.
pub(crate) fn needs(needs: &[Need]) -> Value {
    list(needs.iter().map(|need| members([("type", text(need.kind.as_str())), ("count", number(need.count))])))
}

pub(crate) fn members<const N: usize>(members: [(&str, Value); N]) -> Value {
    object(BTreeMap::from(members.map(|(name, value)| (name.to_owned(), value))))
}
