//! What is registered, as last seen: look-ups never wait and never ask the registry.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use service::client::Peer;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;
use types::{AgentName, InstanceId, SkillId, StoreId};

use crate::follow::Follower;
use crate::{Endpoint, Error, Filter, Health, Wanted, connect};

/// Name, version and instance: the registry's order.
pub(crate) type Key = (AgentName, String, InstanceId);

/// Every usable instance.
pub(crate) type Table = BTreeMap<Key, Arc<Endpoint>>;

/// What is known, and how well.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) endpoints: Table,
    pub(crate) synced: bool,
    /// Whether asking it has failed once.
    pub(crate) failed: bool,
    /// Since when the registry is out of reach.
    pub(crate) lost: Option<Instant>,
    /// Since when the registry itself doubts what it shows.
    pub(crate) doubted: Option<Instant>,
}

/// A cheap handle to the last watched state of the registry.
#[derive(Debug, Clone)]
pub struct View {
    known: watch::Receiver<Known>,
}

/// A change of a view that comes after the call that made this.
#[derive(Debug)]
pub struct Changed(watch::Receiver<Known>);

impl View {
    /// Follows the registry at `registry` in the background until `shutdown`. Needs a tokio runtime.
    pub fn watch(registry: impl Into<Peer>, filter: Filter, shutdown: CancellationToken) -> Result<Self, Error> {
        let registry = registry.into();
        let client = connect::client(&registry)?;
        let lost = Some(Instant::now());
        let (tx, known) =
            watch::channel(Known { endpoints: Table::new(), synced: false, failed: false, lost, doubted: None });
        let span = tracing::info_span!("view", %registry);
        tokio::spawn(Follower::new(client, &filter, tx).run(shutdown).instrument(span));
        Ok(Self { known })
    }

    /// Healthy instances of `agent`, of those that offer `skill` when one is named, by version and instance id.
    pub fn endpoints(&self, agent: &AgentName, skill: Option<&SkillId>) -> Vec<Arc<Endpoint>> {
        self.instances(agent, skill, Wanted::Healthy)
    }

    /// Instances of `agent`, of those that offer `skill` when one is named, by version and instance id.
    pub fn instances(&self, agent: &AgentName, skill: Option<&SkillId>, wanted: Wanted) -> Vec<Arc<Endpoint>> {
        self.select(|endpoint| {
            endpoint.agent == *agent
                && skill.is_none_or(|skill| endpoint.offers(skill))
                && (wanted == Wanted::All || endpoint.health == Health::Serving)
        })
    }

    /// Every instance that answers from that store, healthy first: follow-up goes there whatever it says of itself.
    pub fn by_store(&self, store: StoreId) -> Vec<Arc<Endpoint>> {
        let mut found = self.select(|endpoint| endpoint.store_id == store);
        found.sort_by_key(|endpoint| endpoint.health != Health::Serving);
        found
    }

    /// Every instance, by name, version and instance id.
    pub fn all(&self) -> Vec<Arc<Endpoint>> {
        self.select(|_| true)
    }

    /// Whether the view has ever been complete.
    pub fn synced(&self) -> bool {
        self.known.borrow().synced
    }

    /// Whether the registry has been heard, or has been asked once in vain: waiting for it longer is waiting for its return.
    pub fn tried(&self) -> bool {
        let known = self.known.borrow();
        known.synced || known.failed
    }

    /// How long the registry has been out of reach, from the start on, or has missed too many renewals at once to say
    /// who is gone; `None` while it is followed and sure.
    pub fn stale(&self) -> Option<Duration> {
        let known = self.known.borrow();
        let since = [known.lost, known.doubted].into_iter().flatten().min();
        since.map(|since| since.elapsed())
    }

    /// The next change after this call: take it, look, then wait for it, and no change is missed.
    pub fn changed(&self) -> Changed {
        let mut known = self.known.clone();
        known.mark_unchanged();
        Changed(known)
    }

    /// Waits until `pick` finds something in the view. Stops never by itself: put a timeout around it.
    pub async fn until<T>(&self, mut pick: impl FnMut(&Self) -> Option<T>) -> T {
        loop {
            let changed = self.changed();
            if let Some(found) = pick(self) {
                return found;
            }
            changed.wait().await;
        }
    }

    fn select(&self, keep: impl Fn(&Endpoint) -> bool) -> Vec<Arc<Endpoint>> {
        self.known.borrow().endpoints.values().filter(|endpoint| keep(endpoint)).cloned().collect()
    }
}

impl Changed {
    /// Resolves at the change; never when the view has been shut down.
    pub async fn wait(mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
