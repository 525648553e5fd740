//! Who can be dispatched to: the registry's view, which is late about who has died.

use engine::{Missing, Route, Routes, Run, Step};
use types::{AgentName, StoreId};

use crate::world::{Node, NodeId, World};

/// The routes of the steps that may begin, and of those that are added.
pub(crate) fn routes(world: &World, run: &Run, added: &[Step]) -> Routes {
    let mut routes = Routes::default();
    for step in run.wanting().chain(added) {
        if step.tells().is_some() {
            if let Some(route) = run.bound_to(step) {
                match told(world, route) {
                    true => routes.open.push((step.id.clone(), route.clone())),
                    false => routes.closed.push((step.id.clone(), Missing::Agent)),
                }
            }
            continue;
        }
        let shunned = |route: &Route| run.step(&step.id).is_some_and(|(_, _, status)| status.shuns(route));
        let chosen = choose(world, &step.agent, shunned).or_else(|| choose(world, &step.agent, |_| false));
        match chosen {
            Some(route) => routes.open.push((step.id.clone(), route)),
            None => routes.closed.push((step.id.clone(), Missing::Agent)),
        }
    }
    routes
}

/// Whether who has what went to `route` can be told something about it. What a foreign agent can be told is not known.
pub(crate) fn told(world: &World, to: &Route) -> bool {
    to.store_id.is_some() && world.nodes.lock().iter().any(|node| node.registered && route(node).meets(to))
}

/// An endpoint of the agent.
pub(crate) fn choose(world: &World, agent: &AgentName, shunned: impl Fn(&Route) -> bool) -> Option<Route> {
    let open: Vec<Route> = {
        let nodes = world.nodes.lock();
        let of_name = nodes.iter().filter(|node| node.registered && node.name == *agent);
        of_name.map(route).filter(|route| !shunned(route)).collect()
    };
    world.draw(|chance| chance.pick(&open).cloned())
}

/// Where a route leads.
pub(crate) fn node_of(world: &World, to: &Route) -> Option<NodeId> {
    world.nodes.lock().iter().position(|node| route(node).meets(to)).map(NodeId)
}

/// The other store of the same agent.
pub(crate) fn neighbour(world: &World, node: NodeId) -> Option<(NodeId, StoreId)> {
    let nodes = world.nodes.lock();
    let name = &nodes.get(node.0)?.name;
    let others = nodes.iter().enumerate().filter(|(place, other)| *place != node.0 && other.name == *name);
    others.map(|(place, other)| (NodeId(place), other.store_id)).next()
}

fn route(node: &Node) -> Route {
    let store_id = (!node.foreign).then_some(node.store_id);
    Route { endpoint: format!("http://{}", node.store_id.as_bytes()[0]).into(), store_id }
}
