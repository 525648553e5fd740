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
        if step.tells().is_some() {
            match run.bound_to(step).map(|route| told(directory, &step.agent, step.skill.as_ref(), route)) {
                Some(Ok(route)) => routes.open.push((step.id.clone(), route)),
                Some(Err(missing)) if directory.registry().synced() => routes.closed.push((step.id.clone(), missing)),
                // The registry has not been heard, or what it is about has not been sent.
                Some(Err(_)) | None => {}
            }
            continue;
        }
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

/// Where an agent is told something about what went to `route`: at the same store, whoever serves it now, where that
/// offers the skill. Another agent might take what it is told for work of its own. What skills a foreign one has is
/// not known.
pub(crate) fn told(
    directory: &Directory,
    agent: &AgentName,
    skill: Option<&SkillId>,
    route: &Route,
) -> Result<Route, Missing> {
    let Some(store) = route.store_id else { return Err(Missing::Skill) };
    let serving = directory.registry().by_store(store);
    let of_agent: Vec<_> = serving.iter().filter(|endpoint| endpoint.agent == *agent).collect();
    let offers = |endpoint: &Endpoint| skill.is_none_or(|skill| endpoint.offers(skill));
    let fitting: Vec<_> = of_agent.iter().filter(|endpoint| offers(endpoint)).collect();
    match (of_agent.is_empty(), fitting.first()) {
        (true, _) => Err(Missing::Agent),
        (false, None) => Err(Missing::Skill),
        (false, Some(_)) => {
            let trusted = fitting.iter().find(|endpoint| directory.trusts(endpoint));
            trusted.map(|endpoint| directory.route(endpoint)).ok_or(Missing::Signature)
        }
    }
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
