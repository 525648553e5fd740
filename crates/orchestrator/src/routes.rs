//! Where a step would go now: chosen from the watched view, never by asking.

use discovery::{Endpoint, View, Wanted};
use engine::{Missing, Route, Routes, Step};
use types::{AgentName, SkillId};

/// The open routes of these steps, and what the others lack.
pub(crate) fn open<'s>(registry: &View, steps: impl Iterator<Item = &'s Step>) -> Routes {
    let mut routes = Routes::default();
    for step in steps {
        match choose(registry, &step.agent, step.skill.as_ref()) {
            Some(route) => routes.open.push((step.id.clone(), route)),
            None => routes.closed.extend(missing(registry, step).map(|missing| (step.id.clone(), missing))),
        }
    }
    routes
}

/// What a step without a route lacks; not known before the registry has been heard.
fn missing(registry: &View, step: &Step) -> Option<Missing> {
    let any = |skill| !registry.instances(&step.agent, skill, Wanted::All).is_empty();
    match (registry.synced(), any(None), any(step.skill.as_ref())) {
        (false, _, _) => None,
        (true, false, _) => Some(Missing::Agent),
        (true, true, false) => Some(Missing::Skill),
        (true, true, true) => Some(Missing::Health),
    }
}

/// The endpoint of an agent with the least work in flight; the first of equals in the registry's order.
pub(crate) fn choose(registry: &View, agent: &AgentName, skill: Option<&SkillId>) -> Option<Route> {
    let endpoints = registry.endpoints(agent, skill);
    let least = endpoints.iter().min_by_key(|endpoint| endpoint.in_flight)?;
    Some(route(least))
}

fn route(endpoint: &Endpoint) -> Route {
    Route { endpoint: endpoint.url.as_str().into(), store_id: endpoint.store_id }
}
