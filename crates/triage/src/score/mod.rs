//! How far triage meets labelled calls: call by call with the cause of each miss, and as rates over many.
//! What is scored is the provisional dispatch. No files and no formats here.

mod place;
mod tally;

use std::fmt;

use crate::outcome::{Effect, Service, Triage};

pub use place::PlaceScore;
pub use tally::{ServiceTally, Tally};

/// What a call needs by the judgement of whoever labelled it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Label {
    /// The services that it needs.
    pub services: Vec<Service>,
    /// The words that find the place; none when the caller names none.
    pub location: Option<String>,
    /// The place has no name, so that finding none is right too.
    pub location_optional: bool,
}

/// How one call was met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Score {
    /// Needed services that are not sent, and why.
    pub missed: Vec<(Service, Oversight)>,
    /// Services that are sent and not needed, with the rule that sends each.
    pub excess: Vec<(Service, &'static str)>,
    /// How the place was met.
    pub place: PlaceScore,
}

/// Why a needed service is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Oversight {
    /// A denial counted against it.
    Withheld,
    /// Its words were read as past, asked or imagined.
    NotNow,
    /// Its words were read as denied.
    Denied,
    /// Its words were read as a figure of speech.
    SetAside,
    /// What was found sends only others.
    ForOthers,
    /// No rule knows the words.
    Unknown,
}

impl fmt::Display for Oversight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Withheld => "withheld after a denial",
            Self::NotNow => "words read as past, asked or imagined",
            Self::Denied => "words read as denied",
            Self::SetAside => "words read as a figure of speech",
            Self::ForOthers => "what was found sends only others",
            Self::Unknown => "no rule knows the words",
        })
    }
}

impl Score {
    /// Compares what triage says of a call with what the call needs.
    #[must_use]
    pub fn of(label: &Label, triage: &Triage) -> Self {
        let needed = Service::ALL.into_iter().filter(|service| label.services.contains(service));
        let missed = needed.filter(|service| !triage.services.contains(service));
        let excess = triage.services.iter().filter(|service| !label.services.contains(service));
        Self {
            missed: missed.map(|service| (service, oversight(service, triage))).collect(),
            excess: excess.map(|service| (*service, sender(*service, triage))).collect(),
            place: PlaceScore::of(label, triage.place.as_ref()),
        }
    }

    /// Exactly the needed services are sent.
    #[must_use]
    pub fn exact_set(&self) -> bool {
        self.missed.is_empty() && self.excess.is_empty()
    }

    /// Nothing is wrong with it, the place included.
    #[must_use]
    pub fn met(&self) -> bool {
        self.exact_set() && self.place == PlaceScore::Exact
    }

    /// What is wrong, one cause each, such as "police missed: no rule knows the words".
    #[must_use]
    pub fn causes(&self) -> Vec<String> {
        let missed = self.missed.iter().map(|(service, why)| format!("{service} missed: {why}"));
        let excess = self.excess.iter().map(|(service, rule)| format!("{service} too many: {rule}"));
        let place = self.place.cause().map(str::to_owned);
        missed.chain(excess).chain(place).collect()
    }
}

/// The most telling reason in the trace why a service stays at home.
fn oversight(service: Service, triage: &Triage) -> Oversight {
    let any = |effect: Effect| triage.trace.iter().any(|decision| decision.effect == effect);
    match () {
        () if any(Effect::Withholds(service)) => Oversight::Withheld,
        () if any(Effect::NotNow) => Oversight::NotNow,
        () if any(Effect::Denied) => Oversight::Denied,
        () if any(Effect::SetAside) => Oversight::SetAside,
        () if any(Effect::Found) => Oversight::ForOthers,
        () => Oversight::Unknown,
    }
}

fn sender(service: Service, triage: &Triage) -> &'static str {
    let sends = |decision: &&crate::Decision| decision.effect == Effect::Sends(service);
    triage.trace.iter().find(sends).map_or("", |decision| decision.rule)
}
