//! What triage says about a call: the words that the rest of the system uses. No rules here.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

/// An emergency service that can be sent. The order is the order of a plan's steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    /// Fire and rescue.
    Fire,
    /// Police.
    Police,
    /// Ambulance.
    Ambulance,
}

impl Service {
    /// All services, in the order of a plan's steps.
    pub const ALL: [Self; 3] = [Self::Fire, Self::Police, Self::Ambulance];

    /// The name on the wire, which is also the agent's name: `fire`, `police`, `ambulance`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fire => "fire",
            Self::Police => "police",
            Self::Ambulance => "ambulance",
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that is none of the known names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown {what} {word:?}")]
pub struct UnknownName {
    /// What the word was read as: `service` or `incident type`.
    pub what: &'static str,
    /// The word.
    pub word: String,
}

impl FromStr for Service {
    type Err = UnknownName;

    fn from_str(word: &str) -> Result<Self, UnknownName> {
        let named = Self::ALL.into_iter().find(|service| service.as_str() == word);
        named.ok_or_else(|| UnknownName { what: "service", word: word.to_owned() })
    }
}

/// The type of an incident, by what decides who goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Something burns, smoulders, smokes or sparks.
    Fire,
    /// Something exploded.
    Explosion,
    /// Gas, carbon monoxide, chemicals, fuel.
    Hazmat,
    /// Somebody or an animal is trapped, stuck, at height or under something.
    Rescue,
    /// Somebody or an animal is in the water.
    WaterRescue,
    /// Rising water endangers people.
    Flood,
    /// Vehicles collided, or one hit a person.
    Collision,
    /// Somebody is hurt or ill.
    Medical,
    /// Somebody means to harm themselves.
    Crisis,
    /// Violence, weapons or threats.
    Violence,
    /// Theft, burglary, damage, intruders.
    Crime,
    /// A suspicious object.
    SuspiciousObject,
    /// Somebody is missing.
    Missing,
    /// Disorder, or an animal that is loose and dangerous.
    Disorder,
    /// Something on a road endangers traffic.
    RoadHazard,
    /// Somebody has died.
    Death,
    /// A call for help that does not say what for.
    Unknown,
    /// Nothing that needs anybody.
    NoEmergency,
}

impl Kind {
    /// Every type, the most pressing first where two compete for the name of a call.
    pub const ALL: [Self; 18] = [
        Self::Explosion,
        Self::Fire,
        Self::WaterRescue,
        Self::Hazmat,
        Self::Collision,
        Self::Flood,
        Self::Rescue,
        Self::Crisis,
        Self::Violence,
        Self::Medical,
        Self::SuspiciousObject,
        Self::Crime,
        Self::Missing,
        Self::Disorder,
        Self::RoadHazard,
        Self::Death,
        Self::Unknown,
        Self::NoEmergency,
    ];

    /// The name on the wire and in run cards, for example `water-rescue`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fire => "fire",
            Self::Explosion => "explosion",
            Self::Hazmat => "hazmat",
            Self::Rescue => "rescue",
            Self::WaterRescue => "water-rescue",
            Self::Flood => "flood",
            Self::Collision => "collision",
            Self::Medical => "medical",
            Self::Crisis => "crisis",
            Self::Violence => "violence",
            Self::Crime => "crime",
            Self::SuspiciousObject => "suspicious-object",
            Self::Missing => "missing",
            Self::Disorder => "disorder",
            Self::RoadHazard => "road-hazard",
            Self::Death => "death",
            Self::Unknown => "unknown",
            Self::NoEmergency => "no-emergency",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Kind {
    type Err = UnknownName;

    fn from_str(word: &str) -> Result<Self, UnknownName> {
        let named = Self::ALL.into_iter().find(|kind| kind.as_str() == word);
        named.ok_or_else(|| UnknownName { what: "incident type", word: word.to_owned() })
    }
}

/// How pressing a call is; 1 is the highest, 4 needs nobody now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// 1: a life is in danger now.
    Life,
    /// 2: people or property are in danger.
    Urgent,
    /// 3: needs somebody, not at once.
    Routine,
    /// 4: needs nobody.
    None,
}

impl Priority {
    /// The number on the wire, 1 (highest) to 4.
    #[must_use]
    pub const fn level(self) -> u8 {
        match self {
            Self::Life => 1,
            Self::Urgent => 2,
            Self::Routine => 3,
            Self::None => 4,
        }
    }
}

/// Words of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// The words, exactly as they stand in the call.
    pub text: String,
    /// Where they stand: bytes of the call.
    pub span: Range<usize>,
}

/// What one rule did with some words of the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The words say this of the situation.
    Found,
    /// The words deny it.
    Denied,
    /// The words speak of something past, asked or imagined.
    NotNow,
    /// The words mean something harmless here and are taken out.
    SetAside,
    /// This service is sent.
    Sends(Service),
    /// This service would have been sent, and is not.
    Withholds(Service),
    /// Nobody is sent.
    SendsNobody,
    /// The words are the place.
    Locates,
    /// The words are another place, to which nobody is sent.
    AlsoNames,
}

/// One decision: which rule, on which words, with what effect.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The rule's name.
    pub rule: &'static str,
    /// The caller's words that made it, in their order.
    pub words: Vec<Quote>,
    /// What it did.
    pub effect: Effect,
    /// How sure it is that this is right, from 0 to 1, where it says who is sent or not.
    pub confidence: Option<f64>,
}

impl Effect {
    /// The name on the wire, for example `not-now`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Denied => "denied",
            Self::NotNow => "not-now",
            Self::SetAside => "set-aside",
            Self::Sends(_) => "sends",
            Self::Withholds(_) => "withholds",
            Self::SendsNobody => "sends-nobody",
            Self::Locates => "locates",
            Self::AlsoNames => "also-names",
        }
    }

    /// Whether it says who goes where, and not what the words mean.
    #[must_use]
    pub const fn is_outcome(self) -> bool {
        match self {
            Self::Sends(_) | Self::Withholds(_) | Self::SendsNobody | Self::Locates | Self::AlsoNames => true,
            Self::Found | Self::Denied | Self::NotNow | Self::SetAside => false,
        }
    }

    /// The service that it sends or withholds.
    #[must_use]
    pub const fn service(self) -> Option<Service> {
        match self {
            Self::Sends(service) | Self::Withholds(service) => Some(service),
            Self::Found | Self::Denied | Self::NotNow | Self::SetAside => None,
            Self::SendsNobody | Self::Locates | Self::AlsoNames => None,
        }
    }
}

/// How sure a decision is, as people read it: `91 % sure`. Somebody who is sent for safety's sake is told as such.
#[must_use]
pub fn sureness(confidence: f64, sends: bool) -> String {
    // Neither chance nor certainty is ever full.
    let percent = (100.0 * confidence).round().clamp(1.0, 99.0);
    match sends && confidence < 0.5 {
        true => format!("only {percent} % sure: sent to be safe"),
        false => format!("{percent} % sure"),
    }
}

impl Decision {
    /// The words as people read them: `"on fire", "smoke"`.
    fn quoted(&self) -> String {
        self.words.iter().map(|quote| format!("{:?}", quote.text)).collect::<Vec<_>>().join(", ")
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rule, words) = (self.rule, self.quoted());
        let of = |words: String| {
            let words = if words.is_empty() { words } else { format!(" ({words})") };
            let sure = self.confidence.map(|sure| sureness(sure, matches!(self.effect, Effect::Sends(_))));
            words + &sure.map(|sure| format!(", {sure}")).unwrap_or_default()
        };
        match self.effect {
            Effect::Found => write!(f, "{rule}: {words}"),
            Effect::Denied => write!(f, "{rule}: denied by {words}"),
            Effect::NotNow => write!(f, "{rule}: not now, {words}"),
            Effect::SetAside => write!(f, "{rule}: set aside {words}"),
            Effect::Sends(service) => write!(f, "{rule}: send {service}{}", of(words)),
            Effect::Withholds(service) => write!(f, "{rule}: do not send {service}{}", of(words)),
            Effect::SendsNobody => write!(f, "{rule}: send nobody{}", of(words)),
            Effect::Locates => write!(f, "{rule}: place {words}"),
            Effect::AlsoNames => write!(f, "{rule}: {words}"),
        }
    }
}

/// What to ask the caller after the provisional dispatch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// Where help is needed.
    Location,
    /// What is happening.
    Clarification,
}

impl Question {
    /// The reason on the wire: `location` or `clarification`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Location => "location",
            Self::Clarification => "clarification",
        }
    }
}

/// What a call needs, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Triage {
    /// The services to send, each once, in the order of [`Service::ALL`].
    pub services: Vec<Service>,
    /// Where, if the caller named a place.
    pub place: Option<Quote>,
    /// The type of the incident; of the most pressing one where there are several.
    pub kind: Kind,
    /// How pressing it is.
    pub priority: Priority,
    /// What is dangerous there, each once: `fire`, `gas`, `carbon-monoxide`, `chemicals`, `fuel`, `explosion`, `water`,
    /// `collapse`, `weapon`, `animal`.
    pub hazards: Vec<&'static str>,
    /// How sure the rules are of the services, 0 to 1.
    pub confidence: f64,
    /// Which words made which decision, in the order they were made.
    pub trace: Vec<Decision>,
}

impl Triage {
    /// Below this confidence the caller is asked.
    pub const SURE: f64 = 0.6;

    /// What to ask the caller, if anything: what is happening comes before where.
    #[must_use]
    pub fn question(&self) -> Option<Question> {
        if self.confidence < Self::SURE {
            return Some(Question::Clarification);
        }
        self.lacks_place().then_some(Question::Location)
    }

    /// Whether somebody is sent, and nobody knows where to.
    #[must_use]
    pub fn lacks_place(&self) -> bool {
        self.place.is_none() && !self.services.is_empty()
    }

    /// With the place that its caller named when asked where, see [`place_in_own_words`](crate::place_in_own_words).
    #[must_use]
    pub fn located(mut self, place: Quote) -> Self {
        self.trace.push(crate::located("answer", vec![place.clone()], Effect::Locates));
        Self { place: Some(place), ..self }
    }
}
