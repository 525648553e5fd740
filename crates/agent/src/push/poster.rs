//! The seam to the network: whoever delivers one call.

use std::fmt;

use futures::future::BoxFuture;
use push::{Failure, Letter, Line, Sender};

/// Delivers calls. The product's is [`push::Sender`]; a test may stand in for all receivers.
pub trait Poster: fmt::Debug + Send + Sync + 'static {
    /// Delivers `letter`, over the connection in `line` if there is one. In bounded time: it holds a place among few.
    fn post<'p>(&'p self, line: &'p mut Line, letter: &'p Letter<'p>) -> BoxFuture<'p, Result<(), Failure>>;
}

impl Poster for Sender {
    fn post<'p>(&'p self, line: &'p mut Line, letter: &'p Letter<'p>) -> BoxFuture<'p, Result<(), Failure>> {
        Box::pin(Self::post(self, line, letter))
    }
}
