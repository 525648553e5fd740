//! Where a step would go now: chosen from the watched view, never by asking.

use discovery::Wanted;
use engine::{Missing, Route, Routes, Run, Step};
use types::{AgentName, SkillId};

use crate::dispatcher::Directory;

/// The open routes of the steps that may begin, and of those that are added; and what the others lack.
pub(crate) fn open(directory: &Directory, run: &Run, added: &[Step]) -> Routes {
    let mut routes = Routes::default();
    for step in run.wanting().chain(added) {
        let shunned = |route: &Route| run.step(&step.id).is_some_and(|(_, _, status)| status.shuns(route));
        let skill = step.skill.as_ref();
        // One that the step shuns is told too: the decision may be that it does not any more.
        let chosen =
            choose(directory, &step.agent, skill, shunned).or_else(|| choose(directory, &step.agent, skill, |_| false));
        match chosen {
            Some(route) => routes.open.push((step.id.clone(), route)),
            None => routes.closed.extend(missing(directory, step).map(|missing| (step.id.clone(), missing))),
        }
    }
    routes
}

/// What a step without a route lacks; not known before the registry has been heard.
fn missing(directory: &Directory, step: &Step) -> Option<Missing> {
    let registry = directory.registry();
    let any = |skill| !registry.instances(&step.agent, skill, Wanted::All).is_empty();
    match (registry.synced(), any(None), any(step.skill.as_ref())) {
        (false, _, _) => None,
        (true, false, _) => Some(Missing::Agent),
        (true, true, false) => Some(Missing::Skill),
        (true, true, true) => Some(Missing::Health),
    }
}

/// The endpoint of an agent with the least work in flight, the first of equals in the registry's order;
/// a foreign agent of that name when the registry knows none.
pub(crate) fn choose(
    directory: &Directory,
    agent: &AgentName,
    skill: Option<&SkillId>,
    shunned: impl Fn(&Route) -> bool,
) -> Option<Route> {
    let endpoints = directory.registry().endpoints(agent, skill);
    let open = endpoints.iter().map(|endpoint| (endpoint.in_flight, directory.route(endpoint)));
    let least = open.filter(|(_, route)| !shunned(route)).min_by_key(|(in_flight, _)| *in_flight);
    least.map(|(_, route)| route).or_else(|| directory.foreign(agent))
}
