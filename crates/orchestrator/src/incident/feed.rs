//! Follows the units of every agent that can dispatch: one watch per store, from where the desk has taken it up.
//! Losing an agent loses no change: the watch goes on from its last version, or begins anew with a snapshot.
//! It is asked in the operator's own name, which agents show everybody's units to by its role.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use agent::Kit;
use outbound::Dialer;
use proto::watchroom::emergency::v1::units_client::UnitsClient;
use proto::watchroom::emergency::v1::watch_units_response::Event;
use proto::watchroom::emergency::v1::{self as wire, WatchUnitsRequest, WatchUnitsResponse};
use service::client::{Credential, Peer};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::{Code, Status};
use types::StoreId;

use super::desk::{News, Shared, What};
use crate::dispatcher::Directory;
use crate::driver::Runs;
use crate::services;

/// Pause before a watch is tried again, doubled with every failure in a row.
const PAUSE: Duration = Duration::from_millis(200);
/// The longest of these pauses.
const LONGEST: Duration = Duration::from_secs(10);
/// Pause for an agent without `Units`: it may come with a newer version of it.
const UNSERVED: Duration = Duration::from_secs(60);

/// How long nobody may answer from a store until its place is given up. Longer than an agent is down: when it is back
/// after that, it tells all its units anew, which only costs time.
const GONE: Duration = Duration::from_secs(24 * 60 * 60);
/// Most stores without an agent whose places are kept; those that have been gone for longest are given up first.
const KEPT: usize = 1_000;
/// How often it is looked for such stores.
const LOOK: Duration = Duration::from_secs(60);

/// Starts to follow the agents that may be called, those to come too.
pub(super) fn start(kit: &Kit<Runs>, shared: Arc<Shared>, tx: mpsc::Sender<News>) {
    let directory = kit.driver().directory().clone();
    let credential = kit.driver().settings().credential.clone();
    let dialer = kit.driver().settings().dialer();
    let works = kit.clone();
    kit.spawn("units", async move {
        let mut roll = Roll::default();
        // Places of earlier processes: whose agents do not come back are given up like others.
        shared.cursors.read().keys().for_each(|store| roll.remember(*store));
        loop {
            let changed = directory.registry().changed();
            for store in stores(&directory) {
                if let Some(stop) = roll.call(store) {
                    let (directory, shared, tx) = (directory.clone(), shared.clone(), tx.clone());
                    let (credential, dialer) = (credential.clone(), dialer.clone());
                    let feed = Feed { store, directory, credential, dialer, shared, tx, seen: 0 };
                    works.spawn("units of a store", async move {
                        tokio::select! { () = feed.run() => {}, () = stop.cancelled() => {} }
                    });
                }
            }
            // While the registry is out of reach nobody is known to be gone.
            let here = if directory.registry().synced() { Some(stores(&directory)) } else { None };
            for store in here.map(|here| roll.gone(&here, Instant::now())).unwrap_or_default() {
                tracing::info!(%store, "nobody answers from it any more; its units are forgotten");
                if tx.send(News { store, version: 0, what: What::Gone }).await.is_err() {
                    return;
                }
            }
            tokio::select! { () = changed.wait() => {}, () = tokio::time::sleep(LOOK) => {} }
        }
    });
}

/// The stores that are followed or have been.
#[derive(Debug, Default)]
pub(super) struct Roll(HashMap<StoreId, Place>);

#[derive(Debug, Default)]
struct Place {
    /// Ends the watch when it is dropped.
    watch: Option<DropGuard>,
    /// Since when nobody answers from it.
    since: Option<Instant>,
}

impl Roll {
    pub(super) fn remember(&mut self, store: StoreId) {
        self.0.entry(store).or_default();
    }

    /// Notes that a store is there; what ends its watch, if that is yet to begin.
    pub(super) fn call(&mut self, store: StoreId) -> Option<CancellationToken> {
        let place = self.0.entry(store).or_default();
        place.since = None;
        if place.watch.is_some() {
            return None;
        }
        let stop = CancellationToken::new();
        place.watch = Some(stop.clone().drop_guard());
        Some(stop)
    }

    /// Gives up the places of stores that are not among those that are here, and have not been for too long, or are too
    /// many.
    pub(super) fn gone(&mut self, here: &[StoreId], now: Instant) -> Vec<StoreId> {
        let mut missing = Vec::new();
        for (store, place) in self.0.iter_mut().filter(|(store, _)| !here.contains(store)) {
            missing.push((*place.since.get_or_insert(now), *store));
        }
        missing.sort();
        let surplus = missing.len().saturating_sub(KEPT);
        let over = missing.iter().enumerate().filter(|(at, (since, _))| *at < surplus || now - *since >= GONE);
        let gone: Vec<StoreId> = over.map(|(_, (_, store))| *store).collect();
        gone.iter().for_each(|store| drop(self.0.remove(store)));
        gone
    }
}

fn stores(directory: &Directory) -> Vec<StoreId> {
    let dispatch = services::dispatch();
    let all = directory.registry().all().into_iter();
    let able = all.filter(|endpoint| endpoint.offers(&dispatch) && directory.trusts(endpoint));
    able.map(|endpoint| endpoint.store_id).collect()
}

/// The units of one store.
#[derive(Debug)]
struct Feed {
    store: StoreId,
    directory: Directory,
    credential: Option<Credential>,
    dialer: Dialer,
    shared: Arc<Shared>,
    tx: mpsc::Sender<News>,
    /// The newest version that was handed to the desk; it may not have written it yet.
    seen: u64,
}

impl Feed {
    async fn run(mut self) {
        let mut failures = 0;
        loop {
            let before = self.seen;
            let Err(status) = self.watch().await else { return };
            failures = if self.seen > before { 1 } else { failures + 1 };
            tokio::time::sleep(pause(&status, failures)).await;
            if status.code() == Code::OutOfRange {
                self.forget();
            } else {
                tracing::debug!(store = %self.store, %status, "the units of an agent are not followed for now");
            }
        }
    }

    /// Begins anew: the versions are no longer kept, or of a store that was made anew.
    fn forget(&mut self) {
        self.seen = 0;
        self.shared.cursors.write().remove(&self.store);
    }

    /// Hands on what happens until the watch breaks, or the desk is gone.
    async fn watch(&mut self) -> Result<(), Status> {
        let store = self.store;
        let served = self.directory.registry().until(|_| self.directory.serving(store).into_iter().next());
        let endpoint = served.await;
        let directory = self.directory.clone();
        tokio::select! {
            biased;
            () = directory.left(store, Some(&endpoint.url)) => Err(Status::unavailable("the agent is not called any more")),
            ended = self.hear(&endpoint.url) => ended,
        }
    }

    /// Hands on what is heard at `url`.
    async fn hear(&mut self, url: &str) -> Result<(), Status> {
        let store = self.store;
        let peer = Peer::new(url, self.credential.clone()).via(self.dialer.clone());
        let channel = peer.channel().map_err(|error| Status::unavailable(error.to_string()))?;
        let known = self.shared.cursors.read().get(&store).copied().unwrap_or_default();
        let from_version = self.seen.max(known);
        let request = WatchUnitsRequest { filter: None, from_version, store_id: store.to_string() };
        let mut items = UnitsClient::new(channel).watch_units(request).await?.into_inner();
        let mut snapshot = (from_version == 0).then(Vec::new);
        while let Some(item) = items.message().await? {
            if let Some(news) = self.news(item, &mut snapshot) {
                // It counts as seen once it is handed on: waiting for that may be cut short.
                let version = news.version;
                if self.tx.send(news).await.is_err() {
                    return Ok(());
                }
                self.seen = version;
            }
        }
        Err(Status::unavailable("the watch has ended"))
    }

    /// What an item of the watch tells the desk; the units of a snapshot are kept until it is complete.
    fn news(&self, item: WatchUnitsResponse, snapshot: &mut Option<Vec<wire::Unit>>) -> Option<News> {
        let (store, version) = (self.store, item.version);
        let what = match item.event? {
            Event::Unit(unit) => {
                snapshot.as_mut()?.push(unit);
                return None;
            }
            Event::Change(change) => What::Change(Box::new(change)),
            Event::Synced(_) => match snapshot.take() {
                Some(units) => What::Snapshot(units),
                None if version == self.seen => return None,
                None => What::Seen,
            },
        };
        Some(News { store, version, what })
    }
}

fn pause(status: &Status, failures: u32) -> Duration {
    match status.code() {
        Code::Unimplemented => UNSERVED,
        _ => PAUSE.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1))).min(LONGEST),
    }
}
