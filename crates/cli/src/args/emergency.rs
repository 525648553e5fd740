//! Arguments of what is seen of the emergency services.

use clap::{Args, ValueEnum};
use proto::watchroom::emergency::v1::{IncidentStatus, UnitStatus};

/// Shows units.
#[derive(Debug, Args)]
pub(crate) struct Units {
    /// Only units of this service; may be repeated
    #[arg(long, value_name = "SERVICE")]
    pub(crate) service: Vec<Emergency>,
    /// Only units in this status, such as available or en-route; may be repeated
    #[arg(long, value_name = "STATUS", value_parser = unit_status)]
    pub(crate) status: Vec<UnitStatus>,
    /// Go on with every change until Ctrl-C: a terminal is redrawn, a pipe gets a line for each
    #[arg(long)]
    pub(crate) watch: bool,
}

/// Shows incidents.
#[derive(Debug, Args)]
pub(crate) struct Incidents {
    /// Show this one, which is the conversation of its calls, with its log
    pub(crate) id: Option<String>,
    /// Only incidents in this status, such as active or resources-en-route; may be repeated
    #[arg(long, value_name = "STATUS", value_parser = incident_status)]
    pub(crate) status: Vec<IncidentStatus>,
    /// Only incidents that this service was sent to; may be repeated
    #[arg(long, value_name = "SERVICE")]
    pub(crate) service: Vec<Emergency>,
    /// Go on with every change until Ctrl-C: a terminal is redrawn, a pipe gets a line for each
    #[arg(long)]
    pub(crate) watch: bool,
}

/// An emergency service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Emergency {
    /// Fire and rescue
    Fire,
    /// Police
    Police,
    /// Ambulances
    Ambulance,
}

impl Emergency {
    /// The service of this name on the wire.
    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Fire, Self::Police, Self::Ambulance].into_iter().find(|service| service.name() == name)
    }

    /// The name on the wire.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Fire => "fire",
            Self::Police => "police",
            Self::Ambulance => "ambulance",
        }
    }
}

fn unit_status(word: &str) -> Result<UnitStatus, String> {
    let named = UnitStatus::from_str_name(&name("UNIT_STATUS_", word)).filter(|it| *it != UnitStatus::Unspecified);
    let all = "available, assigned, acknowledged, en-route, on-scene, transporting, at-hospital, cleared, out-of-service, \
               assignment-cancelled or busy";
    named.ok_or_else(|| format!("there are {all}"))
}

fn incident_status(word: &str) -> Result<IncidentStatus, String> {
    // The wire has one word for it.
    let named = IncidentStatus::from_str_name(&name("INCIDENT_STATUS_", &word.replace("en-route", "enroute")));
    let all = "active, resources-assigned, resources-en-route, resources-on-scene, closed, cancelled or reopened";
    named.filter(|it| *it != IncidentStatus::Unspecified).ok_or_else(|| format!("there are {all}"))
}

/// "en-route" as the wire names it.
fn name(prefix: &str, word: &str) -> String {
    format!("{prefix}{}", word.to_uppercase().replace('-', "_"))
}
