//! What goes on in a town by itself: finding out what became of changes that nobody waits for any more.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use store::{Refusal, RowChange};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::flight::Outcome;
use super::row;
use super::town::Town;

/// Before the store is asked again after it failed.
const PAUSE: Duration = Duration::from_secs(1);

/// Keeps a town until `closing` fires; then lets its watches go.
pub(crate) fn keep(town: Arc<Town>, closing: CancellationToken) {
    let work = async move {
        tokio::select! { () = go_on(&town) => {}, () = closing.cancelled() => {} }
        town.board.look(|inner| inner.hub.close());
    };
    tokio::spawn(work.instrument(tracing::info_span!("town")));
}

async fn go_on(town: &Town) {
    let mut pulse = town.board.pulse();
    loop {
        pulse.mark_unchanged();
        if let Err(refusal) = once(town).await {
            tracing::warn!(%refusal, "the town stands still: the store does not take its changes");
            tokio::time::sleep(PAUSE).await;
            continue;
        }
        // The sender lives in the town, so the wait cannot fail.
        drop(pulse.changed().await);
    }
}

async fn once(town: &Town) -> Result<(), Refusal> {
    for first in town.board.unknown() {
        settle(town, first).await?;
    }
    sweep(town).await
}

/// Finds out whether the store has a move.
async fn settle(town: &Town, first: u64) -> Result<(), Refusal> {
    // Commits are taken in order: once this one has been, the move has been, or never will be.
    town.store.commit(town.commit(Vec::new())).await?;
    let Ok(rows) = town.store.rows(row::CHANGES, &first.to_be_bytes()).await else { return Err(Refusal::Closed) };
    town.board.tell(first, if rows.is_empty() { Outcome::Void } else { Outcome::Made });
    Ok(())
}

/// Deletes changes that are no longer kept.
async fn sweep(town: &Town) -> Result<(), Refusal> {
    let old = town.board.look(|inner| inner.history.surplus());
    if old.is_empty() {
        return Ok(());
    }
    let row = |first: u64| RowChange {
        kind: row::CHANGES,
        key: Bytes::copy_from_slice(&first.to_be_bytes()),
        expected: 1,
        body: None,
    };
    town.store.commit(town.commit(old.into_iter().map(row).collect())).await.map(drop)
}
