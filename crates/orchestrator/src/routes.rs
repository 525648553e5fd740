//! Where a step would go now: chosen from the watched view, never by asking.

use discovery::{Endpoint, View};
use engine::{Route, Routes, Step};
use types::{AgentName, SkillId};

/// The open routes of these steps.
pub(crate) fn open<'s>(registry: &View, steps: impl Iterator<Item = &'s Step>) -> Routes {
    let routes = steps.filter_map(|step| {
        let route = choose(registry, &step.agent, step.skill.as_ref())?;
        Some((step.id.clone(), route))
    });
    Routes(routes.collect())
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
