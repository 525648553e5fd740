//! R2 and R3: whatever happens, and wherever watches are cut, a watch adds up to a fresh snapshot,
//! and shows every version once.

use std::collections::BTreeMap;

use proptest::prelude::*;
use tokio::runtime::Builder;

use super::*;
use crate::history::{History, OutOfRange};
use crate::outcome::Tally;
use crate::page::Page;
use crate::record::{Health, Intake, Vitals};
use crate::trust::Trust;

const SKILLS: [&str; 3] = ["a", "b", "c"];

/// Changes that the registry keeps: few, so that watches are compacted too.
const KEPT: usize = 6;

#[derive(Debug, Clone)]
enum Step {
    Register(u8, usize),
    Renew(u8, Vitals),
    Deregister(u8),
    SetDraining(u8, bool),
    /// A caller's calls and how many of them failed.
    Observe(u8, u64, u64),
    /// By a holder that was replaced.
    Stale(u8),
    Wait(u64),
    Read(usize),
    Cut(usize),
}

fn vitals() -> impl Strategy<Value = Vitals> {
    (any::<bool>(), 0..3u32, any::<bool>()).prop_map(|(serving, in_flight, draining)| {
        let health = if serving { Health::Serving } else { Health::NotServing };
        Vitals { health, in_flight, load: None, intake: Intake::of(draining) }
    })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..6u8, 0..SKILLS.len()).prop_map(|(number, skill)| Step::Register(number, skill)),
        6 => (0..6u8, vitals()).prop_map(|(number, vitals)| Step::Renew(number, vitals)),
        2 => (0..6u8).prop_map(Step::Deregister),
        2 => (0..6u8, any::<bool>()).prop_map(|(number, draining)| Step::SetDraining(number, draining)),
        3 => (0..6u8, 1..9u64, 0..9u64).prop_map(|(number, calls, failed)| Step::Observe(number, calls, failed.min(calls))),
        1 => (0..6u8).prop_map(Step::Stale),
        3 => (0..5_000u64).prop_map(Step::Wait),
        5 => (0..4usize).prop_map(Step::Read),
        3 => (0..4usize).prop_map(Step::Cut),
    ]
}

fn write() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..6u8, 0..SKILLS.len()).prop_map(|(number, skill)| Step::Register(number, skill)),
        1 => (0..6u8).prop_map(Step::Deregister),
        1 => (0..6u8, any::<bool>()).prop_map(|(number, draining)| Step::SetDraining(number, draining)),
    ]
}

fn filters() -> [Filter; 4] {
    let skilled = Filter { skills: vec!["a".into(), "b".into()], ..Filter::default() };
    let healthy = Filter { health: vec![Health::Serving], ..Filter::default() };
    let both = Filter { health: vec![Health::NotServing], tags: vec!["tag-a".into()], ..Filter::default() };
    [Filter::default(), skilled, healthy, both]
}

/// Epoch, vitals, draining and callers' verdict of each instance: all that a client learns beside the card.
type Table = BTreeMap<Identity, (u64, Vitals, bool, bool)>;

/// A client that follows the rules of the wire.
struct Client {
    filter: Filter,
    table: Table,
    /// The snapshot that is being received.
    fresh: Option<Table>,
    version: u64,
    watch: Option<Watch>,
}

impl Client {
    fn new(filter: Filter) -> Self {
        Self { filter, table: Table::new(), fresh: None, version: 0, watch: None }
    }

    async fn connect(&mut self, registry: &Registry) {
        let opened = match registry.handle.watch(self.filter.clone(), self.version).await {
            Err(Error::OutOfRange(OutOfRange::Compacted { .. })) => {
                self.version = 0;
                registry.handle.watch(self.filter.clone(), 0).await
            }
            opened => opened,
        };
        self.watch = Some(opened.unwrap());
        self.fresh = (self.version == 0).then(Table::new);
    }

    /// Reads at most `limit` events of what is there.
    async fn read(&mut self, registry: &Registry, limit: usize) {
        if self.watch.is_none() {
            self.connect(registry).await;
        }
        for _ in 0..limit {
            let Some(event) = self.watch.as_mut().and_then(told) else { return };
            self.take(event);
        }
    }

    fn take(&mut self, event: Event) {
        let version = match &event {
            Event::Upsert { version, .. } | Event::Removed { version, .. } => *version,
            Event::Report(_) | Event::Synced { .. } | Event::Bookmark { .. } => 0,
        };
        if version != 0 {
            assert!(version > self.version, "{version} again after {}", self.version);
            let all = self.filter == Filter::default();
            assert!(!all || version == self.version + 1, "{version} right after {}", self.version);
            self.version = version;
        }
        let table = self.fresh.as_mut().unwrap_or(&mut self.table);
        match event {
            Event::Upsert { entry, .. } => drop(table.insert(entry.record.identity.clone(), known(&entry))),
            Event::Removed { identity, .. } => drop(table.remove(&identity)),
            Event::Report(entry) => {
                let seen = known(&entry);
                let identity = entry.record.identity.clone();
                table.entry(identity).and_modify(|known| (known.1, known.2, known.3) = (seen.1, seen.2, seen.3));
            }
            Event::Bookmark { version, .. } => {
                assert!(version > self.version, "a bookmark at {version} says nothing new");
                self.version = version;
            }
            Event::Synced { version } => {
                self.version = version;
                self.table = self.fresh.take().unwrap_or_else(|| std::mem::take(&mut self.table));
            }
        }
    }
}

fn known(entry: &crate::record::Entry) -> (u64, Vitals, bool, bool) {
    (entry.record.epoch, entry.vitals, entry.is_draining(), entry.outcomes.is_failing())
}

/// What a new client is told, by pages of two.
async fn snapshot(registry: &Registry, filter: &Filter) -> Table {
    let mut query = Query { filter: filter.clone(), size: 2, from: None };
    let mut table = Table::new();
    loop {
        let page = registry.handle.query(query.clone()).await.unwrap();
        table.extend(page.entries.iter().map(|entry| (entry.record.identity.clone(), known(entry))));
        match page.next {
            Some(next) => query.from = Some(next),
            None => return table,
        }
    }
}

async fn perform(registry: &Registry, clients: &mut [Client], epochs: &mut BTreeMap<u8, u64>, step: Step) {
    let epoch = |number: u8| epochs.get(&number).copied().unwrap_or(0);
    match step {
        Step::Register(number, skill) => {
            let granted = registry.handle.register(wish(number, &[SKILLS[skill]], None)).await.unwrap();
            epochs.insert(number, granted.version);
        }
        Step::Renew(number, vitals) => {
            drop(registry.handle.renew(identity(number).lease(), epoch(number), vitals, moment()).await);
        }
        Step::Deregister(number) => drop(registry.handle.deregister(identity(number).lease(), epoch(number)).await),
        Step::SetDraining(number, draining) => {
            drop(registry.handle.set_intake(identity(number), 0, Intake::of(draining)).await);
        }
        Step::Observe(number, calls, failures) => {
            let tally = Tally { calls, failures, micros: 0 };
            let seen = vec![Observation { identity: identity(number), epoch: epoch(number), tally }];
            registry.handle.observe(seen).await.unwrap();
        }
        Step::Stale(number) => {
            let stale = epoch(number).saturating_sub(1);
            assert!(registry.handle.deregister(identity(number).lease(), stale).await.is_err());
        }
        Step::Wait(millis) => sleep(Duration::from_millis(millis)).await,
        Step::Read(client) => clients[client].read(registry, 3).await,
        Step::Cut(client) => clients[client].watch = None,
    }
}

async fn play(steps: Vec<Step>) {
    let mut opened = Owner::open(Arc::new(MemoryStore::new()), Terms::default(), Meters::default(), &Trust::default())
        .await
        .unwrap();
    opened.owner.history = History::bounded(0, KEPT);
    let registry = Registry::start(opened);
    let mut clients = filters().map(Client::new);
    let mut epochs = BTreeMap::new();
    for step in steps {
        perform(&registry, &mut clients, &mut epochs, step).await;
    }
    // Load is told with the next sweep.
    sleep(SWEEP * 2).await;
    for client in &mut clients {
        client.read(&registry, usize::MAX).await;
        assert!(client.fresh.is_none(), "the snapshot is complete");
        assert_eq!(client.table, snapshot(&registry, &client.filter).await, "by {:?}", client.filter);
    }
    registry.stop().await;
}

/// Whom a query finds, under which epoch.
fn epochs_of(page: &Page) -> Vec<(Identity, u64)> {
    page.entries.iter().map(|entry| (entry.record.identity.clone(), entry.record.epoch)).collect()
}

/// Turns pages of one while `between` happens after each, and compares them with the whole at the start.
async fn turn_pages(before: Vec<Step>, between: Vec<Vec<Step>>) {
    let mut opened = Owner::open(Arc::new(MemoryStore::new()), Terms::default(), Meters::default(), &Trust::default())
        .await
        .unwrap();
    opened.owner.history = History::bounded(0, KEPT);
    let registry = Registry::start(opened);
    let mut epochs = BTreeMap::new();
    let mut clients = filters().map(Client::new);
    for step in before {
        perform(&registry, &mut clients, &mut epochs, step).await;
    }
    let mut query = Query { filter: filters()[1].clone(), size: 100, from: None };
    let whole = registry.handle.query(query.clone()).await.unwrap();
    query.size = 1;
    let mut found = Vec::new();
    for steps in between.into_iter().chain(std::iter::repeat(Vec::new())) {
        let page = match registry.handle.query(query.clone()).await {
            Err(Error::OutOfRange(OutOfRange::Compacted { given, current, .. })) => {
                assert!(given == whole.version && current > given + KEPT as u64);
                break;
            }
            page => page.unwrap(),
        };
        assert_eq!(page.version, whole.version);
        found.extend(epochs_of(&page));
        query.from = page.next;
        if query.from.is_none() {
            assert_eq!(found, epochs_of(&whole));
            break;
        }
        for step in steps {
            perform(&registry, &mut clients, &mut epochs, step).await;
        }
    }
    registry.stop().await;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn r2_r3_a_watch_that_is_cut_anywhere_adds_up_to_a_fresh_snapshot(steps in prop::collection::vec(step(), 1..120)) {
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(play(steps));
    }

    #[test]
    fn pages_show_the_registry_as_it_was_at_the_first(
        before in prop::collection::vec(step(), 1..40),
        between in prop::collection::vec(prop::collection::vec(write(), 0..3), 1..6),
    ) {
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(turn_pages(before, between));
    }
}
