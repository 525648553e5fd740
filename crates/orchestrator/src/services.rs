//! The emergency services as agents: card names, names for people, step ids.

use triage::Service;
use types::{AgentName, SkillId, StepId};

/// The skill that sends units.
const DISPATCH: &str = "dispatch";

/// The skill that takes them back.
const RELEASE: &str = "release";

/// The skill that tells them another place.
const REDIRECT: &str = "redirect";

/// The card name of a service's agent.
pub(crate) fn agent(service: Service) -> AgentName {
    let name = match service {
        Service::Fire => "Fire Agent",
        Service::Police => "Police Agent",
        Service::Ambulance => "Ambulance Agent",
    };
    name.parse().expect("a plain name")
}

/// The step that sends a service.
pub(crate) fn step_id(service: Service) -> StepId {
    service.as_str().parse().expect("a plain word")
}

/// The skill that sends units.
pub(crate) fn dispatch() -> SkillId {
    DISPATCH.parse().expect("a plain word")
}

/// The skill that takes them back.
pub(crate) fn release() -> SkillId {
    RELEASE.parse().expect("a plain word")
}

/// The skill that tells them another place.
pub(crate) fn redirect() -> SkillId {
    REDIRECT.parse().expect("a plain word")
}

/// The step that tells those another place whom a step has sent.
pub(crate) fn redirect_id(step: &StepId) -> StepId {
    format!("{step}.{REDIRECT}").parse().expect("a step's id and a plain word")
}

/// What people call an agent.
pub(crate) fn spoken(agent: &AgentName) -> &str {
    match agent.as_str() {
        "Fire Agent" => "Fire Brigade Agent",
        name => name,
    }
}
