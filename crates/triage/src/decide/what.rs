//! What kind of incident the facts make, and how pressing it is.

use super::Situation;
use crate::fact::Fact;
use crate::outcome::{Kind, Priority, Service};

pub(super) fn kind(s: &Situation<'_>, services: &[Service]) -> Kind {
    if services.is_empty() {
        return Kind::NoEmergency;
    }
    let shown = Kind::ALL.into_iter().find(|kind| concerns(*kind, services) && shows(s, *kind));
    let only = if services == [Service::Ambulance] { Kind::Medical } else { Kind::Unknown };
    shown.unwrap_or(only)
}

/// Whether a service that is sent goes to incidents of this type: what the weights do not believe names no call.
fn concerns(kind: Kind, services: &[Service]) -> bool {
    use Service::{Ambulance, Fire, Police};
    let of: &[Service] = match kind {
        Kind::Explosion | Kind::Fire | Kind::WaterRescue | Kind::Hazmat | Kind::Flood | Kind::Rescue => &[Fire],
        Kind::Collision => &Service::ALL,
        Kind::Crisis | Kind::Violence => &[Police, Ambulance],
        Kind::SuspiciousObject | Kind::Crime | Kind::Missing | Kind::Disorder | Kind::RoadHazard | Kind::Death => {
            &[Police]
        }
        Kind::Medical => &[Ambulance],
        Kind::Unknown | Kind::NoEmergency => &[],
    };
    of.iter().any(|service| services.contains(service))
}

/// Whether the facts make the call one of this type.
fn shows(s: &Situation<'_>, kind: Kind) -> bool {
    match kind {
        Kind::Explosion => s.has(Fact::Explosion),
        Kind::Fire => s.burns(),
        Kind::WaterRescue => s.any(&[Fact::InWater, Fact::AnimalInWater]),
        Kind::Hazmat => s.any(&[Fact::Gas, Fact::CarbonMonoxide, Fact::Chemical, Fact::FuelSpill]),
        Kind::Collision => s.any(&[Fact::Collision, Fact::PersonStruck]),
        Kind::Flood => s.has(Fact::Flood),
        Kind::Rescue => {
            s.any(&[Fact::Trapped, Fact::Pinned, Fact::StuckHigh, Fact::Confined, Fact::AnimalConfined, Fact::Collapse])
        }
        Kind::Crisis => s.has(Fact::Crisis),
        Kind::Violence => s.any(&[Fact::Violence, Fact::Blow, Fact::Weapon, Fact::Threat]) || s.announced(),
        Kind::Medical => super::who::ambulance(s).is_some(),
        Kind::SuspiciousObject => s.has(Fact::Suspicious),
        Kind::Crime => s.any(&[Fact::Theft, Fact::Intruder, Fact::Damage, Fact::Arson, Fact::Arrest]),
        Kind::Missing => s.has(Fact::Missing),
        Kind::Disorder => s.any(&[Fact::Disorder, Fact::DangerousAnimal]),
        Kind::RoadHazard => s.has(Fact::RoadHazard),
        Kind::Death => s.any(&[Fact::Death, Fact::LongDead]),
        Kind::Unknown | Kind::NoEmergency => false,
    }
}

pub(super) fn priority(s: &Situation<'_>, kind: Kind) -> Priority {
    let life = [
        Fact::Unresponsive,
        Fact::PeopleInside,
        Fact::Pinned,
        Fact::InWater,
        Fact::Explosion,
        Fact::Weapon,
        Fact::Crisis,
        Fact::PersonStruck,
    ];
    if kind == Kind::NoEmergency {
        return Priority::None;
    }
    if s.any(&life) {
        return Priority::Life;
    }
    match kind {
        Kind::Fire
        | Kind::Explosion
        | Kind::WaterRescue
        | Kind::Crisis
        | Kind::Violence
        | Kind::Medical
        | Kind::Collision
        | Kind::Hazmat => Priority::Urgent,
        Kind::Flood | Kind::Rescue | Kind::SuspiciousObject | Kind::Unknown | Kind::Missing => Priority::Urgent,
        Kind::Crime | Kind::Disorder | Kind::RoadHazard | Kind::Death | Kind::NoEmergency => Priority::Routine,
    }
}

/// What is dangerous there.
pub(super) fn hazards(s: &Situation<'_>) -> Vec<&'static str> {
    let hazards = [
        ("fire", s.burns()),
        ("gas", s.has(Fact::Gas)),
        ("carbon-monoxide", s.has(Fact::CarbonMonoxide)),
        ("chemicals", s.has(Fact::Chemical)),
        ("fuel", s.has(Fact::FuelSpill)),
        ("explosion", s.has(Fact::Explosion)),
        ("water", s.any(&[Fact::InWater, Fact::AnimalInWater, Fact::Flood])),
        ("collapse", s.has(Fact::Collapse)),
        ("weapon", s.has(Fact::Weapon)),
        ("animal", s.has(Fact::DangerousAnimal)),
    ];
    hazards.into_iter().filter(|(_, there)| *there).map(|(hazard, _)| hazard).collect()
}
