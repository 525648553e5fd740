//! The owner over a store, in paused time: expiry, stalls, durability before publication, restarts.

mod crowd;
mod levels;
mod random;

use std::sync::Mutex;
use std::task::Poll;

use futures::{FutureExt, StreamExt};
use store::{Commit, Due, Frame, Listing, Loaded, LogRow, MemoryStore, Ownership, Pending, Row, Seen, SeenKey, Settle};
use tokio::time::{advance, sleep};
use types::{Head, Scope, Seq, TaskId, Timestamp};

use super::*;
use crate::catalog::Wish;
use crate::fixture::{NOT_SERVING, SERVING, identity, wish};
use crate::outcome::Tally;
use crate::page::Query;
use crate::record::Intake;
use crate::trust::Trust;
use crate::verification::{Level, Verification};
use crate::watch::Event;

const NOBODY: Vec<String> = Vec::new();

/// A registry without a listener.
struct Registry {
    handle: Handle,
    owning: tokio::task::JoinHandle<Result<(), Lost>>,
    stop: CancellationToken,
}

impl Registry {
    async fn over(store: Arc<dyn Store>) -> Self {
        Self::start(Owner::open(store, Terms::default(), Meters::default(), &Trust::default()).await.unwrap())
    }

    fn start(Opened { owner, handle, .. }: Opened) -> Self {
        let stop = CancellationToken::new();
        Self { handle, owning: tokio::spawn(owner.run(stop.clone())), stop }
    }

    async fn register(&self, number: u8) -> Change {
        self.handle.register(wish(number, &[], None)).await.unwrap()
    }

    async fn renew(&self, number: u8, epoch: u64) -> Result<Renewal, Error> {
        self.handle.renew(identity(number).lease(), epoch, SERVING, moment()).await
    }

    async fn instances(&self) -> Vec<String> {
        let query = Query { filter: Filter::default(), size: 100, from: None };
        let page = self.handle.query(query).await.unwrap();
        page.entries.iter().map(|entry| entry.record.identity.instance.to_string()).collect()
    }

    async fn stop(self) {
        self.stop.cancel();
        self.owning.await.unwrap().unwrap();
    }
}

fn moment() -> Moment {
    Moment { at: Instant::now().into_std(), wall: Timestamp::from_millis(1) }
}

/// What the watch has to say without waiting.
fn told(watch: &mut Watch) -> Option<Event> {
    watch.next().now_or_never().flatten().map(|event| event.unwrap())
}

#[tokio::test(start_paused = true)]
async fn r1_an_instance_is_gone_a_term_and_a_sweep_after_its_last_renewal() {
    let registry = Registry::over(Arc::new(MemoryStore::new())).await;
    let epoch = registry.register(1).await.version;
    sleep(Duration::from_secs(9)).await;
    registry.renew(1, epoch).await.unwrap();
    sleep(Duration::from_millis(9_990)).await;
    assert_eq!(registry.instances().await, ["instance-1"]);
    let mut watch = registry.handle.watch(Filter::default(), 1).await.unwrap();
    sleep(SWEEP + Duration::from_millis(11)).await;
    assert_eq!(registry.instances().await, NOBODY);
    assert!(matches!(told(&mut watch), Some(Event::Report(_))));
    assert!(matches!(told(&mut watch), Some(Event::Synced { version: 1 })));
    let why = watch::Removal::Gone(Reason::LeaseExpired);
    assert_eq!(told(&mut watch), Some(Event::Removed { version: 2, identity: identity(1), why }));
    registry.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_registry_that_stood_still_evicts_nobody_at_once() {
    let registry = Registry::over(Arc::new(MemoryStore::new())).await;
    registry.register(1).await;
    sleep(Duration::from_secs(1)).await;
    advance(Duration::from_secs(120)).await;
    sleep(Duration::from_secs(9)).await;
    assert_eq!(registry.instances().await, ["instance-1"], "nobody could have renewed");
    sleep(Duration::from_secs(2)).await;
    assert_eq!(registry.instances().await, NOBODY);
    registry.stop().await;
}

#[tokio::test(start_paused = true)]
async fn r5_a_reopened_store_holds_the_same_registrations_for_a_full_term() {
    let store = Arc::new(MemoryStore::new());
    let registry = Registry::over(store.clone()).await;
    let epochs = [registry.register(1).await.version, registry.register(2).await.version];
    registry.handle.deregister(identity(2).lease(), epochs[1]).await.unwrap();
    registry.register(3).await;
    registry.stop().await;
    sleep(Duration::from_secs(3600)).await;
    let registry = Registry::over(store.clone()).await;
    sleep(Duration::from_millis(9_900)).await;
    assert_eq!(registry.instances().await, ["instance-1", "instance-3"]);
    registry.renew(1, epochs[0]).await.unwrap();
    sleep(Duration::from_secs(1)).await;
    assert_eq!(registry.instances().await, ["instance-1"]);
    assert_eq!(registry.register(2).await.version, 6, "4 before the restart, 5 was the expiry");
    registry.stop().await;
    let registry = Registry::over(store).await;
    assert_eq!(registry.instances().await, ["instance-1", "instance-2"]);
    registry.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_turn_of_health_is_told_at_once_and_load_with_the_next_sweep() {
    let registry = Registry::over(Arc::new(MemoryStore::new())).await;
    let epoch = registry.register(1).await.version;
    let mut watch = registry.handle.watch(Filter::default(), 0).await.unwrap();
    while told(&mut watch).is_some() {}
    let lease = identity(1).lease();
    registry.handle.renew(lease, epoch, NOT_SERVING, moment()).await.unwrap();
    registry.instances().await;
    assert!(matches!(told(&mut watch), Some(Event::Report(entry)) if entry.vitals == NOT_SERVING));
    for in_flight in [1, 2, 3] {
        let vitals = crate::record::Vitals { in_flight, ..NOT_SERVING };
        registry.handle.renew(lease, epoch, vitals, moment()).await.unwrap();
    }
    registry.instances().await;
    assert_eq!(told(&mut watch), None);
    sleep(SWEEP * 2).await;
    assert!(matches!(told(&mut watch), Some(Event::Report(entry)) if entry.vitals.in_flight == 3));
    assert_eq!(told(&mut watch), None);
    registry.stop().await;
}

#[tokio::test(start_paused = true)]
async fn r3_a_quiet_watch_is_told_versions_and_resumes_from_them_after_compaction() {
    let mut opened = Owner::open(Arc::new(MemoryStore::new()), Terms::default(), Meters::default(), &Trust::default())
        .await
        .unwrap();
    opened.owner.history = History::bounded(0, 2);
    let registry = Registry::start(opened);
    let quiet = Filter { skills: vec!["rare".into()], ..Filter::default() };
    registry.register(1).await;
    let mut watch = registry.handle.watch(quiet.clone(), 1).await.unwrap();
    assert_eq!(told(&mut watch), Some(Event::Synced { version: 1 }));
    for number in 2..=6 {
        registry.register(number).await;
    }
    assert!(registry.handle.watch(quiet.clone(), 1).await.is_err(), "compacted");
    let epoch = registry.register(1).await.version;
    sleep(Duration::from_secs(9)).await;
    registry.renew(1, epoch).await.unwrap();
    sleep(BOOKMARK).await;
    let Some(Event::Bookmark { version, standing: Standing::Sound }) = told(&mut watch) else { panic!("no bookmark") };
    assert!(version >= 7);
    while let Some(event) = told(&mut watch) {
        assert!(matches!(event, Event::Bookmark { .. }));
    }
    registry.stop().await;
}

#[tokio::test(start_paused = true)]
async fn r1_a_mass_loss_marks_every_view_stale_until_it_is_over() {
    let registry = Registry::over(Arc::new(MemoryStore::new())).await;
    for number in 0..20 {
        registry.register(number).await;
    }
    let mut watch = registry.handle.watch(Filter::default(), 20).await.unwrap();
    while told(&mut watch).is_some() {}
    sleep(Duration::from_secs(11)).await;
    let lost = Event::Bookmark { version: 20, standing: Standing::MassLoss };
    assert_eq!((told(&mut watch), told(&mut watch)), (Some(lost.clone()), None));
    assert_eq!(registry.instances().await.len(), 20);
    let mut late = registry.handle.watch(Filter::default(), 0).await.unwrap();
    let mut first = Vec::new();
    while let Some(event) = told(&mut late) {
        first.push(event);
    }
    assert_eq!(first.last(), Some(&lost), "who comes late hears of it too");
    for number in 0..20 {
        registry.renew(number, u64::from(number) + 1).await.unwrap();
    }
    sleep(SWEEP * 2).await;
    assert_eq!(told(&mut watch), Some(Event::Bookmark { version: 20, standing: Standing::Sound }));
    assert_eq!(registry.instances().await.len(), 20);
    registry.stop().await;
}

#[tokio::test(start_paused = true)]
async fn r8_a_draining_mark_survives_a_restart_and_is_watched() {
    let store = Arc::new(MemoryStore::new());
    let registry = Registry::over(store.clone()).await;
    let epoch = registry.register(1).await.version;
    let mut watch = registry.handle.watch(Filter::default(), 1).await.unwrap();
    while told(&mut watch).is_some() {}
    registry.handle.set_intake(identity(1), epoch, Intake::Draining).await.unwrap();
    assert!(matches!(told(&mut watch), Some(Event::Upsert { version: 2, entry }) if entry.is_draining()));
    let unknown = registry.handle.set_intake(identity(2), 0, Intake::Draining).await;
    assert!(matches!(unknown, Err(Error::NotFound(_))));
    registry.stop().await;
    let registry = Registry::over(store).await;
    assert!(registry.handle.get(identity(1)).await.unwrap().is_draining());
    registry.renew(1, epoch).await.unwrap();
    registry.stop().await;
}

#[tokio::test(start_paused = true)]
async fn what_callers_say_is_told_at_once_fades_and_is_taken_only_for_the_newest_registration() {
    let registry = Registry::over(Arc::new(MemoryStore::new())).await;
    let old = registry.register(1).await.version;
    let epoch = registry.register(1).await.version;
    let mut watch = registry.handle.watch(Filter::default(), epoch).await.unwrap();
    while told(&mut watch).is_some() {}
    let seen = |epoch| {
        let tally = Tally { calls: 8, failures: 8, micros: 0 };
        vec![Observation { identity: identity(1), epoch, tally }]
    };
    assert_eq!(registry.handle.observe(seen(old)).await.unwrap(), 0);
    assert_eq!(told(&mut watch), None);
    assert_eq!(registry.handle.observe(seen(epoch)).await.unwrap(), 1);
    registry.instances().await;
    assert!(matches!(told(&mut watch), Some(Event::Report(entry)) if entry.outcomes.is_failing()));
    for _ in 0..14 {
        sleep(Duration::from_secs(5)).await;
        registry.renew(1, epoch).await.unwrap();
    }
    assert!(matches!(told(&mut watch), Some(Event::Report(entry)) if !entry.outcomes.is_failing()));
    assert_eq!((told(&mut watch), registry.handle.get(identity(1)).await.unwrap().record.epoch), (None, epoch));
    registry.stop().await;
}

#[tokio::test(start_paused = true)]
async fn nothing_is_told_or_answered_before_it_is_durable() {
    let store = Arc::new(Disk::default());
    let registry = Registry::over(store.clone()).await;
    let mut watch = registry.handle.watch(Filter::default(), 0).await.unwrap();
    assert!(matches!(told(&mut watch), Some(Event::Synced { .. })));
    let mut register = Box::pin(registry.register(1));
    assert!(matches!(futures::poll!(&mut register), Poll::Pending));
    let commit = store.taken().await;
    assert!(matches!(futures::poll!(&mut register), Poll::Pending));
    assert_eq!(told(&mut watch), None);
    store.sync(commit);
    register.await;
    assert!(matches!(told(&mut watch), Some(Event::Upsert { version: 1, .. })));
    registry.stop().await;
}

#[tokio::test(start_paused = true)]
async fn what_the_store_refuses_never_happened() {
    let store = Arc::new(Disk::default());
    let registry = Registry::over(store.clone()).await;
    let mut watch = registry.handle.watch(Filter::default(), 0).await.unwrap();
    told(&mut watch);
    for (refusal, error) in [
        (Refusal::NoSpace, Error::NoSpace),
        (Refusal::Full { retry_after: Duration::from_secs(1) }, Error::Busy { retry_after: Duration::from_secs(1) }),
    ] {
        let (refused, ()) = tokio::join!(registry.handle.register(wish(1, &[], None)), async {
            store.taken().await.1.settle(Err(refusal));
        });
        assert_eq!(refused, Err(error));
        assert_eq!((registry.instances().await, told(&mut watch)), (NOBODY, None));
    }
    let (granted, ()) = tokio::join!(registry.register(1), async { store.sync(store.taken().await) });
    assert_eq!(granted.version, 1, "the versions that never were are used again");
    registry.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_level_falls_even_where_the_store_refuses_and_watches_hear_of_it_as_soon_as_it_does_not() {
    let store = Arc::new(Disk::default());
    let registry = Registry::over(store.clone()).await;
    let signed = Verification::new(Level::Signed, "signed by old");
    let wish = Wish { verification: signed, ..wish(1, &[], None) };
    let (granted, ()) = tokio::join!(registry.handle.register(wish), async { store.sync(store.taken().await) });
    let epoch = granted.unwrap().version;
    let only = Filter { verifications: vec![Level::Signed], ..Filter::default() };
    let mut watch = registry.handle.watch(only, 0).await.unwrap();
    while told(&mut watch).is_some() {}
    let revoked = || registry.handle.set_verification(identity(1), epoch, Verification::unverified("revoked"));
    let (refused, ()) = tokio::join!(revoked(), async { store.taken().await.1.settle(Err(Refusal::NoSpace)) });
    assert_eq!(refused, Err(Error::NoSpace));
    let shown = registry.handle.get(identity(1)).await.unwrap();
    assert_eq!((shown.record.verification.level, told(&mut watch)), (Level::Unverified, None));
    // Another refusal does not raise it again.
    let drain = registry.handle.set_intake(identity(1), epoch, Intake::Draining);
    let (refused, ()) = tokio::join!(drain, async { store.taken().await.1.settle(Err(Refusal::NoSpace)) });
    assert_eq!(refused, Err(Error::NoSpace));
    let shown = registry.handle.get(identity(1)).await.unwrap();
    assert_eq!((shown.record.verification.level, shown.is_draining()), (Level::Unverified, false));
    let (noted, ()) = tokio::join!(revoked(), async { store.sync(store.taken().await) });
    assert_eq!(noted.unwrap().version, 2);
    let filtered = Event::Removed { version: 2, identity: identity(1), why: watch::Removal::Filtered };
    assert_eq!(told(&mut watch), Some(filtered));
    registry.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_registry_without_its_store_stops_and_says_so() {
    let store = Arc::new(Disk::default());
    let registry = Registry::over(store.clone()).await;
    let (refused, ()) = tokio::join!(registry.handle.register(wish(1, &[], None)), async {
        store.taken().await.1.settle(Err(Refusal::Closed));
    });
    assert_eq!(refused, Err(Error::Stopped));
    assert!(registry.owning.await.unwrap().is_err());
}

/// A store whose disk is slow and says no: every commit waits for the test.
#[derive(Debug, Default)]
struct Disk {
    memory: MemoryStore,
    waiting: Mutex<Vec<(Commit, Settle)>>,
}

impl Disk {
    /// The commit that waits, once there is one.
    async fn taken(&self) -> (Commit, Settle) {
        loop {
            if let Some(commit) = self.waiting.lock().unwrap().pop() {
                return commit;
            }
            tokio::task::yield_now().await;
        }
    }

    fn sync(&self, (commit, settle): (Commit, Settle)) {
        self.memory.submit(commit, settle);
    }
}

impl Store for Disk {
    fn submit(&self, commit: Commit, settle: Settle) {
        self.waiting.lock().unwrap().push((commit, settle));
    }

    fn load(&self, scope: Scope, task: TaskId) -> Pending<Option<Loaded>> {
        self.memory.load(scope, task)
    }

    fn frames(&self, scope: Scope, task: TaskId, after: Seq, limit: usize) -> Pending<Vec<Frame>> {
        self.memory.frames(scope, task, after, limit)
    }

    fn log(&self, scope: Scope, task: TaskId, after: Head, limit: usize) -> Pending<Vec<LogRow>> {
        self.memory.log(scope, task, after, limit)
    }

    fn list(&self, scope: Scope, query: store::Query) -> Pending<Listing> {
        self.memory.list(scope, query)
    }

    fn rows(&self, kind: &'static str, prefix: &[u8]) -> Pending<Vec<Row>> {
        self.memory.rows(kind, prefix)
    }

    fn seen(&self, key: SeenKey) -> Pending<Option<Seen>> {
        self.memory.seen(key)
    }

    fn due(&self, now: Timestamp, after: Option<Due>, limit: usize) -> Pending<Vec<Due>> {
        self.memory.due(now, after, limit)
    }

    fn own(&self) -> Pending<Ownership> {
        self.memory.own()
    }

    fn now(&self) -> Timestamp {
        self.memory.now()
    }

    fn close(&self) -> Pending<()> {
        self.memory.close()
    }
}
