//! Looks on at the units of one agent, over its crashes, and says what must not be: a unit sent while it works for
//! somebody, a step that the table does not have, a time or a number that goes back.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use proto::watchroom::emergency::v1::units_client::UnitsClient;
use proto::watchroom::emergency::v1::watch_units_response::Event;
use proto::watchroom::emergency::v1::{
    ListUnitsRequest, Unit, UnitChange, UnitChangeReason, UnitStatus, WatchUnitsRequest, WatchUnitsResponse,
};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until, timeout};
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Status};

use crate::eventually::eventually;

/// Before a watch that ended is begun again.
const PAUSE: Duration = Duration::from_millis(50);
/// How long the last changes may take to come.
const PATIENCE: Duration = Duration::from_secs(30);

/// Watches until it is asked what it saw.
#[derive(Debug)]
pub struct Lookout {
    address: SocketAddr,
    version: watch::Receiver<u64>,
    watching: JoinHandle<()>,
    seen: Arc<Mutex<Lives>>,
}

/// What was seen.
#[derive(Debug, Clone, Default)]
pub struct Lives {
    /// The units as the newest snapshot had them: a watch that was cut before its first change begins with another.
    pub base: BTreeMap<String, Unit>,
    /// In the order in which they came.
    pub changes: Vec<UnitChange>,
    /// How often a watch had caught up.
    pub synced: usize,
    /// Connections that ended.
    pub lost: usize,
}

/// A client of an agent's units; connects when it is first used.
pub fn units(address: SocketAddr) -> UnitsClient<Channel> {
    UnitsClient::new(Endpoint::from_shared(format!("http://{address}")).unwrap().connect_lazy())
}

impl Lookout {
    /// Starts to watch the agent at `address`, before it has sent anybody.
    pub async fn start(address: SocketAddr) -> Self {
        let (tx, version) = watch::channel(0);
        let seen = Arc::default();
        let watching = tokio::spawn(look(address, Arc::clone(&seen), tx));
        let mut lookout = Self { address, version, watching, seen };
        let begun = lookout.seen.clone();
        eventually("the watch has begun", async || (begun.lock().unwrap().synced > 0).then_some(())).await;
        lookout.version.mark_unchanged();
        lookout
    }

    /// What was seen up to now, once all of it has come.
    pub async fn finish(mut self) -> Lives {
        let newest = eventually("the units are listed", async || {
            let page = units(self.address).list_units(ListUnitsRequest::default()).await;
            page.ok().map(|page| page.into_inner().version)
        })
        .await;
        let caught_up = self.version.wait_for(|version| *version >= newest);
        timeout(PATIENCE, caught_up).await.expect("the last changes come in time").unwrap();
        self.watching.abort();
        self.seen.lock().unwrap().clone()
    }
}

async fn look(address: SocketAddr, seen: Arc<Mutex<Lives>>, version: watch::Sender<u64>) {
    let mut client = units(address);
    loop {
        let from_version = *version.borrow();
        let request = WatchUnitsRequest { from_version, ..WatchUnitsRequest::default() };
        let ended = match client.watch_units(request).await {
            Ok(items) => read(items.into_inner(), &seen, &version).await,
            Err(status) => status,
        };
        assert_ne!(ended.code(), Code::OutOfRange, "changes were missed: {ended}");
        seen.lock().unwrap().lost += 1;
        sleep_until(Instant::now() + PAUSE).await;
    }
}

async fn read(
    mut items: tonic::Streaming<WatchUnitsResponse>,
    seen: &Mutex<Lives>,
    version: &watch::Sender<u64>,
) -> Status {
    loop {
        let item = match items.message().await {
            Ok(Some(item)) => item,
            Ok(None) => return Status::unavailable("the watch ended"),
            Err(status) => return status,
        };
        match item.event {
            Some(Event::Change(change)) => seen.lock().unwrap().changes.push(change),
            Some(Event::Synced(_)) => seen.lock().unwrap().synced += 1,
            Some(Event::Unit(unit)) => drop(seen.lock().unwrap().base.insert(unit.id.clone(), unit)),
            None => {}
        }
        if item.version > 0 {
            version.send_replace(item.version);
        }
    }
}

impl Lives {
    /// Which unit went to which dispatch.
    pub fn sent(&self) -> BTreeSet<(String, String)> {
        let sent = self.changes.iter().filter(|change| change.reason() == UnitChangeReason::Dispatched);
        let working = self.base.values().filter_map(|unit| Some((unit.id.clone(), unit.assignment.clone()?.dispatch)));
        sent.map(|change| (change.unit.clone(), change.dispatch.clone())).chain(working).collect()
    }

    /// Everything that must not be, in words.
    pub fn violations(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut last: BTreeMap<&str, (UnitStatus, u64)> = BTreeMap::new();
        for pair in self.changes.windows(2) {
            if pair[0].seq >= pair[1].seq || time(&pair[0]) > time(&pair[1]) {
                found.push(format!("a number or a time goes back: {pair:?}"));
            }
        }
        for change in &self.changes {
            let epoch = change.after.as_ref().map_or(0, |unit| unit.epoch);
            let (status, before) = last.get(change.unit.as_str()).copied().unwrap_or_else(|| self.began(&change.unit));
            let sent = change.reason() == UnitChangeReason::Dispatched;
            if change.from() != status || (sent && status != UnitStatus::Available) {
                found.push(format!("unit {} was {status:?}: {change:?}", change.unit));
            }
            if epoch != before + u64::from(sent) {
                found.push(format!("unit {} was sent without a change, or twice: {change:?}", change.unit));
            }
            last.insert(&change.unit, (change.to(), epoch));
        }
        found
    }

    /// How a unit stood before its first change that was seen.
    fn began(&self, unit: &str) -> (UnitStatus, u64) {
        self.base.get(unit).map_or((UnitStatus::Available, 0), |unit| (unit.status(), unit.epoch))
    }
}

fn time(change: &UnitChange) -> (i64, i32) {
    change.time.map_or((0, 0), |time| (time.seconds, time.nanos))
}
