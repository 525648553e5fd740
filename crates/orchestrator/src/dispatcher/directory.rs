//! Who can be dispatched to, and where: the registry's view, and the foreign agents of the settings.

use std::collections::BTreeMap;
use std::sync::Arc;

use discovery::choose::{self, Candidate, Occasion, Policy, Turns};
use discovery::{Endpoint, Outcomes, Seen, View};
use engine::Route;
use parking_lot::Mutex;
use types::{AgentName, SkillId, StoreId};

use crate::settings::Settings;

/// Work that any instance of an agent with a skill can do.
pub(crate) type Kind = (AgentName, Option<SkillId>);

/// Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Directory {
    registry: View,
    foreign: Arc<BTreeMap<AgentName, Arc<str>>>,
    policy: Policy,
    /// Whether only those are called whose card is signed.
    only_signed: bool,
    /// Dispatches so far: looking is not choosing.
    turns: Arc<Mutex<Turns<Kind>>>,
    outcomes: Outcomes,
}

impl Directory {
    pub(crate) fn new(registry: View, outcomes: Outcomes, settings: &Settings) -> Self {
        let foreign = settings.foreign.iter().map(|agent| (agent.name.clone(), agent.url.clone())).collect();
        let (policy, only_signed) = (settings.choose, settings.only_signed);
        Self { registry, foreign: Arc::new(foreign), policy, only_signed, turns: Arc::default(), outcomes }
    }

    /// Those that keep themselves registered.
    pub(crate) fn registry(&self) -> &View {
        &self.registry
    }

    /// The one of these instances that the policy puts first, for a piece of work in `context` that `before` others
    /// of its kind are chosen together with.
    pub(crate) fn first<'e>(
        &self,
        of: &'e [Arc<Endpoint>],
        kind: &Kind,
        context: &str,
        before: u64,
    ) -> Option<&'e Endpoint> {
        let candidates: Vec<Candidate<'_>> = of.iter().map(|endpoint| endpoint.candidate()).collect();
        let turn = self.turns.lock().so_far(kind).wrapping_add(before);
        let occasion = Occasion { turn, chance: rand::random(), context };
        let first = choose::order(self.policy, occasion, &candidates).into_iter().next()?;
        of.get(first.index).map(|endpoint| &**endpoint)
    }

    /// Counts a dispatch.
    pub(crate) fn dispatched(&self, kind: Kind) {
        self.turns.lock().next(kind);
    }

    /// Tells the registry, in its time, how a call went. Foreign agents are not its business.
    pub(crate) fn saw(&self, route: &Route, seen: Seen) {
        let serving = route.store_id.map(|store| self.registry.by_store(store)).unwrap_or_default();
        let called = serving.iter().find(|endpoint| *endpoint.url == *route.endpoint);
        if let Some(endpoint) = called.or(serving.first()) {
            self.outcomes.note(endpoint, seen);
        }
    }

    /// The way to a registered endpoint.
    pub(crate) fn route(&self, endpoint: &Endpoint) -> Route {
        Route { endpoint: endpoint.url.as_str().into(), store_id: Some(endpoint.store_id) }
    }

    /// The way to the foreign agent of that name.
    pub(crate) fn foreign(&self, agent: &AgentName) -> Option<Route> {
        self.foreign.get(agent).map(|url| Route { endpoint: url.clone(), store_id: None })
    }

    /// Whether a registered instance may be called, and shown our token with that.
    pub(crate) fn trusts(&self, endpoint: &Endpoint) -> bool {
        endpoint.signed || !self.only_signed
    }

    /// Every instance that may be called and answers from that store, healthy first.
    pub(crate) fn serving(&self, store: StoreId) -> Vec<Arc<Endpoint>> {
        let mut serving = self.registry.by_store(store);
        serving.retain(|endpoint| self.trusts(endpoint));
        serving
    }

    /// Waits until the route's store is not served at `address` any more, as [`Self::left`] does.
    pub(super) async fn moved(&self, route: &Route, address: &Option<String>) {
        match route.store_id {
            Some(store) => self.left(store, address.as_deref()).await,
            None => std::future::pending().await,
        }
    }

    /// Waits until the store is not served at `address` any more by one that may be called, where those are agents with
    /// signed cards alone: a client asks again by itself, and shows our token with that. For ever where all may be
    /// called.
    pub(crate) async fn left(&self, store: StoreId, address: Option<&str>) {
        if !self.only_signed {
            return std::future::pending().await;
        }
        self.registry.until(|_| (!stands(&self.serving(store), address)).then_some(())).await;
    }

    /// Where the route's store is served now; the route's own endpoint when nobody is registered for it, unless only
    /// those may be called whose card is signed: who answers there now, nobody says.
    pub(crate) fn address(&self, route: &Route) -> Option<String> {
        let Some(store) = route.store_id else { return Some(route.endpoint.to_string()) };
        let serving = self.serving(store);
        let same = serving.iter().find(|endpoint| *endpoint.url == *route.endpoint);
        match same.or(serving.first()) {
            Some(endpoint) => Some(endpoint.url.clone()),
            None => (!self.only_signed).then(|| route.endpoint.to_string()),
        }
    }
}

/// Whether what was taken for the address is right still. Any that serves will do, whoever comes first by now: of two
/// replicas whose health takes turns neither has gone.
fn stands(serving: &[Arc<Endpoint>], address: Option<&str>) -> bool {
    match address {
        Some(address) => serving.iter().any(|endpoint| endpoint.url == address),
        None => serving.is_empty(),
    }
}

#[cfg(test)]
mod tests;
