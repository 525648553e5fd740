//! The world that units live in: area, places, stations, units, run cards. Read from one TOML file that users replace.

mod file;

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use triage::Service;
use types::Timestamp;

use super::geo::{Area, Position, Travel};
use super::unit::{Record, State};

/// The built-in example: a made-up town with enough units for demos.
const SAMPLE: &str = include_str!("../../scenario.toml");

/// A checked scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    name: String,
    /// Chance follows from it.
    seed: u64,
    area: Area,
    travel: [(Service, Travel); 3],
    places: Vec<Place>,
    hospitals: Vec<Position>,
    incidents: Vec<Kind>,
    stations: Vec<Arc<Station>>,
    units: Vec<Arc<Unit>>,
    /// The place of each unit in the list.
    index: HashMap<String, usize>,
    cards: Vec<Card>,
}

/// A vehicle with its crew.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Unit {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) service: Service,
    pub(crate) station: Arc<Station>,
    pub(crate) fails: Option<Failure>,
}

/// A failure that is injected into a unit's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) at: Failing,
    /// Each time that so many assignments have gone by.
    pub(crate) every: NonZeroU32,
}

/// What a unit fails to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failing {
    Acknowledge,
    TurnOut,
    Arrive,
    /// It goes out of service by itself on the way.
    BreakDown,
}

/// How incidents of a type are met.
#[derive(Debug, Clone, PartialEq)]
struct Kind {
    name: String,
    /// As [`plain`] has them: what callers say who say no type.
    words: Vec<String>,
    priority: Option<u8>,
    level: u8,
}

/// So many units of a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Need {
    pub(crate) kind: String,
    pub(crate) count: u16,
}

/// Where an incident is taken to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Located {
    pub(crate) position: Position,
    /// Whether the scenario knows the place; otherwise the point is only a stand-in.
    pub(crate) known: bool,
}

impl Located {
    /// How sure the point is, from 0 to 1.
    pub(crate) fn confidence(&self) -> f64 {
        if self.known { 0.9 } else { 0.2 }
    }
}

#[derive(Debug, Clone, PartialEq)]
struct Place {
    /// As [`plain`] has it.
    name: String,
    position: Position,
}

/// A group of units at one place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Station {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) service: Service,
    pub(crate) position: Position,
    /// It belongs to a neighbour and helps only when nobody of ours is left.
    pub(crate) partner: bool,
}

/// What goes to incidents of a type.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Card {
    incident: Incident,
    service: Service,
    level: u8,
    pub(crate) needs: Vec<Need>,
    /// How long after its call somebody should be on scene; unset where nothing is asked.
    pub(crate) sla: Option<Duration>,
}

/// The incidents that a run card is for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Incident {
    Any,
    Type(String),
}

/// Why a scenario cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// The file cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It is not TOML, or has a field that is unknown, missing or of the wrong type; the message shows the line.
    #[error("not a scenario: {0}")]
    Syntax(String),
    /// Something in it does not fit the rest.
    #[error("line {line}, {field}: {reason}")]
    Invalid {
        /// Counted from 1.
        line: usize,
        /// Such as `unit.station`.
        field: &'static str,
        /// What is wrong.
        reason: String,
    },
}

impl Scenario {
    /// The scenario of a TOML text.
    pub fn parse(text: &str) -> Result<Self, ScenarioError> {
        file::parse(text)
    }

    /// The scenario of a file.
    pub fn read(path: &Path) -> Result<Self, ScenarioError> {
        let text =
            std::fs::read_to_string(path).map_err(|source| ScenarioError::Read { path: path.to_owned(), source })?;
        Self::parse(&text)
    }

    /// The built-in example.
    #[must_use]
    pub fn sample() -> Self {
        Self::parse(SAMPLE).expect("the built-in scenario is checked by a test")
    }

    /// What the scenario is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many units a service has.
    #[must_use]
    pub fn unit_count(&self, service: Service) -> usize {
        self.units_of(service).count()
    }

    pub(crate) fn units_of(&self, service: Service) -> impl Iterator<Item = &Arc<Unit>> {
        self.units.iter().filter(move |unit| unit.service == service)
    }

    pub(crate) fn unit(&self, id: &str) -> Option<&Arc<Unit>> {
        self.index.get(id).and_then(|place| self.units.get(*place))
    }

    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    /// How units of a service move and work.
    pub(crate) fn travel(&self, service: Service) -> Travel {
        let travel = self.travel.iter().find(|(of, _)| *of == service);
        travel.map_or(Travel::USUAL, |(_, travel)| *travel)
    }

    /// The hospital that is nearest to a point, if there is any.
    pub(crate) fn hospital(&self, to: Position) -> Option<Position> {
        self.hospitals.iter().copied().min_by(|a, b| a.distance(to).total_cmp(&b.distance(to)))
    }

    /// Where a unit is taken to be at `now`.
    pub(crate) fn position(&self, unit: &Unit, record: &Record, now: Timestamp) -> Position {
        let home = unit.station.position;
        let from = record.from.unwrap_or(home);
        let part = record.assignment.as_ref();
        match record.state {
            State::Available => {
                let arrival = record.since.after(self.travel(unit.service).drive(from, home));
                from.toward(home, share(record.since, now, arrival))
            }
            State::EnRoute => match part.and_then(|part| Some((part.scene?, part.arrival()))) {
                Some((scene, arrival)) => from.toward(scene, share(record.since, now, arrival)),
                None => from,
            },
            State::Transporting => match (self.hospital(from), record.next) {
                (Some(hospital), Some(next)) => from.toward(hospital, share(record.since, now, next.at)),
                _ => from,
            },
            State::Assigned
            | State::Acknowledged
            | State::OnScene
            | State::AtHospital
            | State::Cleared
            | State::OutOfService
            | State::AssignmentCancelled => from,
        }
    }

    /// The type of an incident in a caller's words, where the scenario knows them; of several the longest words count.
    pub(crate) fn recognise(&self, said: &str) -> Option<&str> {
        let known = || self.incidents.iter().flat_map(|kind| kind.words.iter().map(move |words| (words, &kind.name)));
        known().next()?;
        let padded = format!(" {} ", plain(said));
        // Of the longest the last is taken, so the order of the file is turned round.
        let found = known().filter(|(words, _)| padded.contains(&format!(" {words} ")));
        let longest = found.collect::<Vec<_>>().into_iter().rev().max_by_key(|(words, _)| words.len());
        longest.map(|(_, name)| name.as_str())
    }

    /// The priority of incidents of a type, where the scenario gives one.
    pub(crate) fn priority(&self, incident: &str) -> Option<u8> {
        self.incidents.iter().find(|kind| kind.name == incident).and_then(|kind| kind.priority)
    }

    /// What `service` sends to an incident of this type; the most pressing ones get the highest level there is.
    pub(crate) fn card(&self, incident: &str, service: Service, priority: u8) -> Option<&Card> {
        let usual = self.incidents.iter().find(|kind| kind.name == incident).map_or(1, |kind| kind.level);
        let level = if priority <= 1 { u8::MAX } else { usual };
        let special = self.cards.iter().filter(|card| card.is_for(incident, service)).collect::<Vec<_>>();
        let any = self.cards.iter().filter(|card| card.service == service && card.incident == Incident::Any);
        let cards = if special.is_empty() { any.collect() } else { special };
        let fitting = cards.iter().filter(|card| card.level <= level).max_by_key(|card| card.level);
        fitting.or(cards.iter().min_by_key(|card| card.level)).copied()
    }

    /// Where a place is: by the longest name in the gazetteer that its words contain, else a point that the words stand for.
    pub(crate) fn locate(&self, words: &str) -> Located {
        let words = plain(words);
        if words.is_empty() {
            return Located { position: self.area.middle(), known: false };
        }
        let padded = format!(" {words} ");
        let named = self.places.iter().filter(|place| padded.contains(&format!(" {} ", place.name)));
        match named.max_by_key(|place| place.name.len()) {
            Some(place) => Located { position: place.position, known: true },
            None => Located { position: self.area.point_of(&words), known: false },
        }
    }
}

/// How much of the time between two moments has passed.
fn share(from: Timestamp, now: Timestamp, to: Timestamp) -> f64 {
    let whole = to.since(from).as_secs_f64();
    if whole > 0.0 { now.since(from).as_secs_f64() / whole } else { 1.0 }
}

impl Card {
    fn is_for(&self, incident: &str, service: Service) -> bool {
        self.service == service && matches!(&self.incident, Incident::Type(kind) if kind == incident)
    }
}

/// Words as the gazetteer compares them: lower case, single spaces, street types written out.
fn plain(words: &str) -> String {
    let lower = words.to_lowercase();
    let split = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let full = split.map(|word| match word {
        "rd" => "road",
        "st" => "street",
        "ave" | "av" => "avenue",
        "ln" => "lane",
        "dr" => "drive",
        "cl" => "close",
        word => word,
    });
    full.collect::<Vec<_>>().join(" ")
}
