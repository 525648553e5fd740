//! Answers that come later.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::oneshot;

use crate::Error;
use crate::commit::{Outcome, Refusal};

/// Is told what became of a commit.
pub struct Settle(Box<dyn FnOnce(Outcome) + Send>);

impl Settle {
    /// Calls `tell` with the outcome.
    pub fn new(tell: impl FnOnce(Outcome) + Send + 'static) -> Self {
        Self(Box::new(tell))
    }

    /// Tells it.
    pub fn settle(self, outcome: Outcome) {
        (self.0)(outcome);
    }
}

impl fmt::Debug for Settle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Settle")
    }
}

/// Resolves with the outcome of a commit. Dropping it changes nothing.
#[derive(Debug)]
pub struct Ticket(oneshot::Receiver<Outcome>);

impl Ticket {
    /// A ticket and what resolves it.
    pub fn pair() -> (Settle, Self) {
        let (tx, rx) = oneshot::channel();
        // A dropped ticket is a caller that no longer waits.
        (Settle::new(move |outcome| drop(tx.send(outcome))), Self(rx))
    }
}

impl Future for Ticket {
    type Output = Outcome;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Outcome> {
        Pin::new(&mut self.0).poll(cx).map(|outcome| outcome.unwrap_or(Err(Refusal::Closed)))
    }
}

/// Resolves with the answer of a read.
#[derive(Debug)]
pub struct Pending<T>(oneshot::Receiver<Result<T, Error>>);

impl<T> Pending<T> {
    /// An answer to come, and where it goes.
    pub fn pair() -> (oneshot::Sender<Result<T, Error>>, Self) {
        let (tx, rx) = oneshot::channel();
        (tx, Self(rx))
    }

    /// An answer that is known already.
    pub fn ready(answer: Result<T, Error>) -> Self {
        let (tx, pending) = Self::pair();
        // The receiver is held right here.
        drop(tx.send(answer));
        pending
    }
}

impl<T> Future for Pending<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx).map(|answer| answer.unwrap_or(Err(Error::Closed)))
    }
}
