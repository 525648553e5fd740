//! What a round of the desk costs, and what it gives up.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use proto::watchroom::emergency::v1 as wire;
use store::{
    Clock, Commit, Due, Frame, Listing, Loaded, LogRow, MemoryOptions, MemoryStore, Ownership, Pending, Query, Refusal,
    Row, Seen, SeenKey, Settle, Store,
};
use types::{Head, Owner, Scope, Seq, StoreId, TaskId, Timestamp};

use super::office::{Office, called, eventually, store};
use crate::incident::desk::{AGING, BATCH, News, What as Units};
use crate::incident::note::{self, Dispatched, End, What};
use crate::incident::record;
use crate::settings::Keep;

/// A store that counts the notes that are read.
#[derive(Debug, Default)]
struct Counting {
    store: MemoryStore,
    read: Arc<AtomicUsize>,
    /// Rows of the largest commit.
    largest: Arc<AtomicUsize>,
    /// Commits with many incidents that are taken before one is refused; no bound at 0.
    room: Arc<AtomicUsize>,
}

impl Store for Counting {
    fn rows(&self, kind: &'static str, prefix: &[u8]) -> Pending<Vec<Row>> {
        let (rows, read) = (self.store.rows(kind, prefix), self.read.clone());
        let (tx, pending) = Pending::pair();
        tokio::spawn(async move {
            let rows = rows.await;
            let notes = rows.as_ref().map_or(0, |rows| if kind == note::KIND { rows.len() } else { 0 });
            read.fetch_add(notes, Ordering::Relaxed);
            drop(tx.send(rows));
        });
        pending
    }

    fn submit(&self, commit: Commit, settle: Settle) {
        self.largest.fetch_max(commit.rows.len(), Ordering::Relaxed);
        if commit.rows.len() >= BATCH && self.room.load(Ordering::Relaxed) > 0 {
            if self.room.load(Ordering::Relaxed) == 1 {
                return settle.settle(Err(Refusal::NoSpace));
            }
            self.room.fetch_sub(1, Ordering::Relaxed);
        }
        self.store.submit(commit, settle);
    }

    fn load(&self, scope: Scope, task: TaskId) -> Pending<Option<Loaded>> {
        self.store.load(scope, task)
    }

    fn frames(&self, scope: Scope, task: TaskId, after: Seq, limit: usize) -> Pending<Vec<Frame>> {
        self.store.frames(scope, task, after, limit)
    }

    fn log(&self, scope: Scope, task: TaskId, after: Head, limit: usize) -> Pending<Vec<LogRow>> {
        self.store.log(scope, task, after, limit)
    }

    fn list(&self, scope: Scope, query: Query) -> Pending<Listing> {
        self.store.list(scope, query)
    }

    fn seen(&self, key: SeenKey) -> Pending<Option<Seen>> {
        self.store.seen(key)
    }

    fn due(&self, now: Timestamp, after: Option<Due>, limit: usize) -> Pending<Vec<Due>> {
        self.store.due(now, after, limit)
    }

    fn own(&self) -> Pending<Ownership> {
        self.store.own()
    }

    fn now(&self) -> Timestamp {
        self.store.now()
    }

    fn close(&self) -> Pending<()> {
        self.store.close()
    }
}

/// Takes a call in a conversation of its own; one that ends is closed, since it needs nobody.
async fn call(office: &mut Office, number: u32, ends: bool) {
    let (context, run, owner) = (format!("c-{number}"), format!("run-{number}"), Owner::anonymous());
    office.note_of(&context, &run, &owner, called()).await;
    if ends {
        office.note_of(&context, &run, &owner, What::Ended(End::Completed.into())).await;
    }
}

#[tokio::test]
async fn a_round_reads_each_note_once_however_many_there_are() {
    let counting = Counting::default();
    let read = counting.read.clone();
    let mut office = Office::open(Arc::new(counting)).await;
    for number in 0..1_000 {
        call(&mut office, number, false).await;
    }
    office.noted.notify_one();
    let all = || (office.shared.book.read().len() == 1_000).then_some(());
    eventually("every call is an incident", all).await;
    assert_eq!(read.load(Ordering::Relaxed), 1_000);
}

/// An incident to which a unit was sent.
async fn sends(office: &mut Office, number: usize) {
    let (context, run, owner) = (format!("c-{number}"), format!("run-{number}"), Owner::anonymous());
    office.note_of(&context, &run, &owner, called()).await;
    let dispatch = wire::Dispatch {
        id: format!("{run}/fire"),
        service: "fire".to_owned(),
        assigned: vec![format!("E{number}")],
        status: wire::DispatchStatus::Assigned.into(),
        ..wire::Dispatch::default()
    };
    let sent = What::Dispatched(Box::new(Dispatched { dispatch: Some(dispatch), ..Dispatched::default() }));
    office.note_of(&context, &run, &owner, sent).await;
}

/// Every unit is at the scene of its incident.
fn all_on_scene(count: usize) -> News {
    let unit = |number| wire::Unit {
        id: format!("E{number}"),
        service: "fire".to_owned(),
        status: wire::UnitStatus::OnScene.into(),
        assignment: Some(wire::Assignment { dispatch: format!("run-{number}/fire"), ..wire::Assignment::default() }),
        ..wire::Unit::default()
    };
    News { store: StoreId::from_bytes([7; 16]), version: 9, what: Units::Snapshot((0..count).map(unit).collect()) }
}

fn on_scene(office: &Office) -> usize {
    let book = office.shared.book.read();
    book.by_age().filter(|(_, held)| held.record.shown.status() == wire::IncidentStatus::ResourcesOnScene).count()
}

#[tokio::test]
async fn a_snapshot_of_many_incidents_is_written_in_parts_and_survives_a_crash_between_them() {
    const MANY: usize = 3 * BATCH;
    let counting = Counting::default();
    let (largest, room) = (counting.largest.clone(), counting.room.clone());
    let mut office = Office::open(Arc::new(counting)).await;
    for number in 0..MANY {
        sends(&mut office, number).await;
    }
    office.noted.notify_one();
    eventually("all are known", || (office.shared.book.read().len() == MANY).then_some(())).await;
    largest.store(0, Ordering::Relaxed);
    // One part is written, and the next one finds no room.
    room.store(2, Ordering::Relaxed);
    office.tx.send(all_on_scene(MANY)).await.unwrap();
    eventually("a part is written", || (on_scene(&office) == BATCH).then_some(())).await;
    let office = office.reopened().await;
    assert_eq!(on_scene(&office), BATCH, "what was written is kept");
    assert!(office.shared.cursors.read().is_empty(), "and the rest is asked for again");
    room.store(0, Ordering::Relaxed);
    office.tx.send(all_on_scene(MANY)).await.unwrap();
    eventually("all are written", || (on_scene(&office) == MANY).then_some(())).await;
    eventually("and where they end", || office.shared.cursors.read().values().next().copied()).await;
    assert!(largest.load(Ordering::Relaxed) <= BATCH + 1, "{}", largest.load(Ordering::Relaxed));
}

#[tokio::test]
async fn the_surplus_that_is_over_is_given_up_oldest_first_and_what_is_open_stays() {
    let keep = Keep { count: 2, ..Keep::default() };
    let mut office = Office::keeping(store(), keep).await;
    call(&mut office, 0, false).await;
    for number in 1..=5 {
        call(&mut office, number, true).await;
        office.noted.notify_one();
        let seen = || office.shared.book.read().of_run(&format!("run-{number}")).is_some().then_some(());
        eventually("it is taken", seen).await;
    }
    call(&mut office, 6, false).await;
    office.noted.notify_one();
    let kept = || {
        let book = office.shared.book.read();
        let kept: Vec<String> = book.by_age().map(|(key, _)| key.context.clone()).collect();
        (kept == ["c-0", "c-4", "c-5", "c-6"]).then_some(())
    };
    eventually("the newest two that are over are kept", kept).await;
    assert_eq!(office.store.rows(record::KIND, &[]).await.unwrap().len(), 4);
}

#[tokio::test]
async fn what_has_been_over_for_too_long_is_given_up_whatever_the_count() {
    let keep = Keep { age: Duration::ZERO, count: 100 };
    let mut office = Office::keeping(store(), keep).await;
    call(&mut office, 1, true).await;
    call(&mut office, 2, false).await;
    office.noted.notify_one();
    let taken = || office.shared.book.read().of_run("run-2").is_some().then_some(());
    eventually("both are taken", taken).await;
    call(&mut office, 3, false).await;
    office.noted.notify_one();
    let open =
        || (office.shared.book.read().of_run("run-3").is_some() && office.shared.book.read().len() == 2).then_some(());
    eventually("only what is open is kept", open).await;
}

#[tokio::test(start_paused = true)]
async fn what_grows_too_old_is_given_up_while_nothing_happens() {
    let now = Arc::new(AtomicU64::new(1_000_000));
    let wall = now.clone();
    let clock = Clock::new(move || Timestamp::from_millis(wall.load(Ordering::Relaxed)));
    let store = Arc::new(MemoryStore::with(MemoryOptions { clock, ..MemoryOptions::default() }));
    let keep = Keep { age: Duration::from_secs(3_600), count: 100 };
    let mut office = Office::keeping(store, keep).await;
    call(&mut office, 1, true).await;
    office.noted.notify_one();
    let over = || (office.shared.book.read().over_count() == 1).then_some(());
    eventually("it is over", over).await;
    now.fetch_add(3_600_000, Ordering::Relaxed);
    tokio::time::sleep(AGING * 2).await;
    assert_eq!(office.shared.book.read().len(), 0);
}
