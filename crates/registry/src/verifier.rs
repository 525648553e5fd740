//! Finds out how far each card can be believed, again whenever the card or the trusted keys change.
//! It follows the registry as any watch does; what it finds is a change like any other.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use tokio::sync::Semaphore;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use crate::error::Error;
use crate::fetch::{Looked, Published, look};
use crate::filter::{Filter, Within};
use crate::handle::Handle;
use crate::identity::Identity;
use crate::record::Record;
use crate::trust::Trust;
use crate::verification::{Level, Verification};
use crate::watch::Event;

/// How often the file of trusted keys is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// Pause before a card is fetched again, doubled each time up to the longest: an agent registers before it serves.
const PAUSE: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60);

/// Cards that are fetched at once.
const FETCHES: usize = 8;

/// Pause before a watch that was cut is begun anew.
const AGAIN: Duration = Duration::from_secs(1);

/// Verifies the cards of one registry.
pub(crate) struct Verifier<P> {
    handle: Handle,
    trust: Arc<Trust>,
    /// Nothing where cards are not fetched.
    published: Option<Arc<P>>,
    known: BTreeMap<Identity, Known>,
    /// What was found out of these could not be noted; it is tried again with every look. How they are served is not
    /// known until something is: a level falls also where the note of it is refused.
    unnoted: BTreeSet<Identity>,
    fetches: JoinSet<()>,
    room: Arc<Semaphore>,
}

/// A registration, and the fetch of its card while one goes on.
struct Known {
    record: Arc<Record>,
    fetch: Option<AbortHandle>,
}

impl<P: Published> Verifier<P> {
    pub(crate) fn new(handle: Handle, trust: Arc<Trust>, published: Option<P>) -> Self {
        let (known, fetches, room) = (BTreeMap::new(), JoinSet::new(), Arc::new(Semaphore::new(FETCHES)));
        let published = published.map(Arc::new);
        Self { handle, trust, published, known, unnoted: BTreeSet::new(), fetches, room }
    }

    /// Works until `stop`.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        tokio::select! { () = self.follow() => {}, () = stop.cancelled() => {} }
    }

    async fn follow(&mut self) {
        loop {
            self.watch().await;
            self.known.values_mut().for_each(Known::forget);
            self.known.clear();
            self.unnoted.clear();
            sleep(AGAIN).await;
        }
    }

    /// Ends when the watch does.
    async fn watch(&mut self) {
        let everybody = Filter { within: Within::All, ..Filter::default() };
        let Ok(mut events) = self.handle.watch(everybody, 0).await else { return };
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                event = events.next() => match event {
                    Some(Ok(event)) => self.see(event).await,
                    Some(Err(_)) | None => return,
                },
                _ = looks.tick() => if self.trust.look() { self.see_all().await } else { self.see_unnoted().await },
                Some(_) = self.fetches.join_next() => {}
            }
        }
    }

    async fn see(&mut self, event: Event) {
        match event {
            Event::Upsert { entry, .. } => self.take(entry.record).await,
            Event::Removed { identity, .. } => {
                self.unnoted.remove(&identity);
                if let Some(mut known) = self.known.remove(&identity) {
                    known.forget();
                }
            }
            Event::Report(_) | Event::Synced { .. } | Event::Bookmark { .. } => {}
        }
    }

    async fn see_all(&mut self) {
        let records: Vec<Arc<Record>> = self.known.values().map(|known| known.record.clone()).collect();
        for record in records {
            self.take(record).await;
        }
    }

    async fn see_unnoted(&mut self) {
        let unnoted = self.unnoted.iter().filter_map(|identity| self.known.get(identity));
        let records: Vec<Arc<Record>> = unnoted.map(|known| known.record.clone()).collect();
        for record in records {
            self.take(record).await;
        }
    }

    /// Compares what is noted of a registration with what its signatures say, and fetches its card if they say nothing.
    async fn take(&mut self, record: Arc<Record>) {
        let identity = record.identity.clone();
        let known = self.known.entry(identity).or_insert_with(|| Known { record: record.clone(), fetch: None });
        if known.record.epoch != record.epoch {
            known.forget();
        }
        known.record = record.clone();
        let found = self.trust.check(&record.card);
        let unnoted = self.unnoted.remove(&record.identity);
        match (found.level, record.verification.level) {
            (Level::Signed, _) => {
                known.forget();
                if unnoted || record.verification != found {
                    self.note(&record, found).await;
                }
            }
            (Level::Unverified | Level::Reachable, Level::Signed) => self.note(&record, found).await,
            (Level::Unverified | Level::Reachable, Level::Unverified) => self.fetch(&record),
            (Level::Unverified | Level::Reachable, Level::Reachable) => {}
        }
    }

    async fn note(&mut self, record: &Record, found: Verification) {
        if !note(&self.handle, record, found).await {
            self.unnoted.insert(record.identity.clone());
        }
    }

    fn fetch(&mut self, record: &Arc<Record>) {
        let (Some(published), Some(known)) = (&self.published, self.known.get_mut(&record.identity)) else { return };
        if known.fetch.is_some() {
            return;
        }
        let fetch = Fetch { handle: self.handle.clone(), record: record.clone(), room: self.room.clone() };
        let span = tracing::debug_span!("fetch card", agent = %record.identity);
        known.fetch = Some(self.fetches.spawn(fetch.run(published.clone()).instrument(span)));
    }
}

impl Known {
    fn forget(&mut self) {
        if let Some(fetch) = self.fetch.take() {
            fetch.abort();
        }
    }
}

/// The attempts to fetch one card back.
struct Fetch {
    handle: Handle,
    record: Arc<Record>,
    room: Arc<Semaphore>,
}

impl Fetch {
    async fn run<P: Published>(self, published: Arc<P>) {
        let (mut pause, mut told, mut failures) = (PAUSE, String::new(), 0);
        loop {
            // The semaphore is never closed; without it only the bound would be missing.
            let room = self.room.acquire().await.ok();
            let looked = look(&*published, &self.record.card).await;
            drop(room);
            let (why, over) = match looked {
                Looked::Same(verification) => match note(&self.handle, &self.record, verification).await {
                    true => return,
                    // As good as not looked.
                    false => (told.clone(), false),
                },
                Looked::Never(why) => (why, true),
                Looked::NotYet(why) => (why, false),
            };
            failures += 1;
            // The first failure is often an agent that does not serve yet; each note is a version that all watches see.
            if (over || failures > 1) && why != told && note(&self.handle, &self.record, self.because(&why)).await {
                told.clone_from(&why);
            }
            if over {
                return;
            }
            sleep(pause).await;
            pause = LONGEST.min(pause * 2);
        }
    }

    /// Neither signed nor reachable, with both reasons.
    fn because(&self, why: &str) -> Verification {
        let unsigned = self.record.verification.detail.as_str();
        Verification::unverified(if unsigned.is_empty() { why.to_owned() } else { format!("{unsigned}; {why}") })
    }
}

/// Whether nothing is left to note: it may also have gone or registered anew meanwhile.
async fn note(handle: &Handle, record: &Record, verification: Verification) -> bool {
    match handle.set_verification(record.identity.clone(), record.epoch, verification).await {
        Ok(_) => true,
        Err(error) => {
            tracing::debug!(agent = %record.identity, %error, "what was found out about its card is not noted");
            !matches!(error, Error::NoSpace | Error::Busy { .. })
        }
    }
}
