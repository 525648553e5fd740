//! What a round of the desk costs, and what it gives up.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use store::{
    Clock, Commit, Due, Frame, Listing, Loaded, LogRow, MemoryOptions, MemoryStore, Ownership, Pending, Query, Row,
    Seen, SeenKey, Settle, Store,
};
use types::{Head, Owner, Scope, Seq, TaskId, Timestamp};

use super::office::{Office, called, eventually, store};
use crate::incident::desk::AGING;
use crate::incident::note::{self, End, What};
use crate::incident::record;
use crate::settings::Keep;

/// A store that counts the notes that are read.
#[derive(Debug, Default)]
struct Counting {
    store: MemoryStore,
    read: Arc<AtomicUsize>,
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
