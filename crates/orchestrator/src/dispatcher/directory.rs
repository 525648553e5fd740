//! Who can be dispatched to, and where: the registry's view, and the foreign agents of the settings.

use std::collections::BTreeMap;
use std::sync::Arc;

use discovery::{Endpoint, View};
use engine::Route;
use types::AgentName;

use crate::settings::Foreign;

/// Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Directory {
    registry: View,
    foreign: Arc<BTreeMap<AgentName, Arc<str>>>,
}

impl Directory {
    pub(crate) fn new(registry: View, foreign: &[Foreign]) -> Self {
        let foreign = foreign.iter().map(|agent| (agent.name.clone(), agent.url.clone())).collect();
        Self { registry, foreign: Arc::new(foreign) }
    }

    /// Those that keep themselves registered.
    pub(crate) fn registry(&self) -> &View {
        &self.registry
    }

    /// The way to a registered endpoint.
    pub(crate) fn route(&self, endpoint: &Endpoint) -> Route {
        Route { endpoint: endpoint.url.as_str().into(), store_id: Some(endpoint.store_id) }
    }

    /// The way to the foreign agent of that name.
    pub(crate) fn foreign(&self, agent: &AgentName) -> Option<Route> {
        self.foreign.get(agent).map(|url| Route { endpoint: url.clone(), store_id: None })
    }

    /// Where the route's store is served now; the route's own endpoint when nobody is registered for it.
    pub(crate) fn address(&self, route: &Route) -> String {
        let serving = route.store_id.map(|store| self.registry.by_store(store)).unwrap_or_default();
        let same = serving.iter().find(|endpoint| *endpoint.url == *route.endpoint);
        match same.or(serving.first()) {
            Some(endpoint) => endpoint.url.clone(),
            None => route.endpoint.to_string(),
        }
    }
}
