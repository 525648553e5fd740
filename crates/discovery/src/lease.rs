//! A registration that is kept alive until shutdown. The work is done by one background task.

use std::time::Duration;

use proto::a2a::AgentCard;
use service::client::Peer;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;
use types::{InstanceId, StoreId};

use crate::hold::Holder;
use crate::{Error, Health, connect};

/// What is registered.
#[derive(Debug, Clone)]
pub struct Registration {
    /// Which process of the agent; a restart keeps it.
    pub instance: InstanceId,
    /// The card as it is served, with the interfaces that others reach.
    pub card: AgentCard,
    /// The store behind the instance.
    pub store_id: StoreId,
    /// What the instance is for among agents, such as `responder`, or empty.
    pub role: String,
    /// The field that it works in, such as `emergency`, or empty.
    pub domain: String,
}

/// Where and what to register.
#[derive(Debug, Clone)]
pub struct LeaseConfig {
    /// The registry.
    pub registry: Peer,
    /// What to register.
    pub registration: Registration,
    /// The wanted lease; `None` leaves it to the registry, which grants what lies within its bounds.
    pub ttl: Option<Duration>,
}

/// What an instance reports with every renewal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vitals {
    /// Whether it takes work.
    pub health: Health,
    /// Tasks under way.
    pub in_flight: u32,
    /// Share of what it can do that is taken, in percent; `None` when there is no measure of it.
    pub load: Option<u32>,
}

/// Where a lease stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeaseState {
    /// Not registered yet, or not any more; trying.
    Seeking,
    /// The registry does not accept this registration; tried again at a slow pace.
    Refused {
        /// The registry's reason.
        reason: String,
    },
    /// Registered, and renewed within its time.
    Held {
        /// The registration's epoch.
        epoch: u64,
        /// The granted lease.
        ttl: Duration,
    },
    /// A newer registration of this instance exists; nothing is tried any more.
    Superseded,
    /// Given back at shutdown, or lost while shutting down.
    Released,
}

/// Starts leases.
#[derive(Debug)]
pub struct Lease;

/// Watches one lease.
#[derive(Debug, Clone)]
pub struct LeaseHandle {
    state: watch::Receiver<LeaseState>,
}

impl Lease {
    /// Registers and renews in the background until `shutdown`, then deregisters.
    /// `vitals` goes out with every renewal, and a change of health at once. Needs a tokio runtime.
    pub fn hold(
        config: LeaseConfig,
        vitals: watch::Receiver<Vitals>,
        shutdown: CancellationToken,
    ) -> Result<LeaseHandle, Error> {
        let client = connect::client(&config.registry)?;
        let (tx, state) = watch::channel(LeaseState::Seeking);
        let span = tracing::info_span!("lease", agent = config.registration.card.name, registry = %config.registry);
        tokio::spawn(Holder::new(client, config, vitals, tx).run(shutdown).instrument(span));
        Ok(LeaseHandle { state })
    }
}

impl LeaseHandle {
    /// Where the lease stands, now and from now on.
    pub fn state(&self) -> watch::Receiver<LeaseState> {
        self.state.clone()
    }

    /// Whether the instance is registered.
    pub fn is_held(&self) -> bool {
        matches!(*self.state.borrow(), LeaseState::Held { .. })
    }

    /// Resolves when the background task has ended: deregistered, given up at shutdown, or superseded.
    pub async fn ended(&self) {
        let mut state = self.state();
        // An error means that the task is gone, which is what is waited for.
        while state.changed().await.is_ok() {}
    }
}
