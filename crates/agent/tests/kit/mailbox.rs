//! All webhooks of a test: what they were told, and whether they take it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use a2a::frame::Event;
use agent::{Poster, Push};
use futures::future::BoxFuture;
use outbound::Guard;
use parking_lot::Mutex;
use proto::a2a::StreamResponse;
use push::{Failure, Letter, Line, Policy};
use tokio::sync::watch;

/// One call that was taken or not.
#[derive(Debug, Clone)]
pub(crate) struct Got {
    pub(crate) origin: String,
    pub(crate) event: Event,
    pub(crate) taken: bool,
}

/// Keeps every call.
#[derive(Debug, Default)]
pub(crate) struct Mailbox {
    pub(crate) got: Mutex<Vec<Got>>,
    pub(crate) fails: AtomicBool,
    /// While true, no call is answered.
    held: watch::Sender<bool>,
    /// Calls that were begun.
    pub(crate) begun: AtomicUsize,
    now: AtomicUsize,
    /// Most calls that were under way at once.
    pub(crate) most: AtomicUsize,
}

impl Mailbox {
    /// A fresh one, and the push notifications over it: a few milliseconds between calls, six hours of patience.
    pub(crate) fn push() -> (Arc<Self>, Push) {
        let mailbox = Arc::new(Self::default());
        let push = mailbox.clone().behind();
        (mailbox, push)
    }

    /// Push notifications over this one.
    pub(crate) fn behind(self: Arc<Self>) -> Push {
        let (backoff, max_backoff) = (Duration::from_millis(1), Duration::from_millis(4));
        let policy = Policy { backoff, max_backoff, ..Policy::default() };
        Push { poster: self, guard: Guard::new(["127.0.0.1".parse().unwrap()]), policy }
    }

    pub(crate) fn fail(&self, fails: bool) {
        self.fails.store(fails, Ordering::SeqCst);
    }

    /// Whether calls hang.
    pub(crate) fn hold(&self, holds: bool) {
        self.held.send_replace(holds);
    }

    /// The numbers of the events that were taken at `origin`, in the order of the calls.
    pub(crate) fn taken(&self, origin: &str) -> Vec<u64> {
        let got = self.got.lock();
        let taken = got.iter().filter(|got| got.taken && got.origin == origin);
        taken.map(|got| got.event.cursor.unwrap().seq.0).collect()
    }

    /// Calls that were not taken.
    pub(crate) fn refused(&self) -> usize {
        self.got.lock().iter().filter(|got| !got.taken).count()
    }
}

impl Poster for Mailbox {
    fn post<'p>(&'p self, _: &'p mut Line, letter: &'p Letter<'p>) -> BoxFuture<'p, Result<(), Failure>> {
        Box::pin(async move {
            self.begun.fetch_add(1, Ordering::SeqCst);
            self.held.subscribe().wait_for(|held| !held).await.unwrap();
            let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(now, Ordering::SeqCst);
            tokio::task::yield_now().await;
            self.now.fetch_sub(1, Ordering::SeqCst);
            let text = std::str::from_utf8(&letter.body).unwrap();
            let event = Event::try_from(proto::from_json_exact::<StreamResponse>(text).unwrap()).unwrap();
            let taken = !self.fails.load(Ordering::SeqCst);
            self.got.lock().push(Got { origin: letter.target.origin(), event, taken });
            if taken { Ok(()) } else { Err(Failure::Status { status: 500, retry_after: None }) }
        })
    }
}
