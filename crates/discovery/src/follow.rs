//! The task behind a view: watch, resume from the last version, start over when that is compacted.

use std::sync::Arc;
use std::time::Duration;

use proto::watchroom::registry::v1 as wire;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tonic::{Code, Status, Streaming};
use wire::watch_agents_response::Event;

use crate::connect::{Client, PATIENCE};
use crate::outage::Outage;
use crate::view::{Key, Known, Table};
use crate::{Endpoint, Filter, convert};

/// Longest base of a pause before the next attempt.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Owns what a view knows.
#[derive(Debug)]
pub(crate) struct Follower {
    client: Client,
    filter: wire::Filter,
    known: watch::Sender<Known>,
    outage: Outage,
    /// The last version seen, and whose it is; 0 before the first snapshot.
    version: u64,
    registry_id: String,
}

impl Follower {
    pub(crate) fn new(client: Client, filter: &Filter, known: watch::Sender<Known>) -> Self {
        let outage = Outage::new("view", LONGEST_PAUSE);
        Self { client, filter: filter.into(), known, outage, version: 0, registry_id: String::new() }
    }

    /// Follows the registry until `shutdown`.
    pub(crate) async fn run(mut self, shutdown: CancellationToken) {
        shutdown.run_until_cancelled(self.follow()).await;
    }

    async fn follow(&mut self) {
        loop {
            let status = self.watch().await;
            if status.code() == Code::OutOfRange && self.version > 0 {
                tracing::info!(version = self.version, "the registry cannot resume the watch; taking a new snapshot");
                self.version = 0;
                continue;
            }
            self.known.send_modify(|known| {
                known.failed = true;
                known.lost.get_or_insert_with(Instant::now);
            });
            let pause = self.outage.failed(&status);
            sleep(pause).await;
        }
    }

    /// One watch stream to its end; says why it ended.
    async fn watch(&mut self) -> Status {
        match self.open().await {
            Ok(events) if self.version == 0 => self.snapshot(events).await,
            Ok(events) => self.changes(events).await,
            Err(status) => status,
        }
    }

    async fn open(&mut self) -> Result<Streaming<wire::WatchAgentsResponse>, Status> {
        let request = wire::WatchAgentsRequest {
            filter: Some(self.filter.clone()),
            from_version: self.version,
            registry_id: self.registry_id.clone(),
        };
        let late = |_| Status::deadline_exceeded(format!("no answer within {PATIENCE:?}"));
        Ok(timeout(PATIENCE, self.client.watch_agents(request)).await.map_err(late)??.into_inner())
    }

    /// Collects a snapshot, shows all of it at once, and goes on with changes.
    async fn snapshot(&mut self, mut events: Streaming<wire::WatchAgentsResponse>) -> Status {
        let mut fresh = Table::new();
        loop {
            let item = match next(&mut events).await {
                Ok(item) => item,
                Err(status) => return status,
            };
            match item.event {
                Some(Event::Synced(synced)) => {
                    self.known.send_modify(|known| known.endpoints = fresh);
                    self.synced(item.version, synced);
                    return self.changes(events).await;
                }
                Some(event) => drop(apply(&mut fresh, event)),
                None => {}
            }
        }
    }

    async fn changes(&mut self, mut events: Streaming<wire::WatchAgentsResponse>) -> Status {
        loop {
            let item = match next(&mut events).await {
                Ok(item) => item,
                Err(status) => return status,
            };
            match item.event {
                Some(Event::Synced(synced)) => self.synced(item.version, synced),
                Some(Event::Bookmark(mark)) => self.marked(item.version, &mark),
                Some(event) => {
                    self.known.send_if_modified(|known| apply(&mut known.endpoints, event));
                    self.version = self.version.max(item.version);
                }
                None => {}
            }
        }
    }

    fn synced(&mut self, version: u64, synced: wire::Synced) {
        self.outage.over();
        (self.version, self.registry_id) = (version, synced.registry_id);
        self.known.send_modify(|known| (known.synced, known.lost, known.doubted) = (true, None, None));
    }

    fn marked(&mut self, version: u64, mark: &wire::Bookmark) {
        self.version = self.version.max(version);
        self.known.send_if_modified(|known| {
            let turned = known.doubted.is_some() != mark.stale;
            known.doubted = mark.stale.then(|| known.doubted.unwrap_or_else(Instant::now));
            turned
        });
    }
}

async fn next(events: &mut Streaming<wire::WatchAgentsResponse>) -> Result<wire::WatchAgentsResponse, Status> {
    events.message().await?.ok_or_else(|| Status::unavailable("the registry ended the watch"))
}

/// Applies one event and says whether anything changed.
fn apply(table: &mut Table, event: Event) -> bool {
    match event {
        Event::Upsert(agent) => upsert(table, agent),
        Event::Removed(gone) => convert::key(gone.name, gone.agent_version, gone.instance_id)
            .is_some_and(|key| table.remove(&key).is_some()),
        Event::Report(report) => reported(table, report),
        Event::Synced(_) | Event::Bookmark(_) => false,
    }
}

/// An instance without a usable gRPC interface is nothing that a look-up could find.
fn upsert(table: &mut Table, agent: wire::Agent) -> bool {
    let Some(key) = convert::key_of(&agent) else { return false };
    match convert::endpoint(agent) {
        Some(endpoint) => insert(table, key, endpoint),
        None => table.remove(&key).is_some(),
    }
}

fn reported(table: &mut Table, report: wire::Report) -> bool {
    let health = convert::health(report.health, report.draining);
    let (in_flight, load) = (report.in_flight, report.load_percent);
    let failing = report.callers.is_some_and(|callers| callers.failing);
    let Some(key) = convert::key(report.name, report.agent_version, report.instance_id) else { return false };
    let Some(known) = table.get(&key) else { return false };
    let endpoint = Endpoint { health, in_flight, load, failing, ..Endpoint::clone(known) };
    insert(table, key, endpoint)
}

fn insert(table: &mut Table, key: Key, endpoint: Endpoint) -> bool {
    if table.get(&key).is_some_and(|known| **known == endpoint) {
        return false;
    }
    table.insert(key, Arc::new(endpoint));
    true
}
