//! Who is sent, and for what: each choice names the facts that make it, so that the words behind them can be told.

use super::Situation;
use crate::fact::Fact::{
    self, AnimalConfined, AnimalInWater, Arrest, Arson, Ashore, Blow, Burning, CarbonMonoxide, Chemical, Collapse,
    Collision, Confined, Crisis, Damage, DangerousAnimal, Death, Disorder, EveryoneOut, Explosion, Fall, FireOut, Fled,
    Flood, Frail, FuelSpill, Gas, HintAmbulance, HintFire, HintPolice, Illness, InWater, Injury, Intruder, Labour,
    LongDead, Missing, PeopleInside, PersonStruck, Pinned, RoadHazard, Smoke, StuckHigh, Suspicious, Theft, Threat,
    Trapped, Unhurt, Unresponsive, Violence, WantAmbulance, WantFire, WantHelp, WantPolice, Weapon,
};
use crate::outcome::Service;
use crate::scan::Finding;
use crate::scope::Scope;

/// Why a service is sent, or not. Without facts it rests on whatever was said.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reason {
    pub(super) rule: &'static str,
    /// What speaks for it where it was said.
    said: &'static [Fact],
    /// What speaks for it where it was denied.
    denied: &'static [Fact],
}

impl Reason {
    pub(super) const UNCLEAR: Self = Self { rule: "help wanted without a clear cause", said: &[], denied: &[] };
    pub(super) const UNHURT: Self =
        Self { rule: "the caller says that nobody is hurt", said: &[Unhurt], denied: &[Injury, WantAmbulance] };
    pub(super) const OUT: Self = Self { rule: "no longer burning", said: &[FireOut], denied: &[] };

    /// Nothing clear is said, but its words are of the service's trade.
    pub(super) const fn leaning(service: Service) -> Self {
        let (rule, said): (_, &[Fact]) = match service {
            Service::Fire => ("words of the fire service's trade", &[HintFire]),
            Service::Police => ("words of the police's trade", &[HintPolice]),
            Service::Ambulance => ("words of the ambulance's trade", &[HintAmbulance]),
        };
        Self { rule, said, denied: &[] }
    }

    /// Whether it names no facts.
    pub(super) const fn is_vague(&self) -> bool {
        self.said.is_empty() && self.denied.is_empty()
    }

    /// Whether a finding speaks for it.
    pub(super) fn rests_on(&self, finding: &Finding) -> bool {
        match finding.scope {
            Scope::Holds | Scope::Announced => self.is_vague() || self.said.contains(&finding.fact),
            Scope::Denied => self.denied.contains(&finding.fact),
            Scope::NotNow => false,
        }
    }
}

const fn because(rule: &'static str, said: &'static [Fact]) -> Option<Reason> {
    Some(Reason { rule, said, denied: &[] })
}

const FIRES: &[Fact] = &[Burning, Arson, Smoke];
const SUBSTANCES: &[Fact] = &[Gas, CarbonMonoxide, Chemical, FuelSpill, Explosion];
const RESCUES: &[Fact] = &[Trapped, Pinned, StuckHigh, InWater, AnimalInWater, Confined, AnimalConfined];
const HURT: &[Fact] = &[Injury, Fall, Illness, Unresponsive, Labour, Crisis, Ashore];
const PRESUMED: &[Fact] = &[InWater, Pinned, Confined];
const STRUCK: &[Fact] = &[PersonStruck, Blow];
const CRIMES: &[Fact] = &[Violence, Blow, Weapon, Threat, Theft, Intruder, Damage, Arson, Suspicious, Disorder, Arrest];
const WORSE_THAN_METAL: &[Fact] = &[Injury, Unresponsive, Trapped, Pinned, Fled, PersonStruck];
const CRASHES: &[Fact] = &[Collision, PersonStruck, Injury, Unresponsive, Trapped, Pinned, Fled];
const TO_BE_ILL_BESIDE: &[Fact] = &[Gas, CarbonMonoxide, Chemical, Smoke];
const FELT: &[Fact] = &[Gas, CarbonMonoxide, Chemical, Smoke, Illness, Injury];
const CUT_OFF: &[Fact] = &[PeopleInside, Trapped, Burning, Arson, Smoke, Explosion, Collapse];

/// What a threat may announce; see [`Fact::can_be_threatened`].
const ANNOUNCED: &[Fact] = &[Burning, Arson, Violence, Injury, Explosion, Damage];

pub(super) fn fire(s: &Situation<'_>) -> Option<Reason> {
    let hit_by_train = s.has(PersonStruck) && s.found.iter().any(|f| f.rule == "struck by a train");
    let with_people = s.any(&[Injury, Unresponsive, PeopleInside]);
    match () {
        () if s.burns() => because("something burns or smokes", FIRES),
        () if s.any(SUBSTANCES) => because("a dangerous substance", SUBSTANCES),
        () if s.any(RESCUES) => because("somebody cannot get away", RESCUES),
        () if s.has(Collapse) && with_people => {
            because("a collapse with people", &[Collapse, Injury, Unresponsive, PeopleInside])
        }
        () if s.has(Collapse) => because("a collapse", &[Collapse]),
        () if s.has(Flood) => because("a flood endangers people", &[Flood]),
        () if s.any(&[Collision, PersonStruck]) && s.has(PeopleInside) && !s.denies_injury() => {
            because("somebody in a wreck", &[Collision, PersonStruck, PeopleInside])
        }
        () if hit_by_train => because("somebody under a train", &[PersonStruck]),
        () if s.has(WantFire) && !s.calm => because("asked for", &[WantFire]),
        () => None,
    }
}

pub(super) fn ambulance(s: &Situation<'_>) -> Option<Reason> {
    let unhurt = s.denies_injury();
    let cut_off = s.any(&[PeopleInside, Trapped]) && (s.burns() || s.any(&[Explosion, Collapse]));
    let wreck = s.has(Collision) && !unhurt;
    match () {
        () if s.any(HURT) => because("somebody is hurt or ill", HURT),
        () if s.any(PRESUMED) => because("somebody is very probably hurt", PRESUMED),
        () if s.any(STRUCK) && !unhurt => because("somebody was struck", STRUCK),
        () if cut_off => because("people inside", CUT_OFF),
        () if s.has(Flood) && s.has(Frail) => because("somebody frail in a flood", &[Flood, Frail]),
        () if s.has(Death) && !s.has(LongDead) => because("perhaps not dead", &[Death]),
        () if s.has(Explosion) && !unhurt && !s.any(&[EveryoneOut, RoadHazard]) => {
            because("an explosion, injuries not ruled out", &[Explosion])
        }
        () if wreck && !s.has(Fled) => because("a collision, injuries not ruled out", &[Collision]),
        () if wreck && s.has(Trapped) => because("trapped in a collision", &[Collision, Trapped]),
        () if s.has(WantAmbulance) && !s.calm => because("asked for", &[WantAmbulance]),
        () if s.any(TO_BE_ILL_BESIDE) && (s.hinted(Illness) || s.hinted(Injury)) => {
            because("feels ill beside a danger", FELT)
        }
        () if s.hinted(Injury) && !unhurt => because("pain", &[Injury]),
        () if s.hinted(Illness) && s.hinted(WantHelp) && !unhurt => because("feels ill", &[Illness, WantHelp]),
        () => None,
    }
}

pub(super) fn police(s: &Situation<'_>) -> Option<Reason> {
    let crash = s.has(Collision) || s.has(PersonStruck);
    match () {
        () if s.any(CRIMES) => because("a crime or a threat", CRIMES),
        () if s.announced() => because("a crime or a threat", ANNOUNCED),
        () if s.has(Missing) => because("somebody is missing", &[Missing]),
        () if crash && s.any(WORSE_THAN_METAL) => {
            because("a collision with injury, entrapment, or a driver who left", CRASHES)
        }
        () if s.has(Collision) && !s.denies_injury() => because("a collision, injuries not ruled out", &[Collision]),
        () if s.has(RoadHazard) => because("a hazard on a road", &[RoadHazard]),
        () if s.has(DangerousAnimal) => because("a dangerous animal", &[DangerousAnimal]),
        () if s.any(&[Death, LongDead]) => because("a death", &[Death, LongDead]),
        () if s.has(Crisis) => because("somebody in danger from himself", &[Crisis]),
        () if s.burns() && s.has(Fled) => because("a fire, and somebody ran", &[Burning, Arson, Smoke, Fled]),
        () if s.has(WantPolice) && !s.calm => because("asked for", &[WantPolice]),
        () => None,
    }
}
