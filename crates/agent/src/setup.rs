//! From settings to a serving process: the store, the ports, the card, the lease.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use discovery::{Health, Lease, LeaseConfig, Registration, Vitals};
use outbound::Dialer;
use proto::a2a::{AgentCard, AgentSkill};
use proto::watchroom::agent::v1::steps_server::StepsServer;
use service::client::Peer;
use service::{Bound, Fatal, Process, Rule};
use store::{EmbeddedStore, MemoryStore, Ownership, Store};
use tokio::sync::watch;
use tonic::service::Routes;
use tracing::Instrument;

use crate::admin::Admin;
use crate::agent::Profile;
use crate::args::{Args, Durability};
use crate::capability::{self, Capability};
use crate::card_keys::CardKeys;
use crate::driver::Driver;
use crate::fence::Steps;
use crate::kit::{Kit, Parts};
use crate::security;

/// Who may call what, where callers must say who they are.
const RULES: [Rule; 1] = [Rule { path: Admin::PATH, roles: &[] }];

/// How often the number of tasks under way is told to the registry.
const VITALS: Duration = Duration::from_secs(1);

/// A process with its store open, not serving yet. Its ports are bound when its settings are known to be good.
pub struct Setup {
    args: Args,
    process: Process,
    bound: Option<Bound>,
    store: Arc<dyn Store>,
    own: Ownership,
    /// Role and domain of the profile.
    labels: (&'static str, &'static str),
}

impl Setup {
    /// Opens the store.
    pub async fn open(args: &Args, process: &Process) -> Result<Self, Fatal> {
        let store = open_store(args, process.name())?;
        let own = store.own().await.map_err(|error| Fatal::internal("the store does not answer", error))?;
        let closing = store.clone();
        process.on_stop("store", async move {
            if let Err(error) = closing.close().await {
                tracing::error!(error = &error as &dyn std::error::Error, "the store did not close");
            }
        });
        Ok(Self { args: args.clone(), process: process.clone(), bound: None, store, own, labels: ("", "") })
    }

    /// The process.
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// Where the tasks live.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Who owns the store.
    pub fn ownership(&self) -> Ownership {
        self.own
    }

    /// Binds the ports, starts the kit of `driver` under the card of `profile`, and takes up what was in hand.
    pub async fn start<D: Driver>(&mut self, driver: D, profile: Profile) -> Result<Kit<D>, Fatal> {
        let bound = self.process.bind()?;
        self.labels = (profile.role, profile.domain);
        let sends = !profile.without.contains(&Capability::PushNotifications);
        let (card, keys) = (self.card(profile, bound.address())?, CardKeys::read(&self.args.card_keys)?);
        let extended = keys.sign(extended(&card, driver.private_skills()))?;
        // Last: a signature covers everything that the card says.
        let card = keys.sign(card)?;
        self.bound = Some(bound);
        let closing = self.process.drain().streams_end();
        let idempotency = self.args.idempotency;
        let parts = Parts { driver, store: self.store.clone(), card, idempotency, closing };
        let kit = Kit::start(parts).await.map_err(|error| Fatal::internal("the store cannot be read", error))?;
        kit.open_extended_card(extended);
        kit.meters().register(self.process.metrics());
        if sends {
            kit.open_push(self.args.push.push(self.process.roots())).register(self.process.metrics());
        }
        Ok(kit)
    }

    fn card(&self, profile: Profile, address: SocketAddr) -> Result<AgentCard, Fatal> {
        let url = self.args.advertise.clone().unwrap_or_else(|| address.to_string());
        let Profile { name, description, skills, extensions, required_extensions, without, .. } = profile;
        let card = a2a::Card { name, description, version: self.process.version().to_owned(), url, skills, extensions };
        let mut card = card.build().map_err(|violations| {
            let missing: Vec<String> =
                violations.into_iter().map(|it| format!("{} {}", it.field, it.description)).collect();
            Fatal::usage(format!("the agent's card is not valid: {}", missing.join(", ")))
        })?;
        let known = self.process.asks_who_calls();
        capability::promise(&mut card, &without, known);
        capability::require(&mut card, required_extensions);
        self.args.idempotency.tell(&mut card);
        if known {
            security::demand_bearer(&mut card);
        }
        Ok(card)
    }

    /// Serves A2A by all bindings, the fences of dispatches, the log and what `extend` adds, and stays registered, until the process is drained.
    pub async fn serve<D: Driver>(mut self, kit: Kit<D>, extend: impl FnOnce(Routes) -> Routes) -> Result<(), Fatal> {
        self.register(&kit)?;
        let store = self.store.clone();
        let (process, described) = (self.process.clone(), kit.clone());
        let push = kit.push().cloned();
        let admin = Admin::pushing(process, store, push, move |entry| described.driver().describe(entry));
        let steps = StepsServer::new(Steps::new(kit.clone())).max_decoding_message_size(service::limits::DECODE);
        let backend = Arc::new(kit);
        let http = a2a::http_routes(backend.clone());
        let routes = Routes::new(a2a::routes(backend)).add_service(admin).add_service(steps);
        let bound = match self.bound.take() {
            Some(bound) => bound,
            None => self.process.bind()?,
        };
        bound.ruled(&RULES).serve_with(extend(routes), http, &[proto::DESCRIPTORS]).await
    }

    /// Keeps the service in the registry. A registry that cannot be reached stops nothing.
    fn register<D: Driver>(&self, kit: &Kit<D>) -> Result<(), Fatal> {
        let registration = Registration {
            instance: self.args.instance.clone(),
            card: AgentCard::clone(kit.card()),
            store_id: self.own.store_id,
            role: self.labels.0.to_owned(),
            domain: self.labels.1.to_owned(),
        };
        let dialer = Dialer::anywhere(self.process.roots().clone());
        let registry = Peer::new(&self.args.registry, self.args.credential()?).via(dialer);
        let config = LeaseConfig { registry, registration, ttl: None };
        let (tx, vitals) = watch::channel(Vitals { health: Health::Serving, in_flight: 0, load: None });
        let drain = self.process.drain();
        let stop = drain.streams_end();
        let lease = Lease::hold(config, vitals, stop.clone()).map_err(|error| Fatal::usage(error.to_string()))?;
        self.process.on_stop("lease", async move { lease.ended().await });
        let report = report(kit.clone(), drain, tx);
        tokio::spawn(
            async move {
                tokio::select! { () = report => {}, () = stop.cancelled() => {} }
            }
            .instrument(tracing::debug_span!("vitals")),
        );
        Ok(())
    }
}

/// The public card with the skills that only known callers are told of.
fn extended(card: &AgentCard, skills: Vec<AgentSkill>) -> AgentCard {
    let mut card = card.clone();
    card.skills.extend(skills);
    card
}

/// Tells the lease how the service is.
async fn report<D: Driver>(kit: Kit<D>, drain: service::Drain, vitals: watch::Sender<Vitals>) {
    let mut tick = tokio::time::interval(VITALS);
    let begun = drain.begun();
    tokio::pin!(begun);
    loop {
        let health = tokio::select! {
            _ = tick.tick() => Health::Serving,
            () = &mut begun => Health::Draining,
        };
        kit.meters().in_memory(kit.in_flight());
        let in_flight = u32::try_from(kit.in_flight()).unwrap_or(u32::MAX);
        vitals.send_replace(Vitals { health, in_flight, load: None });
        if health == Health::Draining {
            return;
        }
    }
}

fn open_store(args: &Args, name: &str) -> Result<Arc<dyn Store>, Fatal> {
    if args.in_memory {
        tracing::warn!("tasks are kept in memory only: a restart forgets them");
        return Ok(Arc::new(MemoryStore::new()));
    }
    let dir = args.data_dir(name);
    let durability = match args.durability {
        Durability::Strict => store::Durability::Strict,
        Durability::Relaxed => store::Durability::Relaxed,
    };
    let options = store::Options { durability, ..store::Options::at(dir.clone()) };
    match EmbeddedStore::open(options) {
        Ok(store) => Ok(Arc::new(store)),
        Err(error) => {
            Err(Fatal::io(format_args!("cannot open the data directory {} (--data-dir)", dir.display()), error))
        }
    }
}

impl fmt::Debug for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setup").field("args", &self.args).field("own", &self.own).finish_non_exhaustive()
    }
}
