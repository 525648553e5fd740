//! What a service still waits for before it can serve.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::watch;

/// Part → why it is not ready; `None` once it is.
type Parts = BTreeMap<&'static str, Option<String>>;

/// All parts of one process; the service is ready when each of them is.
#[derive(Debug, Clone)]
pub(crate) struct Board(Arc<watch::Sender<Parts>>);

/// One part of a service that may or may not be ready. The last word counts, also after a drop.
#[derive(Debug, Clone)]
pub struct Readiness {
    part: &'static str,
    board: Board,
}

impl Readiness {
    /// This part can serve.
    pub fn ready(&self) {
        self.board.set(self.part, None);
    }

    /// This part cannot serve, and why: shown by `/readyz`, so no secrets.
    pub fn not_ready(&self, reason: impl Into<String>) {
        self.board.set(self.part, Some(reason.into()));
    }
}

impl Board {
    pub(crate) fn new() -> Self {
        Self(Arc::new(watch::Sender::new(Parts::new())))
    }

    /// A part that starts as not ready.
    pub(crate) fn part(&self, part: &'static str) -> Readiness {
        self.set(part, Some("starting".to_owned()));
        Readiness { part, board: self.clone() }
    }

    /// The parts that are not ready, each with its reason.
    pub(crate) fn missing(&self) -> Vec<(&'static str, String)> {
        let parts = self.0.borrow();
        parts.iter().filter_map(|(part, reason)| Some((*part, reason.clone()?))).collect()
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.0.borrow().values().all(Option::is_none)
    }

    /// Resolves when every part is ready.
    pub(crate) async fn ready(&self) {
        // The sender lives in `self`, so the wait cannot fail.
        self.0.subscribe().wait_for(|parts| parts.values().all(Option::is_none)).await.ok();
    }

    /// Resolves at every change.
    pub(crate) fn changes(&self) -> watch::Receiver<Parts> {
        self.0.subscribe()
    }

    fn set(&self, part: &'static str, reason: Option<String>) {
        self.0.send_if_modified(|parts| {
            if parts.get(part) == Some(&reason) {
                return false;
            }
            parts.insert(part, reason);
            true
        });
    }
}
