//! The watchers of the measurement: each a stream of its own, and one that stops reading.

use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use proto::watchroom::registry::v1 as wire;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tonic::Streaming;
use wire::watch_agents_response::Event;

use super::agents::{instance, record};
use super::{AGENTS, Client, NAME, VERSION, WATCHERS, client};
use crate::error::Error;
use crate::load::new_histogram;

/// Versions that watchers have told and nobody has counted yet.
const TOLD: usize = 4096;

/// Watchers that read, and what they read.
pub(super) struct Watchers {
    told: mpsc::Receiver<(u64, Instant)>,
    _reading: JoinSet<Result<(), Error>>,
    /// Its stream is held and never read.
    _slow: Streaming<wire::WatchAgentsResponse>,
    /// From the first call until everybody had the whole snapshot.
    pub(super) snapshot: Duration,
}

impl Watchers {
    /// Starts all of them at once, and waits until each has seen every agent.
    pub(super) async fn start(clients: &[Client]) -> Result<Self, Error> {
        let begun = Instant::now();
        let mut opening = JoinSet::new();
        for number in 0..WATCHERS {
            opening.spawn(open(client(clients, number)));
        }
        let (tx, told) = mpsc::channel(TOLD);
        let mut reading = JoinSet::new();
        while let Some(opened) = opening.join_next().await {
            reading.spawn(read(opened.expect("a watcher only returns")?, tx.clone()));
        }
        let snapshot = begun.elapsed();
        let slow = client(clients, 0).watch_agents(wire::WatchAgentsRequest::default()).await?.into_inner();
        Ok(Self { told, _reading: reading, _slow: slow, snapshot })
    }

    /// Makes `changes` one after the other; how long each was on its way to each watcher, from its call on.
    pub(super) async fn fan_out(&mut self, mut writer: Client, changes: usize) -> Result<Histogram<u64>, Error> {
        let mut latencies = new_histogram();
        for number in 0..changes {
            let sent = Instant::now();
            let request = wire::SetDrainingRequest {
                name: NAME.to_owned(),
                version: VERSION.to_owned(),
                instance_id: instance(number % AGENTS),
                epoch: 0,
                draining: (number / AGENTS).is_multiple_of(2),
            };
            let version = writer.set_draining(request).await?.into_inner().version;
            let mut missing = WATCHERS;
            while missing > 0 {
                let ended = Error::Answer { work: "a watch", what: "it has ended" };
                let (seen, at) = self.told.recv().await.ok_or(ended)?;
                if seen == version {
                    record(&mut latencies, at - sent);
                    missing -= 1;
                }
            }
        }
        Ok(latencies)
    }
}

async fn open(mut client: Client) -> Result<Streaming<wire::WatchAgentsResponse>, Error> {
    let mut items = client.watch_agents(wire::WatchAgentsRequest::default()).await?.into_inner();
    let mut seen = 0;
    while let Some(item) = items.message().await? {
        match item.event {
            Some(Event::Upsert(_)) => seen += 1,
            Some(Event::Synced(_)) if seen >= AGENTS => return Ok(items),
            _ => {}
        }
    }
    Err(Error::Answer { work: "a watch", what: "its snapshot is not complete" })
}

async fn read(mut items: Streaming<wire::WatchAgentsResponse>, tx: mpsc::Sender<(u64, Instant)>) -> Result<(), Error> {
    while let Some(item) = items.message().await? {
        if matches!(item.event, Some(Event::Upsert(_))) && tx.send((item.version, Instant::now())).await.is_err() {
            return Ok(());
        }
    }
    Ok(())
}
