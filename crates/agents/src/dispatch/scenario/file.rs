//! The scenario file: its fields, and what must fit together. Errors name the line and the field.

use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;
use triage::Service;

use super::{Card, Failing, Failure, Incident, Kind, Need, Place, Scenario, ScenarioError, Station, Unit, plain};
use crate::dispatch::geo::{Area, Position, Travel};
use crate::dispatch::life::TURN_OUT;

/// The only version of the format so far.
const VERSION: i64 = 1;
/// Longest time that can be asked for, such as that of one stage of a unit's life, in seconds.
const LONGEST: f64 = 86_400.0;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: Spanned<i64>,
    name: String,
    #[serde(default)]
    seed: u64,
    area: Spanned<AreaRow>,
    #[serde(default)]
    travel: Vec<Spanned<TravelRow>>,
    #[serde(default, rename = "place")]
    places: Vec<Spanned<PlaceRow>>,
    #[serde(default, rename = "hospital")]
    hospitals: Vec<Spanned<PlaceRow>>,
    #[serde(default, rename = "incident")]
    incidents: Vec<Spanned<KindRow>>,
    #[serde(rename = "station")]
    stations: Vec<Spanned<StationRow>>,
    #[serde(rename = "unit")]
    units: Vec<Spanned<UnitRow>>,
    #[serde(rename = "run_card")]
    cards: Vec<Spanned<CardRow>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AreaRow {
    south: f64,
    west: f64,
    north: f64,
    east: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TravelRow {
    service: String,
    turnout_s: f64,
    speed_kmh: f64,
    scene_s: Option<f64>,
    hospital_s: Option<f64>,
    ready_s: Option<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct KindRow {
    #[serde(rename = "type")]
    name: String,
    #[serde(default)]
    words: Vec<String>,
    priority: Option<u8>,
    #[serde(default = "first_level")]
    level: u8,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlaceRow {
    name: String,
    lat: f64,
    lon: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StationRow {
    id: String,
    name: String,
    service: String,
    lat: f64,
    lon: f64,
    #[serde(default)]
    partner: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct UnitRow {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    station: String,
    fails: Option<FailureRow>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct FailureRow {
    at: Stage,
    #[serde(default = "each_time")]
    every: NonZeroU32,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Stage {
    Acknowledge,
    TurnOut,
    Arrive,
    BreakDown,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CardRow {
    incident: String,
    service: String,
    #[serde(default = "first_level")]
    level: u8,
    /// Whole seconds.
    sla_s: Option<u32>,
    units: Vec<NeedRow>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NeedRow {
    #[serde(rename = "type")]
    kind: String,
    count: u16,
}

const fn first_level() -> u8 {
    1
}

const fn each_time() -> NonZeroU32 {
    NonZeroU32::MIN
}

/// Where an error is.
struct Source<'t>(&'t str);

impl Source<'_> {
    fn invalid<T>(&self, at: &Spanned<T>, field: &'static str, reason: impl Into<String>) -> ScenarioError {
        let before = self.0.get(..at.span().start).unwrap_or_default();
        ScenarioError::Invalid { line: 1 + before.matches('\n').count(), field, reason: reason.into() }
    }
}

pub(super) fn parse(text: &str) -> Result<Scenario, ScenarioError> {
    let file: File = toml::from_str(text).map_err(|error| ScenarioError::Syntax(error.to_string()))?;
    let source = Source(text);
    if *file.version.get_ref() != VERSION {
        return Err(source.invalid(&file.version, "version", format!("this release reads version {VERSION}")));
    }
    let area = area(&source, &file.area)?;
    let stations = stations(&source, &area, &file.stations)?;
    let units = units(&source, &stations, &file.units)?;
    Ok(Scenario {
        travel: travel(&source, &file.travel)?,
        places: places(&source, &area, "place", &file.places)?,
        cards: cards(&source, &units, &file.cards, &file.version)?,
        index: units.iter().enumerate().map(|(place, unit)| (unit.id.clone(), place)).collect(),
        hospitals: places(&source, &area, "hospital", &file.hospitals)?.into_iter().map(|it| it.position).collect(),
        incidents: incidents(&source, &file.incidents)?,
        name: file.name,
        seed: file.seed,
        area,
        stations,
        units,
    })
}

fn area(source: &Source<'_>, row: &Spanned<AreaRow>) -> Result<Area, ScenarioError> {
    let AreaRow { south, west, north, east } = *row.get_ref();
    let ordered = south < north && west < east;
    let on_earth =
        (-90.0..=90.0).contains(&south) && north <= 90.0 && (-180.0..=180.0).contains(&west) && east <= 180.0;
    if ordered && on_earth {
        return Ok(Area { south, west, north, east });
    }
    Err(source.invalid(row, "area", "south must be below north and west before east, in degrees"))
}

fn service<T>(
    source: &Source<'_>,
    row: &Spanned<T>,
    field: &'static str,
    name: &str,
) -> Result<Service, ScenarioError> {
    Service::from_str(name).map_err(|error| source.invalid(row, field, error.to_string()))
}

fn travel(source: &Source<'_>, rows: &[Spanned<TravelRow>]) -> Result<[(Service, Travel); 3], ScenarioError> {
    let mut travel = Service::ALL.map(|service| (service, Travel::USUAL));
    for row in rows {
        let named = service(source, row, "travel.service", &row.get_ref().service)?;
        let pace = pace(source, row)?;
        travel.iter_mut().filter(|(service, _)| *service == named).for_each(|(_, travel)| *travel = pace);
    }
    Ok(travel)
}

fn pace(source: &Source<'_>, row: &Spanned<TravelRow>) -> Result<Travel, ScenarioError> {
    let TravelRow { turnout_s, speed_kmh, scene_s, hospital_s, ready_s, .. } = row.get_ref();
    if !(speed_kmh.is_finite() && *speed_kmh > 0.0) {
        return Err(source.invalid(row, "travel.speed_kmh", "must be above zero"));
    }
    let seconds = |field, seconds: f64, most: f64| match (0.0..=most).contains(&seconds) {
        true => Ok(seconds),
        false => Err(source.invalid(row, field, format!("must be from 0 to {most} seconds"))),
    };
    Ok(Travel {
        // A crew that takes longer is withdrawn.
        turnout: seconds("travel.turnout_s", *turnout_s, TURN_OUT.as_secs_f64())?,
        speed: *speed_kmh,
        scene: seconds("travel.scene_s", scene_s.unwrap_or(Travel::USUAL.scene), LONGEST)?,
        hospital: seconds("travel.hospital_s", hospital_s.unwrap_or(Travel::USUAL.hospital), LONGEST)?,
        ready: seconds("travel.ready_s", ready_s.unwrap_or(Travel::USUAL.ready), LONGEST)?,
    })
}

fn incidents(source: &Source<'_>, rows: &[Spanned<KindRow>]) -> Result<Vec<Kind>, ScenarioError> {
    let mut seen = BTreeSet::new();
    let kind = |row: &Spanned<KindRow>| {
        let KindRow { name, words, priority, level } = row.get_ref();
        if name.is_empty() || !seen.insert(name.clone()) {
            return Err(source.invalid(row, "incident.type", format!("{name:?} is empty or used twice")));
        }
        if *priority == Some(0) || *level == 0 {
            return Err(source.invalid(row, "incident", "priority and level count from 1"));
        }
        let words: Vec<String> = words.iter().map(|words| plain(words)).collect();
        if words.iter().any(String::is_empty) {
            return Err(source.invalid(row, "incident.words", "each must have a letter or a digit"));
        }
        Ok(Kind { name: name.clone(), words, priority: *priority, level: *level })
    };
    rows.iter().map(kind).collect()
}

fn position<T>(
    source: &Source<'_>,
    area: &Area,
    row: &Spanned<T>,
    field: &'static str,
    (lat, lon): (f64, f64),
) -> Result<Position, ScenarioError> {
    let position = Position { lat, lon };
    let inside = area.contains(position);
    if inside { Ok(position) } else { Err(source.invalid(row, field, format!("{lat}, {lon} is outside the area"))) }
}

/// A neighbour's station may be outside the area.
fn anywhere<T>(source: &Source<'_>, row: &Spanned<T>, (lat, lon): (f64, f64)) -> Result<Position, ScenarioError> {
    let on_earth = (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon);
    on_earth.then_some(Position { lat, lon }).ok_or_else(|| source.invalid(row, "station", "is not on earth"))
}

fn places(
    source: &Source<'_>,
    area: &Area,
    field: &'static str,
    rows: &[Spanned<PlaceRow>],
) -> Result<Vec<Place>, ScenarioError> {
    let place = |row: &Spanned<PlaceRow>| {
        let PlaceRow { name, lat, lon } = row.get_ref();
        let name = plain(name);
        if name.is_empty() {
            return Err(source.invalid(row, field, "the name must have a letter or a digit"));
        }
        Ok(Place { name, position: position(source, area, row, field, (*lat, *lon))? })
    };
    rows.iter().map(place).collect()
}

fn stations(
    source: &Source<'_>,
    area: &Area,
    rows: &[Spanned<StationRow>],
) -> Result<Vec<Arc<Station>>, ScenarioError> {
    let mut seen = BTreeSet::new();
    let station = |row: &Spanned<StationRow>| {
        let StationRow { id, name, service: named, lat, lon, partner } = row.get_ref();
        if !seen.insert(id.clone()) {
            return Err(source.invalid(row, "station.id", format!("there are two stations {id:?}")));
        }
        Ok(Arc::new(Station {
            id: id.clone(),
            name: name.clone(),
            service: service(source, row, "station.service", named)?,
            position: if *partner {
                anywhere(source, row, (*lat, *lon))?
            } else {
                position(source, area, row, "station", (*lat, *lon))?
            },
            partner: *partner,
        }))
    };
    rows.iter().map(station).collect()
}

fn units(
    source: &Source<'_>,
    stations: &[Arc<Station>],
    rows: &[Spanned<UnitRow>],
) -> Result<Vec<Arc<Unit>>, ScenarioError> {
    let mut seen = BTreeSet::new();
    let unit = |row: &Spanned<UnitRow>| {
        let UnitRow { id, kind, station, fails } = row.get_ref();
        if id.is_empty() || !seen.insert(id.clone()) {
            return Err(source.invalid(row, "unit.id", format!("{id:?} is empty or used twice")));
        }
        let home = stations.iter().find(|it| it.id == *station);
        let home =
            home.ok_or_else(|| source.invalid(row, "unit.station", format!("there is no station {station:?}")))?;
        let fails = fails.map(|fails| Failure { at: fails.at.into(), every: fails.every });
        Ok(Arc::new(Unit { id: id.clone(), kind: kind.clone(), service: home.service, station: home.clone(), fails }))
    };
    rows.iter().map(unit).collect()
}

fn cards(
    source: &Source<'_>,
    units: &[Arc<Unit>],
    rows: &[Spanned<CardRow>],
    top: &Spanned<i64>,
) -> Result<Vec<Card>, ScenarioError> {
    let cards = rows.iter().map(|row| card(source, units, row)).collect::<Result<Vec<Card>, _>>()?;
    let served: Vec<Service> =
        Service::ALL.into_iter().filter(|service| units.iter().any(|unit| unit.service == *service)).collect();
    let any = |service: &Service| cards.iter().any(|card| card.service == *service && card.incident == Incident::Any);
    if let Some(service) = served.iter().find(|service| !any(service)) {
        let reason = format!("{service} has units, but no run card with incident = \"*\" for all other incidents");
        return Err(source.invalid(top, "run_card", reason));
    }
    Ok(cards)
}

fn card(source: &Source<'_>, units: &[Arc<Unit>], row: &Spanned<CardRow>) -> Result<Card, ScenarioError> {
    let CardRow { incident, service: named, level, sla_s, units: needs } = row.get_ref();
    let service = service(source, row, "run_card.service", named)?;
    let exists = |kind: &str| units.iter().any(|unit| unit.service == service && unit.kind == kind);
    if let Some(need) = needs.iter().find(|need| !exists(&need.kind)) {
        let reason = format!("{service} has no unit of type {:?}", need.kind);
        return Err(source.invalid(row, "run_card.units", reason));
    }
    if needs.iter().all(|need| need.count == 0) {
        return Err(source.invalid(row, "run_card.units", "must ask for at least one unit"));
    }
    if sla_s.is_some_and(|seconds| seconds == 0 || f64::from(seconds) > LONGEST) {
        return Err(source.invalid(row, "run_card.sla_s", format!("must be from 1 to {LONGEST} seconds")));
    }
    let sla = sla_s.map(|seconds| Duration::from_secs(seconds.into()));
    let incident = if incident == "*" { Incident::Any } else { Incident::Type(incident.clone()) };
    let needs = needs.iter().map(|need| Need { kind: need.kind.clone(), count: need.count }).collect();
    Ok(Card { incident, service, level: *level, needs, sla })
}

impl From<Stage> for Failing {
    fn from(stage: Stage) -> Self {
        match stage {
            Stage::Acknowledge => Self::Acknowledge,
            Stage::TurnOut => Self::TurnOut,
            Stage::Arrive => Self::Arrive,
            Stage::BreakDown => Self::BreakDown,
        }
    }
}
