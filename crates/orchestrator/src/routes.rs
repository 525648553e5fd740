//! Where a step would go now: chosen from the watched view, never by asking.

use std::collections::BTreeMap;

use discovery::{Endpoint, Wanted};
use engine::{Missing, Route, Routes, Run, Step};
use types::{AgentName, SkillId};

use crate::dispatcher::{Directory, Kind};

/// The open routes of the steps that may begin, and of those that are added; and what the others lack.
pub(crate) fn open(directory: &Directory, run: &Run, added: &[Step], context: &str) -> Routes {
    let mut routes = Routes::default();
    let mut chosen: BTreeMap<Kind, u64> = BTreeMap::new();
    for step in run.wanting().chain(added) {
        let shunned = |route: &Route| run.step(&step.id).is_some_and(|(_, _, status)| status.shuns(route));
        let kind = (step.agent.clone(), step.skill.clone());
        let before = *chosen.entry(kind.clone()).and_modify(|count| *count += 1).or_insert(0);
        let choose = |shunned: &dyn Fn(&Route) -> bool| choose(directory, &kind, context, before, shunned);
        // One that the step shuns is told too: the decision may be that it does not any more.
        match choose(&shunned).or_else(|| choose(&|_| false)) {
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
    let well = || !registry.endpoints(&step.agent, step.skill.as_ref()).is_empty();
    match (registry.synced(), any(None), any(step.skill.as_ref())) {
        (false, _, _) => None,
        (true, false, _) => Some(Missing::Agent),
        (true, true, false) => Some(Missing::Skill),
        // Who takes work and is not chosen may not be called.
        (true, true, true) if well() => Some(Missing::Signature),
        (true, true, true) => Some(Missing::Health),
    }
}

/// The instance of an agent that the policy puts first; a foreign agent of that name when the registry knows none.
fn choose(
    directory: &Directory,
    kind: &Kind,
    context: &str,
    before: u64,
    shunned: &dyn Fn(&Route) -> bool,
) -> Option<Route> {
    let mut endpoints = directory.registry().endpoints(&kind.0, kind.1.as_ref());
    endpoints.retain(|endpoint| directory.trusts(endpoint) && !shunned(&directory.route(endpoint)));
    let first = directory.first(&endpoints, kind, context, before);
    first.map(|endpoint| directory.route(endpoint)).or_else(|| directory.foreign(&kind.0))
}

/// Whether there is any way that is not shunned.
pub(crate) fn any(
    directory: &Directory,
    agent: &AgentName,
    skill: Option<&SkillId>,
    shunned: impl Fn(&Route) -> bool,
) -> bool {
    let endpoints = directory.registry().endpoints(agent, skill);
    let open = |endpoint: &Endpoint| directory.trusts(endpoint) && !shunned(&directory.route(endpoint));
    endpoints.iter().any(|endpoint| open(endpoint)) || directory.foreign(agent).is_some()
}
