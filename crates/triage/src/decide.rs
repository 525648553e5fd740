//! From what the words say to who is sent, how pressing it is, and how sure that is.

use crate::fact::Fact;
use crate::outcome::{Decision, Effect, Kind, Priority, Service};
use crate::scan::{Finding, Findings};
use crate::scope::Scope;
use crate::words::Strength;

/// The services, and how they were chosen.
#[derive(Debug)]
pub(crate) struct Verdict {
    pub(crate) services: Vec<Service>,
    pub(crate) kind: Kind,
    pub(crate) priority: Priority,
    pub(crate) confidence: f64,
}

/// The facts of a call.
struct Situation<'a> {
    found: &'a [Finding],
    /// The caller says that nothing is pressing.
    calm: bool,
    /// The call is a question.
    asks: bool,
    /// The caller speaks in figures, or not at all.
    figurative: bool,
    /// The caller says where.
    placed: bool,
}

impl Situation<'_> {
    /// Said, and neither denied nor past. A weak word does not count beside a caller who says that it is not urgent.
    fn has(&self, fact: Fact) -> bool {
        self.found.iter().any(|f| f.fact == fact && f.scope == Scope::Holds && f.strength == Strength::Strong)
    }

    fn any(&self, facts: &[Fact]) -> bool {
        facts.iter().any(|fact| self.has(*fact))
    }

    fn hinted(&self, fact: Fact) -> bool {
        !self.calm && self.found.iter().any(|f| f.fact == fact && f.scope == Scope::Holds)
    }

    /// Whether something is said clearly enough to act on.
    fn grounded(&self) -> bool {
        let background = |fact: Fact| {
            fact.is_speech() || fact.is_reassurance() || matches!(fact, Fact::Frail | Fact::PeopleInside | Fact::Fled)
        };
        let clear = |f: &&Finding| f.strength == Strength::Strong && !background(f.fact);
        let asked_for = [Fact::WantFire, Fact::WantPolice, Fact::WantAmbulance];
        self.any(&asked_for) || self.announced() || self.found.iter().filter(clear).any(|f| f.scope == Scope::Holds)
    }

    /// Whether a weak word, more than one of a trade, speaks of trouble.
    fn hints_at_trouble(&self) -> bool {
        let weak = |f: &&Finding| f.scope == Scope::Holds && f.strength == Strength::Weak;
        !self.calm && self.found.iter().filter(weak).any(|f| !f.fact.is_hint() && !f.fact.is_speech())
    }

    fn denied(&self, fact: Fact) -> bool {
        self.found.iter().any(|f| f.fact == fact && f.scope == Scope::Denied)
    }

    fn announced(&self) -> bool {
        self.found.iter().any(|f| f.scope == Scope::Announced)
    }
}

/// Decides from the findings; the reasons are added to their trace.
pub(crate) fn decide(findings: &mut Findings, said: bool, placed: bool, asks: bool) -> Verdict {
    let calm = findings.all.iter().any(|f| f.fact == Fact::NotUrgent);
    let aside = findings.trace.iter().any(|decision| decision.effect == Effect::SetAside);
    let figurative = aside || !said;
    let situation = Situation { found: &findings.all, calm, asks, figurative, placed };
    let reasons = [fire(&situation), police(&situation), ambulance(&situation)];
    let mut chosen: Vec<(Service, &'static str)> =
        Service::ALL.into_iter().zip(reasons).filter_map(|(service, why)| why.map(|why| (service, why))).collect();
    if chosen.is_empty() || !situation.grounded() {
        chosen = superset(&situation);
    }
    let services: Vec<Service> = chosen.iter().map(|(service, _)| *service).collect();
    let confidence = confidence(&situation, &services);
    let kind = kind(&situation, &services);
    let priority = priority(&situation, kind);
    let withheld = withheld(&situation, &services);
    findings.trace.extend(chosen.into_iter().map(|(service, why)| because(why, Effect::Sends(service))));
    findings.trace.extend(withheld.into_iter().map(|(service, why)| because(why, Effect::Withholds(service))));
    Verdict { services, kind, priority, confidence }
}

fn because(rule: &'static str, effect: Effect) -> Decision {
    Decision { rule, words: String::new(), span: 0..0, effect }
}

/// A fire that burns, or may still: what is said to be out counts while there is smoke, heat or doubt.
fn burns(s: &Situation<'_>) -> bool {
    let flames = s.any(&[Fact::Burning, Fact::Arson]);
    let flames = flames || s.hinted(Fact::Burning);
    let left = s.has(Fact::Smoke) || (s.hinted(Fact::Doubt) && s.found.iter().any(|f| f.fact == Fact::Burning));
    let waived = s.calm && s.denied(Fact::Burning) && !s.has(Fact::Burning);
    if waived {
        return false;
    }
    let left = left || s.has(Fact::Arson);
    if s.has(Fact::FireOut) { left } else { flames || s.has(Fact::Smoke) }
}

fn fire(s: &Situation<'_>) -> Option<&'static str> {
    use Fact::{
        AnimalConfined, AnimalInWater, CarbonMonoxide, Chemical, Collapse, Confined, Explosion, Flood, FuelSpill, Gas,
        InWater, Pinned, StuckHigh, Trapped,
    };
    let hazards = [Gas, CarbonMonoxide, Chemical, FuelSpill, Explosion];
    let rescues = [Trapped, Pinned, StuckHigh, InWater, AnimalInWater, Confined, AnimalConfined];
    let hit_by_train = s.has(Fact::PersonStruck) && s.found.iter().any(|f| f.rule == "struck by a train");
    match () {
        () if burns(s) => Some("something burns or smokes"),
        () if s.any(&hazards) => Some("a dangerous substance"),
        () if s.any(&rescues) => Some("somebody cannot get away"),
        () if s.has(Collapse) && (s.any(&[Fact::Injury, Fact::Unresponsive]) || s.has(Fact::PeopleInside)) => {
            Some("a collapse with people")
        }
        () if s.has(Collapse) => Some("a collapse"),
        () if s.has(Flood) => Some("a flood endangers people"),
        () if hit_by_train => Some("somebody under a train"),
        () if s.has(Fact::WantFire) && !s.calm => Some("asked for"),
        () => None,
    }
}

fn ambulance(s: &Situation<'_>) -> Option<&'static str> {
    let hurt = [Fact::Injury, Fact::Fall, Fact::Illness, Fact::Unresponsive, Fact::Labour, Fact::Crisis];
    let presumed = [Fact::InWater, Fact::Pinned, Fact::Confined];
    let struck = s.any(&[Fact::PersonStruck, Fact::Blow]) && !denies_injury(s);
    let cut_off =
        s.any(&[Fact::PeopleInside, Fact::Trapped]) && (burns(s) || s.has(Fact::Explosion) || s.has(Fact::Collapse));
    let wreck = s.has(Fact::Collision) && !denies_injury(s);
    match () {
        () if s.any(&hurt) => Some("somebody is hurt or ill"),
        () if s.any(&presumed) => Some("somebody is very probably hurt"),
        () if struck => Some("somebody was struck"),
        () if cut_off => Some("people inside"),
        () if s.has(Fact::Flood) && s.has(Fact::Frail) => Some("somebody frail in a flood"),
        () if s.has(Fact::Death) && !s.has(Fact::LongDead) => Some("perhaps not dead"),
        () if s.has(Fact::Explosion) && !denies_injury(s) && !s.any(&[Fact::EveryoneOut, Fact::RoadHazard]) => {
            Some("an explosion, injuries not ruled out")
        }
        () if wreck && !s.has(Fact::Fled) => Some("a collision, injuries not ruled out"),
        () if wreck && s.has(Fact::Trapped) => Some("trapped in a collision"),
        () if s.has(Fact::WantAmbulance) && !s.calm => Some("asked for"),
        () if s.any(&[Fact::Gas, Fact::CarbonMonoxide, Fact::Chemical, Fact::Smoke]) && feels(s) => {
            Some("feels ill beside a danger")
        }
        () if s.hinted(Fact::Injury) && !denies_injury(s) => Some("pain"),
        () if s.hinted(Fact::Illness) && s.hinted(Fact::WantHelp) && !denies_injury(s) => Some("feels ill"),
        () => None,
    }
}

fn feels(s: &Situation<'_>) -> bool {
    s.hinted(Fact::Illness) || s.hinted(Fact::Injury)
}

fn denies_injury(s: &Situation<'_>) -> bool {
    s.denied(Fact::Injury) || s.denied(Fact::WantAmbulance) || s.has(Fact::Unhurt)
}

fn police(s: &Situation<'_>) -> Option<&'static str> {
    use Fact::{
        Arrest, Arson, Damage, DangerousAnimal, Death, Disorder, Intruder, LongDead, Missing, RoadHazard, Suspicious,
        Theft, Threat, Violence, Weapon,
    };
    let crimes = [Violence, Fact::Blow, Weapon, Threat, Theft, Intruder, Damage, Arson, Suspicious, Disorder, Arrest];
    let hurt = s.any(&[Fact::Injury, Fact::Unresponsive, Fact::Trapped, Fact::Pinned, Fact::Fled, Fact::PersonStruck]);
    let crash = s.has(Fact::Collision) || s.has(Fact::PersonStruck);
    match () {
        () if s.any(&crimes) || s.announced() => Some("a crime or a threat"),
        () if s.has(Missing) => Some("somebody is missing"),
        () if crash && hurt => Some("a collision with injury, entrapment, or a driver who left"),
        () if s.has(Fact::Collision) && !denies_injury(s) => Some("a collision, injuries not ruled out"),
        () if s.has(RoadHazard) => Some("a hazard on a road"),
        () if s.has(DangerousAnimal) => Some("a dangerous animal"),
        () if s.any(&[Death, LongDead]) => Some("a death"),
        () if s.has(Fact::Crisis) => Some("somebody in danger from himself"),
        () if burns(s) && s.has(Fact::Fled) => Some("a fire, and somebody ran"),
        () if s.has(Fact::WantPolice) && !s.calm => Some("asked for"),
        () => None,
    }
}

/// A call for help that does not say clearly why gets everybody, and a question:
/// one weak word is too little to leave a service at home.
fn superset(s: &Situation<'_>) -> Vec<(Service, &'static str)> {
    let unsaid = s.found.iter().all(|f| f.fact.is_hint() || (f.scope == Scope::Holds && f.fact != Fact::Order));
    if s.calm || s.asks || !(unsaid || s.hints_at_trouble()) {
        return Vec::new();
    }
    let cry = s.placed || s.hinted(Fact::WantHelp) || s.hints_at_trouble() || !s.figurative;
    let all = Service::ALL.into_iter().map(|service| (service, "help wanted without a clear cause"));
    if cry { all.collect() } else { Vec::new() }
}

fn withheld(s: &Situation<'_>, sent: &[Service]) -> Vec<(Service, &'static str)> {
    let mut withheld = Vec::new();
    if denies_injury(s) && !sent.contains(&Service::Ambulance) {
        withheld.push((Service::Ambulance, "the caller says that nobody is hurt"));
    }
    if s.has(Fact::FireOut) && !sent.contains(&Service::Fire) {
        withheld.push((Service::Fire, "no longer burning"));
    }
    withheld
}

fn confidence(s: &Situation<'_>, services: &[Service]) -> f64 {
    let strong =
        s.found.iter().filter(|f| f.scope == Scope::Holds && f.strength == Strength::Strong && !f.fact.is_speech());
    let doubts = s.found.iter().filter(|f| f.scope == Scope::NotNow).count();
    let base = match (services.len(), strong.count()) {
        (0, _) if s.calm || s.has(Fact::Order) => 0.85,
        (0, _) => 0.5,
        (3, 0) => 0.2,
        (_, 0) => 0.45,
        (_, 1) => 0.75,
        (_, 2) => 0.85,
        (_, _) => 0.95,
    };
    let mixed = if services.is_empty() || doubts == 0 { 0.0 } else { 0.1 };
    base - mixed
}

fn kind(s: &Situation<'_>, services: &[Service]) -> Kind {
    if services.is_empty() {
        return Kind::NoEmergency;
    }
    Kind::ALL.into_iter().find(|kind| shows(s, *kind)).unwrap_or(Kind::Unknown)
}

/// Whether the facts make the call one of this type.
fn shows(s: &Situation<'_>, kind: Kind) -> bool {
    match kind {
        Kind::Explosion => s.has(Fact::Explosion),
        Kind::Fire => burns(s),
        Kind::WaterRescue => s.any(&[Fact::InWater, Fact::AnimalInWater]),
        Kind::Hazmat => s.any(&[Fact::Gas, Fact::CarbonMonoxide, Fact::Chemical, Fact::FuelSpill]),
        Kind::Collision => s.any(&[Fact::Collision, Fact::PersonStruck]),
        Kind::Flood => s.has(Fact::Flood),
        Kind::Rescue => {
            s.any(&[Fact::Trapped, Fact::Pinned, Fact::StuckHigh, Fact::Confined, Fact::AnimalConfined, Fact::Collapse])
        }
        Kind::Crisis => s.has(Fact::Crisis),
        Kind::Violence => s.any(&[Fact::Violence, Fact::Blow, Fact::Weapon, Fact::Threat]) || s.announced(),
        Kind::Medical => ambulance(s).is_some(),
        Kind::SuspiciousObject => s.has(Fact::Suspicious),
        Kind::Crime => s.any(&[Fact::Theft, Fact::Intruder, Fact::Damage, Fact::Arson, Fact::Arrest]),
        Kind::Missing => s.has(Fact::Missing),
        Kind::Disorder => s.any(&[Fact::Disorder, Fact::DangerousAnimal]),
        Kind::RoadHazard => s.has(Fact::RoadHazard),
        Kind::Death => s.any(&[Fact::Death, Fact::LongDead]),
        Kind::Unknown | Kind::NoEmergency => false,
    }
}

fn priority(s: &Situation<'_>, kind: Kind) -> Priority {
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
