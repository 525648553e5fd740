//! Runs as the store has them: rebuilt from their log, never from memory, so that only what is durable is shown.

use a2a::Error;
use agent::{Driver, Kit};
use engine::Run;
use store::{Entry, Listing, Loaded, Query, Record, Summary};
use types::{Scope, TaskId};

use crate::codec::{self, EVENT};
use crate::driver::Runs;

/// A run with its index row.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) summary: Summary,
    pub(crate) run: Run,
}

/// The run, if it exists in `scope`.
pub(crate) async fn load<D: Driver>(kit: &Kit<D>, scope: Scope, id: TaskId) -> Result<Found, Error> {
    let loaded = kit.store().load(scope, id).await.map_err(failed)?.ok_or(Error::TaskNotFound)?;
    rebuild(loaded)
}

/// One page of runs.
pub(crate) async fn page(kit: &Kit<Runs>, scope: Scope, query: Query) -> Result<Listing, Error> {
    kit.store().list(scope, query).await.map_err(failed)
}

fn rebuild(loaded: Loaded) -> Result<Found, Error> {
    let mut run = Run::default();
    let folded = loaded.snapshot.into_iter().flat_map(|snapshot| snapshot.records);
    let tail = loaded.tail.into_iter().flat_map(|row| row.entries).filter_map(|entry| match entry {
        Entry::Record(record) => Some(record),
        Entry::Frame(_) => None,
    });
    for record in folded.chain(tail).filter(|record: &Record| record.kind == EVENT) {
        let event = codec::decode(&record).map_err(|error| {
            tracing::error!(run = %loaded.summary.id, %error, "a run cannot be read");
            Error::Internal
        })?;
        // Nothing is done here: whoever drives the run does.
        drop(run.apply(&event));
    }
    Ok(Found { summary: loaded.summary, run })
}

/// What a caller is told of a read that failed.
pub(crate) fn failed(error: store::Error) -> Error {
    tracing::error!(%error, "reading runs failed");
    match error {
        store::Error::Closed => Error::Unavailable { retry_after: None, why: "the service is stopping".to_owned() },
        store::Error::Damaged { .. } | store::Error::Storage(_) => Error::Internal,
    }
}
